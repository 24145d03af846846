"""A folder in the Brain Imaging Data Structure with recordings as BDF+: BIDS 1.11, datatype emg.

Names, columns and fields after the BIDS specification 1.11.0, chapter Electromyography.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from emgfeedback import __version__
from emgfeedback.core.errors import RecordingError, UsageError
from emgfeedback.core.files import for_owner_only
from emgfeedback.core.montage import MUSCLES, Channel, Side
from emgfeedback.exchange.sharing import SharedRecording
from emgfeedback.records.export import WRITERS

BIDS_VERSION = "1.11.0"
_README = """\
Surface EMG of the neck
=======================

Recorded with emgfeedback: bipolar surface electrodes, one channel for each muscle and side.
The BDF+ files hold the counts of the board's converter with their scale in microvolts; no
software filter has touched them. Samples that were lost on the way are filled with the last
value and marked as `gap` in the events. People appear under pseudonyms; the words of notes and
markers are left out unless they were asked for.
"""
_EVENTS = {
    "trial_type": {
        "Description": "What happened, in the words of the recording program; "
        "gap: samples that were lost; note: a person's marker, words left out",
    }
}
_SIDE_WORDS = {Side.LEFT: "left ", Side.RIGHT: "right ", Side.MIDLINE: ""}


@dataclass(frozen=True, slots=True)
class BidsRun:
    """One recording of a data set.

    `session` empty: from the date. Texts lose everything but letters and digits in file names.
    """

    recording: SharedRecording
    subject: str
    session: str = ""
    task: str = "recording"
    mains_hz: float | None = None
    """Frequency of the power line where it was recorded; None: not known."""


def export_bids(runs: Sequence[BidsRun], out: Path) -> list[tuple[float, ...]]:
    """Write recordings of one or several people to the new folder `out`, whole or not at all.

    Returns
    -------
    list of tuple of float
        For each run, how far a written value may be from the recorded one, for each channel in
        microvolts.

    Raises
    ------
    UsageError
        There is no recording, or one without a pseudonym to name it by.
    RecordingError
        `out` exists or cannot be written; nothing is left behind.
    """
    if not runs:
        raise UsageError("There is no recording to export.", "Give at least one.")
    stems = _stems(runs)
    if out.exists():
        raise RecordingError(f"{out} exists already; nothing is overwritten.", "Give another name.")
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        part.mkdir(mode=0o700)
        error_uv = _write_dataset(runs, stems, part)
        part.rename(out)
        return error_uv
    except OSError as error:
        raise RecordingError(
            f"{out} cannot be written: {(error.strerror or str(error)).lower()}.",
            "Check the folder, its permission and the free space.",
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _stems(runs: Sequence[BidsRun]) -> list[str]:
    """Return `sub-P1/ses-20260309T080706/emg/sub-P1_ses-..._task-recording` for each run."""
    stems: list[str] = []
    subjects: dict[str, str] = {}
    for run in runs:
        subject = _plain(run.subject)
        if not subject:
            raise UsageError(
                "A BIDS folder names people by pseudonym; this recording has none.",
                "Give one with --subject.",
            )
        if subjects.setdefault(subject, run.subject) != run.subject:
            raise UsageError(
                f"{run.subject} and {subjects[subject]} are the same name in BIDS: sub-{subject}.",
                "Choose pseudonyms that differ in letters and digits.",
            )
        start = run.recording.start
        session = _plain(run.session) or (start.strftime("%Y%m%dT%H%M%S") if start else "01")
        base = f"sub-{subject}_ses-{session}_task-{_plain(run.task) or 'recording'}"
        stem = f"sub-{subject}/ses-{session}/emg/{base}"
        same = sum(other == stem or other.startswith(f"{stem}_run-") for other in stems)
        stems.append(f"{stem}_run-{same + 1}" if same else stem)
    return stems


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", text)


def _write_dataset(
    runs: Sequence[BidsRun], stems: Sequence[str], root: Path
) -> list[tuple[float, ...]]:
    _json(
        root / "dataset_description.json",
        {
            "Name": "Surface EMG of the neck",
            "BIDSVersion": BIDS_VERSION,
            "DatasetType": "raw",
            "License": "n/a",
            "Authors": ["n/a"],
            "GeneratedBy": [{"Name": "emgfeedback", "Version": __version__}],
        },
    )
    _text(root / "README.md", _README)
    people = dict.fromkeys(f"sub-{_plain(run.subject)}" for run in runs)
    _table(root / "participants.tsv", [("participant_id", "species")],
           [(person, "homo sapiens") for person in people])  # fmt: skip
    _json(root / "participants.json", {"species": {"Description": "Binomial name of the species"}})
    error_uv = []
    scans: dict[str, list[tuple[object, ...]]] = {}
    for run, stem in zip(runs, stems, strict=True):
        folder = (root / stem).parent
        folder.mkdir(parents=True, exist_ok=True)
        for made in (folder, folder.parent, folder.parent.parent):
            made.chmod(0o700)
        error_uv.append(_write_run(run, root / stem))
        start = run.recording.start
        session = stem.rsplit("/", 2)[0]
        row = (f"emg/{Path(stem).name}_emg.bdf", start.isoformat() if start else "n/a")
        scans.setdefault(session, []).append(row)
    for session, rows in scans.items():
        name = session.replace("/", "_") + "_scans.tsv"
        _table(root / session / name, [("filename", "acq_time")], rows)
    return error_uv


def _write_run(run: BidsRun, stem: Path) -> tuple[float, ...]:
    recording = run.recording
    recording.label_plainly()
    error_uv = WRITERS[".bdf"](recording, stem.with_name(f"{stem.name}_emg.bdf"))
    _json(stem.with_name(f"{stem.name}_emg.json"), _sidecar(run))
    columns = [(
        "name", "type", "units", "signal_electrode", "reference", "group", "target_muscle",
        "placement_scheme", "placement_description", "interelectrode_distance",
    )]  # fmt: skip
    _table(
        stem.with_name(f"{stem.name}_channels.tsv"),
        columns,
        [_channel(channel) for channel in recording.channels],
    )
    events = [(a.onset_s, a.duration_s, a.text) for a in recording.annotations]
    events += [
        (gap.first_sample / recording.fs_hz, gap.n_samples / recording.fs_hz, "gap")
        for gap in recording.gaps
    ]
    _table(
        stem.with_name(f"{stem.name}_events.tsv"),
        [("onset", "duration", "trial_type")],
        [(f"{onset:.6f}", f"{length:.6f}", text) for onset, length, text in sorted(events)],
    )
    _json(stem.with_name(f"{stem.name}_events.json"), _EVENTS)
    return error_uv


def _sidecar(run: BidsRun) -> dict[str, object]:
    recording = run.recording
    told: Mapping[str, object] = dict(recording.facts).get("recording", {})
    return {
        "TaskName": run.task,
        "TaskDescription": "EMG biofeedback or free recording of neck muscles",
        "EMGPlacementScheme": "ChannelSpecific",
        "EMGReference": "Bipolar",
        "EMGGround": "n/a",
        "EMGChannelCount": len(recording.channels),
        "SamplingFrequency": recording.fs_hz,
        "PowerLineFrequency": run.mains_hz or "n/a",
        "RecordingType": "continuous",
        "RecordingDuration": recording.duration_s,
        "SoftwareFilters": "n/a",
        "HardwareFilters": {"Sensor": {"Description": told["hardware_filter"]}}
        if told.get("hardware_filter")
        else "n/a",
        "Manufacturer": str(told.get("board") or "n/a"),
        "SoftwareVersions": f"emgfeedback {told['app']}" if told.get("app") else "n/a",
    }


def _channel(channel: Channel) -> tuple[object, ...]:
    muscle = f"{_SIDE_WORDS[channel.side]}{MUSCLES.get(channel.muscle, channel.muscle)}"
    return (
        channel.label, "EMG", "uV", channel.label, "bipolar", channel.muscle, muscle,
        "other", channel.site or "n/a",
        "n/a" if channel.spacing_mm is None else f"{channel.spacing_mm:g}",
    )  # fmt: skip


def _json(path: Path, content: Mapping[str, object]) -> None:
    _text(path, json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def _table(path: Path, head: Sequence[tuple[str, ...]], rows: Sequence[tuple[object, ...]]) -> None:
    lines = [
        "\t".join(re.sub(r"\s+", " ", str(cell)).strip() or "n/a" for cell in row)
        for row in (*head, *rows)
    ]
    _text(path, "\n".join(lines) + "\n")


def _text(path: Path, text: str) -> None:
    with open(path, "x", encoding="utf-8", newline="\n", opener=for_owner_only) as file:
        file.write(text)
