"""The register on its own thread, polled."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from emgfeedback.core.errors import AccessError
from emgfeedback.people.database import Database
from emgfeedback.people.desk import Desk, DeskState
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.values import Patient

WAIT_S = 30.0


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    def open_register(passphrase: str) -> Register:
        if passphrase not in ("", "sesame"):
            raise AccessError("This is not the passphrase.", "Try again.")
        return Register(Database.open(tmp_path), who="test", role=Role.CLINICIAN)

    made = Desk(open_register)
    made.start()
    yield made
    made.close()


def test_questions_are_answered_in_order(desk: Desk):
    added = desk.ask(lambda register: register.put(Patient(pseudonym="P-1")), changes=True)
    found = desk.ask(lambda register: register.search("P-1"))
    assert found.wait(WAIT_S)
    assert added.value is not None
    assert [line.patient for line in found.value or []] == [added.value]
    assert (desk.state, desk.changes) == (DeskState.OPEN, 2)


def test_a_refusal_comes_back_in_words_and_changes_nothing(desk: Desk):
    answer = desk.ask(lambda register: register.get(Patient, "0" * 32), changes=True)
    assert answer.wait(WAIT_S)
    assert answer.value is None
    assert answer.error
    assert desk.changes == 1


def test_a_bug_is_logged_and_told_without_a_traceback(desk: Desk, expected_log: list[str]):
    expected_log.append("a question to the register failed")
    answer = desk.ask(lambda register: 1 / 0)
    assert answer.wait(WAIT_S)
    assert "the log says more" in answer.error
    assert desk.ask(lambda register: register.search("")).wait(WAIT_S)


def test_locked_it_answers_nothing_until_the_passphrase_comes(desk: Desk):
    assert desk.lock().wait(WAIT_S)
    assert desk.state is DeskState.LOCKED
    refused = desk.ask(lambda register: register.search(""))
    wrong = desk.unlock("open")
    assert wrong.wait(WAIT_S)
    assert refused.error == "The records are locked. Unlock them first."
    assert (wrong.error, desk.state) == ("This is not the passphrase. Try again.", DeskState.LOCKED)
    assert desk.unlock("sesame").wait(WAIT_S)
    assert desk.state is DeskState.OPEN
    assert desk.ask(lambda register: register.search("")).wait(WAIT_S)


def test_a_register_that_cannot_be_opened_says_why(tmp_path: Path):
    (tmp_path / "register.sqlite").write_bytes(b"no database at all, but a text" * 50)
    desk = Desk(lambda _: Register(Database.open(tmp_path), who="t", role=Role.CLINICIAN))
    desk.start()
    answer = desk.ask(lambda register: register.search(""))
    assert answer.wait(WAIT_S)
    assert desk.state is DeskState.FAILED
    assert answer.error == desk.message != ""
    desk.close()
    assert desk.state is DeskState.CLOSED


def test_nothing_is_logged_of_what_was_asked(desk: Desk, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.DEBUG, logger="emgfeedback"):
        assert desk.ask(lambda r: r.put(Patient(pseudonym="P-7", name="Ada Lovelace"))).wait(WAIT_S)
    assert "Ada" not in caplog.text
