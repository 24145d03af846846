"""`main.py home`: a plan goes out, results come back, what is not right is told in one line."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from emgfeedback.people.values import CheckIn
from tests.cli.conftest import Cli
from tests.people.kept import fill, open_kept

TODAY = dt.date.today()


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    kept = fill(tmp_path / "clinic")
    kept.register.database.close()
    return kept.folder.root


def test_a_plan_goes_out_and_practice_comes_back(cli_run: Cli, tmp_path: Path, clinic: Path):
    plan, results, kit = tmp_path / "a.emgplan", tmp_path / "a.emgresults", tmp_path / "kit"

    def home(at: Path, *arguments: object) -> dict:
        done = cli_run("home", *arguments, "--data-dir", at, "--json")
        assert done.code == 0, done.err
        return json.loads(done.out)

    def refusal(at: Path, *arguments: object) -> str:
        return cli_run("home", *arguments, "--data-dir", at).failure

    made = home(
        *(clinic, "make-plan", "home-15-minutes", "--patient", "P-1"),
        *("--contact", "Call 0123 456.", "--out", plan),
    )
    assert "was not compared" in refusal(kit, "take-plan", plan)
    taken = home(kit, "take-plan", plan, "--number", made["clinic_number"])
    assert taken == {key: value for key, value in made.items() if key != "file"}
    assert home(kit, "status")["days"] == 0
    assert "nothing new" in refusal(kit, "send", "--out", results)

    register = open_kept(kit)
    (line,) = register.search()
    register.put(CheckIn(patient_id=line.patient.id, on=TODAY, pain=2))
    register.database.close()
    assert home(kit, "send", "--out", results)["check_ins"] == 1
    back = home(clinic, "receive", results)
    assert (back["pseudonym"], back["check_ins"], back["first"]) == ("P-1", 1, True)
    assert "already" in refusal(clinic, "receive", results)
    assert home(clinic, "forget-kit", "--patient", "P-1") == {"pseudonym": "P-1"}


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--contact", " ", "nobody to call"),
        ("--weeks", "90", "limit 26"),
        ("--days", "9", "1 to 7"),
    ],
)
def test_wishes_out_of_their_limits_are_refused(
    cli_run: Cli, tmp_path: Path, clinic: Path, option: str, value: str, told: str
):
    given = {"--contact": "Call 0123 456.", option: value}
    options = [part for pair in given.items() for part in pair]
    out = tmp_path / "a.emgplan"
    done = cli_run(
        *("home", "make-plan", "home-15-minutes", "--patient", "P-1", "--out", out),
        *(*options, "--data-dir", clinic),
    )
    assert told in done.failure
    assert not out.exists()
