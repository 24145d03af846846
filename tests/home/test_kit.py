"""A plan made in one data folder is practised in another; a forged or old one is refused."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest

from emgfeedback.core.errors import AccessError, ConfigError, FileFormatError, RegisterError
from emgfeedback.home.keys import new_sign_key
from emgfeedback.home.kit import plan_in_force, take_plan
from emgfeedback.home.pairing import kit_pairing
from emgfeedback.home.plan_file import HomePlan, read_plan_file, write_plan
from emgfeedback.people.values import GivenPlan, Patient
from emgfeedback.training.plan import load_plan
from tests.home.two_places import NOW, TODAY, Place, add_patient, hand_out, pair
from tests.people.recorded_session import PLAN


def take(kit: Place, file: Path, number: str = "", today: dt.date = TODAY) -> HomePlan:
    return take_plan(
        kit.register, kit.folder, file, today=today, clinic_number=number, files=kit.files
    )


def test_first_plan_names_person_and_training(clinic: Place, kit: Place, stick: Path):
    patient = pair(clinic, kit, stick)
    here = kit.register.get(Patient, patient.id)
    assert (here.pseudonym, here.name, here.note) == ("P-1", "Ada", "")
    (given,) = kit.register.all_of(GivenPlan, patient.id)
    assert given.active
    assert given.toml == PLAN
    (toml,) = kit.folder.plans.glob("*.toml")
    assert load_plan(toml).name == "short-visit"
    plan = plan_in_force(kit.folder)
    assert plan is not None
    assert plan.greeting == "Ada"


def test_plan_file_tells_no_name_and_no_private_key(clinic: Place, kit: Place, stick: Path):
    pair(clinic, kit, stick)
    text = (stick / "plan.emgplan").read_text(encoding="utf-8")
    assert "Quillfeather" not in text
    assert "private" not in text
    kept = json.loads((next(clinic.folder.pairings.iterdir())).read_text())
    assert kept["sign_key"] not in text
    assert kept["return_key"] not in text


def test_first_plan_needs_the_number_compared(clinic: Place, kit: Place, stick: Path):
    file = stick / "plan.emgplan"
    hand_out(clinic, add_patient(clinic), file)
    for number in ("", "1111 2222 3333 4444"):
        with pytest.raises(AccessError, match="was not compared"):
            take(kit, file, number)
    assert kit_pairing(kit.folder, kit.files) is None
    assert kit.register.search() == []


@pytest.mark.parametrize(("old", "new"), [("Short visit", "Long visit!"), ("0123 456", "0999 999")])
def test_changed_plan_is_refused(clinic: Place, kit: Place, stick: Path, old: str, new: str):
    file = stick / "plan.emgplan"
    plan = hand_out(clinic, add_patient(clinic), file)
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(FileFormatError, match="changed after it was signed"):
        take(kit, file, plan.clinic_number)


def test_any_changed_byte_is_refused(clinic: Place, stick: Path):
    file = stick / "plan.emgplan"
    plan = hand_out(clinic, add_patient(clinic), file)
    whole = file.read_bytes()
    for at in range(0, len(whole), 97):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        try:
            assert read_plan_file(file) == plan  # the change fell into the layout
        except FileFormatError:
            continue


def test_other_clinics_plan_is_refused(clinic: Place, kit: Place, stick: Path):
    patient = pair(clinic, kit, stick)
    plan = read_plan_file(stick / "plan.emgplan")
    other = Place.at(stick / "other")
    try:
        theirs = other.register.put(replace(patient, version=0))
        hand_out(other, theirs, stick / "theirs.emgplan")
    finally:
        other.close()
    stranger = read_plan_file(stick / "theirs.emgplan")
    with pytest.raises(AccessError, match="Another clinic"):
        take(kit, stick / "theirs.emgplan", stranger.clinic_number)
    assert plan_in_force(kit.folder) == plan


def test_the_clinic_that_made_a_plan_does_not_take_it(clinic: Place, stick: Path):
    plan = hand_out(clinic, add_patient(clinic), stick / "plan.emgplan")
    with pytest.raises(AccessError, match="made the plan itself"):
        take(clinic, stick / "plan.emgplan", plan.clinic_number)
    assert kit_pairing(clinic.folder, clinic.files) is None


@pytest.mark.parametrize("patient_id", ["../../x", "a/b", "c:x", "", "x" * 65, "½"])
def test_ids_that_are_no_part_of_a_files_name_are_refused(
    clinic: Place, stick: Path, patient_id: str
):
    plan = hand_out(clinic, add_patient(clinic), stick / "plan.emgplan")
    with pytest.raises(RegisterError):
        replace(plan, patient_id=patient_id)


def test_a_plan_taken_after_a_power_cut_comes_out_right(clinic: Place, kit: Place, stick: Path):
    patient = pair(clinic, kit, stick)
    (pairing,) = kit.folder.pairings.iterdir()
    before = pairing.read_bytes()
    hand_out(clinic, patient, stick / "new.emgplan", NOW + dt.timedelta(days=1))
    take(kit, stick / "new.emgplan")
    pairing.write_bytes(before)  # the register knew of it, the pairing not yet
    plan = take(kit, stick / "new.emgplan")
    assert plan_in_force(kit.folder) == plan
    assert sum(given.active for given in kit.register.all_of(GivenPlan, patient.id)) == 1
    assert [path.name for path in kit.folder.plans.iterdir()] == [f"home-{plan.number}.toml"]


def test_older_and_ended_plans_are_refused(clinic: Place, kit: Place, stick: Path):
    patient = pair(clinic, kit, stick)
    hand_out(clinic, patient, stick / "new.emgplan", NOW + dt.timedelta(days=1))
    take(kit, stick / "new.emgplan")
    with pytest.raises(RegisterError, match="older than the one you have"):
        take(kit, stick / "plan.emgplan")
    with pytest.raises(RegisterError, match="ended on 2026-04-06"):
        take(kit, stick / "new.emgplan", today=dt.date(2026, 4, 7))
    active = [p for p in kit.register.all_of(GivenPlan, patient.id) if p.active]
    assert len(active) == 1
    assert len(list(kit.folder.plans.glob("home-*.toml"))) == 1


def test_training_that_cannot_be_run_is_refused_before_anything_changes(
    clinic: Place, kit: Place, stick: Path
):
    patient = pair(clinic, kit, stick)
    before = plan_in_force(kit.folder)
    later = NOW + dt.timedelta(days=1)
    hand_out(clinic, patient, stick / "odd.emgplan", later, "version = 1\nname = 'x'\n")
    with pytest.raises(ConfigError):
        take(kit, stick / "odd.emgplan")
    assert plan_in_force(kit.folder) == before


def test_signature_of_another_key_does_not_pass(clinic: Place, stick: Path):

    plan = hand_out(clinic, add_patient(clinic), stick / "plan.emgplan")
    (stick / "forged.emgplan").write_bytes(write_plan(plan, new_sign_key()))
    with pytest.raises(FileFormatError, match="changed after it was signed"):
        read_plan_file(stick / "forged.emgplan")


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b"[" * 5000, b'{"content": 1}'])
def test_other_files_are_refused(stick: Path, content: bytes):
    (stick / "x.emgplan").write_bytes(content)
    with pytest.raises(FileFormatError):
        read_plan_file(stick / "x.emgplan")
