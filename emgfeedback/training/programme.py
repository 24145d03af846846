"""A programme: plans over weeks, phase after phase."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from emgfeedback.core.errors import ConfigError
from emgfeedback.toml_file import (
    CONFIGS,
    convert,
    nearest,
    read_toml,
    refuse_unknown,
    refuse_version,
)
from emgfeedback.training.plan import shipped_plans
from emgfeedback.training.plan_steps import check

PROGRAMME = CONFIGS / "programme.toml"
EXAMPLE = "configs/programme.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammePhase:
    """A run of sessions: `plans` are taken in turn."""

    title: str
    where: Literal["clinic", "mixed", "home"]
    sessions: int
    per_week: int
    plans: tuple[str, ...]
    wait_weeks: int = 0
    """Weeks without a session before this phase."""

    def __post_init__(self) -> None:
        """Refuse what nobody can keep up."""
        check("sessions", self.sessions, 1, 200, "15 in the clinic are usual.")
        check("per_week", self.per_week, 1, 14, "Two or three a week are usual.")
        check("wait_weeks", self.wait_weeks, 0, 52, "12 weeks to the look again.")
        if not self.plans:
            raise ConfigError(f"Phase {self.title!r} has no plan.", "Name at least one.")

    @property
    def weeks(self) -> int:
        """Weeks it takes, the wait included."""
        return self.wait_weeks + math.ceil(self.sessions / self.per_week)


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """One session of a programme."""

    number: int
    """From 1, over the whole programme."""
    phase: str
    where: str
    week: int
    """From 1."""
    plan: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """Phases in order."""

    version: int
    name: str
    title: str
    phase: tuple[ProgrammePhase, ...]

    @property
    def n_sessions(self) -> int:
        """Sessions of all phases."""
        return sum(phase.sessions for phase in self.phase)

    def sessions(self) -> tuple[PlannedSession, ...]:
        """Return every session in order, with its week and its plan."""
        planned: list[PlannedSession] = []
        weeks_before = 0
        for phase in self.phase:
            first_week = weeks_before + phase.wait_weeks + 1
            for i in range(phase.sessions):
                plan = phase.plans[i % len(phase.plans)]
                week = first_week + i // phase.per_week
                planned.append(
                    PlannedSession(len(planned) + 1, phase.title, phase.where, week, plan)
                )
            weeks_before += phase.weeks
        return tuple(planned)

    def session_after(self, n_done: int) -> PlannedSession | None:
        """Return the session that comes after `n_done` sessions, None after the last."""
        planned = self.sessions()
        return planned[n_done] if 0 <= n_done < len(planned) else None


def load_programme(path: Path, known_plans: Collection[str] | None = None) -> Programme:
    """Read a programme from a TOML file.

    Parameters
    ----------
    path
        The file.
    known_plans
        Names of plans it may use; None: those that ship and those beside the file.

    Raises
    ------
    ConfigError
        Not there, not TOML, unknown key, wrong type, a value out of its range or a plan that
        is not known.
    """
    table = read_toml(path, EXAMPLE)
    refuse_version(table, path, EXAMPLE)
    refuse_unknown(table, Programme, str(path))
    phases = table.get("phase")
    for number, phase in enumerate(phases if isinstance(phases, list) else [], 1):
        if isinstance(phase, dict):
            refuse_unknown(phase, ProgrammePhase, f"{path}, phase {number}")
    try:
        programme = convert(table, Programme, str(path), EXAMPLE)
    except ConfigError as error:
        if error.what.startswith(str(path)):
            raise
        raise ConfigError(f"{path}: {error.what}", error.remedy) from error
    if not programme.phase:
        raise ConfigError(f"{path}: the programme has no phase.", "Give it at least one [[phase]].")
    beside = {p.stem for p in path.parent.glob("*.toml")} - {path.stem}
    known = known_plans or {p.stem for p in shipped_plans()} | beside
    for phase in programme.phase:
        for plan in phase.plans:
            if plan not in known:
                raise ConfigError(
                    f"{path}, phase {phase.title!r}: there is no plan {plan!r}.",
                    nearest(plan, sorted(known), "plans"),
                )
    return programme
