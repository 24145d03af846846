"""Words and numbers: the same text as the core's, locale, signs, reasons."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale

from emgfeedback import ui
from emgfeedback.core.device import LinkHealth, LinkState
from emgfeedback.core.montage import MUSCLES
from emgfeedback.core.quality import WORDS, Finding
from emgfeedback.engine.snapshot import PairNow
from emgfeedback.training.relax import TargetNow, TargetState
from emgfeedback.ui import words
from tests.ui.stage_session import LOOSE, STATES, streaming, with_channel


@pytest.mark.parametrize("finding", list(Finding))
def test_findings_say_what_the_core_says(finding: Finding) -> None:
    assert words.finding_words(finding) == WORDS[finding]


@pytest.mark.parametrize("muscle", list(MUSCLES))
def test_muscles_are_named_as_in_the_core(muscle: str) -> None:
    assert words.muscle_name(muscle) == MUSCLES[muscle]


def test_numbers_follow_the_locale_and_have_a_true_minus() -> None:
    assert words.number(-6.44) == "−6.4"
    QLocale.setDefault(QLocale(QLocale.Language.German, QLocale.Country.Germany))
    assert words.number(6.44) == "6,4"


@pytest.mark.parametrize(
    ("value_uv", "text"), [(0.04, "0.0"), (6.44, "6.4"), (99.94, "99.9"), (99.96, "100")]
)
def test_microvolts_lose_their_decimal_from_100(value_uv: float, text: str) -> None:
    assert words.microvolts(value_uv) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (763.9, "12:43"), (3600, "1:00:00"), (-1, "0:00")]
)
def test_durations(seconds: float, text: str) -> None:
    assert words.clock(seconds) == text


@pytest.mark.parametrize(
    ("asymmetry_pct", "text"),
    [
        (41.2, "L higher, +41 %"),
        (-41.2, "R higher, −41 %"),
        (10.0, "About even, +10 %"),
        (-0.2, "About even, 0 %"),
        (10.4, "L higher, +10 %"),
    ],
)
def test_a_difference_names_the_higher_side(asymmetry_pct: float, text: str) -> None:
    assert words.difference(PairNow("scm", 0, 1, asymmetry_pct=asymmetry_pct)) == text


@pytest.mark.parametrize("reason", ["floor", "quality", "settling", "something new"])
def test_a_hidden_difference_gives_a_reason_and_no_number(reason: str) -> None:
    text = words.difference(PairNow("scm", 0, 1, reason=reason))
    assert text.startswith("Not shown")
    assert "%" not in text


def test_channels_in_words_for_a_screen_reader() -> None:
    snapshot = streaming()
    assert words.spoken_channel(snapshot.channels[0]) == "Left SCM, 6.4 microvolts, good"
    bad = with_channel(snapshot, 1, verdict=LOOSE).channels[1]
    assert words.spoken_channel(bad) == "Right SCM, no value, loose electrode"
    assert words.channel_name(STATES["eight channels"].channels[6]) == "AUX 7"


def test_the_reason_for_a_pause_names_the_channel() -> None:
    snapshot = with_channel(streaming(), 3, verdict=LOOSE)
    held = TargetNow(TargetState.PAUSED, paused_reason="quality", paused_channels=(3,))
    assert words.pause_reason(held, snapshot.channels) == "R Upper trapezius: loose electrode"
    for reason in ("gap", "settling", "quality"):
        assert words.pause_reason(TargetNow(TargetState.PAUSED, paused_reason=reason), ())


def test_the_board_in_one_line_prefers_the_measured_rate() -> None:
    device = streaming().device
    assert device is not None
    stated = LinkHealth(LinkState.STREAMING, lost=3, nominal_fs_hz=1000.0)
    assert words.board_facts(device, stated, 6) == "Uno · 6 ch · 1000 Hz · 3 lost"
    measured = LinkHealth(LinkState.STREAMING, nominal_fs_hz=1000.0, measured_fs_hz=997.3)
    assert words.board_facts(device, measured, 6) == "Uno · 6 ch · 997.3 Hz · 0 lost"


@pytest.mark.parametrize(
    "path", sorted(Path(ui.__file__).parent.rglob("*.py")), ids=lambda p: p.name
)
def test_the_translators_tool_can_find_every_text(path: Path) -> None:
    """It knows only literals, and takes an alias of `translate` for a one-argument `tr`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute):
            assert node.value.attr not in ("translate", "tr"), f"line {node.lineno}: an alias"
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in ("self.tr", "QCoreApplication.translate"):
                for arg in node.args:
                    literal = isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                    assert literal, f"line {node.lineno}: not a literal"
