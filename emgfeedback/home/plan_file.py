"""The file a therapist hands out: what to practise at home, signed.

A file of JSON in two parts, `content` (a text, JSON itself) and `signature` (Ed25519 over that
text, with the key whose public half the text names). It is signed, not encrypted: it names no
one but by the clinic's code and, where the therapist wrote one, a first name to greet by.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from emgfeedback.core.errors import FileFormatError, RegisterError
from emgfeedback.home import keys

SUFFIX = ".emgplan"
FORMAT, VERSION = "emgfeedback home plan", 1
LARGEST_BYTES = 1 << 20
LARGEST_PLAN_BYTES = 1 << 18
DAYS = (1, 7)
WEEKS = (1, 26)
PAIN_RISE = (1, 10)
LONGEST_ID = 64
_PURPOSE = b"emgfeedback home plan 1"

Change = Literal["skip-step"]
"""What a patient may change without asking: go past a step."""
CHANGES: tuple[Change, ...] = ("skip-step",)


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePlan:
    """What to practise at home, and when to stop.

    Attributes
    ----------
    number
        Rises with every plan of a pairing: an older one is refused.
    patient_id, code
        The clinic's id and code of the patient.
    greeting
        First name to greet by, or empty.
    clinic, contact
        Who gave it, and in a sentence whom to call and when.
    first_day, last_day
        When it may be practised.
    name, title, toml
        The training plan, as its file's text.
    days_per_week
        How often practice is wished.
    may_change
        What the patient may change.
    pain_rise_stop
        Practice ends where pain rose by so many points of 10 from before to after.
    secret
        The kit proves by it that it is the one the plan was made for.
    sign_key, return_key
        Public keys: what plans are signed by, and what results are encrypted for.
    have_results
        The clinic has all results up to this number.
    """

    number: int
    patient_id: str
    code: str
    greeting: str = ""
    clinic: str = ""
    contact: str
    made_utc: dt.datetime
    first_day: dt.date
    last_day: dt.date
    name: str
    title: str
    toml: str
    days_per_week: int = 5
    may_change: tuple[Change, ...] = CHANGES
    pain_rise_stop: int = 3
    secret: bytes
    sign_key: bytes
    return_key: bytes
    have_results: int = 0

    def __post_init__(self) -> None:
        """Refuse what nobody could follow."""
        if self.number < 1 or not is_plain_id(self.patient_id) or not self.code:
            raise RegisterError("A home plan needs a number, a person and their code.", "")
        if not self.contact.strip():
            raise RegisterError(
                "The plan names nobody to call.",
                "Write whom to call, and when, as it should stand on the patient's screen.",
            )
        _within("days a week", self.days_per_week, DAYS)
        _within("points of pain that end practice", self.pain_rise_stop, PAIN_RISE)
        weeks = ((self.last_day - self.first_day).days + 1) / 7
        if not 1 / 7 <= weeks <= WEEKS[1]:
            raise RegisterError(
                f"The plan runs for {weeks:.1f} weeks (limit {WEEKS[1]}).",
                "Choose a last day after the first; make a new plan at the next visit.",
            )
        if not 0 < len(self.toml.encode()) <= LARGEST_PLAN_BYTES:
            raise RegisterError(
                f"The training plan has {len(self.toml.encode())} bytes "
                f"(limit {LARGEST_PLAN_BYTES}).",
                "Choose another plan.",
            )
        if any(len(key) != keys.KEY_BYTES for key in (self.secret, self.sign_key, self.return_key)):
            raise RegisterError("A key of the plan has the wrong length.", "Make the plan again.")

    @property
    def clinic_number(self) -> str:
        """The number clinic and patient compare, so that nobody else can send plans."""
        return keys.number_of(self.sign_key)


@dataclass(frozen=True, slots=True)
class _Envelope:
    format: str
    version: int
    content: str
    signature: bytes


def write_plan(plan: HomePlan, sign_key: bytes) -> bytes:
    """Return the content of a plan's file, signed with the private `sign_key`."""
    content = msgspec.json.encode(plan).decode()
    signature = keys.sign(sign_key, _PURPOSE, content.encode())
    return msgspec.json.format(
        msgspec.json.encode(_Envelope(FORMAT, VERSION, content, signature)), indent=1
    )


def read_plan(data: bytes, name: str) -> HomePlan:
    """Return the plan in a file's content, after its signature was found good.

    Who signed is not judged: see `kit.take_plan`.

    Parameters
    ----------
    name
        Of the file, for messages.

    Raises
    ------
    FileFormatError
        It is no plan file, of a newer version, or was changed after it was signed.
    """
    if len(data) > LARGEST_BYTES:
        raise FileFormatError(
            f"{name} has {len(data)} bytes; a plan has at most {LARGEST_BYTES}.",
            f"Choose the file that ends in {SUFFIX}.",
        )
    try:
        envelope = msgspec.json.decode(data, type=_Envelope)
        if envelope.format != FORMAT:
            raise ValueError(f"it says {envelope.format[:40]!r}")
        if envelope.version != VERSION:
            raise FileFormatError(
                f"{name} is a plan of version {envelope.version}.", "Update the app."
            )
        plan = msgspec.json.decode(envelope.content, type=HomePlan)
    except (ValueError, RecursionError, RegisterError) as error:
        raise FileFormatError(
            f"{name} is no plan for home ({error}).",
            f"Choose the file that ends in {SUFFIX}, or ask for it again.",
        ) from error
    signed = keys.is_signed(plan.sign_key, _PURPOSE, envelope.content.encode(), envelope.signature)
    if not signed:
        raise FileFormatError(
            f"{name} was changed after it was signed.", "Ask your clinic for it again."
        )
    return plan


def is_plain_id(text: str) -> bool:
    """Whether `text` can be the id of a person: it becomes part of a file's name."""
    return text.isascii() and text.isalnum() and len(text) <= LONGEST_ID


def read_plan_file(path: Path) -> HomePlan:
    """Return the plan in a file. Raises FileFormatError as `read_plan`, or where it is missing."""
    return read_plan(content_of(path), path.name)


def content_of(path: Path) -> bytes:
    """Return a plan file's content, or enough of it to see that it is none.

    Raises
    ------
    FileFormatError
        It cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise FileFormatError(
            f"{path} cannot be read: {error.strerror or error}.", "Is the stick still plugged in?"
        ) from error


def _within(what: str, value: int, limits: tuple[int, int]) -> None:
    low, high = limits
    if not low <= value <= high:
        raise RegisterError(f"{value} {what} is outside {low} to {high}.", "")
