"""Every mistake at the command line is told in one line with its remedy; nothing is made."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from emgfeedback import cli
from tests.cli.conftest import Cli, files
from tests.commands import assert_told_in_one_line


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("bogus", "bogus"),
        ("record --out r.bdf", "--port"),
        ("record --port demo", "--out"),
        ("record --port demo --out r.edf", ".bdf"),
        ("record --port demo --out r", ".bdf"),
        ("record --port demo --out r.bdf --seconds 0", "'0' is not a number above 0"),
        ("record --port demo --out r.bdf --seconds -3", "'-3' is not a number above 0"),
        ("record --port demo --out r.bdf --seconds nan", "nan"),
        ("record --port demo --out r.bdf --seconds inf", "inf"),
        ("record --port demo --out r.bdf --seconds soon", "'soon' is not a number above 0"),
        ("record --port demo --out r.bdf --rate 0", "whole number above 0"),
        ("record --port demo --out r.bdf --rate 1e3", "whole number above 0"),
        ("record --port demo --out r.bdf --rate \u00b2", "whole number above 0"),
        ("record --port demo --out r.bdf --channels -1", "whole number above 0"),
        ("record --port demo --out r.bdf --driver emgfeedbak", "Did you mean 'emgfeedback'"),
        ("simulate --fault dorp=1e-3", "Did you mean 'drop'"),
        ("simulate --fault drop", "drop=VALUE"),
        ("simulate --fault loose=99", "1 to 16"),
        ("simulate --fault unplug@x", "not a number of 0 or more"),
        ("analyze", "file"),
        ("analyze {file} --from -1", "'-1' is not a time"),
        ("analyze {file} --from x", "'x' is not a time"),
        ("analyze {file} --from 9", "3 s long"),
        ("analyze {file} --from 2 --to 1", "2 s"),
        ("analyze {file} --filter some", "some"),
        ("export {file}", "--out"),
        ("export {file} --out {folder}/x.xyz", ".csv, .edf, .bdf"),
        ("export {file} --out {folder}/x", ".csv, .edf, .bdf"),
        ("repair", "file"),
        ("--demo --port /dev/ttyX", "--demo and --port"),
    ],
)
def test_wrong_use_is_told_and_nothing_is_made(
    cli_run: Cli, recording: Path, line: str, says: str
) -> None:
    before = files(recording.parent)
    words = [word.format(file=recording, folder=recording.parent) for word in line.split()]
    outcome = cli_run(*words)
    assert outcome.code == 2
    assert says in outcome.failure
    assert files(recording.parent) == before


def test_help_and_version_are_no_failures(cli_run: Cli) -> None:
    assert cli_run("--version").out.startswith("emgfeedback ")
    shown = cli_run("--help")
    assert shown.code == 0
    for command in ("ports", "record", "simulate", "analyze", "repair", "export"):
        assert command in shown.out


def test_line_breaks_in_names_do_not_break_the_one_line(cli_run: Cli, tmp_path: Path) -> None:
    assert "no such file" in cli_run("analyze", tmp_path / "two\nlines.bdf").failure


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="others always have a screen")
def test_a_window_without_a_screen_is_refused_in_words(tmp_path: Path) -> None:
    def run_blind(*arguments: str) -> subprocess.CompletedProcess[str]:
        hidden = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
        environment = {k: v for k, v in os.environ.items() if k not in hidden}
        environment["XDG_STATE_HOME"] = str(tmp_path)
        command = [sys.executable, "main.py", *arguments]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, cwd=cli_folder()
        )

    done = run_blind("--demo")
    assert done.returncode == 1
    assert "DISPLAY" in assert_told_in_one_line(done.stderr)


def cli_folder() -> Path:
    return Path(cli.__file__).resolve().parents[1]


MONTAGE = """version = 1
name = "m"
[[channel]]
label = "SCM L"
muscle = "scm"
side = "left"
gain = 1000
input = 0
"""
SETTINGS = "version = 1\n[filter]\nhighpass_hz = 30\n[board]\nfs_hz = 1000\n"


@pytest.mark.parametrize(
    ("option", "text", "says"),
    [
        ("--montage", MONTAGE.replace("muscle", "musle"), "Did you mean `muscle`"),
        ("--montage", MONTAGE.replace("gain = 1000", 'gain = "1000 V"'), "gain"),
        ("--montage", MONTAGE.replace("gain = 1000", "gain = 0.001"), "0.001 is outside 1 to"),
        ("--montage", MONTAGE.replace("gain", "gain_db"), "unknown key `gain_db`"),
        ("--montage", MONTAGE.replace("input = 0", "input = 40"), "asked for 41 channels"),
        ("--montage", "", "version"),
        ("--montage", "\0", "not valid TOML"),
        ("--settings", SETTINGS.replace("highpass_hz", "highpas_hz"), "Did you mean `highpass_hz`"),
        ("--settings", SETTINGS.replace("highpass_hz", "highpass_khz"), "highpass_khz"),
        ("--settings", SETTINGS.replace("highpass_hz = 30", "highpass_hz = 500"), "500"),
        ("--settings", SETTINGS.replace("highpass_hz = 30", "lowpass_hz = 501"), "501"),
        ("--settings", SETTINGS.replace("highpass_hz = 30", "lowpass_hz = 20"), "20 Hz"),
        ("--settings", SETTINGS.replace("highpass_hz = 30", "highpass_hz = -1"), "-1"),
        ("--settings", SETTINGS.replace("highpass_hz = 30", "highpass_hz = nan"), "nan"),
        ("--settings", SETTINGS.replace("highpass_hz = 30", "highpass_order = 99"), "99"),
        ("--settings", SETTINGS.replace("highpass_hz = 30", "notch_hz = 700"), "700"),
        ("--settings", SETTINGS.replace("highpass_hz = 30", "control_window_s = 0"), "0"),
        ("--settings", SETTINGS.replace("30", '"30 Hz"'), "highpass_hz"),
        ("--settings", SETTINGS.replace("1000", "1001"), "1001 Hz"),
        ("--settings", SETTINGS.replace("1000", "0"), "0 Hz"),
    ],
)
def test_settings_that_cannot_be_are_told_before_anything_is_recorded(
    cli_run: Cli, tmp_path: Path, option: str, text: str, says: str
) -> None:
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    out = tmp_path / "r.bdf"
    outcome = cli_run("record", "--port", "demo", "--out", out, "--seconds", 1, option, path)
    assert outcome.code == 1
    assert says in outcome.failure
    assert set(files(tmp_path)) == {"s.toml"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--rate", 333], "333 Hz"),
        (["--rate", 70000], "70000 Hz"),
        (["--channels", 99], "99 channels"),
        (["--oversample", 3], "3 conversions"),
        (["--rate", 2000, "--channels", 8, "--oversample", 4], "2000 Hz"),
    ],
)
def test_what_the_board_refuses_is_told(
    cli_run: Cli, tmp_path: Path, arguments: list[object], says: str
) -> None:
    out = tmp_path / "r.bdf"
    outcome = cli_run("record", "--port", "demo", "--out", out, "--seconds", 1, *arguments)
    assert outcome.code == 1
    assert says in outcome.failure
    assert not out.exists()
