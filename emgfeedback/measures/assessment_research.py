"""Measures for research, kept apart: contested, without bounds, no part of any verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from emgfeedback.dsp.settings import ChainSettings
from emgfeedback.dsp.zero_phase import zero_phase
from emgfeedback.measures.assessment_pairs import NamedPair
from emgfeedback.measures.assessment_signal import Prepared, Span
from emgfeedback.measures.assessment_spans import Repeat
from emgfeedback.measures.assessment_values import Research, SharedRhythm
from emgfeedback.measures.coherence import FEWEST_SEGMENTS, coherence, drive_share
from emgfeedback.measures.found import Bools, Floats, Found, missing
from emgfeedback.measures.heart import subtract_beats

DRIVE_HZ = (4.0, 7.0)
NOTE = (
    "For research. A common drive of 4-7 Hz in dystonia is contested (Tijssen 2000, Nijmeijer "
    "2014): these numbers tell no muscle and no person from another. Rectified EMG of the task's "
    f"longest hold, 30 Hz high-pass both ways, average heartbeat subtracted, segments of 1 s, at "
    f"least {FEWEST_SEGMENTS}; CDF10 is 25.9 % for a flat spectrum; `peak` is the highest "
    "coherence at 4-7 Hz; with `crosstalk` both electrodes see the same muscle."
)


def research(
    signal: Prepared,
    tasks: Mapping[str, Sequence[Repeat]],
    pairs: Sequence[NamedPair],
) -> Research:
    """Return CDF10 of channels and coherence of pairs in tasks held long enough."""
    shares: dict[str, dict[str, Found]] = {}
    shared: dict[str, dict[str, SharedRhythm]] = {}
    for name, repeats in tasks.items():
        hold = max((r.hold for r in repeats), key=lambda span: span.end - span.first)
        if hold.end - hold.first < FEWEST_SEGMENTS * signal.fs_hz:
            continue
        clean = _cleaned(signal, hold)
        shares[name] = {
            channel.label: _share(signal, hold, clean, c)
            for c, channel in enumerate(signal.channels)
        }
        shared[name] = {pair.name: _shared(signal, hold, clean, pair) for pair in pairs}
    return Research(NOTE, shares, shared)


def _cleaned(signal: Prepared, hold: Span) -> Floats:
    settings = ChainSettings.for_purpose("rest", signal.fs_hz)
    band = zero_phase(settings.band_sos(signal.fs_hz), signal.raw_uv[hold.rows])
    beats = signal.beats(hold)
    columns = [subtract_beats(band[:, c], beats, signal.fs_hz) for c in range(band.shape[1])]
    return np.column_stack(columns)


def _share(signal: Prepared, hold: Span, clean: Floats, channel: int) -> Found:
    why = signal.why_bad(hold, channel)
    usable: Bools = signal.usable[hold.rows, channel]
    return missing(why) if why else drive_share(clean[:, channel], signal.fs_hz, usable)


def _shared(signal: Prepared, hold: Span, clean: Floats, pair: NamedPair) -> SharedRhythm:
    why = signal.why_bad(hold, pair.one) or signal.why_bad(hold, pair.other)
    if why:
        return SharedRhythm(missing(why), missing(why), None, 0, None)
    usable = np.all(signal.usable[hold.rows][:, [pair.one, pair.other]], axis=1)
    found = coherence(clean[:, pair.one], clean[:, pair.other], signal.fs_hz, usable)
    if found.reason:
        gone = missing(found.reason)
        return SharedRhythm(gone, gone, found.limit, found.segments, None)
    inside = (found.f_hz >= DRIVE_HZ[0]) & (found.f_hz <= DRIVE_HZ[1])
    k = int(np.argmax(found.value[inside]))
    return SharedRhythm(
        Found(float(found.value[inside][k])),
        Found(float(found.f_hz[inside][k])),
        found.limit,
        found.segments,
        found.crosstalk,
    )
