"""A recording as others may see it: a pseudonym, and no word that a person wrote."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.errors import UsageError
from emgfeedback.core.montage import Channel
from emgfeedback.core.quality import Finding, Level
from emgfeedback.records.header import ascii_text
from emgfeedback.records.recording import Annotation, Recording

LEFT_OUT = "note"
"""Stands where a person's words stood: the moment is kept, the words are not."""
_KEPT = {
    "recording": (
        "app", "started_utc", "nominal_fs_hz", "full_scale_counts", "vref_mv", "driver", "board",
        "firmware", "channel_skew_us", "envelope_only", "filters_on_screen", "hardware_filter",
    ),
    "channel": (
        "label", "muscle", "side", "input", "gain", "lsb_uv", "site", "spacing_mm", "sensor",
    ),
    "rate": ("nominal_fs_hz", "measured_fs_hz"),
    "sensor": ("band_hz", "loss_proof"),
    "caution": ("text",),
}  # fmt: skip
"""Facts that describe equipment. A serial number or a montage's name may lead to a person."""
_N = r"-?\d+(?:\.\d+)?"
_LEVELS = "|".join(level.value for level in Level)
_FINDINGS = "|".join(finding.value for finding in Finding)
_TARGETS = "off|baseline|running|paused"
_MODES = "relax|activate|band|trajectory|contrast|balance"
_MACHINE_TEXTS = (
    r"training (?:start|end|pause|resume)",
    r"(?:back to )?step \d+ [a-z]+",
    r"trial \d+ (?:feedback|probe|retention) start",
    r"trial \d+ end",
    rf"target (?:{_TARGETS}|baseline {_N} s|(?:{_MODES}) (?:{_N}(?:, {_N})*)? (?:uV|%))",
    rf"target thresholds (?:(?:LABEL) {_N} uV(?:, )?)*",
    rf"quality (?:LABEL) (?:good|(?:{_LEVELS}) (?:{_FINDINGS}))",
    rf"calibration [a-z_]+ (?:take \d+ start|end|(?:LABEL) {_N} uV)",
    r"trick (?:(?:with|without) start|end)",
    r"mark (?:arm|touch|M\d+)",
    r"pain \d+ after [a-z_]+",
    r"rating (?:before|after) [a-z_]+ \d+",
    rf"filter HP {_N} Hz o\d+, (?:no LP|LP {_N} Hz o\d+(?: \(bounded by the sampling rate\))?), "
    rf"(?:notch off|notch {_N} Hz Q{_N} and harmonics); RMS {_N} ms / {_N} ms; "
    rf"envelope LP {_N} Hz(?:, designed for {_N} Hz)?",
    rf"filter no filters \(the sensor sends an envelope\); RMS {_N} ms / {_N} ms"
    rf"(?:, designed for {_N} Hz)?",
    r"recording stopped: [a-z ]+",
)


@dataclass(frozen=True, slots=True)
class Sharing:
    """What a file that leaves the house may tell.

    Attributes
    ----------
    pseudonym
        Stands for the person; None: the one in a recording of ours, none in a foreign one.
    with_notes
        Keep markers, notes and other free words of people.
    names
        Names, where known: no text that holds a part of one gets out, notes or not.
    """

    pseudonym: str | None = None
    with_notes: bool = False
    names: tuple[str, ...] = ()

    def tells_name(self, text: str) -> bool:
        """Whether `text` holds a part of one of the names, however it is written."""
        found = _words(text)
        glued = "".join(found)
        return any(
            part in found or (len(part) >= 4 and part in glued)
            for name in self.names
            for part in _words(name)
            if len(part) > 1
        )

    def cleaned(self, text: str) -> str:
        """Return `text`, empty where it tells a name."""
        return "" if self.tells_name(text) else text

    def subject_of(self, recording: Recording) -> str:
        """Return what stands for the person; empty: nothing.

        Raises
        ------
        UsageError
            The pseudonym asked for tells the name, or cannot be written everywhere.
        """
        if self.pseudonym is not None and self.tells_name(self.pseudonym):
            raise UsageError(
                f"{self.pseudonym!r} is no pseudonym: it tells the name.", "Choose another."
            )
        if self.pseudonym and not re.fullmatch(r"[A-Za-z0-9 ._-]{1,60}", self.pseudonym):
            raise UsageError(
                f"The pseudonym {self.pseudonym!r} cannot be written into every format.",
                "Use 1 to 60 plain letters, digits, spaces, dots, dashes and underscores.",
            )
        if self.pseudonym is not None:
            return self.pseudonym
        told = self.cleaned(recording.subject) if _is_ours(recording) else ""
        return re.sub(r"[^A-Za-z0-9 ._-]", "", told)[:60]


class SharedRecording(Recording):
    """What may be told of a recording; the samples are its own. Closing it closes nothing."""

    def __init__(self, source: Recording, sharing: Sharing) -> None:
        self._source = source
        self.with_notes = sharing.with_notes
        self.subject = sharing.subject_of(source)
        self.path = Path(self.subject or "recording")
        self.fs_hz = source.fs_hz
        self.n_samples = source.n_samples
        self.gaps = source.gaps
        self.lsb_uv = source.lsb_uv
        self.full_scale_counts = source.full_scale_counts
        self.start = source.start
        self.channels = tuple(_channel(c, i, sharing) for i, c in enumerate(source.channels))
        self.annotations = tuple(_annotation(a, source, sharing) for a in source.annotations)
        self.facts = tuple(self._facts(sharing))

    def _facts(self, sharing: Sharing) -> list[tuple[str, Mapping[str, object]]]:
        facts: list[tuple[str, Mapping[str, object]]] = []
        labels = iter(self.labels)
        for subject, values in self._source.facts:
            kept = {
                key: sharing.cleaned(value) if isinstance(value, str) else value
                for key, value in values.items()
                if key in _KEPT.get(subject, ()) and isinstance(value, str | int | float)
            }
            if subject == "channel":
                kept["label"] = next(labels, "")
            if subject == "recording" and self.subject:
                kept["subject"] = self.subject
            if subject in _KEPT:
                facts.append((subject, kept))
        return facts

    def label_plainly(self) -> None:
        """Give every channel a label that EDF can hold and that no other channel has."""
        labels = [ascii_text(label, 16) for label in self.labels]
        if "" in labels or len(set(labels)) < len(labels):
            labels = [f"CH {i + 1}" for i in range(len(labels))]
        self.channels = tuple(
            dataclasses.replace(channel, label=label)
            for channel, label in zip(self.channels, labels, strict=True)
        )

    def read_counts(self, first: int, end: int) -> NDArray[np.int32]:
        """Return counts. See `Recording.read_counts`."""
        return self._source.read_counts(first, end)

    def read_uv(self, first: int, end: int) -> NDArray[np.float64]:
        """Return microvolts. See `Recording.read_uv`."""
        return self._source.read_uv(first, end)

    def uv_of(self, counts: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return the microvolts of counts. See `Recording.uv_of`."""
        return self._source.uv_of(counts)


def is_written_by_machine(text: str, labels: Sequence[str]) -> bool:
    """Whether the app itself wrote the annotation `text` of a recording with these labels."""
    anyone = "|".join(re.escape(label) for label in labels)
    return any(
        re.fullmatch(pattern.replace("LABEL", anyone), text, re.ASCII) for pattern in _MACHINE_TEXTS
    )


def _is_ours(recording: Recording) -> bool:
    return any(subject == "recording" for subject, _ in recording.facts)


def _channel(channel: Channel, column: int, sharing: Sharing) -> Channel:
    return dataclasses.replace(
        channel,
        label=sharing.cleaned(channel.label) or f"CH {column + 1}",
        site=sharing.cleaned(channel.site),
        sensor=sharing.cleaned(channel.sensor),
    )


def _annotation(annotation: Annotation, source: Recording, sharing: Sharing) -> Annotation:
    text = annotation.text
    told = _is_ours(source) and is_written_by_machine(text, source.labels)
    if (told or sharing.with_notes) and not sharing.tells_name(text):
        return annotation
    skipped = re.match(r"skip [a-z]+(?=: )", text) if _is_ours(source) else None
    kept = skipped[0] if skipped else LEFT_OUT
    return dataclasses.replace(annotation, text=kept)


def _words(text: str) -> list[str]:
    """Return the words of a text without case and accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return re.findall(r"[^\W_]+", bare)
