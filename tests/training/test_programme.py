"""The programme over weeks: the shipped one is the template, mistakes are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from emgfeedback.core.errors import ConfigError
from emgfeedback.training.plan import shipped_plans
from emgfeedback.training.programme import PROGRAMME, load_programme


def test_shipped_programme_is_the_template() -> None:
    programme = load_programme(PROGRAMME)
    assert [(p.sessions, p.where) for p in programme.phase] == [
        (3, "clinic"),
        (15, "clinic"),
        (6, "mixed"),
        (6, "home"),
        (1, "clinic"),
    ]
    assert programme.n_sessions == 31


def test_sessions_are_numbered_and_weeks_never_go_back() -> None:
    programme = load_programme(PROGRAMME)
    sessions = programme.sessions()
    assert [s.number for s in sessions] == list(range(1, 32))
    weeks = [s.week for s in sessions]
    assert weeks == sorted(weeks)
    assert weeks[0] == 1
    last_home = max(s.week for s in sessions if s.phase == "At home")
    assert sessions[-1].week - last_home == 13
    per_week = [weeks.count(week) for week in set(weeks)]
    assert max(per_week) == 3
    assert {s.plan for s in sessions} <= {path.stem for path in shipped_plans()}


def test_what_comes_next() -> None:
    programme = load_programme(PROGRAMME)
    first = programme.session_after(0)
    assert first is not None
    assert first.number == 1
    assert programme.session_after(31) is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('"home-15-minutes"]', '"home-15-minute"]'), "Did you mean `home-15-minutes`"),
        (("sessions = 15", "sessions = 0"), "sessions 0 is outside 1 to 200"),
        (("sessions = 15", "session = 15"), "phase 2: unknown key `session`"),
        (("wait_weeks = 12", "wait_weeks = 99"), "wait_weeks 99"),
        (('where = "home"', 'where = "hom"'), "hom"),
        (("version = 1", "version = 3"), "version is 3"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    text = PROGRAMME.read_text(encoding="utf-8")
    assert change[0] in text
    path = tmp_path / "programme.toml"
    path.write_text(text.replace(change[0], change[1], 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=says):
        load_programme(path)
