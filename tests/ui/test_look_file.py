"""The file of the settings page: what is kept comes back, what cannot be read is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale

from emgfeedback.core.errors import ConfigError
from emgfeedback.reports.clinic import Clinic
from emgfeedback.sound.wish import SoundMode
from emgfeedback.ui import look_file
from emgfeedback.ui.look_file import (
    LONGEST_CLINIC_NAME,
    LOUDEST_PCTS,
    ChoiceFile,
    Choices,
    ClinicChoice,
    LookChoice,
    PatientChoice,
    SoundChoice,
)
from emgfeedback.ui.patient.look import Place
from emgfeedback.ui.theme import TEXT_PCTS, Scheme

BROKEN = {
    "not TOML": ("version = ", "not valid TOML"),
    "no text": ("\x00", "not valid TOML"),
    "no version": ("", "version is None"),
    "another version": ("version = 2", "version is 2"),
    "unknown part": ("version = 1\n[lok]", "Did you mean `look`"),
    "unknown key": ("version = 1\n[patient]\nplase = 'left'", "Did you mean `place`"),
    "no such colours": ("version = 1\n[look]\nscheme = 'pink'", "pink"),
    "a text size nobody offers": ("version = 1\n[look]\ntext_pct = 4000", "100, 125, 150, 175"),
    "too loud": ("version = 1\n[sound]\nloudest_pct = 100", "10, 25, 50"),
    "more than all": ("version = 1\n[sound]\nvolume_pct = 101", "0 to 100"),
    "a word for a switch": ("version = 1\n[patient]\ndark = 'yes'", "bool"),
    "another paper": ("version = 1\n[clinic]\npaper = 'a5'", "a5"),
    "a name too long": (f"version = 1\n[clinic]\nname = '{'x' * 81}'", "at most 80"),
    "a number for a part": ("version = 1\npatient = 3", "object"),
}


def choices() -> st.SearchStrategy[Choices]:
    return st.builds(
        Choices,
        look=st.builds(
            LookChoice, scheme=st.sampled_from(Scheme), text_pct=st.sampled_from(TEXT_PCTS)
        ),
        patient=st.builds(
            PatientChoice,
            place=st.sampled_from(Place),
            dark=st.booleans(),
            reduced_motion=st.booleans(),
            numbers=st.booleans(),
            screen=st.text(st.characters(exclude_categories=["Cs"])),
        ),
        sound=st.builds(
            SoundChoice,
            volume_pct=st.integers(0, 100),
            loudest_pct=st.sampled_from(LOUDEST_PCTS),
            mode=st.sampled_from(SoundMode),
            voice=st.booleans(),
        ),
        clinic=st.builds(
            ClinicChoice,
            name=st.text(st.characters(exclude_categories=["Cs"]), max_size=LONGEST_CLINIC_NAME),
            logo=st.text(st.characters(exclude_categories=["Cs"])),
            paper=st.sampled_from(("a4", "letter")),
        ),
    )


@given(choices())
def test_any_choice_comes_back_as_it_was_kept(
    tmp_path_factory: pytest.TempPathFactory, made: Choices
) -> None:
    path = tmp_path_factory.getbasetemp() / "deep" / "any.toml"
    look_file.save(path, made)
    assert look_file.load(path) == made
    assert [p.name for p in path.parent.iterdir()] == ["any.toml"]


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_named_not_used_and_never_overwritten(
    tmp_path: Path, expected_log: list[str], name: str
) -> None:
    text, says = BROKEN[name]
    expected_log.append("preferences.toml")
    path = tmp_path / "preferences.toml"
    path.write_text(text)
    file = ChoiceFile(path)
    assert file.choices == Choices()
    assert says in str(file.trouble)
    assert str(path) in str(file.trouble)
    made = file.keep(LookChoice(Scheme.DARK, 150))
    assert made.look == LookChoice(Scheme.DARK, 150), "the choice is in force all the same"
    assert path.read_text() == text
    path.unlink()
    file.keep(SoundChoice(volume_pct=5))
    assert file.trouble is None
    assert look_file.load(path) == file.choices


def test_a_file_spoilt_meanwhile_is_left_alone(tmp_path: Path, expected_log: list[str]) -> None:
    expected_log.append("preferences.toml")
    path = tmp_path / "preferences.toml"
    file = ChoiceFile(path)
    file.keep(PatientChoice(place=Place.LEFT))
    path.write_text("half a li")
    file.keep(PatientChoice(place=Place.RIGHT))
    assert file.trouble is not None
    assert path.read_text() == "half a li"


def test_where_nothing_can_be_written_it_is_told(tmp_path: Path, expected_log: list[str]) -> None:
    expected_log.append("cannot be written")
    (tmp_path / "file").write_text("")
    file = ChoiceFile(tmp_path / "file" / "preferences.toml")
    file.keep(LookChoice())
    assert "cannot be written" in str(file.trouble)


def test_a_failed_write_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "preferences.toml"
    look_file.save(path, Choices(look=LookChoice(Scheme.DARK, 125)))

    def full(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ConfigError, match="No space left"):
        look_file.save(path, Choices())
    monkeypatch.undo()
    assert look_file.load(path).look == LookChoice(Scheme.DARK, 125)


def test_a_key_left_out_is_the_default(tmp_path: Path) -> None:
    path = tmp_path / "preferences.toml"
    path.write_text("version = 1\n[patient]\nplace = 'upper'\n")
    assert look_file.load(path) == Choices(patient=PatientChoice(place=Place.UPPER))


def test_the_paper_is_that_of_the_country_until_one_is_chosen(tmp_path: Path) -> None:
    assert look_file.usual_paper(QLocale("en_US")) == "letter"
    assert look_file.usual_paper(QLocale("fr_CA")) == "letter"
    assert look_file.usual_paper(QLocale("en_GB")) == "a4"
    assert look_file.usual_paper(QLocale("de_AT")) == "a4"
    path = tmp_path / "preferences.toml"
    path.write_text("version = 1\n[clinic]\nname = 'Neck Clinic'\n")
    assert look_file.load(path).clinic.paper == look_file.usual_paper()
    other = "a4" if look_file.usual_paper() == "letter" else "letter"
    ChoiceFile(path).keep(ClinicChoice("Neck Clinic", paper=other))
    assert look_file.load(path).clinic.clinic.paper == other


def test_the_reports_get_name_logo_and_paper() -> None:
    assert ClinicChoice("Neck Clinic", "logo.png", "letter").clinic == Clinic(
        "Neck Clinic", Path("logo.png"), "letter"
    )
    assert ClinicChoice().clinic.logo_path is None
