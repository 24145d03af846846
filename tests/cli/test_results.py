"""What the commands print for scripts, and that nothing is ever overwritten."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, files


def test_analyze_prints_one_strict_json_object_with_all_keys(cli_run: Cli, recording: Path) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    outcome = cli_run("analyze", recording, "--json")
    assert outcome.code == 0
    told = json.loads(outcome.out, parse_constant=refuse)
    assert outcome.out.count("\n") == 1
    assert told["file"] == str(recording)
    assert told["fs_hz"] == 1000
    assert told["duration_s"] == 3
    assert told["settings"]["highpass_hz"] == 20
    of_channel = {
        *("label", "muscle", "side", "rms_uv", "arv_uv", "envelope_p10_uv", "envelope_p50_uv"),
        *("envelope_p90_uv", "median_frequency_hz", "mean_frequency_hz", "quality"),
    }
    for part in (told, *told["segments"]):
        assert len(part["channels"]) == 6
        assert all(of_channel <= set(channel) for channel in part["channels"])
        assert [pair["muscle"] for pair in part["pairs"]] == ["scm", "trapezius", "splenius"]
        for pair in part["pairs"]:
            assert {"muscle", "left_uv", "right_uv", "asymmetry_pct"} <= set(pair)
            assert pair["asymmetry_pct"] is not None or pair["reason"]
    assert len(told["segments"]) == 1
    assert "turn left" in json.dumps(told["segments"])
    assert len(told["gaps"]) == 1


def test_analyze_nulls_what_is_not_known(cli_run: Cli, tmp_path: Path) -> None:
    path = tmp_path / "flat.csv"
    rows = "\n".join(f"{i / 1000:.3f},0,0" for i in range(2000))
    path.write_text(f"time_s,SCM L (uV),SCM R (uV)\n{rows}\n", encoding="utf-8")
    told = json.loads(cli_run("analyze", path, "--json").out)
    assert told["channels"][0]["median_frequency_hz"] is None
    (pair,) = told["pairs"]
    assert pair["asymmetry_pct"] is None
    assert pair["reason"]


def test_analyze_of_a_stretch_and_as_a_table(cli_run: Cli, recording: Path) -> None:
    told = json.loads(cli_run("analyze", recording, "--json", "--from", 0.5, "--to", 1.25).out)
    assert told["duration_s"] == 0.75
    table = cli_run("analyze", recording)
    assert table.code == 0
    assert "SCM L" in table.out
    assert "scm left/right difference" in table.out


def test_ports_as_json(cli_run: Cli) -> None:
    outcome = cli_run("ports", "--json")
    assert outcome.code == 0
    for port in json.loads(outcome.out):
        assert port["path"]
        assert {"description", "likely", "vid", "pid", "serial_number"} <= set(port)
    assert cli_run("ports").out.strip()


@pytest.mark.parametrize("suffix", [".csv", ".edf"])
def test_export_can_be_analyzed_and_never_overwrites(
    cli_run: Cli, recording: Path, suffix: str
) -> None:
    out = recording.with_suffix(suffix)
    assert cli_run("export", recording, "--out", out).out == f"{out}\n"
    before = files(recording.parent)
    direct, exported = (
        json.loads(cli_run("analyze", path, "--json").out)["channels"] for path in (recording, out)
    )
    for one, other in zip(direct, exported, strict=True):
        assert one["rms_uv"] == pytest.approx(other["rms_uv"], rel=1e-3)
    assert "nothing is overwritten" in cli_run("export", recording, "--out", out).failure
    assert files(recording.parent) == before


def test_recording_never_overwrites(cli_run: Cli, recording: Path) -> None:
    before = files(recording.parent)
    outcome = cli_run("record", "--port", "demo", "--out", recording, "--seconds", 1)
    assert "never overwritten" in outcome.failure
    assert outcome.code == 1
    assert files(recording.parent) == before


def test_a_sound_recording_is_not_repaired(cli_run: Cli, recording: Path) -> None:
    before = files(recording.parent)
    outcome = cli_run("repair", recording)
    assert outcome.code == 0
    assert "nothing was changed" in outcome.out
    assert files(recording.parent) == before


def test_a_cut_recording_is_refused_then_repaired_beside_the_original(
    cli_run: Cli, recording: Path
) -> None:
    recording.write_bytes(recording.read_bytes()[:-5000])
    cut = recording.read_bytes()
    assert f"main.py repair {recording}" in cli_run("analyze", recording).failure
    repaired = cli_run("repair", recording)
    assert repaired.code == 0
    assert "was repaired" in repaired.out
    assert recording.with_name("r.bdf.orig").read_bytes() == cut
    assert cli_run("analyze", recording).code == 0
