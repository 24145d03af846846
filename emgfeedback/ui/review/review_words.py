"""Words of the review for people."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import QCoreApplication, QDate, QDateTime, QLocale, QTime

from emgfeedback.core.montage import Channel, Side
from emgfeedback.core.quality import Finding
from emgfeedback.dsp.settings import ChainSettings
from emgfeedback.records.recording import Recording
from emgfeedback.review.marks import Span, SpanKind
from emgfeedback.review.spans import LeftOut
from emgfeedback.ui import words
from emgfeedback.ui.review.time_axis import length_words


def title_of(channel: Channel) -> str:
    """Return what stands beside the badge: the muscle, or the label where it has none."""
    return channel.label if channel.muscle == "other" else words.short_muscle_name(channel.muscle)


def spoken(channel: Channel) -> str:
    """Return a channel in words: `Left SCM`."""
    sides = {
        Side.LEFT: QCoreApplication.translate("Spoken", "Left %1"),
        Side.RIGHT: QCoreApplication.translate("Spoken", "Right %1"),
        Side.MIDLINE: "%1",
    }
    return sides[channel.side].replace("%1", title_of(channel))


def span_words(span: Span) -> str:
    """Return a stretch in words, as `Trial 3` or `Trial 4 · no feedback`."""
    number = words.whole(span.number)
    if span.kind is SpanKind.TRIAL:
        return QCoreApplication.translate("Review", "Trial %1").replace("%1", number)
    if span.kind is SpanKind.PROBE:
        named = QCoreApplication.translate("Review", "Trial %1 · no feedback")
        return named.replace("%1", number)
    if span.kind is SpanKind.CALIBRATION:
        named = QCoreApplication.translate("Review", "Calibration %1, take %2")
        return named.replace("%1", _method(span.text)).replace("%2", number)
    if span.kind is SpanKind.TRICK:
        if span.text == "with":
            return QCoreApplication.translate("Review", "With the trick")
        return QCoreApplication.translate("Review", "Without the trick")
    return _step(span.text) if span.kind is SpanKind.STEP else span.text


def _method(method: str) -> str:
    return {
        "rest": QCoreApplication.translate("Review", "at rest"),
        "rvc": QCoreApplication.translate("Review", "of a gentle hold"),
        "mvc": QCoreApplication.translate("Review", "of a strong hold"),
    }.get(method, method)


def _step(kind: str) -> str:
    return {
        "prompt": QCoreApplication.translate("Review", "Instruction"),
        "breathing": QCoreApplication.translate("Review", "Breathing"),
        "quality": QCoreApplication.translate("Review", "Signal check"),
        "calibration": QCoreApplication.translate("Review", "Calibration"),
        "trials": QCoreApplication.translate("Review", "Trials"),
        "trick": QCoreApplication.translate("Review", "Trick"),
        "rest": QCoreApplication.translate("Review", "Rest"),
        "ratings": QCoreApplication.translate("Review", "Ratings"),
        "end": QCoreApplication.translate("Review", "End"),
    }.get(kind, kind)


def left_out_words(span: LeftOut) -> str:
    """Return `left out: coughing`, or `left out` without a reason."""
    if not span.reason:
        return QCoreApplication.translate("Review", "left out")
    return QCoreApplication.translate("Review", "left out: %1").replace("%1", span.reason)


def finding_name(finding: Finding) -> str:
    """Return a finding as it stands in a lane, in small letters."""
    name = words.finding_words(finding).name
    return f"{name[:1].lower()}{name[1:]}"


def when(at: dt.datetime) -> str:
    """Return a date and time in the user's short form."""
    date, time = QDate(at.year, at.month, at.day), QTime(at.hour, at.minute)
    return QLocale().toString(QDateTime(date, time), QLocale.FormatType.ShortFormat)


def recording_facts(recording: Recording) -> str:
    """Return `31 min 04 s · 6 channels · 1000 Hz · 3 gaps, 0.90 s in all`."""
    n_lost = sum(gap.n_samples for gap in recording.gaps)
    n_gaps = len(recording.gaps)
    if n_gaps:
        gaps = QCoreApplication.translate("Review", "%1 gaps, %2 in all")
        if n_gaps == 1:
            gaps = QCoreApplication.translate("Review", "1 gap, %2")
        gaps = gaps.replace("%1", words.whole(n_gaps))
        gaps = gaps.replace("%2", length_words(n_lost / recording.fs_hz))
    else:
        gaps = QCoreApplication.translate("Review", "no gaps")
    decimals = 0 if abs(recording.fs_hz - round(recording.fs_hz)) < 0.005 else 2
    n_channels = len(recording.channels)
    channels = QCoreApplication.translate("Review", "%1 channels")
    if n_channels == 1:
        channels = QCoreApplication.translate("Review", "1 channel")
    return " · ".join(
        (
            length_words(recording.duration_s),
            channels.replace("%1", words.whole(n_channels)),
            f"{QLocale.c().toString(recording.fs_hz, 'f', decimals)} Hz",
            gaps,
        )
    )


def settings_lines(settings: ChainSettings | None) -> list[str]:
    """Return the filters and windows, a line each."""
    if settings is None:
        return [QCoreApplication.translate("Review", "No filter, mean taken out")]
    high = QCoreApplication.translate("Review", "High-pass %1 Hz, order %2")
    lines = [
        high.replace("%1", f"{settings.highpass_hz:g}").replace("%2", str(settings.highpass_order))
    ]
    if settings.lowpass_hz is None:
        lines.append(QCoreApplication.translate("Review", "No low-pass"))
    else:
        low = QCoreApplication.translate("Review", "Low-pass %1 Hz, order %2")
        order = str(settings.lowpass_order)
        lines.append(low.replace("%1", f"{settings.lowpass_hz:.4g}").replace("%2", order))
    if settings.notch_hz is None:
        lines.append(QCoreApplication.translate("Review", "Mains filter off"))
    else:
        notch = QCoreApplication.translate("Review", "Mains filter %1 Hz and harmonics")
        lines.append(notch.replace("%1", f"{settings.notch_hz:g}"))
    line = QCoreApplication.translate("Review", "Line: RMS over %1 ms")
    lines.append(line.replace("%1", f"{1000 * settings.display_window_s:g}"))
    return lines


def short_filter(settings: ChainSettings | None) -> str:
    """Return the filters in a few words, as `30–400 Hz`."""
    if settings is None:
        return QCoreApplication.translate("Review", "unfiltered")
    if settings.lowpass_hz is None:
        band = QCoreApplication.translate("Review", "from %1 Hz")
        band = band.replace("%1", f"{settings.highpass_hz:g}")
    else:
        band = f"{settings.highpass_hz:g}–{settings.lowpass_hz:.4g} Hz"
    if settings.notch_hz is None:
        return band
    notch = QCoreApplication.translate("Review", "%1, notch %2 Hz")
    return notch.replace("%1", band).replace("%2", f"{settings.notch_hz:g}")


def note_words(note: str) -> str:
    """Return why numbers are missing, as a sentence."""
    known = {
        "no sample of": QCoreApplication.translate("Review", "Nothing between A and B counts."),
        "too short:": QCoreApplication.translate(
            "Review", "Too short for a level: the filter has not settled."
        ),
        "no 1 s": QCoreApplication.translate(
            "Review", "No frequency: there is no second without a gap."
        ),
        "converter not known": QCoreApplication.translate(
            "Review", "The file does not tell its converter: clipping was not judged."
        ),
    }
    return next((said for begin, said in known.items() if note.startswith(begin)), note)


def hidden_difference(reason: str) -> str:
    """Return why there is no left/right difference, in few words."""
    return {
        "floor": QCoreApplication.translate("Review", "near the noise floor"),
        "quality": QCoreApplication.translate("Review", "one side unusable"),
        "settling": QCoreApplication.translate("Review", "too short"),
    }.get(reason, QCoreApplication.translate("Review", "not known"))
