"""The voice of the console: says what was decided, can be switched off, and may be missing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtTest import QTest

from emgfeedback.sound.cue import QUIET, Cue, CueOrder, Said
from emgfeedback.training.now import MovementNow, Phase
from emgfeedback.ui import theme
from emgfeedback.ui.look_file import Choices, SoundChoice
from emgfeedback.ui.voice import NoVoice, Voice
from tests.ui.patient import moments
from tests.ui.stage_session import streaming
from tests.ui.train_runs import RUNS, asked

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


class Mouth(QObject):
    """Writes down what a system's speech would say."""

    failed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.language = ""
        self.said: list[str] = []
        self.volume = 0.0

    def say(self, text: str) -> None:
        self.said.append(text)

    def stop(self) -> None:
        self.said.append("")

    def set_volume(self, share: float) -> None:
        self.volume = share


@pytest.fixture
def mouth(qapp) -> Mouth:
    return Mouth()


@pytest.fixture
def voice(mouth: Mouth) -> Voice:
    def speech(language: str) -> Mouth:
        mouth.language = language
        return mouth

    return Voice(make_speech=speech)


def none_here(language: str) -> Mouth:
    raise NoVoice(language)


def say(words: str) -> CueOrder:
    return CueOrder(stop=True, say=Cue(Said.WORDS, words))


def test_it_says_words_in_their_language_and_is_silent_when_told(voice, mouth) -> None:
    voice.set_volume(0.4)
    voice.obey(QUIET)
    voice.obey(say("Hold it there"))
    voice.obey(CueOrder(stop=True, say=Cue(Said.NOW)))
    voice.obey(QUIET)
    assert mouth.said == ["Hold it there", "Now", ""]
    assert mouth.language == "en"
    assert mouth.volume == 0.4


def test_switched_off_it_stops_and_says_nothing(voice, mouth) -> None:
    states: list[str] = []
    voice.state_changed.connect(states.append)
    voice.obey(say("Now"))
    voice.switch(on=False)
    voice.obey(say("Hold"))
    assert mouth.said == ["Now", ""]
    voice.switch(on=True)
    voice.obey(say("Rest"))
    assert mouth.said[-1] == "Rest"
    assert states == ["Voice on", "Voice off", "Voice on"]


def test_without_speech_it_says_so_once_and_nothing_breaks(qapp, mouth) -> None:
    voice = Voice(make_speech=none_here)
    assert not voice.look()
    voice.obey(say("Now"))
    assert (voice.state, voice.on, voice.there) == ("No voice on this computer", False, False)


def test_speech_that_fails_on_the_way_is_gone(voice, mouth) -> None:
    voice.obey(say("Now"))
    mouth.failed.emit()
    voice.obey(say("Hold"))
    assert mouth.said == ["Now"]
    assert voice.state == "No voice on this computer"


def test_the_console_speaks_switches_and_tells_where_there_is_none(train_on, mouth, voice) -> None:
    run = replace(moments.every_moment()["movement"], phase=Phase.COUNTDOWN)
    window = train_on(streaming(training=run))
    page, panel = window.train, window.train.console.panel
    page.voice._make_speech = lambda _language: mouth
    page.voice._missing, page.voice._speech = False, None
    page.voice.look()
    window._session.now = streaming(training=replace(run, task="Slowly look left"))
    window.tick()
    assert mouth.said[-1] == "Slowly look left"
    assert panel.voice_button.text() == "Voice on"
    panel.voice_button.click()
    assert panel.voice_button.text() == "Voice off"
    page.voice.switch(on=True)
    mouth.failed.emit()
    assert panel.voice_button.text() == "No voice on this computer"
    assert not panel.voice_button.isEnabled()


def test_the_console_draws_the_movement_and_has_large_marks_for_the_trick(train_on) -> None:
    window = train_on(streaming(training=RUNS["trick"]))
    panel = window.train.console.panel
    assert panel.movement.isVisible()
    assert "hand" in panel.movement.accessibleDescription()
    for button, key in ((panel.arm_button, Qt.Key.Key_A), (panel.touch_button, Qt.Key.Key_T)):
        assert button.isVisible()
        assert button.height() >= theme.PRIMARY_PX
        assert button.width() > 1.5 * panel.mark_button.width()
        button.click()
        QTest.keyClick(window, key)
    assert asked(window) == [("mark", "arm")] * 2 + [("mark", "touch")] * 2
    shown = MovementNow("rotate-left", "out", 0.5, 2.0)
    window._session.now = streaming(training=replace(RUNS["rest-step"], movement=shown))
    window.tick()
    assert "left" in panel.movement.accessibleDescription()
    assert not panel.arm_button.isVisible()
    window._session.now = streaming(training=RUNS["rest-step"])
    window.tick()
    assert not panel.movement.isVisible()


def test_skip_asks_for_a_reason_by_key(train_on) -> None:
    window = train_on(streaming(training=RUNS["trick"]))
    QTest.keyClick(window, Qt.Key.Key_S)
    reason = window.train.console.panel.reason
    assert reason.isVisible()
    QTest.keyClicks(reason.edit, "stiff today")
    QTest.keyClick(reason.edit, Qt.Key.Key_Return)
    assert asked(window) == [("skip", "stiff today")]


def test_a_swapped_cable_stands_in_the_console_until_it_is_mended(train_on) -> None:
    told = "SCM L and SCM R seem to be swapped: SCM L answers the right SCM."
    run = replace(moments.every_moment()["movement"], cables=told)
    window = train_on(streaming(training=run))
    banner = window.train.console.banner
    assert banner.isVisible()
    assert told in banner.accessibleDescription() + banner.accessibleName()
    window._session.now = streaming(training=replace(run, cables=""))
    window.tick()
    assert not banner.isVisible()


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("movement", {"phase": Phase.DONE, "step": 0}, "Done. Press Next when ready for: Practise"),
        ("trick", {"phase": Phase.WORK}, "A: the arm sets out. T: the hand touches."),
        ("movement", {}, "Slow and comfortable. Stop when it hurts."),
    ],
)
def test_the_second_line_says_what_the_operator_does_next(
    train_on, name: str, changes: dict, said: str
) -> None:
    window = train_on(streaming(training=replace(moments.every_moment()[name], **changes)))
    assert window.train.console.panel.hint.text() == said


def test_after_a_reason_the_keyboard_is_on_next(train_on) -> None:
    window = train_on(streaming(training=RUNS["trick"]))
    panel = window.train.console.panel
    QTest.keyClick(window, Qt.Key.Key_S)
    QTest.keyClick(panel.reason.edit, Qt.Key.Key_Return)
    assert panel.next_button.hasFocus()


def test_the_hint_of_a_plan_ends_with_one_mark(train_on) -> None:
    window = train_on(streaming())
    chooser = window.train.chooser
    for card in chooser.cards:
        card.click()
        assert "?." not in chooser.hint.text()
        assert ".." not in chooser.hint.text()
    titles = [card.plan.title for card in chooser.cards]
    assert "Does a trick help?" in titles


def test_the_settings_switch_the_voice(train_on, mouth) -> None:
    window = train_on(streaming())
    window.train.voice._make_speech = lambda _language: mouth
    for on, state in ((False, "Voice off"), (True, "Voice on")):
        window.train.follow_choices(Choices(sound=SoundChoice(voice=on)))
        assert window.train.voice.on is on
        assert window.train.console.panel.voice_button.text() == state
