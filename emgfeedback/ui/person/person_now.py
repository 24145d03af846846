"""All that one person's page shows, asked for at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emgfeedback.core.montage import Side
from emgfeedback.measures.trend import TrendPoint
from emgfeedback.people.values import (
    CheckIn,
    GivenPlan,
    Injection,
    MeasureTaken,
    Patient,
    Placement,
    RatingGiven,
    ScaleScore,
    SessionKind,
    SessionLine,
)
from emgfeedback.ui.person import person_words

if TYPE_CHECKING:
    from emgfeedback.people.register import Register

HOME_DAYS = 14
MOST_SESSIONS = 500
CLINIC, HOME = "clinic", "home"
"""Where a given plan is for."""


@dataclass(frozen=True, slots=True, order=True)
class Followed:
    """A measure at a place, as the register keeps it."""

    key: str
    muscle: str
    side_name: str
    posture: str
    unit: str

    @property
    def side(self) -> Side:
        """The side it was taken on."""
        return Side(self.side_name)


@dataclass(frozen=True, slots=True)
class Points:
    """A trend's points, and the conditions of the newest in words."""

    points: tuple[TrendPoint, ...]
    conditions: str = ""


@dataclass(frozen=True, slots=True)
class PersonNow:
    """A person, newest first in every list."""

    patient: Patient
    sessions: tuple[SessionLine, ...]
    injections: tuple[Injection, ...]
    plans: tuple[GivenPlan, ...]
    scores: tuple[ScaleScore, ...]
    placements: tuple[Placement, ...]
    followed: tuple[Followed, ...]
    differences: dict[str, tuple[tuple[str, float], ...]]
    """Session id -> (muscle, left/right difference at rest, percent)."""
    pain: tuple[int | None, int | None]
    """Before and after the newest session that asked."""
    home_days: int
    """Days with practice of the last fourteen."""

    @property
    def last_injection(self) -> Injection | None:
        """The newest injection."""
        return self.injections[0] if self.injections else None

    @property
    def n_done(self) -> int:
        """Sessions of the programme that were done."""
        return sessions_done(self.sessions)

    def plan(self, where: str) -> GivenPlan | None:
        """Return the plan in force."""
        return plan_in_force(self.plans, where)


def sessions_done(sessions: Iterable[SessionLine]) -> int:
    """Return how many sessions of a programme were done: those with a plan."""
    counted = (SessionKind.VISIT, SessionKind.HOME)
    return sum(line.kind in counted and bool(line.plan_title) for line in sessions)


def plan_in_force(plans: Iterable[GivenPlan], where: str) -> GivenPlan | None:
    """Return the newest of the plans given that still holds; newest first in `plans`."""
    return next((plan for plan in plans if plan.active and plan.where == where), None)


def person_now(register: Register, patient_id: str, today: dt.date) -> PersonNow:
    """Return all that the page of a patient shows."""
    sessions = register.sessions_of(patient_id, MOST_SESSIONS)
    measures = register.all_of(MeasureTaken, patient_id)
    followed = {
        Followed(m.key, m.muscle, m.side.value, m.posture, m.unit)
        for m in measures
        if m.value is not None
    }
    differences: dict[str, tuple[tuple[str, float], ...]] = {}
    for m in measures:
        if m.key == "asymmetry_rest" and m.value is not None:
            differences[m.session_id] = (*differences.get(m.session_id, ()), (m.muscle, m.value))
    return PersonNow(
        patient=register.get(Patient, patient_id),
        sessions=tuple(sessions),
        injections=tuple(register.all_of(Injection, patient_id)),
        plans=tuple(register.all_of(GivenPlan, patient_id)),
        scores=tuple(register.all_of(ScaleScore, patient_id)),
        placements=tuple(register.all_of(Placement, patient_id)),
        followed=tuple(sorted(followed)),
        differences=differences,
        pain=_pain(register.all_of(RatingGiven, patient_id), sessions),
        home_days=_home_days(register.all_of(CheckIn, patient_id), sessions, today),
    )


def points_of(register: Register, patient_id: str, followed: Followed) -> Points:
    """Return the points of one measure, oldest first."""
    found = register.trend(
        patient_id, followed.key, followed.muscle, followed.side, followed.posture
    )
    points = tuple(
        TrendPoint(
            person_words.local(line.started_utc).date(),
            taken.value,
            f"{line.setup} {taken.conditions}",
            line.id,
        )
        for line, taken in found
        if taken.value is not None
    )
    return Points(points, found[-1][1].conditions if found else "")


def _pain(
    ratings: Sequence[RatingGiven], sessions: Sequence[SessionLine]
) -> tuple[int | None, int | None]:
    of_session: dict[str, dict[str, int | None]] = {}
    for rating in ratings:
        if rating.key == "pain":
            of_session.setdefault(rating.session_id, {})[rating.when] = rating.value
    for line in sessions:
        if given := of_session.get(line.id):
            return given.get("before"), given.get("after")
    return None, None


def _home_days(
    check_ins: Sequence[CheckIn], sessions: Sequence[SessionLine], today: dt.date
) -> int:
    first = today - dt.timedelta(days=HOME_DAYS - 1)
    days = {day.on for day in check_ins if day.practised}
    days |= {
        person_words.local(line.started_utc).date()
        for line in sessions
        if line.kind is SessionKind.HOME
    }
    return sum(first <= day <= today for day in days)
