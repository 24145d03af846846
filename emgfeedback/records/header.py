"""What a recording says of itself: its facts, its header and its first annotations."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

import numpy as np

from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.errors import SettingsError
from emgfeedback.core.montage import Channel, Montage
from emgfeedback.records.edf import Header, Signal, number_text
from emgfeedback.records.tal import AREA_BYTES

RECORD_S = 0.25
"""Wanted duration of a record: what a cut-off recording may lose of its samples."""
SAMPLE_BYTES = 3
MAX_FULL_SCALE_COUNTS = 2**23 - 1
EQUIPMENT = "emgfeedback-"
"""Begins the equipment field of the files that are ours."""
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


@dataclass(frozen=True, slots=True)
class RecordingFacts:
    """All a recording must say to be read in years.

    Attributes
    ----------
    montage
        Its channels are the columns of the blocks to come.
    device
        The board as it streams: rate, full scale, reference, firmware.
    started_utc
        Moment of the first sample, with time zone.
    app_version
        Of the program that records.
    subject
        Pseudonym; never a name.
    filter_facts
        Filters the screen used, in words; none of them touch the file.
    hardware_filter
        What the sensor does before the converter, in words.
    settings, calibration
        JSON-able facts, as they should be found again.
    """

    montage: Montage
    device: DeviceInfo
    started_utc: datetime
    app_version: str
    subject: str = "X"
    filter_facts: str = ""
    hardware_filter: str = ""
    settings: Mapping[str, object] = field(default_factory=dict)
    calibration: Mapping[str, object] = field(default_factory=dict)

    @property
    def nominal_fs_hz(self) -> float:
        """The rate the board declares."""
        return self.device.fs_hz

    def lsb_uv(self, channel: Channel) -> float:
        """One count of `channel` in microvolts at the electrode."""
        return self.device.lsb_uv(channel.gain)


@dataclass(frozen=True, slots=True)
class Scale:
    """Digital and physical range of a channel; the physical one is symmetric round zero."""

    digital_min: int
    digital_max: int
    physical_uv: float


@lru_cache(maxsize=64)
def exact_scale(
    full_scale_counts: int, lsb_uv: float, limit_counts: int = MAX_FULL_SCALE_COUNTS
) -> Scale:
    """Find a range whose ends can be written in 8 characters so that a count keeps its size.

    Counts stand for `(count - full_scale_counts / 2) * lsb_uv`. The range is
    `0 ... full_scale_counts` where its ends can be written exactly; otherwise it is widened
    by the same number of counts on both sides until the error of the scale is least
    (below 1e-6 of it), within `limit_counts`.

    Raises
    ------
    SettingsError
        For a full scale or a microvolt value that no such file can hold.
    """
    if not 2 <= full_scale_counts <= limit_counts:
        raise SettingsError(
            f"A full scale of {full_scale_counts} counts cannot be recorded "
            f"(limit {limit_counts}).",
            "Use fewer bits per sample.",
        )
    most = limit_counts - full_scale_counts
    widen = np.unique(np.r_[np.arange(min(4096, most) + 1), np.linspace(0, most, 4096, dtype=int)])
    ends = (full_scale_counts / 2 + widen) * lsb_uv
    with np.errstate(divide="ignore", invalid="ignore"):
        decimals = np.clip(5 - np.floor(np.log10(ends)), 0, 5)
        written = np.round(ends * 10**decimals) / 10**decimals
        error = np.abs(written / ends - 1)
    error[~(ends < 9_999_999) | ~(written > 0)] = np.inf
    best = int(np.argmin(np.where(error < 1e-13, 0, error)))
    if not error[best] < 1e-6:
        raise SettingsError(
            f"One count of {lsb_uv:g} uV cannot be recorded "
            f"(limit {9_999_999 / full_scale_counts * 2:g} uV).",
            "Check the gain of the montage and the reference voltage of the board.",
        )
    k = int(widen[best])
    end_uv = float(number_text(float(written[best]), 7))
    return Scale(-k, full_scale_counts + k, end_uv)


def record_layout(fs_hz: float, wanted_s: float = RECORD_S) -> tuple[int, int]:
    """Return (samples per record, duration of a record in microseconds).

    Exact wherever a whole number of samples near `wanted_s` lasts a whole number of
    microseconds; otherwise the duration is rounded to one (at most 2 parts in a million).

    Raises
    ------
    SettingsError
        If the rate is not between 8 Hz and 1 MHz.
    """
    if not 8 <= fs_hz <= 1e6:
        raise SettingsError(
            f"A sampling rate of {fs_hz:g} Hz cannot be recorded (limit 8 to 1000000 Hz).",
            "Check the settings of the board.",
        )
    wanted = max(1, round(fs_hz * wanted_s))
    exact = Decimal(repr(float(fs_hz)))
    for away in range(wanted):
        for n in (wanted - away, wanted + away):
            if n and n * 10**6 % exact == 0:
                return n, int(n * 10**6 / exact)
    return wanted, round(wanted * 10**6 / fs_hz)


def make_header(facts: RecordingFacts) -> Header:
    """Return the header of a recording of `facts`, with no record yet."""
    n, record_us = record_layout(facts.nominal_fs_hz)
    signals = [_signal(facts, channel, n) for channel in facts.montage.channels]
    start = max(
        facts.started_utc.astimezone().replace(tzinfo=None, microsecond=0), datetime(1985, 1, 1)
    )
    return Header(
        sample_bytes=SAMPLE_BYTES,
        patient=f"{ascii_text(facts.subject, 60).replace(' ', '_') or 'X'} X X X",
        recording=recording_id(start, facts.app_version),
        start=start,
        reserved="BDF+C",
        n_records=-1,
        record_s=Decimal(record_us) / 10**6,
        signals=(*signals, annotations_signal(SAMPLE_BYTES)),
    )


def recording_id(start: datetime | None, app_version: str) -> str:
    """Return the EDF+ recording field of a file of ours, begun at the local time `start`."""
    date = f"{start.day:02d}-{_MONTHS[start.month - 1]}-{start.year}" if start else "X"
    return f"Startdate {date} X X {EQUIPMENT}{ascii_text(app_version, 20)}"


def _signal(facts: RecordingFacts, channel: Channel, samples_per_record: int) -> Signal:
    scale = exact_scale(facts.device.full_scale_counts, facts.lsb_uv(channel))
    sensor = channel.sensor or "surface electrodes"
    hardware = facts.hardware_filter or _hardware(facts.device)
    return Signal(
        label=channel.label,
        transducer=ascii_text(f"{sensor}, {channel.site}" if channel.site else sensor, 80),
        dimension="uV",
        physical_min=-scale.physical_uv,
        physical_max=scale.physical_uv,
        digital_min=scale.digital_min,
        digital_max=scale.digital_max,
        prefilter=ascii_text(f"{hardware}, no software filter", 80),
        samples_per_record=samples_per_record,
    )


def _hardware(device: DeviceInfo) -> str:
    """Return what the sensor does before the converter, as far as the board's driver knows."""
    if device.envelope_only:
        return "envelope made by the sensor"
    if device.band_hz is None:
        return "raw"
    return f"sensor {device.band_hz[0]:g}-{device.band_hz[1]:g} Hz"


def annotations_signal(sample_bytes: int) -> Signal:
    """Return the signal that holds the annotations of a file of `sample_bytes`."""
    half = 1 << (8 * sample_bytes - 1)
    return Signal(
        label="BDF Annotations" if sample_bytes == 3 else "EDF Annotations",
        transducer="",
        dimension="",
        physical_min=-1,
        physical_max=1,
        digital_min=-half,
        digital_max=half - 1,
        prefilter="",
        samples_per_record=AREA_BYTES // sample_bytes,
    )


def ascii_text(text: str, width: int) -> str:
    """Return `text` as at most `width` printable ASCII characters, accents dropped."""
    plain = unicodedata.normalize("NFKD", text)
    kept = "".join(c if c.isascii() else "?" for c in plain if not unicodedata.combining(c))
    return "".join(c if c.isprintable() else " " for c in kept)[:width].strip()


def facts_texts(facts: RecordingFacts) -> list[str]:
    """Return the annotations that keep `facts` in the file: one text for each subject.

    Each is `emgfeedback <subject> {compact JSON}`; facts without a value are left out.
    """
    device = facts.device
    recording = {
        "app": facts.app_version,
        "started_utc": facts.started_utc.isoformat(timespec="milliseconds"),
        "nominal_fs_hz": facts.nominal_fs_hz,
        "full_scale_counts": device.full_scale_counts,
        "vref_mv": device.vref_mv,
        "driver": device.driver,
        "board": device.board,
        "firmware": device.firmware,
        "serial": device.serial,
        "channel_skew_us": device.channel_skew_us,
        "envelope_only": device.envelope_only,
        "montage": facts.montage.name,
        "subject": facts.subject if facts.subject != "X" else "",
        "filters_on_screen": facts.filter_facts,
        "hardware_filter": facts.hardware_filter,
    }
    texts = [fact_text("recording", recording)]
    for channel in facts.montage.channels:
        gain = channel.gain or device.sensor_gain
        texts.append(
            fact_text(
                "channel",
                {
                    "label": channel.label,
                    "muscle": channel.muscle,
                    "side": channel.side.value,
                    "input": channel.input,
                    "gain": gain,
                    "lsb_uv": facts.lsb_uv(channel),
                    "site": channel.site,
                    "spacing_mm": channel.spacing_mm,
                    "sensor": channel.sensor,
                },
            )
        )
    if device.band_hz or device.loss_proof:
        sensor = {"band_hz": device.band_hz, "loss_proof": device.loss_proof}
        texts.append(fact_text("sensor", sensor))
    # One each: a fact must fit into one annotation to be read back.
    texts += [fact_text("caution", {"text": caution}) for caution in device.cautions]
    if facts.settings:
        texts.append(fact_text("settings", facts.settings))
    if facts.calibration:
        texts.append(fact_text("calibration", facts.calibration))
    return texts


def fact_text(subject: str, values: Mapping[str, object]) -> str:
    """Return the annotation that keeps `values` of `subject`; `parse_fact` reads it."""
    kept = {k: v for k, v in values.items() if v is not None and v is not False and v != ""}
    compact = json.dumps(kept, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return f"emgfeedback {subject} {compact}"


def rate_text(nominal_fs_hz: float, measured_fs_hz: float | None) -> str:
    """Return the annotation that keeps the nominal and the measured rate."""
    return fact_text("rate", {"nominal_fs_hz": nominal_fs_hz, "measured_fs_hz": measured_fs_hz})


def parse_fact(text: str) -> tuple[str, dict[str, object]] | None:
    """Return (subject, values) of an annotation made by this module, None for any other."""
    words = text.split(" ", 2)
    if len(words) != 3 or words[0] != "emgfeedback":
        return None
    try:
        values = json.loads(words[2])
    except ValueError:
        return None
    return (words[1], values) if isinstance(values, dict) else None
