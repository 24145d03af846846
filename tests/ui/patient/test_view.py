"""The patient's window: one button, keys, ratings, and what a screen reader is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtTest import QSignalSpy, QTest

from emgfeedback.training.now import Hold, Phase, RunNow, Scene, StepKind, TrialKind
from emgfeedback.training.plan_words import PROBE_HINT
from emgfeedback.ui import theme
from emgfeedback.ui.patient.big_button import Deed
from emgfeedback.ui.patient.layout import BUTTON_PX
from emgfeedback.ui.patient.look import PatientLook, Place
from emgfeedback.ui.patient.view import PatientThumbnail, PatientView
from tests.ui.patient import moments

CALM = moments.calm_moments()
PLAYING = moments.playing(moments.INSIDE[Scene.WATER])


@pytest.fixture
def view(qtbot: object) -> Iterator[PatientView]:
    made = PatientView()
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    QTest.qWaitForWindowActive(made)
    yield made
    made.hide()


def press(view: PatientView, key: Qt.Key) -> None:
    focus = view.focusWidget() or view
    QTest.keyClick(focus, key)


@pytest.mark.parametrize(
    ("run", "deed", "signal"),
    [
        (PLAYING, Deed.STOP, "stop_asked"),
        (moments.held(moments.water(0.0)), Deed.STOP, "stop_asked"),
        (CALM["countdown"], Deed.STOP, "stop_asked"),
        (CALM["rest"], Deed.STOP, "stop_asked"),
        (CALM["ready"], Deed.START, "start_asked"),
        (CALM["paused"], Deed.RESUME, "start_asked"),
        (CALM["prompt"], Deed.NEXT, "next_asked"),
        (replace(CALM["ready"], phase=Phase.DONE), Deed.NEXT, "next_asked"),
        (CALM["end"], Deed.CLOSE, "close_asked"),
    ],
    ids=str,
)
def test_the_one_button_says_and_does_what_is_next(
    view: PatientView, run: RunNow, deed: Deed, signal: str
) -> None:
    view.show_run(run)
    assert view.button.deed is deed
    assert view.button.accessibleName()
    spy = QSignalSpy(getattr(view, signal))
    QTest.mouseClick(view.button, Qt.MouseButton.LeftButton)
    assert spy.count() == 1
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
        press(view, key)
    assert spy.count() == 3


@pytest.mark.parametrize("run", [PLAYING, CALM["rest"], CALM["ratings"], CALM["prompt"]], ids=str)
def test_esc_stops(view: PatientView, run: RunNow) -> None:
    view.show_run(run)
    spy = QSignalSpy(view.stop_asked)
    press(view, Qt.Key.Key_Escape)
    assert spy.count() == 1


def test_esc_closes_once_it_is_over(view: PatientView) -> None:
    view.show_run(CALM["end"])
    stopped, closed = QSignalSpy(view.stop_asked), QSignalSpy(view.close_asked)
    press(view, Qt.Key.Key_Escape)
    assert (stopped.count(), closed.count()) == (0, 1)


def test_ratings_by_keys_alone(view: PatientView) -> None:
    view.show_run(CALM["ratings"])
    spy = QSignalSpy(view.rated)
    assert view.button.deed is Deed.SKIP
    press(view, Qt.Key.Key_7)
    assert view.button.deed is Deed.ANSWER
    press(view, Qt.Key.Key_Return)
    assert spy.count() == 0
    press(view, Qt.Key.Key_1)
    press(view, Qt.Key.Key_0)
    assert view.ratings.value == 10
    press(view, Qt.Key.Key_Return)
    assert spy.count() == 1
    assert spy.at(0)[0] == {"pain": 7, "effort": 10}


def test_zero_is_an_answer_and_a_skipped_question_is_none(view: PatientView) -> None:
    view.show_run(CALM["ratings"])
    spy = QSignalSpy(view.rated)
    press(view, Qt.Key.Key_0)
    press(view, Qt.Key.Key_Return)
    press(view, Qt.Key.Key_Return)
    assert spy.at(0)[0] == {"pain": 0}


def test_ratings_by_mouse(view: PatientView) -> None:
    view.show_run(CALM["ratings"])
    spy = QSignalSpy(view.rated)
    for value in (3, 4):
        QTest.mouseClick(view.ratings.buttons[value], Qt.MouseButton.LeftButton)
        QTest.mouseClick(view.button, Qt.MouseButton.LeftButton)
    assert spy.at(0)[0] == {"pain": 3, "effort": 4}


def test_a_repeated_snapshot_does_not_ask_again(view: PatientView) -> None:
    view.show_run(CALM["ratings"])
    press(view, Qt.Key.Key_4)
    view.show_run(replace(CALM["ratings"], elapsed_s=10.0))
    assert view.ratings.value == 4


def test_ratings_asked_after_practice_start_empty(view: PatientView) -> None:
    view.show_run(CALM["ratings"])
    press(view, Qt.Key.Key_4)
    press(view, Qt.Key.Key_Return)
    view.show_run(PLAYING)
    assert not view.ratings.isVisible()
    view.show_run(CALM["ratings"])
    assert view.ratings.value is None
    assert view.ratings.question == moments.QUESTIONS[0]


@pytest.mark.parametrize("place", list(Place))
def test_rating_buttons_are_large_apart_and_named(view: PatientView, place: Place) -> None:
    view.set_look(PatientLook(place=place))
    view.show_run(CALM["ratings"])
    boxes = [b.geometry() for b in view.ratings.buttons]
    inset = 6
    for i, box in enumerate(boxes):
        assert box.width() - 2 * inset >= 60
        assert view.ratings.rect().contains(box), "its focus ring is cut"
        assert not any(
            box.adjusted(inset, inset, -inset, -inset).intersects(other) for other in boxes[i + 1 :]
        )
        name = view.ratings.buttons[i].accessibleName()
        assert str(i) in name
        assert moments.QUESTIONS[0].question in name


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)], ids=str)
@pytest.mark.parametrize("place", list(Place))
@pytest.mark.parametrize("factor", [1.0, 1.75])
def test_the_question_and_its_ends_are_whole_at_any_text_size(
    view: PatientView,
    place: Place,
    size: tuple[int, int],
    factor: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(theme, "text_factor", lambda: factor)
    view.set_look(PatientLook(place=place))
    view.resize(*size)
    for name in ("ratings", "pain"):
        view.show_run(CALM[name])
        lines = view.ratings.lines()
        assert len(lines) == 3
        for text, rect, font, flags in lines:
            box = QFontMetricsF(font).boundingRect(rect, flags, text)
            assert rect.adjusted(-1, -1, 1, 1).contains(box), text
            assert QRectF(view.ratings.rect()).contains(rect), text
            for button in view.ratings.buttons:
                inner = QRectF(button.geometry().adjusted(8, 8, -8, -8))
                assert not box.intersects(inner), text


def test_the_trick_test_is_marked_by_key(view: PatientView) -> None:
    spy = QSignalSpy(view.marked)
    view.show_run(CALM["trick"])
    press(view, Qt.Key.Key_A)
    press(view, Qt.Key.Key_T)
    view.show_run(PLAYING)
    press(view, Qt.Key.Key_A)
    assert [spy.at(i)[0] for i in range(spy.count())] == ["arm", "touch"]


@pytest.mark.parametrize("place", list(Place))
@pytest.mark.parametrize("size", [(800, 500), (1280, 800), (1920, 1080)])
def test_stop_is_large_and_inside_the_window(
    view: PatientView, size: tuple[int, int], place: Place
) -> None:
    view.resize(*size)
    view.set_look(PatientLook(place=place))
    view.show_run(PLAYING)
    box = view.button.geometry().adjusted(9, 9, -9, -9)
    assert box.height() >= BUTTON_PX
    assert view.rect().contains(box)
    for run in (PLAYING, CALM["paused"], CALM["end"]):
        view.show_run(run)
        image = view.button.grab().toImage()
        middle, edge = image.height() // 2, 9 + 3
        row = [image.pixel(x, middle) for x in range(edge, image.width() - edge)]
        ends = [*row[1:7], *row[-7:-1]]
        assert len(set(ends)) == 1, "sign and words keep clear of the button's edge"
        assert len(set(row)) > 3


def test_a_screen_reader_hears_the_task_then_the_sentence(view: PatientView) -> None:
    view.show_run(PLAYING)
    assert "Let the water settle" in view.accessibleDescription()
    view.show_run(CALM["end"])
    assert "quieter than at the start" in view.accessibleDescription()


def test_the_picture_on_the_widget_fits_its_screen(view: PatientView) -> None:
    view.show_run(PLAYING)
    image = view.grab().toImage()
    ratio = image.devicePixelRatio()
    assert (image.width() / ratio, image.height() / ratio) == (1280, 800)


@pytest.mark.parametrize("run", [PLAYING, *CALM.values()], ids=lambda run: run.kind.value)
def test_the_thumbnail_shows_the_same_small(qtbot: object, run: RunNow) -> None:
    small = PatientThumbnail()
    qtbot.addWidget(small)
    small.resize(320, small.heightForWidth(320))
    small.show_run(run)
    image = small.grab().toImage()
    colours = {image.pixel(x, y) for x in range(0, 320, 8) for y in range(0, 200, 8)}
    assert len(colours) > 10


def test_a_pause_in_the_ratings_offers_to_go_on(view: PatientView) -> None:
    view.show_run(replace(CALM["ratings"], paused=True, hold=Hold.USER))
    assert not view.ratings.isVisible()
    assert view.button.deed is Deed.RESUME
    assert CALM["ratings"].kind is StepKind.RATINGS


def test_the_thumbnail_shows_what_is_asked(qtbot: object) -> None:
    def middle(run: RunNow) -> int:
        small = PatientThumbnail()
        qtbot.addWidget(small)
        small.resize(320, 200)
        small.show_run(run)
        image = small.grab().toImage()
        return len({image.pixel(x, y) for x in range(40, 280) for y in range(60, 130)})

    asked = CALM["ratings"]
    assert middle(asked) > 20 + middle(replace(asked, ratings=()))


def test_a_trial_without_picture_is_told_once(view: PatientView) -> None:
    trial = replace(PLAYING.trial, kind=TrialKind.PROBE)
    feedback = replace(PLAYING.feedback, visible=False)
    probe = replace(PLAYING, trial=trial, feedback=feedback, hint=PROBE_HINT)

    def said(run: RunNow) -> list[str]:
        view.show_run(run)
        view.grab()
        return [line.text for line in view.picture.lines if "icture" in line.text]

    assert said(probe) == ["No picture this time. Do as before."]
    assert said(replace(probe, phase=Phase.COUNTDOWN)) == [PROBE_HINT]
