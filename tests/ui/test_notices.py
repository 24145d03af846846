"""The banner says the worst thing first, with its remedy, and nothing when all is well."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emgfeedback.core.quality import Finding, Level, Verdict
from emgfeedback.ui.notices import notice
from tests.ui.stage_session import HEARTBEAT, LOOSE, STATES, streaming, with_channel


def test_nothing_is_said_when_all_is_well() -> None:
    assert notice(streaming(), 0.0) is None


def test_a_visible_heartbeat_needs_no_banner() -> None:
    assert notice(with_channel(streaming(), 0, verdict=HEARTBEAT), 0.0) is None


def test_a_bad_channel_is_named_with_its_remedy() -> None:
    said = notice(STATES["loose"], 0.0)
    assert said is not None
    assert said.title == "R Splenius: loose electrode"
    assert said.remedy.startswith("Feedback from it is off. Press both pads")
    two = with_channel(STATES["loose"], 0, verdict=LOOSE)
    said = notice(two, 0.0)
    assert said is not None
    assert said.title == "L SCM: loose electrode, and 1 more"


def test_a_silent_board_says_for_how_long_and_that_recording_goes_on() -> None:
    said = notice(STATES["stalled"], 2.3)
    assert said is not None
    assert said.title == "Board silent since 3 s"
    assert said.remedy == "Recording goes on; the gap is marked."


def test_a_lost_board_unrecorded_says_nothing_of_a_recording() -> None:
    said = notice(STATES["lost"], 5.0)
    assert said is not None
    assert "Recording" not in said.remedy


@pytest.mark.parametrize("name", ["loose", "stalled", "lost"])
def test_a_failed_recording_comes_before_all_else(name: str) -> None:
    failed = replace(STATES[name], recording=STATES["recording failed"].recording)
    said = notice(failed, 5.0, refused="no")
    assert said is not None
    assert (said.kind, said.title) == ("bad", "Not recording")


def test_refusals_warnings_and_messages_are_shown() -> None:
    refused = notice(streaming(), 0.0, refused="Too low. Use more.")
    assert refused is not None
    assert refused.remedy == "Too low. Use more."
    slow = replace(streaming().link, warnings=("This computer was too slow.",))
    warned = notice(streaming(link=slow), 0.0)
    assert warned is not None
    assert warned.remedy == "This computer was too slow."
    told = notice(streaming(link_message="The port blinked."), 0.0)
    assert told is not None
    assert told.remedy == "The port blinked."


def test_check_comes_after_bad() -> None:
    hum = with_channel(streaming(), 0, verdict=Verdict(Level.CHECK, Finding.MAINS))
    said = notice(hum, 0.0)
    assert said is not None
    assert (said.kind, said.title) == ("check", "L SCM: mains hum")
    said = notice(with_channel(hum, 5, verdict=LOOSE), 0.0)
    assert said is not None
    assert said.kind == "bad"
