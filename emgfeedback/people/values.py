"""What the register keeps, as plain values.

Every value has an `id` (32 hex digits, made where the value is made, so that two rooms or an
archive from elsewhere never collide) and a `version` that rises with each change. A missing
number is None. Times are UTC, dates are the clinic's own.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from emgfeedback.core.montage import Side


def new_id() -> str:
    """Return an id nobody else has."""
    return uuid.uuid4().hex


class SessionKind(Enum):
    """Where and why a session took place."""

    VISIT = "visit"
    HOME = "home"
    ASSESSMENT = "assessment"
    FREE = "free"
    """A recording without a plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What every kept value has."""

    id: str = field(default_factory=new_id)
    version: int = 0
    """0: not kept yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient(Value):
    """A person, known by a pseudonym first."""

    pseudonym: str
    """As `P-0417`; one of a kind in a register."""
    name: str = ""
    birth_year: int | None = None
    posture: str = ""
    """Pattern in the clinician's words, as `torticaput, mild laterocaput`."""
    posture_side: Side | None = None
    """The side the chin or the ear goes to."""
    onset: dt.date | None = None
    trauma: dt.date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfPatient(Value):
    """A value that belongs to a patient."""

    patient_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Injection(OfPatient):
    """A treatment with botulinum toxin, as the clinician enters it."""

    on: dt.date
    product: str = ""
    muscles: str = ""
    units: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement(OfPatient):
    """Where the electrodes of one muscle stood."""

    on: dt.date
    muscle: str
    side: Side = Side.MIDLINE
    site: str = ""
    spacing_mm: float | None = None
    sensor: str = ""
    gain: float | None = None
    photo: str = ""
    """Name of the picture in the register's folder of photos, or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenPlan(OfPatient):
    """A plan the therapist gave, as the text of its file."""

    from_date: dt.date
    name: str = ""
    title: str = ""
    where: str = "clinic"
    """`clinic` or `home`."""
    toml: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Session(OfPatient):
    """One session: what was done, with which equipment, and its summary.

    `patient_id` is empty while the session has not been given to anybody.
    """

    started_utc: dt.datetime
    kind: SessionKind = SessionKind.FREE
    plan: str = ""
    plan_title: str = ""
    duration_s: float | None = None
    finished: bool = False
    success_pct: float | None = None
    fixed_pct: float | None = None
    excluded_pct: float | None = None
    setup: str = ""
    """What must be alike for microvolts to be compared: see `setup_of`."""
    app_version: str = ""
    firmware: str = ""
    device: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Filters, windows and montage used."""
    summary: Mapping[str, Any] = field(default_factory=dict)
    """The summary of the training run, version 1."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfSession(OfPatient):
    """A value that belongs to a session."""

    session_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialResult(OfSession):
    """One trial."""

    number: int = 0
    step: int = 0
    title: str = ""
    mode: str = ""
    kind: str = ""
    success_pct: float | None = None
    fixed_pct: float | None = None
    scored_s: float | None = None
    excluded_s: float | None = None
    result: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationResult(OfSession):
    """A reference or resting level of one channel."""

    method: str = ""
    label: str = ""
    muscle: str
    side: Side = Side.MIDLINE
    value_uv: float | None = None
    posture: str = ""
    head_support: bool | None = None
    result: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingGiven(OfSession):
    """A rating of 0 to 10, before or after."""

    when: str = ""
    key: str
    value: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureTaken(OfSession):
    """A number a trend may follow.

    `key` names the measure (`rms_rest`, `asymmetry_rest`, `success_fixed`, `trick_index` ...),
    `muscle` and `side` what it was taken on (side midline: a pair, or the session).
    """

    key: str
    muscle: str
    side: Side = Side.MIDLINE
    posture: str = ""
    value: float | None = None
    unit: str = ""
    conditions: str = ""
    """Window, filter and reference in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFile(OfSession):
    """A recording on disk."""

    path: str
    """Relative to the data folder, with forward slashes."""
    sha256: str = ""
    """Of the BDF content, also where the file is encrypted."""
    size_bytes: int = 0
    started_utc: dt.datetime
    fs_hz: float | None = None
    n_samples: int = 0
    labels: tuple[str, ...] = ()
    lost: int = 0
    left_out: tuple[tuple[float, float, str], ...] = ()
    """Spans a person marked as artefact: start and end in seconds, reason. Measures skip them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleScore(OfPatient):
    """A clinical scale as numbers: items by key, never their wording."""

    session_id: str = ""
    on: dt.date
    scale: str
    """A key of `measures.scales.SCALES`."""
    items: Mapping[str, float] = field(default_factory=dict)
    total: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn(OfPatient):
    """A day between visits, on sliders of 0 to 10; None: not answered."""

    on: dt.date
    pain: int | None = None
    sleep: int | None = None
    stress: int | None = None
    activity: int | None = None
    practised: bool | None = None
    triggers: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorChart(OfPatient):
    """How much each factor weighs today, 0 to 10, filled in together."""

    on: dt.date
    factors: Mapping[str, int] = field(default_factory=dict)
    """Keys: motor, sensory, calm, lifestyle, psychosocial, physical."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionError(OfPatient):
    """Head repositioning with a laser: where the spot landed, in millimetres from the mark."""

    session_id: str = ""
    on: dt.date
    movement: str = ""
    distance_mm: float
    """From the eyes to the wall."""
    offsets_mm: tuple[float, ...] = ()
    """Signed: positive to the patient's right (or up)."""


@dataclass(frozen=True, slots=True)
class PostureFinding:
    """One posture of the head, as the clinician sees it.

    `key` is one of `configs/assessment/posture-muscles.toml`; `side` the chin's or the ear's,
    midline where the posture has none; `degrees` from the middle, None: not measured.
    """

    key: str
    side: Side = Side.MIDLINE
    degrees: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination(OfPatient):
    """How the head stands, entered by the clinician, with a session or without one."""

    session_id: str = ""
    examined_on: dt.date
    postures: tuple[PostureFinding, ...] = ()
    larynx: str = ""
    """`midline` or `turned` with the chin; empty: not looked at."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartChoice(OfPatient):
    """The way around heartbeats in this person's assessments; the newest one holds."""

    method: str
    """A key of `measures.heart_ways.HEART_WAYS`."""
    chosen_at: dt.datetime
    note: str = ""
    """Why; a change needs it, because levels before and after it cannot be compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedEdge(OfSession):
    """An edge of a hold that a person moved from where the marks put it."""

    task: str
    repeat: int
    """Counted from 0, as in the segments of an assessment."""
    edge: str
    """`start` or `end` of the hold."""
    at_s: float
    was_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOff(OfSession):
    """A clinician has read an assessment; it holds for the numbers `seal` was made of."""

    signed_at: dt.datetime
    signed_by: str
    seal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who changed what, in order."""

    number: int
    at_utc: dt.datetime
    who: str
    role: str
    action: str
    """`add`, `change`, `remove`, `undo`, `erase`, `export`, `open`."""
    kind: str
    """Name of the value's type."""
    value_id: str
    patient_id: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientLine:
    """A patient in a list."""

    patient: Patient
    n_sessions: int
    last_session_utc: dt.datetime | None
    last_injection: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLine:
    """A session in a list, without its summary."""

    id: str
    patient_id: str
    pseudonym: str
    started_utc: dt.datetime
    kind: SessionKind
    plan_title: str
    duration_s: float | None
    success_pct: float | None
    fixed_pct: float | None
    excluded_pct: float | None
    setup: str
    note: str
    n_recordings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionWhole:
    """A session with all that belongs to it."""

    session: Session
    trials: tuple[TrialResult, ...]
    calibrations: tuple[CalibrationResult, ...]
    ratings: tuple[RatingGiven, ...]
    measures: tuple[MeasureTaken, ...]
    recordings: tuple[RecordingFile, ...]


PATIENT_KINDS: tuple[type[OfPatient], ...] = (
    *(Injection, Placement, GivenPlan, Session, TrialResult, CalibrationResult, RatingGiven),
    *(MeasureTaken, RecordingFile, ScaleScore, CheckIn, FactorChart, PositionError),
    *(Examination, HeartChoice, MovedEdge, SignedOff),
)
"""Everything that is erased with a patient, in an order that keeps references whole."""
