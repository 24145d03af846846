"""Results come back whole; tampered, replayed, foreign and old ones are refused with a reason."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from emgfeedback.access.sealing import SealedFiles, seal_file
from emgfeedback.core.errors import AccessError, FileFormatError, RegisterError
from emgfeedback.home.kit import Sent, pack_results, take_plan
from emgfeedback.home.pairing import KitPairing, keep, kit_pairing
from emgfeedback.home.returned import Returned, forget_kit, take_in_results
from emgfeedback.people.erase import erase_patient
from emgfeedback.people.values import CheckIn, RecordingFile, Session, SessionKind
from tests.home.two_places import NOW, TODAY, Place, hand_out, pair, practise
from tests.people.kept import contents


def send(kit: Place, out: Path, hours: int = 0, *, recordings: bool = True) -> Sent:
    return pack_results(
        kit.register,
        kit.folder,
        out,
        now_utc=NOW + dt.timedelta(hours=hours),
        recordings=recordings,
        files=kit.files,
    )


def receive(clinic: Place, file: Path) -> Returned:
    return take_in_results(clinic.register, clinic.folder, file, today=TODAY, files=clinic.files)


def renew(clinic: Place, kit: Place, out: Path, *, days: int) -> None:
    """Hand out another plan and take it at home."""
    (patient,) = (line.patient for line in clinic.register.search())
    hand_out(clinic, patient, out, NOW + dt.timedelta(days=days))
    take_plan(kit.register, kit.folder, out, today=TODAY, files=kit.files)


def paired_kit(kit: Place) -> KitPairing:
    pairing = kit_pairing(kit.folder, kit.files)
    assert pairing is not None
    return pairing


def test_practice_at_home_arrives_bit_for_bit(clinic: Place, kit: Place, stick: Path):
    patient = pair(clinic, kit, stick)
    session = practise(kit, patient.id)
    assert send(kit, stick / "1.emgresults") == Sent(int(NOW.timestamp()), 1, 1, 1)
    back = receive(clinic, stick / "1.emgresults")
    assert (back.sessions, back.check_ins, back.recordings, back.known) == (1, 1, 1, 0)
    assert back.first
    theirs = clinic.register.session(session.id)
    mine = kit.register.session(session.id)
    assert theirs.session.kind is SessionKind.HOME
    assert replace(theirs.session, version=0) == replace(mine.session, version=0)
    assert [replace(t, version=0) for t in theirs.trials] == [
        replace(t, version=0) for t in mine.trials
    ]
    assert contents(clinic.folder, "recordings") == contents(kit.folder, "recordings")
    assert clinic.register.get(type(patient), patient.id) == patient


def test_results_name_nobody_and_show_no_signal(clinic: Place, kit: Place, stick: Path):
    patient = pair(clinic, kit, stick)
    practise(kit, patient.id)
    send(kit, stick / "1.emgresults")
    content = (stick / "1.emgresults").read_bytes()
    # Words long enough never to turn up in encrypted bytes by chance.
    for word in (b"slept badly", b"pseudonym", b"short-visit", b"EMG SCM", b"BIOSEMI"):
        assert word not in content
    assert not list(stick.glob(".*"))


def test_replayed_and_older_results_are_refused(clinic: Place, kit: Place, stick: Path):
    patient = pair(clinic, kit, stick)
    practise(kit, patient.id)
    send(kit, stick / "1.emgresults")
    send(kit, stick / "2.emgresults", hours=1)
    receive(clinic, stick / "2.emgresults")
    with pytest.raises(RegisterError, match="taken in on 2026-03-10 already"):
        receive(clinic, stick / "2.emgresults")
    with pytest.raises(RegisterError, match="older than results taken in"):
        receive(clinic, stick / "1.emgresults")
    assert len(clinic.register.sessions_of(patient.id)) == 1


def test_what_is_here_already_is_not_doubled(clinic: Place, kit: Place, stick: Path):
    patient = pair(clinic, kit, stick)
    practise(kit, patient.id)
    send(kit, stick / "1.emgresults")
    receive(clinic, stick / "1.emgresults")
    practise(kit, patient.id, "2026-03-10_180000")
    assert send(kit, stick / "2.emgresults", hours=9).sessions == 2, "not acknowledged yet"
    back = receive(clinic, stick / "2.emgresults")
    assert (back.sessions, back.check_ins, back.known, back.first) == (1, 1, 2, False)
    assert len(clinic.register.sessions_of(patient.id)) == 2


def test_a_new_plan_acknowledges(clinic: Place, kit: Place, stick: Path):
    patient = pair(clinic, kit, stick)
    practise(kit, patient.id)
    send(kit, stick / "1.emgresults")
    receive(clinic, stick / "1.emgresults")
    hand_out(clinic, patient, stick / "next.emgplan", NOW + dt.timedelta(days=1))
    take_plan(kit.register, kit.folder, stick / "next.emgplan", today=TODAY, files=kit.files)
    with pytest.raises(RegisterError, match="nothing new"):
        send(kit, stick / "2.emgresults", hours=30)


def test_signals_may_follow_later(clinic: Place, kit: Place, stick: Path):
    patient = pair(clinic, kit, stick)
    practise(kit, patient.id)
    assert send(kit, stick / "small.emgresults", recordings=False).recordings == 0
    receive(clinic, stick / "small.emgresults")
    assert clinic.register.all_of(RecordingFile, patient.id) == []
    assert send(kit, stick / "whole.emgresults", hours=1).recordings == 1
    back = receive(clinic, stick / "whole.emgresults")
    assert (back.sessions, back.recordings) == (0, 1)
    assert contents(clinic.folder, "recordings") == contents(kit.folder, "recordings")


def test_a_small_file_acknowledged_does_not_lose_the_signals_of_a_lost_one(
    clinic: Place, kit: Place, stick: Path
):
    patient = pair(clinic, kit, stick)
    practise(kit, patient.id)
    assert send(kit, stick / "lost.emgresults").recordings == 1
    send(kit, stick / "small.emgresults", hours=1, recordings=False)
    receive(clinic, stick / "small.emgresults")
    renew(clinic, kit, stick / "next.emgplan", days=1)
    sent = send(kit, stick / "3.emgresults", hours=30)
    assert (sent.sessions, sent.check_ins, sent.recordings) == (1, 0, 1)
    back = receive(clinic, stick / "3.emgresults")
    assert (back.sessions, back.recordings, back.known) == (0, 1, 1)


def test_a_clinic_that_went_back_to_a_backup_gets_everything_again(
    clinic: Place, kit: Place, stick: Path
):
    patient = pair(clinic, kit, stick)
    (pairing,) = clinic.folder.pairings.iterdir()
    backup = pairing.read_bytes()
    practise(kit, patient.id)
    send(kit, stick / "1.emgresults")
    receive(clinic, stick / "1.emgresults")
    renew(clinic, kit, stick / "next.emgplan", days=1)
    pairing.write_bytes(backup)
    renew(clinic, kit, stick / "after.emgplan", days=2)
    assert send(kit, stick / "2.emgresults", hours=50).sessions == 1


def test_a_new_computer_may_have_a_clock_behind_the_old_ones(
    clinic: Place, kit: Place, stick: Path, tmp_path: Path
):
    patient = pair(clinic, kit, stick)
    practise(kit, patient.id)
    send(kit, stick / "1.emgresults", hours=20 * 365 * 24)
    receive(clinic, stick / "1.emgresults")
    forget_kit(clinic.folder, patient.id, clinic.files)
    second = Place.at(tmp_path / "second")
    try:
        plan = hand_out(clinic, patient, stick / "2.emgplan", NOW + dt.timedelta(days=1))
        for _ in range(2):
            take_plan(
                second.register,
                second.folder,
                stick / "2.emgplan",
                today=TODAY,
                clinic_number=plan.clinic_number,
            )
        practise(second, patient.id, "2026-03-11_080706")
        send(second, stick / "2.emgresults", hours=30)
    finally:
        second.close()
    assert receive(clinic, stick / "2.emgresults").sessions == 1
    with pytest.raises(AccessError, match="does not prove"):
        receive(clinic, stick / "1.emgresults")


def test_a_recording_that_is_gone_does_not_hold_back_the_rest(
    clinic: Place, kit: Place, stick: Path
):
    patient = pair(clinic, kit, stick)
    practise(kit, patient.id)
    (row,) = kit.register.all_of(RecordingFile, patient.id)
    kit.folder.path_of(row.path).unlink()
    sent = send(kit, stick / "1.emgresults")
    assert (sent.sessions, sent.recordings, sent.missing) == (1, 0, 1)
    assert receive(clinic, stick / "1.emgresults").check_ins == 1


def test_nothing_from_home_is_added_to_a_visit(clinic: Place, kit: Place, stick: Path):
    patient = pair(clinic, kit, stick)
    session = practise(kit, patient.id)
    clinic.register.put(replace(session, version=0, kind=SessionKind.VISIT))
    send(kit, stick / "1.emgresults")
    back = receive(clinic, stick / "1.emgresults")
    assert (back.sessions, back.recordings) == (0, 0)
    assert clinic.register.session(session.id).trials == ()


def test_results_taken_in_before_a_power_cut_come_out_right_the_second_time(
    clinic: Place, kit: Place, stick: Path
):
    patient = pair(clinic, kit, stick)
    (pairing,) = clinic.folder.pairings.iterdir()
    before = pairing.read_bytes()
    practise(kit, patient.id)
    send(kit, stick / "1.emgresults")
    receive(clinic, stick / "1.emgresults")
    pairing.write_bytes(before)
    back = receive(clinic, stick / "1.emgresults")
    assert (back.sessions, back.recordings, back.known) == (0, 0, 2)
    assert len(clinic.register.sessions_of(patient.id)) == 1
    assert contents(clinic.folder, "recordings") == contents(kit.folder, "recordings")


def test_any_changed_byte_is_refused_and_nothing_is_taken(clinic: Place, kit: Place, stick: Path):
    patient = pair(clinic, kit, stick)
    practise(kit, patient.id)
    file = stick / "1.emgresults"
    send(kit, file)
    whole = file.read_bytes()
    places = [0, 9, 20, 200, len(whole) // 2, len(whole) - 70, len(whole) - 1]
    for at in places:
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        with pytest.raises((FileFormatError, AccessError)):
            receive(clinic, file)
    for length in (0, 5, 12, 300, len(whole) - 1):
        file.write_bytes(whole[:length])
        with pytest.raises(FileFormatError):
            receive(clinic, file)
    assert clinic.register.sessions_of(patient.id) == []
    assert not clinic.folder.recordings.exists()
    assert not list(clinic.folder.root.glob(".*"))


def test_another_computer_is_refused_until_the_clinic_forgets_the_first(
    clinic: Place, kit: Place, stick: Path
):
    patient = pair(clinic, kit, stick)
    practise(kit, patient.id)
    send(kit, stick / "1.emgresults")
    receive(clinic, stick / "1.emgresults")
    stranger = replace(paired_kit(kit), sign_key=b"\x07" * 32)
    keep(kit.folder, stranger, kit.files)
    practise(kit, patient.id, "2026-03-11_080706")
    send(kit, stick / "2.emgresults", hours=24)
    with pytest.raises(AccessError, match="another computer"):
        receive(clinic, stick / "2.emgresults")
    forget_kit(clinic.folder, patient.id, clinic.files)
    with pytest.raises(AccessError, match="does not prove"):
        receive(clinic, stick / "2.emgresults")
    hand_out(clinic, patient, stick / "next.emgplan", NOW + dt.timedelta(days=2))
    take_plan(kit.register, kit.folder, stick / "next.emgplan", today=TODAY, files=kit.files)
    send(kit, stick / "3.emgresults", hours=50)
    assert receive(clinic, stick / "3.emgresults").sessions == 1


def test_who_never_had_the_plan_cannot_send(clinic: Place, kit: Place, stick: Path):
    patient = pair(clinic, kit, stick)
    practise(kit, patient.id)
    keep(kit.folder, replace(paired_kit(kit), secret=bytes(32)), kit.files)
    send(kit, stick / "1.emgresults")
    with pytest.raises(AccessError, match="does not prove"):
        receive(clinic, stick / "1.emgresults")


def test_another_clinic_cannot_read_it(clinic: Place, kit: Place, stick: Path):
    patient = pair(clinic, kit, stick)
    practise(kit, patient.id)
    send(kit, stick / "1.emgresults")
    other = Place.at(stick / "other")
    try:
        with pytest.raises(AccessError, match="made no plan for"):
            receive(other, stick / "1.emgresults")
    finally:
        other.close()


def test_a_kit_cannot_send_visits_or_change_the_person(clinic: Place, kit: Place, stick: Path):
    patient = pair(clinic, kit, stick)
    session = practise(kit, patient.id)
    kit.register.put(replace(session, kind=SessionKind.VISIT))
    assert send(kit, stick / "1.emgresults").sessions == 0
    back = receive(clinic, stick / "1.emgresults")
    assert (back.sessions, back.check_ins) == (0, 1)
    assert len(clinic.register.all_of(CheckIn, patient.id)) == 1
    assert clinic.register.all_of(Session, patient.id) == []


def test_encrypted_folders_keep_keys_and_results_encrypted(clinic: Place, kit: Place, stick: Path):
    clinic.files, kit.files = SealedFiles(b"c" * 32), SealedFiles(b"k" * 32)
    patient = pair(clinic, kit, stick)
    for place in (clinic, kit):
        (path,) = place.folder.pairings.iterdir()
        assert path.suffix == ".sealed"
        assert b"sign_key" not in path.read_bytes()
    practised = practise_sealed(kit, patient.id)
    send(kit, stick / "1.emgresults")
    assert receive(clinic, stick / "1.emgresults").sessions == 1
    (row,) = clinic.register.all_of(RecordingFile, patient.id)
    assert row.path.endswith(".sealed")
    assert row.session_id == practised.id


def practise_sealed(kit: Place, patient_id: str) -> Session:
    """Practise, with the files sealed as a locked folder keeps them."""
    session = practise(kit, patient_id)
    (row,) = kit.register.all_of(RecordingFile, patient_id)
    path = kit.folder.path_of(row.path)
    seal_file(path, path.with_name(f"{path.name}.sealed"), b"k" * 32)
    return session


def test_erasing_a_person_erases_the_pairing(clinic: Place, kit: Place, stick: Path):
    patient = pair(clinic, kit, stick)
    assert len(list(clinic.folder.pairings.iterdir())) == 1
    erase_patient(clinic.register, clinic.folder, patient.id)
    assert list(clinic.folder.pairings.iterdir()) == []
