"""The cards of the settings page about privacy and copies, on a real register."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication

from emgfeedback.access import keys
from emgfeedback.access.key_file import LOWEST
from emgfeedback.people.desk import Desk, DeskState
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.opening import make_desk, open_folder
from emgfeedback.people.package import Package
from emgfeedback.people.protect import set_passphrase
from emgfeedback.people.values import Patient
from emgfeedback.people.verify import verify
from emgfeedback.ui.backup_card import BackupCard
from emgfeedback.ui.privacy_card import PrivacyCard
from emgfeedback.ui.secret_form import SecretForm

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
PASSPHRASE = "vier Worte für Anna"
OTHER = "fünf andere Worte"
WAIT_MS = 20_000
NAME = "Ada Quillfeather"


@pytest.fixture(autouse=True)
def _cheap_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """One try costs little here; what it costs by default is tested with the keys."""
    monkeypatch.setattr(keys, "Cost", lambda: LOWEST)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    pytest.importorskip("sqlcipher3", reason="needs requirements-secure.txt")
    made = DataFolder(tmp_path / "data")
    opened = open_folder(made, who="Dr Test")
    opened.register.put_all([Patient(pseudonym="P-1", name=NAME), Patient(pseudonym="P-2")])
    opened.close()
    return made


@pytest.fixture
def protected(folder: DataFolder) -> DataFolder:
    set_passphrase(folder, PASSPHRASE, cost=LOWEST)
    return folder


@pytest.fixture
def open_desk(qtbot) -> Iterator[Callable[[DataFolder], Desk]]:
    made: list[Desk] = []

    def make(folder: DataFolder) -> Desk:
        desk = make_desk(folder, "Dr Test")
        made.append(desk)
        desk.start()
        desk.unlock(PASSPHRASE)
        qtbot.waitUntil(lambda: desk.state is DeskState.OPEN, timeout=WAIT_MS)
        return desk

    yield make
    for desk in made:
        desk.close()


@pytest.fixture
def show(qtbot, look, open_desk) -> Callable[[DataFolder], PrivacyCard]:
    def make(folder: DataFolder) -> PrivacyCard:
        card = PrivacyCard(open_desk(folder), folder, 10)
        qtbot.addWidget(card)
        with qtbot.waitExposed(card):
            card.show()
        qtbot.waitUntil(lambda: not card.busy, timeout=WAIT_MS)
        return card

    return make


def fill_in(form: SecretForm, *typed: str, agree: bool = True) -> None:
    for field, text in zip(form.fields, typed, strict=True):
        field.setText(text)
        field.textEdited.emit(text)
    form.agreed.setChecked(agree)


def sent(qtbot, card: PrivacyCard, form: SecretForm, *typed: str) -> None:
    fill_in(form, *typed)
    form.button.click()
    assert all(not field.text() for field in form.fields)
    qtbot.waitUntil(lambda: not card.busy, timeout=WAIT_MS)


def opens(folder: DataFolder, secret: str) -> bool:
    try:
        keys.KeyRing.unlock(folder.keys, secret)
    except keys.WrongPassphrase:
        return False
    return True


def test_a_passphrase_is_not_taken_before_it_fits_twice_and_is_understood(show, folder):
    card = show(folder)
    form = card.set_form
    assert card.plain.isVisible()
    assert not card.protected.isVisible()
    for typed, agree, said in (
        (("", ""), True, ""),
        (("short", "short"), True, "At least 8 characters; a few words are easy to keep in mind."),
        ((PASSPHRASE, OTHER), True, "The two are not the same."),
        ((PASSPHRASE, PASSPHRASE), False, ""),
    ):
        fill_in(form, *typed, agree=agree)
        assert form.said.text() == said
        assert not form.button.isEnabled()
    assert "nobody can open these records" in form.agreed.text()
    fill_in(form, PASSPHRASE, PASSPHRASE)
    assert form.button.isEnabled()


def test_setting_one_encrypts_and_shows_the_recovery_key_once(qtbot, show, folder):
    card = show(folder)
    sent(qtbot, card, card.set_form, PASSPHRASE, PASSPHRASE)
    words = card.recovery.words
    assert len(words.split()) == 9
    assert all(word in card.recovery.lines.text() for word in words.split())
    assert all(word in card.recovery.document().toPlainText() for word in words.split())
    card.recovery.copy_button.click()
    assert QGuiApplication.clipboard().text() == words
    card.recovery.done_button.click()
    assert card.recovery.words == card.recovery.lines.text() == ""
    assert card.protected.isVisible()
    assert not card.recovery.isVisible()
    assert opens(folder, PASSPHRASE)
    assert opens(folder, words)
    data = b"".join(path.read_bytes() for path in folder.root.rglob("*") if path.is_file())
    assert NAME.encode() not in data


def test_changing_it_needs_the_one_before(qtbot, show, protected):
    card = show(protected)
    card.change_button.click()
    assert card.change_form.isVisible()
    sent(qtbot, card, card.change_form, OTHER, "neue Worte hier", "neue Worte hier")
    assert card.banner.notice is not None
    assert card.banner.notice.kind == "bad"
    assert opens(protected, PASSPHRASE)
    card.change_button.click()
    sent(qtbot, card, card.change_form, PASSPHRASE, OTHER, OTHER)
    assert card.banner.notice.title == "The passphrase is changed"
    assert opens(protected, OTHER)
    assert not opens(protected, PASSPHRASE)


def test_a_new_recovery_key_makes_the_old_one_useless(qtbot, show, folder):
    old = set_passphrase(folder, PASSPHRASE, cost=LOWEST)
    card = show(folder)
    card.renew_button.click()
    sent(qtbot, card, card.renew_form, PASSPHRASE)
    assert opens(folder, card.recovery.words)
    assert not opens(folder, old)


def test_removing_it_decrypts_and_says_so_before(qtbot, show, protected):
    card = show(protected)
    card.remove_button.click()
    assert "can read the records" in card.remove_form.agreed.text()
    sent(qtbot, card, card.remove_form, OTHER)
    assert (protected.keys.exists(), card._desk.state) == (True, DeskState.OPEN)
    card.remove_button.click()
    sent(qtbot, card, card.remove_form, PASSPHRASE)
    qtbot.waitUntil(lambda: not card.busy, timeout=WAIT_MS)
    assert not protected.keys.exists()
    assert card.plain.isVisible()
    opened = open_folder(protected, who="Dr Test")
    assert {line.patient.name for line in opened.register.search()} == {NAME, ""}
    opened.close()


def test_minutes_and_locking_are_passed_on(qtbot, show, protected):
    card = show(protected)
    with qtbot.waitSignal(card.lock_minutes_chosen) as chosen:
        card.minutes._group.buttons()[0].click()
    assert chosen.args == [0]
    with qtbot.waitSignal(card.lock_asked):
        card.lock_button.click()


def test_handed_over_the_card_changes_nothing(qtbot, show, protected):
    card = show(protected)
    box = card.hand_over.box
    assert [box.itemText(row) for row in range(box.count())] == ["P-1", "P-2"]
    card.hand_over.button.click()
    qtbot.waitUntil(lambda: bool(card._desk.patient_id), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not card.busy, timeout=WAIT_MS)
    assert not card.change_button.isEnabled()
    seen = card._desk.ask(lambda register: [line.patient.pseudonym for line in register.search()])
    assert seen.wait(20)
    assert seen.value == ["P-1"]


@pytest.fixture
def backup_card(qtbot, look, open_desk, folder) -> BackupCard:
    card = BackupCard(open_desk(folder), folder, 7)
    qtbot.addWidget(card)
    with qtbot.waitExposed(card):
        card.show()
    return card


def told(qtbot, card: BackupCard, title: str) -> str:
    qtbot.waitUntil(
        lambda: card.banner.notice is not None and card.banner.notice.title == title,
        timeout=WAIT_MS,
    )
    assert card.banner.notice is not None
    return card.banner.notice.remedy


def test_a_copy_is_made_when_it_is_due_and_not_before(qtbot, backup_card, folder):
    assert backup_card.last.text() == f"No copy yet. They will be in {folder.backups}"
    backup_card.copy_if_due()
    qtbot.waitUntil(lambda: backup_card.last.text().startswith("Last copy"), timeout=WAIT_MS)
    (copy,) = folder.backups.iterdir()
    assert dt.datetime.now().astimezone().date().isoformat() in copy.name
    written = copy.stat().st_mtime_ns
    backup_card.copy_if_due()
    qtbot.waitUntil(lambda: not backup_card._asking.waiting, timeout=WAIT_MS)
    assert copy.stat().st_mtime_ns == written


def test_a_copy_where_the_user_wants_it(qtbot, backup_card, tmp_path):
    out = tmp_path / "stick" / "copy.zip"
    backup_card.back_up(out)
    assert str(out) in told(qtbot, backup_card, "Copied, and read back")
    with Package(out) as package:
        package.check()
    backup_card.back_up(out)
    assert "exists" in told(qtbot, backup_card, "That did not work")


def test_checking_tells_what_was_looked_at(qtbot, backup_card, folder):
    backup_card.check_button.click()
    said = told(qtbot, backup_card, "Everything is as it was kept")
    opened = open_folder(folder, who="Dr Test")
    found = verify(opened.register, folder)
    opened.close()
    assert said == f"{found.rows} rows and 0 files."


def test_days_are_passed_on_and_never_is_never(qtbot, backup_card, folder):
    with qtbot.waitSignal(backup_card.days_chosen) as chosen:
        backup_card.days._group.buttons()[0].click()
    assert chosen.args == [0]
    backup_card.copy_if_due()
    assert not backup_card._asking.waiting
    assert not folder.backups.exists()
