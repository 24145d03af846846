"""What is chosen on the settings page, kept between runs in a small TOML file of its own.

The file is written whole and put in place at once. One that cannot be read is left as it is:
the defaults are in force, and nothing is kept until it is mended or deleted.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QLocale

from emgfeedback.core.errors import ConfigError
from emgfeedback.reports.clinic import Clinic, Paper
from emgfeedback.sound.wish import SoundMode
from emgfeedback.toml_file import FILE_VERSION, convert, read_toml, refuse_unknown, refuse_version
from emgfeedback.ui.patient.look import PatientLook, Place
from emgfeedback.ui.theme import TEXT_PCTS, Scheme

_log = logging.getLogger(__name__)

LOUDEST_PCTS = (10, 25, 50)
"""Peaks of the sound on offer, in percent of what the device can give."""
LOCK_MINUTES = (0, 5, 10, 30)
BACKUP_DAYS = (0, 1, 7, 30)
LONGEST_CLINIC_NAME = 80
_AT = QLocale.Country
_LETTER_COUNTRIES = frozenset(
    {
        _AT.Belize, _AT.Canada, _AT.Chile, _AT.Colombia, _AT.CostaRica, _AT.ElSalvador,
        _AT.Guatemala, _AT.Mexico, _AT.Nicaragua, _AT.Panama, _AT.Philippines, _AT.PuertoRico,
        _AT.UnitedStates, _AT.Venezuela,
    }
)  # fmt: skip
_EXAMPLE = "a file the settings page wrote"


@dataclass(frozen=True, slots=True)
class LookChoice:
    """Colour scheme and text size (percent)."""

    scheme: Scheme = Scheme.SYSTEM
    text_pct: int = 100


@dataclass(frozen=True, slots=True)
class PatientChoice:
    """What the patient sees, and on which screen: its name, empty for the one beside ours."""

    place: Place = Place.CENTRE
    dark: bool = True
    reduced_motion: bool = False
    numbers: bool = False
    screen: str = ""

    @property
    def look(self) -> PatientLook:
        """The same as the picture wants it."""
        return PatientLook(
            dark=self.dark,
            reduced_motion=self.reduced_motion,
            place=self.place,
            numbers=self.numbers,
        )


@dataclass(frozen=True, slots=True)
class SoundChoice:
    """Volume below the cap, the cap (percent of full scale), what sounds when; spoken cues."""

    volume_pct: int = 70
    loudest_pct: int = 25
    mode: SoundMode = SoundMode.SILENCE_INSIDE
    voice: bool = True


@dataclass(frozen=True, slots=True)
class RecordsChoice:
    """After how many minutes the records lock by themselves, and days between copies; 0: never."""

    lock_minutes: int = 10
    backup_days: int = 7


def usual_paper(locale: QLocale | None = None) -> Paper:
    """Return the paper of the country of `locale`, without one that of this computer.

    Countries with letter paper as the Unicode CLDR lists them (supplemental data, `US-Letter`).
    """
    country = (locale or QLocale.system()).territory()
    return "letter" if country in _LETTER_COUNTRIES else "a4"


@dataclass(frozen=True, slots=True)
class ClinicChoice:
    """What stands at the head of the reports: a name, the path of a picture; and the paper."""

    name: str = ""
    logo: str = ""
    paper: Paper = field(default_factory=usual_paper)

    @property
    def clinic(self) -> Clinic:
        """The same as the reports want it."""
        return Clinic(self.name, Path(self.logo) if self.logo else None, self.paper)


@dataclass(frozen=True, slots=True)
class Choices:
    """All that is chosen; also the layout of the file."""

    version: int = FILE_VERSION
    look: LookChoice = LookChoice()
    patient: PatientChoice = PatientChoice()
    sound: SoundChoice = SoundChoice()
    records: RecordsChoice = RecordsChoice()
    clinic: ClinicChoice = field(default_factory=ClinicChoice)


def load(path: Path) -> Choices:
    """Read the choices from `path`.

    Raises
    ------
    ConfigError
        Not TOML, an unknown key, a wrong type, or a value nobody offers.
    """
    table = read_toml(path, _EXAMPLE)
    refuse_version(table, path, _EXAMPLE)
    refuse_unknown(table, Choices, str(path))
    for name, layout in _parts().items():
        part = table.get(name, {})
        if isinstance(part, dict):
            refuse_unknown(part, layout, f"{path}, [{name}]")
    choices = convert(table, Choices, str(path), _EXAMPLE)
    look, sound = choices.look, choices.sound
    _check_offered(look.text_pct, TEXT_PCTS, f"{path}, [look]: text_pct")
    _check_offered(sound.loudest_pct, LOUDEST_PCTS, f"{path}, [sound]: loudest_pct")
    records = choices.records
    _check_offered(records.lock_minutes, LOCK_MINUTES, f"{path}, [records]: lock_minutes")
    _check_offered(records.backup_days, BACKUP_DAYS, f"{path}, [records]: backup_days")
    if not 0 <= sound.volume_pct <= 100:
        raise ConfigError(
            f"{path}, [sound]: volume_pct {sound.volume_pct} is outside 0 to 100.", "50 is half."
        )
    if len(choices.clinic.name) > LONGEST_CLINIC_NAME:
        raise ConfigError(
            f"{path}, [clinic]: name has {len(choices.clinic.name)} characters.",
            f"Use at most {LONGEST_CLINIC_NAME}.",
        )
    return choices


def save(path: Path, choices: Choices) -> None:
    """Write the choices to `path`, whole or not at all.

    Raises
    ------
    ConfigError
        What stands at `path` cannot be read, and is left for its owner; or nothing can be
        written there.
    """
    beside = path.with_name(f"{path.name}.new")
    try:
        if path.exists():
            load(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("w", encoding="utf-8") as file:
            file.write(_text(choices))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be written: {error.strerror}.", "Check its folder and permissions."
        ) from error


Part = LookChoice | PatientChoice | SoundChoice | RecordsChoice | ClinicChoice


class ChoiceFile:
    """The choices in force, kept in a file where there is one.

    Parameters
    ----------
    path
        None keeps them nowhere.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.choices = Choices()
        self.trouble: ConfigError | None = None
        """Why the file is not used or not kept."""
        try:
            if path is not None and path.exists():
                self.choices = load(path)
        except ConfigError as error:
            self._note(error)

    def keep(self, part: Part) -> Choices:
        """Put `part` in force, keep it as far as that can be, and return all choices."""
        name = next(name for name, layout in _parts().items() if isinstance(part, layout))
        self.choices = replace(self.choices, **{name: part})  # type: ignore[arg-type]  # the part of that name
        try:
            if self._path is not None:
                save(self._path, self.choices)
            self.trouble = None
        except ConfigError as error:
            self._note(error)
        return self.choices

    def _note(self, error: ConfigError) -> None:
        if self.trouble is None:
            _log.warning("%s", error)
        self.trouble = error


def _parts() -> dict[str, type]:
    return {
        "look": LookChoice,
        "patient": PatientChoice,
        "sound": SoundChoice,
        "records": RecordsChoice,
        "clinic": ClinicChoice,
    }


def _check_offered(value: int, offered: tuple[int, ...], what: str) -> None:
    if value not in offered:
        raise ConfigError(f"{what} {value} is not offered.", f"Use one of {_listed(offered)}.")


def _listed(values: tuple[int, ...]) -> str:
    return ", ".join(map(str, values))


def _text(choices: Choices) -> str:
    lines = ["# Written by the settings page of emgfeedback.", f"version = {choices.version}"]
    for name in _parts():
        part = getattr(choices, name)
        lines += ["", f"[{name}]"]
        lines += [f"{f.name} = {_value(getattr(part, f.name))}" for f in fields(part)]
    return "\n".join(lines) + "\n"


def _value(value: bool | int | str | Enum) -> str:
    if isinstance(value, Enum):
        value = str(value.value)
    if isinstance(value, str):
        # TOML's strings are JSON's but for the one control character JSON leaves bare.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value).lower()
