"""The text of a plan that is given is the plan's, also where plans are kept encrypted."""

from __future__ import annotations

from pathlib import Path

import pytest

from emgfeedback.access.sealing import SealedFiles
from emgfeedback.core.errors import RegisterError
from emgfeedback.core.files import PLAIN
from emgfeedback.people.values import GivenPlan
from emgfeedback.training.plan import find_plan
from emgfeedback.ui.person.home_now import make_plan
from emgfeedback.ui.person.next_card import plan_text
from tests.home.two_places import CALL, NOW, TODAY, Place, add_patient

SHIPPED = find_plan("home-15-minutes")
TEXT = SHIPPED.read_text(encoding="utf-8")
SEALED = SealedFiles(b"k" * 32)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A therapist's own plan, encrypted."""
    path = tmp_path / "own.toml.sealed"
    path.write_bytes(SEALED.wrap(TEXT.replace("home-15-minutes", "own").encode()))
    return path


def test_text_is_read_plain_and_sealed(own: Path) -> None:
    assert plan_text(SHIPPED, PLAIN) == TEXT
    assert plan_text(SHIPPED, SEALED) == TEXT
    assert plan_text(own, SEALED) == TEXT.replace("home-15-minutes", "own")


def test_a_plan_given_without_its_text_goes_home_with_it(tmp_path: Path, own: Path) -> None:
    clinic = Place.at(tmp_path / "clinic")
    try:
        patient = add_patient(clinic)
        given = GivenPlan(patient_id=patient.id, from_date=TODAY, name="own", where="home")
        clinic.register.put(given)

        def make(plans: tuple[Path, ...], name: str) -> str:
            return make_plan(
                *(clinic.register, clinic.folder, SEALED, patient.id, {"contact": CALL}),
                *(plans, tmp_path / name, NOW),
            ).toml

        with pytest.raises(RegisterError, match="'own' is not here"):
            make((SHIPPED,), "1.emgplan")
        assert 'name = "own"' in make((SHIPPED, own), "2.emgplan")
        (kept,) = clinic.register.all_of(GivenPlan, patient.id)
        assert 'name = "own"' in kept.toml
        assert kept.from_date == TODAY
        assert 'name = "own"' in make((), "3.emgplan"), "kept with the register from now on"
    finally:
        clinic.close()
