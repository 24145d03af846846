"""The parts of the live screen: nothing unusable ever looks like a good value."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest

from emgfeedback.core.device import LinkState
from emgfeedback.core.montage import Side
from emgfeedback.core.quality import Finding, Level, Verdict
from emgfeedback.engine.snapshot import PairNow, RecordingNow, RecordState, Snapshot
from emgfeedback.training.relax import TargetNow, TargetState
from emgfeedback.ui import theme, words
from emgfeedback.ui.scales import DEFAULT_SCALE_UV
from emgfeedback.ui.widgets.channel_header import ChannelHeader
from emgfeedback.ui.widgets.connection import ConnectionPanel
from emgfeedback.ui.widgets.difference import DifferenceBars
from emgfeedback.ui.widgets.level_bars import BarPair, LevelBars
from emgfeedback.ui.widgets.record_button import RecordButton
from emgfeedback.ui.widgets.scale_button import ScaleButton
from emgfeedback.ui.widgets.target_panel import TargetPanel
from tests.ui.stage_session import LOOSE, STATES, Port, channels, link, streaming, with_channel

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


def count(widget, colour: QColor, tolerance: int = 10) -> int:
    """Return how many pixels of `widget` are of `colour`."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    wanted = (colour.red(), colour.green(), colour.blue())
    found = 0
    for y in range(image.height()):
        for x in range(image.width()):
            seen = QColor(image.pixel(x, y))
            parts = (seen.red(), seen.green(), seen.blue())
            found += all(abs(a - b) <= tolerance for a, b in zip(parts, wanted, strict=True))
    return found


# --- channel header ---


@pytest.fixture
def header(qtbot, look) -> ChannelHeader:
    made = ChannelHeader()
    qtbot.addWidget(made)
    made.resize(made.sizeHint())
    return made


def test_a_good_channel_shows_its_value(header) -> None:
    header.show_channel(channels()[0], live=True)
    assert header.value_text == "6.4"
    assert header.accessibleName() == "Left SCM, 6.4 microvolts, good"


@pytest.mark.parametrize("finding", [f for f in Finding if f is not Finding.NONE])
def test_a_bad_channel_shows_no_number_whatever_its_level(header, finding: Finding) -> None:
    bad = replace(channels()[0], verdict=Verdict(Level.BAD, finding), level_uv=0.1)
    header.show_channel(bad, live=True)
    assert header.value_text == ""
    assert "microvolts" not in header.accessibleName()
    assert count(header, theme.tokens().bad) > 20
    assert header.toolTip() == words.finding_words(finding).remedy


@pytest.mark.parametrize(
    ("changes", "live"),
    [
        ({}, False),
        ({"level_uv": None}, True),
        ({"verdict": Verdict(Level.UNKNOWN, Finding.SETTLING)}, True),
    ],
    ids=["no link", "no level", "not judged yet"],
)
def test_what_is_not_known_is_a_dash(header, changes: dict[str, object], live: bool) -> None:
    header.show_channel(replace(channels()[0], **changes), live=live)
    assert header.value_text == words.DASH


def test_a_screen_reader_is_not_told_every_value(header) -> None:
    header.show_channel(channels()[0], live=True)
    header.show_channel(replace(channels()[0], level_uv=9.9), live=True)
    assert "6.4" in header.accessibleName()


# --- level bars ---


@pytest.fixture
def bars(qtbot, look) -> LevelBars:
    made = LevelBars()
    qtbot.addWidget(made)
    made.resize(120, 180)
    return made


def pair(**right: object) -> tuple[BarPair, ...]:
    left, other = channels()[:2]
    return (BarPair("scm", left, replace(other, **right), 20.0),)


def test_bars_grow_with_the_level(bars) -> None:
    seen = []
    for level_uv in (2.0, 8.0, 16.0):
        bars.show_levels(pair(level_uv=level_uv), 0.0, live=True, figures=True)
        seen.append(count(bars, theme.tokens().right))
    assert seen == sorted(seen)
    assert seen[2] > 2 * seen[0]


@pytest.mark.parametrize(
    ("right", "live"),
    [({"verdict": LOOSE}, True), ({"level_uv": None}, True), ({}, False)],
    ids=["bad", "unknown", "no link"],
)
def test_no_bar_and_no_number_without_a_trusted_level(bars, right, live: bool) -> None:
    bars.show_levels(pair(), 0.0, live=True, figures=True)
    filled = count(bars, theme.tokens().right)
    bars.show_levels(pair(**right), 1.0, live=live, figures=True)
    assert bars.figure(0, Side.RIGHT) == words.DASH
    assert count(bars, theme.tokens().right) < filled


def test_the_tick_comes_after_a_second_in_target_and_goes_at_once(bars) -> None:
    bars.show_levels(pair(), 10.0, live=True, figures=True)
    assert not bars.has_tick(0, Side.RIGHT)
    bars.show_levels(pair(), 11.0, live=True, figures=True)
    assert bars.has_tick(0, Side.RIGHT)
    bars.show_levels(pair(in_target=None, verdict=LOOSE), 11.1, live=True, figures=True)
    assert not bars.has_tick(0, Side.RIGHT)
    bars.show_levels(pair(), 11.2, live=True, figures=True)
    assert not bars.has_tick(0, Side.RIGHT)


def test_no_tick_without_a_link(bars) -> None:
    for time_s in (0.0, 5.0):
        bars.show_levels(pair(), time_s, live=False, figures=True)
    assert not bars.has_tick(0, Side.LEFT)


# --- difference ---


@pytest.fixture
def difference(qtbot, look) -> DifferenceBars:
    made = DifferenceBars()
    qtbot.addWidget(made)
    made.resize(280, 66)
    return made


@pytest.mark.parametrize("reason", ["floor", "quality", "settling"])
def test_a_hidden_difference_shows_no_marker(difference, reason: str) -> None:
    shown = (PairNow("scm", 0, 1, 9.0, 3.0, asymmetry_pct=50.0, ratio=3.0),)
    difference.show_pairs(shown, live=True)
    assert count(difference, theme.tokens().left) > 10
    assert "3.00 times" in difference.toolTip()
    difference.show_pairs((PairNow("scm", 0, 1, reason=reason),), live=True)
    assert count(difference, theme.tokens().left) == 0
    assert "Not shown" in difference.accessibleDescription()
    difference.show_pairs(shown, live=False)
    assert "%" not in difference.accessibleDescription()


def test_the_marker_stands_on_the_higher_side(difference) -> None:
    def middle_of(asymmetry_pct: float, colour: QColor) -> float:
        difference.show_pairs((PairNow("scm", 0, 1, asymmetry_pct=asymmetry_pct),), live=True)
        image = difference.grab().toImage()
        xs = [
            x
            for y in range(image.height())
            for x in range(image.width())
            if QColor(image.pixel(x, y)) == colour
        ]
        assert xs
        return sum(xs) / len(xs)

    t = theme.tokens()
    assert middle_of(60.0, t.left) < middle_of(-60.0, t.right)


# --- record button ---


@pytest.mark.parametrize(
    ("state", "text", "running"),
    [
        (RecordState.READY, "Record", False),
        (RecordState.STARTING, "Opening file", True),
        (RecordState.RECORDING, "Recording 12:43", True),
        (RecordState.WAITING, "Waiting for the board 12:43", True),
        (RecordState.SAVED, "Saved, 12:43", False),
        (RecordState.FAILED, "Record", False),
    ],
)
def test_the_record_button_says_its_state(
    qtbot, look, state: RecordState, text: str, running: bool
) -> None:
    button = RecordButton()
    qtbot.addWidget(button)
    button.show_recording(RecordingNow(state, "a.bdf", 763.0))
    assert button.words() == text
    assert button.running is running


def test_the_states_of_the_record_button_differ_in_shape(qtbot, look) -> None:
    button = RecordButton()
    qtbot.addWidget(button)
    shapes = []
    for state in RecordState:
        if state is not RecordState.FAILED:
            button.show_recording(RecordingNow(state, "a.bdf", 7.0))
            button.resize(button.sizeHint())
            shape = button.grab().toImage().copy(10, 8, 26, 26)
            shapes.append(shape.convertToFormat(QImage.Format.Format_Grayscale8))
    for i, one in enumerate(shapes):
        assert all(one != other for other in shapes[i + 1 :])


# --- connection ---


@pytest.fixture
def connection(qtbot, look) -> ConnectionPanel:
    made = ConnectionPanel()
    qtbot.addWidget(made)
    made.show()
    return made


PORTS = [Port("/dev/ttyS0", "", False), Port("/dev/ttyACM0", "Arduino Uno", True)]


def test_the_likely_board_is_offered_first(connection) -> None:
    connection.show_ports(PORTS)
    assert connection.port == "/dev/ttyACM0"
    assert connection.connect_button.isEnabled()


def test_without_a_likely_board_nothing_is_chosen(connection) -> None:
    connection.show_ports(PORTS[:1])
    assert connection.port == ""
    assert not connection.connect_button.isEnabled()
    assert connection.demo_button.isEnabled()


def test_a_typed_port_survives_new_ports(connection, qtbot) -> None:
    connection.port_box.lineEdit().clear()
    QTest.keyClicks(connection.port_box.lineEdit(), "/tmp/board")
    connection.show_ports(PORTS)
    assert connection.port == "/tmp/board"
    with qtbot.waitSignal(connection.connect_asked) as asked:
        QTest.keyClick(connection.port_box.lineEdit(), Qt.Key.Key_Return)
    assert asked.args == ["/tmp/board"]


def test_a_chosen_port_is_kept_when_its_line_changes(connection) -> None:
    connection.show_ports(PORTS)
    connection.port_box.setCurrentIndex(1)
    connection.port_box.activated.emit(1)
    assert connection.port == "/dev/ttyS0"
    connection.show_ports([replace(PORTS[0], description="serial"), PORTS[1]])
    assert connection.port == "/dev/ttyS0"


def test_a_refusal_stands_in_place_with_its_remedy(connection) -> None:
    connection.show_link(STATES["refused"])
    notice = connection.banner.notice
    assert notice is not None
    assert "Close the other program" in notice.remedy
    connection.show_link(STATES["opening"])
    assert connection.banner.notice is None
    assert connection.cancel_button.isVisible()
    assert not connection.connect_button.isEnabled()


# --- scale ---


def test_a_scale_holds_for_its_muscle_alone(qtbot, look) -> None:
    button = ScaleButton()
    qtbot.addWidget(button)
    button.show_muscles(("scm", "trapezius"))
    assert button.text() == f"±{DEFAULT_SCALE_UV:g} µV"
    step = next(
        action
        for menu in button.menus
        for action in menu.actions()
        if action.data() == ("scm", 200.0)
    )
    with qtbot.waitSignal(button.chosen) as chosen:
        step.trigger()
    assert chosen.args == ["scm", 200.0]
    assert button.scale_uv("scm") == 200.0
    assert button.scale_uv("trapezius") == DEFAULT_SCALE_UV
    assert button.text() == "Scales"


# --- target panel ---


@pytest.fixture
def panel(qtbot, look) -> TargetPanel:
    made = TargetPanel()
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_target_cannot_start_without_a_threshold(panel) -> None:
    panel.show_now(STATES["target off"], live=True)
    assert not panel.run_button.isEnabled()
    assert panel.baseline_button.isEnabled()
    assert panel.share.text() == words.DASH


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        (TargetNow(TargetState.RUNNING, True, 1, 2), "In target"),
        (TargetNow(TargetState.RUNNING, False, 1, 2), "Stay below the line"),
        (TargetNow(TargetState.PAUSED, None, 1, 2, 0, "gap"), "Paused: data are missing"),
        (TargetNow(TargetState.PAUSED, None, 1, 2, 0, "user"), "Paused."),
        (TargetNow(TargetState.BASELINE, progress=0.5), "Measuring rest"),
    ],
)
def test_the_state_of_the_target_in_words(panel, target: TargetNow, sentence: str) -> None:
    panel.show_now(streaming(target=target), live=True)
    assert panel.sentence.text().startswith(sentence)


@pytest.mark.parametrize("name", ["stalled", "paused for quality", "baseline", "target off"])
def test_in_target_is_never_said_unless_the_target_runs(panel, name: str) -> None:
    panel.show_now(STATES[name], live=True)
    assert not panel.sentence.text().startswith("In target")


def test_a_held_up_target_can_still_be_paused(panel, qtbot) -> None:
    panel.show_now(STATES["stalled"], live=False)
    assert panel.pausable
    with qtbot.waitSignal(panel.pause_asked):
        panel.run_button.click()


def test_thresholds_step_by_half_a_microvolt(panel, qtbot) -> None:
    panel.show_now(streaming(), live=True)
    assert panel.threshold_box.value() == 8.0
    with qtbot.waitSignal(panel.threshold_asked) as asked:
        panel.threshold_box.stepUp()
    assert asked.args == [0, 8.5]
    panel.channel_box.setCurrentIndex(1)
    assert panel.threshold_box.value() == 8.0
    with qtbot.waitSignal(panel.threshold_asked) as asked:
        panel.threshold_box.setValue(0.0)
    assert asked.args == [1, None]


def test_the_box_follows_a_threshold_set_elsewhere(panel) -> None:
    panel.show_now(streaming(), live=True)
    panel.show_now(with_channel(streaming(), 0, threshold_uv=5.0), live=True)
    assert panel.threshold_box.value() == 5.0


def test_without_a_link_only_ending_is_left(panel) -> None:
    panel.show_now(replace(streaming(), link=link(LinkState.LOST)), live=False)
    assert not panel.baseline_button.isEnabled()
    assert not panel.mark_button.isEnabled()
    assert panel.stop_button.isEnabled()
    panel.show_now(Snapshot(), live=False)
    assert not panel.stop_button.isEnabled()
