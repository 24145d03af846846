"""From the box to a clean signal: causes named, firmware put in, nobody led on past a fault."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from emgfeedback.core.device import LinkHealth, LinkState
from emgfeedback.core.errors import FlashFailed
from emgfeedback.devices import channel_test, connection, examine
from emgfeedback.devices.diagnosis import Cause
from emgfeedback.devices.registry import make_driver
from emgfeedback.engine import first_connection
from emgfeedback.engine.first_connection import FirstConnection
from emgfeedback.engine.station import Station
from emgfeedback.flashing.boards import find_board
from emgfeedback.flashing.images import bundled_image
from emgfeedback.ui.first import electrodes
from emgfeedback.ui.theme import Scheme
from tests.flashing.boot_loaders import FakeBoot
from tests.ui.first.staged import NOBODY, PORT, THERE, WAIT_S, FirstStage, failed, found
from tests.ui.stage_session import LOOSE, UNO, streaming, with_channel

OF_PORTS = (Cause.PORT_FORBIDDEN, Cause.PORT_GONE, Cause.WRONG_BAUD, Cause.SILENT)


def test_the_whole_way_on_the_demo_board(room_on, monkeypatch, tmp_path):
    monkeypatch.setattr(channel_test, "SECONDS", 0.5)
    station = Station(tmp_path)
    station.look_round = lambda: NOBODY
    room = room_on(station)
    steps = room.steps
    steps.plug_in.choice.demo_button.click()
    room.go_on_to(2)
    assert "1.0" in steps.firmware.status.title.text()
    assert not steps.firmware.offer.isVisible()
    room.go_on_to(3)
    assert len(steps.cables.verdicts.lines) == 6
    assert "All 6 channels arrive" in steps.cables.whole.title.text()
    room.go_on_to(5)
    room.until(lambda: station.snapshot().link.state is LinkState.STREAMING)
    room.until(steps.next_button.isEnabled)
    assert len(steps.trust.channels.lines) == 6
    room.go_on_to(6)
    room.until(steps.sides.start.isEnabled)
    steps.next_button.click()
    assert steps.finished
    room.window.tick()
    assert room.window.live_stack.currentWidget() is not steps
    room.window.close()
    station.close()


def test_every_cause_is_named_with_its_remedy(room_on):
    room = room_on(FirstStage(failed(Cause.PORT_GONE)))
    plug = room.steps.plug_in
    for cause in OF_PORTS:
        room.stage.answers = [failed(cause)]
        room.steps.inquiry.ask_again()
        room.until(lambda named=f"What {cause.name} is.": plug.status.title.text() == named)
        assert plug.status.remedy.text() == f"What to do about {cause.name}."
        room.until(lambda: not room.steps.inquiry.busy)
        room.look()
        assert plug.ready == (cause in {Cause.WRONG_BAUD, Cause.SILENT})


def test_a_board_plugged_in_later_is_found_by_itself(room_on):
    stage = FirstStage(found(), there=NOBODY)
    room = room_on(stage)
    plug = room.steps.plug_in
    room.until(lambda: plug.causes.lines)
    assert plug.causes.lines[0].remedy.text() == "Plug it in."
    assert not room.steps.next_button.isEnabled()
    stage.there = THERE
    room.until(room.steps.next_button.isEnabled)
    assert plug.status.title.text() == "Uno answers"
    stage.there = NOBODY
    room.until(lambda: not plug.ready)
    assert plug.status.title.text() == "Looking for a board"


def test_a_port_that_comes_free_is_asked_again_by_itself(room_on):
    room = room_on(FirstStage(failed(Cause.PORT_BUSY), failed(Cause.PORT_BUSY), found()))
    room.until(room.steps.next_button.isEnabled)
    assert room.stage.calls.count(("examine", PORT.path)) == 3


def test_a_silent_board_is_not_asked_again_unasked(room_on):
    room = room_on(FirstStage(failed(Cause.SILENT), found()))
    room.until(room.steps.plug_in.again.isVisible)
    for _ in range(5):
        room.look()
    assert room.stage.calls.count(("examine", PORT.path)) == 1
    room.steps.plug_in.again.click()
    room.until(lambda: room.steps.inquiry.info)


def test_asking_is_stopped_and_begun_again(room_on):
    room = room_on(FirstStage(found()))
    room.stage.may_go_on.clear()
    plug = room.steps.plug_in
    room.until(plug.stop.isVisible)
    room.stage.cancelled = True
    plug.stop.click()
    room.until(plug.again.isVisible)
    assert not plug.ready
    assert plug.status.title.text() == "Not asked to the end"
    room.stage.cancelled = False
    plug.again.click()
    room.until(room.steps.next_button.isEnabled)


def test_firmware_is_put_in_with_progress_and_asked_afterwards(room_on):
    room = room_on(FirstStage(failed(Cause.NO_FIRMWARE), found()))
    room.go_on_to(2)
    steps, page = room.steps, room.steps.firmware
    assert page.board.key == "uno"
    assert not steps.next_button.isEnabled()
    room.stage.may_go_on.clear()
    page.flash.click()
    room.until(lambda: page.bar.value() == 400)
    assert page.bar.maximum() == 1000
    assert not steps.back_button.isEnabled()
    assert not steps.leave_button.isEnabled()
    room.stage.may_go_on.set()
    room.until(steps.next_button.isEnabled)
    assert page.outcome.title.text() == "1,000 bytes written, read back and equal"
    assert ("flash", "uno") in room.stage.calls


def test_flashing_that_fails_is_told_as_it_is(room_on):
    room = room_on(FirstStage(found(replace(UNO, firmware="0.9.0"))))
    room.go_on_to(2)
    steps, page = room.steps, room.steps.firmware
    assert page.offer.isVisible()
    room.stage.flash_error = FlashFailed("Nothing was written.", "Check the cable.")
    page.flash.click()
    room.until(page.outcome.isVisible)
    assert page.outcome.remedy.text() == "Check the cable."
    assert steps.next_button.isEnabled()
    room.stage.flash_error = FlashFailed("Cut off. No program.", "Flash again.", half_written=True)
    page.flash.click()
    room.until(lambda: page.outcome.title.text() == "Cut off. No program.")
    assert page.outcome.remedy.text() == "Flash again."
    assert not steps.next_button.isEnabled()
    assert page.offer.isVisible()


def test_flashing_stopped_while_the_port_is_freed_writes_nothing(room_on):
    room = room_on(FirstStage(failed(Cause.NO_FIRMWARE)))
    room.go_on_to(2)
    page, freed = room.steps.firmware, threading.Event()
    room.stage.disconnect = lambda: freed.wait(WAIT_S)
    page.flash.click()
    room.until(page.stop.isVisible)
    page.stop.click()
    freed.set()
    room.until(page.outcome.isVisible)
    assert page.outcome.title.text() == "It was cancelled. Nothing was written."
    assert ("flash", "uno") not in room.stage.calls


def test_a_real_program_goes_into_a_boot_loader(room_on, monkeypatch):
    boot = FakeBoot(find_board("uno"))
    monkeypatch.setattr(first_connection, "SerialLink", lambda path: boot)
    monkeypatch.setattr(examine, "SerialLink", lambda path: boot)
    monkeypatch.setattr(examine, "make_drivers", lambda: [make_driver("emgfeedback")])
    monkeypatch.setattr(connection, "TRY_S", (0.05, 0.1))
    monkeypatch.setattr(first_connection, "answering_chip", lambda link, stopped: "ATmega328P")
    stage = FirstStage()
    stage.first_connection = FirstConnection
    room = room_on(stage)
    room.go_on_to(2)
    assert "ATmega328P" in room.steps.firmware.status.title.text()
    room.steps.firmware.flash.click()
    room.until(room.steps.firmware.outcome.isVisible)
    program = bundled_image(find_board("uno")).program
    assert bytes(boot.flash[: len(program)]) == program
    assert "read back and equal" in room.steps.firmware.outcome.title.text()


def test_a_channel_that_fails_is_named_and_tested_again(room_on):
    room = room_on(FirstStage(found(UNO, 2), found()))
    room.go_on_to(3)
    cables = room.steps.cables
    assert cables.verdicts.lines[2].title.text() == "A2: no test signal came."
    assert room.steps.next_button.text() == "Go on all the same"
    cables.again.click()
    room.until(lambda: "All 6 channels" in cables.whole.title.text())
    assert room.steps.next_button.text() == "Next"


def test_nobody_goes_on_to_electrodes_on_mains(room_on, monkeypatch):
    supply = [True]
    monkeypatch.setattr(electrodes, "on_mains", lambda: supply[0])
    room = room_on(FirstStage(found()))
    room.go_on_to(4)
    page = room.steps.electrodes
    room.until(page.banner.isVisible)
    assert "mains" in page.banner.notice.title
    assert not room.steps.next_button.isEnabled()
    page.isolated.click()
    room.until(room.steps.next_button.isEnabled)
    page.isolated.click()
    supply[0] = False
    room.until(room.steps.next_button.isEnabled)
    assert not page.isolated.isVisible()


def test_each_signal_has_its_remedy_until_it_is_mended(room_on):
    room = room_on(FirstStage(found()))
    room.go_on_to(5)
    room.until(lambda: ("connect", PORT.path) in room.stage.calls)
    assert not room.steps.next_button.isEnabled()
    room.stage.now = with_channel(streaming(), 3, verdict=LOOSE, level_uv=None)
    room.until(room.steps.next_button.isEnabled)
    trust = room.steps.trust
    assert trust.whole.title.text() == "5 of 6 channels can be trusted"
    assert room.steps.next_button.text() == "Go on without them"
    assert trust.channels.lines[3].remedy.text().startswith("Press both pads")
    room.stage.now = streaming()
    room.until(lambda: trust.whole.title.text() == "All signals can be trusted")
    assert room.steps.next_button.text() == "Next"
    room.stage.now = streaming(link=LinkHealth(LinkState.LOST))
    room.until(lambda: "silent" in trust.whole.title.text())
    assert not room.steps.next_button.isEnabled()


def test_a_shrug_tells_swapped_cables(room_on, qtbot):
    room = room_on(FirstStage(found()))
    room.go_on_to(5)
    now = room.stage.now = streaming()
    room.go_on_to(6)
    sides = room.steps.sides
    answers = {"shrug-left": 3, "shrug-right": 2, "palm-left": 1, "palm-right": 0}
    for column in answers.values():
        room.until(sides.start.hasFocus)
        qtbot.keyClick(sides.start, Qt.Key.Key_Return)
        while sides._holding:
            now = replace(now, end_sample=now.end_sample + 250)
            levels = [2.0] * 6
            levels[column] = 40.0
            channels = zip(now.channels, levels, strict=True)
            room.stage.now = now = replace(
                now, channels=tuple(replace(c, level_uv=uv) for c, uv in channels)
            )
            room.look()
    said = [line.title.text() for line in sides.found.lines]
    assert any("UT L and UT R seem to be swapped" in words for words in said)
    assert room.steps.next_button.text() == "Done"
    assert room.window.focusWidget() is room.steps.next_button


def test_leaving_cancels_and_shows_the_welcome(room_on):
    room = room_on(FirstStage(found()))
    room.stage.may_go_on.clear()
    room.until(lambda: room.steps.inquiry.busy)
    room.steps.leave_button.click()
    assert ("cancel",) in room.stage.calls
    assert room.window.live_stack.currentWidget() is room.window.welcome
    room.until(lambda: room.steps.inquiry.poll() or not room.steps.inquiry.busy)


def cut_off(widget: QWidget) -> list[str]:
    """Return the words that have too little room."""
    shown = [label for label in widget.findChildren(QLabel) if label.isVisible() and label.text()]
    return [x.text() for x in shown if x.height() < x.heightForWidth(x.width())]


@pytest.mark.parametrize(("scheme", "text_pct"), [(Scheme.LIGHT, 100), (Scheme.DARK, 150)])
def test_nothing_is_cut_or_nameless_in_the_smallest_window(room_on, look, scheme, text_pct):
    look.choose(scheme, text_pct)
    room = room_on(FirstStage(found(UNO, 1)), 960, 600)
    steps = room.steps
    for number in range(1, 7):
        if number == 5:
            room.stage.now = with_channel(streaming(), 0, verdict=LOOSE, level_uv=None)
        room.go_on_to(number)
        room.until(steps.next_button.isEnabled)
        room.until(lambda: not cut_off(steps))
        for button in steps.findChildren(QAbstractButton):
            assert not button.isVisible() or button.accessibleName(), button
        shown = steps.next_button.geometry()
        assert steps.rect().contains(shown)
        area = steps.stack.currentWidget()
        assert area.widget().width() <= area.viewport().width(), steps.step.name
        assert steps.next_button.focusPolicy() & Qt.FocusPolicy.TabFocus
