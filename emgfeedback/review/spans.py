"""Spans a person leaves out, and the measures of what is left between two cursors."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emgfeedback.core.errors import FileFormatError, RecordingError, UsageError
from emgfeedback.core.montage import Side
from emgfeedback.core.quality import Finding, Level
from emgfeedback.dsp.settings import ChainSettings
from emgfeedback.measures.analysis import analyze
from emgfeedback.records.recording import Recording

SHORTEST_S = 0.01
LONGEST_REASON = 80
MOST_SPANS = 10_000
SUFFIX = ".left-out.json"
_VERSION = 1


@dataclass(frozen=True, slots=True, order=True)
class LeftOut:
    """A span left out of every measure, seconds from the first sample, and why."""

    start_s: float
    end_s: float
    reason: str = ""


class LeftOutList:
    """The spans left out of a recording, in order of time; every change can be undone."""

    def __init__(self, duration_s: float, spans: Iterable[LeftOut] = ()) -> None:
        self._duration_s = duration_s
        self.spans: tuple[LeftOut, ...] = tuple(sorted(spans))
        self._before: list[tuple[LeftOut, ...]] = []

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._before)

    def add(self, start_s: float, end_s: float, reason: str = "") -> LeftOut:
        """Leave out `start_s ... end_s`, whichever is earlier, as far as there is recording.

        Raises
        ------
        UsageError
            For a span shorter than 10 ms.
        """
        first, last = sorted((start_s, end_s))
        first, last = max(first, 0.0), min(last, self._duration_s)
        if not last - first >= SHORTEST_S:
            raise UsageError(
                f"A span of {max(0.0, last - first) * 1000:.0f} ms cannot be left out "
                f"(limit {SHORTEST_S * 1000:.0f} ms).",
                "Set A and B further apart.",
            )
        made = LeftOut(first, last, " ".join(reason.split())[:LONGEST_REASON])
        self._change(tuple(sorted((*self.spans, made))))
        return made

    def remove(self, span: LeftOut) -> None:
        """Take `span` back in. Raises ValueError if it is not left out."""
        at = self.spans.index(span)
        self._change(self.spans[:at] + self.spans[at + 1 :])

    def name(self, span: LeftOut, reason: str) -> LeftOut:
        """Give `span` another reason. Raises ValueError if it is not left out."""
        at = self.spans.index(span)
        made = LeftOut(span.start_s, span.end_s, " ".join(reason.split())[:LONGEST_REASON])
        if made != span:
            self._change(tuple(sorted((*self.spans[:at], made, *self.spans[at + 1 :]))))
        return made

    def undo(self) -> None:
        """Take back the last change, if there is one."""
        if self._before:
            self.spans = self._before.pop()

    def _change(self, spans: tuple[LeftOut, ...]) -> None:
        self._before.append(self.spans)
        self.spans = spans


@dataclass(frozen=True, slots=True)
class ChannelMeasures:
    """One channel between the cursors; None: could not be had (see `Measured.notes`)."""

    label: str
    muscle: str
    side: Side
    rms_uv: float | None
    arv_uv: float | None
    median_frequency_hz: float | None
    level: Level
    finding: Finding


@dataclass(frozen=True, slots=True)
class PairMeasures:
    """100 (L-R)/(L+R) of the RMS less the converter's noise, or the reason there is none."""

    muscle: str
    asymmetry_pct: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Measured:
    """The measures between two cursors, with what they were taken under.

    Attributes
    ----------
    filter_words
        The filters of RMS, ARV and asymmetry; the median frequency is of the unfiltered signal.
    measured_s
        Time that was recorded and not left out; RMS and ARV count it once the filters settled.
    notes
        Why numbers are missing, in words.
    """

    from_s: float
    to_s: float
    filter_words: str
    measured_s: float
    left_out_s: float
    lost_pct: float
    channels: tuple[ChannelMeasures, ...]
    pairs: tuple[PairMeasures, ...]
    notes: tuple[str, ...]


def measure(
    recording: Recording,
    from_s: float,
    to_s: float,
    settings: ChainSettings | None,
    left_out: Sequence[LeftOut] = (),
) -> Measured:
    """Measure `from_s ... to_s`, whichever is earlier, without the spans left out.

    Parameters
    ----------
    settings
        The filters of the live chain; None takes the mean out and filters nothing.

    Raises
    ------
    UsageError
        If no sample lies between.
    SettingsError
        For filters that cannot be at this rate.
    """
    first, last = sorted((from_s, to_s))
    told = analyze(
        recording,
        from_s=max(first, 0.0),
        to_s=last,
        filter_choice="none" if settings is None else settings,
        left_out=[(span.start_s, span.end_s) for span in left_out],
    )
    return Measured(
        from_s=first,
        to_s=last,
        filter_words=filter_words(settings),
        measured_s=told["measured_s"],
        left_out_s=told["left_out_s"],
        lost_pct=told["lost_pct"],
        channels=tuple(_channel(one) for one in told["channels"]),
        pairs=tuple(
            PairMeasures(one["muscle"], one["asymmetry_pct"], one["reason"] or "")
            for one in told["pairs"]
        ),
        notes=tuple(told["notes"]),
    )


def filter_words(settings: ChainSettings | None) -> str:
    """Return the filters in words, without the windows of the live chain."""
    return "unfiltered, mean taken out" if settings is None else settings.facts().split(";")[0]


def _channel(one: dict[str, Any]) -> ChannelMeasures:
    return ChannelMeasures(
        label=one["label"],
        muscle=one["muscle"],
        side=Side(one["side"]),
        rms_uv=one["rms_uv"],
        arv_uv=one["arv_uv"],
        median_frequency_hz=one["median_frequency_hz"],
        level=Level(one["quality"]),
        finding=Finding(one["quality_finding"]),
    )


def left_out_path(recording: Path) -> Path:
    """Return where the spans left out of a recording that is in no register are kept."""
    return recording.with_name(recording.name + SUFFIX)


def load_left_out(recording: Path) -> tuple[LeftOut, ...]:
    """Return the spans kept beside `recording`; none where there is no such file.

    Raises
    ------
    FileFormatError
        For a file that is not what `save_left_out` writes. It is left as it is.
    """
    path = left_out_path(recording)
    if not path.exists():
        return ()
    try:
        if path.stat().st_size > 4 << 20:
            raise ValueError("it is larger than 4 MB")
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["version"] != _VERSION or len(told["left_out"]) > MOST_SPANS:
            raise ValueError("its version or length is unknown")
        spans = [LeftOut(float(a), float(b), str(why)) for a, b, why in told["left_out"]]
        if not all(0 <= s.start_s < s.end_s < 1e9 for s in spans):
            raise ValueError("a span does not begin before its end")
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise FileFormatError(
            f"{path} cannot be read: {error}.", "Move it away to leave spans out anew."
        ) from error
    return tuple(sorted(spans))


def save_left_out(recording: Path, spans: Sequence[LeftOut]) -> None:
    """Keep `spans` beside `recording`, readable by the owner alone (Windows: as the folder says).

    Raises
    ------
    FileFormatError
        If what is kept there already cannot be read: it is not overwritten.
    RecordingError
        If the folder cannot be written.
    """
    path = left_out_path(recording)
    if not spans and not path.exists():
        return
    load_left_out(recording)
    told = {
        "version": _VERSION,
        "recording": recording.name,
        "left_out": [[s.start_s, s.end_s, s.reason] for s in spans],
    }
    try:
        handle, made = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(told, file, ensure_ascii=False, indent=1)
                file.flush()
                os.fsync(file.fileno())
            Path(made).replace(path)
        except BaseException:
            Path(made).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise RecordingError(
            f"{path} cannot be written: {error.strerror}.",
            "The spans hold until this recording is closed.",
        ) from error
