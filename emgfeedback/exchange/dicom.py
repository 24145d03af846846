"""DICOM files of the kind Electromyogram Waveform Storage, the counts of the converter in them.

Attributes after DICOM PS3.3 C.10.8 to C.10.10 and the Electromyogram IOD; muscles as in
context group 3031 (Lead Location Near or in Muscle), units as UCUM.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from emgfeedback import __version__
from emgfeedback.core.errors import RecordingError
from emgfeedback.core.files import for_owner_only
from emgfeedback.core.montage import Channel, Side
from emgfeedback.exchange.sharing import SharedRecording
from emgfeedback.records.export import spans
from emgfeedback.records.recording import Recording

if TYPE_CHECKING:
    from pydicom import Dataset

EMG_STORAGE = "1.2.840.10008.5.1.4.1.1.9.7.2"
LARGEST_BYTES = 2**30
"""pydicom holds the file in memory three times while it writes."""
_NAMESPACE = uuid.UUID("6c1f6a52-5b0e-4f0e-9d0a-64c1f1f7a9b3")
_MUSCLES = {
    "scm": (400, "Musculus sternocleidomastoideus"),
    "trapezius": (436, "Musculus trapezius"),
    "splenius": (468, "Musculus splenius"),
    "levator": (452, "Musculus levator scapulae"),
    "other": (388, "Musculi colli"),
}
"""Muscle -> number in MDC partition 7; the left one is one more, the right one two."""
_SIDES = {Side.MIDLINE: (0, ""), Side.LEFT: (1, ", left"), Side.RIGHT: (2, ", right")}
_FITTED_COUNTS = 2**23 - 1


def write_dicom(recording: Recording, part: Path) -> tuple[float, ...]:
    """Write `recording` to the new file `part`, and tell its error for each channel in uV.

    Counts go in unchanged, as 16 bits (SS) where they fit, else 32 (SL); a recording without
    counts is scaled to 24 bits. Lost samples hold the padding value. All identifiers follow
    from the content, so the same recording gives the same file again.

    Raises
    ------
    RecordingError
        pydicom is missing, the recording does not say when it was made, or has more than 1 GB.
    """
    try:
        from pydicom import Dataset, dcmwrite  # noqa: PLC0415 - an extra, and slow to import
        from pydicom.dataset import FileMetaDataset  # noqa: PLC0415 - as above
        from pydicom.uid import ExplicitVRLittleEndian  # noqa: PLC0415 - as above
    except ImportError as error:
        raise RecordingError(
            "DICOM files need the package pydicom.", "Run `pip install -r requirements-dicom.txt`."
        ) from error
    if recording.start is None:
        raise RecordingError(
            f"{recording.path} does not say when it was recorded; DICOM asks for that.",
            "Export to another format.",
        )
    samples, lsb_uv, zero_uv, error_uv = _samples(recording)
    group = _group(recording, samples)
    skew = _skew_samples(recording)
    group.ChannelDefinitionSequence = [
        _channel(channel, float(lsb), float(zero), channel.input * skew, 8 * samples.itemsize)
        for channel, lsb, zero in zip(recording.channels, lsb_uv, zero_uv, strict=True)
    ]
    del samples
    ds = Dataset()
    _tell_whose_and_when(ds, recording, hashlib.sha256(group.WaveformData).hexdigest())
    ds.WaveformSequence = [group]
    annotations = _annotations(recording)
    if annotations:
        ds.WaveformAnnotationSequence = annotations
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = ds.SOPClassUID
    meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta = meta
    with open(part, "xb", opener=for_owner_only) as file:
        try:
            dcmwrite(file, ds, enforce_file_format=True)
            file.flush()
        except OSError as error:
            raise _first_cause(error) from error
        os.fsync(file.fileno())
    return error_uv


def _first_cause(error: OSError) -> OSError:
    """Return what the system said; pydicom wraps it into a traceback's text, level by level."""
    while error.errno is None and isinstance(error.__cause__, OSError):
        error = error.__cause__
    return error


def _samples(
    recording: Recording,
) -> tuple[NDArray[Any], NDArray[np.float64], NDArray[np.float64], tuple[float, ...]]:
    """Return samples `(n, n_channels)`, and each channel's step, zero and error in uV."""
    n, n_channels = recording.n_samples, len(recording.channels)
    if recording.lsb_uv is not None:
        lsb_uv = recording.lsb_uv
        zero_uv = recording.uv_of(np.zeros((1, n_channels), dtype=np.int32))[0]
        error_uv = np.zeros(n_channels)
        read = recording.read_counts
    else:
        peak_uv = np.ones(n_channels)
        for first, end in spans(recording):
            peak_uv = np.maximum(peak_uv, np.abs(recording.read_uv(first, end)).max(axis=0))
        lsb_uv, zero_uv = peak_uv / _FITTED_COUNTS, np.zeros(n_channels)
        error_uv = lsb_uv / 2

        def read(first: int, end: int) -> NDArray[np.int32]:
            return np.rint(recording.read_uv(first, end) / lsb_uv).astype(np.int32)

    kind = np.dtype("<i2") if _fit_16_bits(recording, read) else np.dtype("<i4")
    size = n * n_channels * kind.itemsize
    if size > LARGEST_BYTES:
        longest_min = recording.duration_s / 60 * LARGEST_BYTES / size
        raise RecordingError(
            f"The recording has {size / 2**30:.1f} GB as DICOM (limit 1 GB).",
            f"Export to .bdf, or a part of at most {longest_min:.0f} min.",
        )
    samples = np.empty((n, n_channels), dtype=kind)
    for first, end in spans(recording):
        samples[first:end] = read(first, end)
        samples[first:end][~recording.valid(first, end)] = np.iinfo(kind).min
    return samples, lsb_uv, zero_uv, tuple(error_uv.tolist())


def _fit_16_bits(recording: Recording, read: Callable[[int, int], NDArray[np.int32]]) -> bool:
    """Whether all samples fit into 16 bits, the lowest value left free for padding."""
    for first, end in spans(recording):
        samples = read(first, end)
        if samples.min() <= -(2**15) or samples.max() >= 2**15:
            return False
    return True


def _group(recording: Recording, samples: NDArray[Any]) -> Dataset:
    from pydicom import Dataset  # noqa: PLC0415 - an extra, and slow to import
    from pydicom.valuerep import format_number_as_ds  # noqa: PLC0415 - as above

    group = Dataset()
    group.WaveformOriginality = "ORIGINAL"
    group.NumberOfWaveformChannels = samples.shape[1]
    group.NumberOfWaveformSamples = samples.shape[0]
    group.SamplingFrequency = format_number_as_ds(float(recording.fs_hz))
    group.WaveformBitsAllocated = 8 * samples.itemsize
    group.WaveformSampleInterpretation = "SS" if samples.itemsize == 2 else "SL"
    group.WaveformPaddingValue = np.iinfo(samples.dtype).min.to_bytes(
        samples.itemsize, "little", signed=True
    )
    group.WaveformData = samples.tobytes()
    group["WaveformPaddingValue"].VR = "OW"
    group["WaveformData"].VR = "OW"
    return group


def _skew_samples(recording: Recording) -> float:
    """Return how much later than its neighbour a channel is converted, in samples."""
    told = dict(recording.facts).get("recording", {}).get("channel_skew_us")
    return told * 1e-6 * recording.fs_hz if isinstance(told, int | float) else 0.0


def _channel(
    channel: Channel, lsb_uv: float, zero_uv: float, skew_samples: float, bits: int
) -> Dataset:
    from pydicom import Dataset  # noqa: PLC0415 - an extra, and slow to import
    from pydicom.valuerep import format_number_as_ds  # noqa: PLC0415 - as above

    number, name = _MUSCLES.get(channel.muscle, _MUSCLES["other"])
    further, words = _SIDES[channel.side]
    ds = Dataset()
    ds.ChannelLabel = _line(channel.label, 16)
    ds.ChannelSourceSequence = [_code(f"7:{number + further}", "MDC", name + words)]
    ds.ChannelSensitivity = format_number_as_ds(lsb_uv)
    ds.ChannelSensitivityUnitsSequence = [_code("uV", "UCUM", "microvolt")]
    ds.ChannelSensitivityCorrectionFactor = "1"
    ds.ChannelBaseline = format_number_as_ds(zero_uv)
    ds.ChannelSampleSkew = format_number_as_ds(skew_samples)
    ds.WaveformBitsStored = bits
    return ds


def _tell_whose_and_when(ds: Dataset, recording: Recording, digest: str) -> None:
    assert recording.start is not None
    date, time = recording.start.strftime("%Y%m%d"), recording.start.strftime("%H%M%S.%f")
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.SOPClassUID = EMG_STORAGE
    ds.SOPInstanceUID = _uid("instance", recording.subject, date, time, digest)
    ds.StudyInstanceUID = _uid("study", recording.subject, date, time, digest)
    ds.SeriesInstanceUID = _uid("series", recording.subject, date, time, digest)
    ds.PatientID = recording.subject
    ds.PatientName = recording.subject
    ds.PatientBirthDate = ds.PatientSex = ""
    removed = isinstance(recording, SharedRecording) and not recording.with_notes
    ds.PatientIdentityRemoved = "YES" if removed else "NO"
    if removed:
        ds.DeidentificationMethod = "Pseudonym in place of the name, no free text"
    ds.StudyDate = ds.SeriesDate = ds.ContentDate = date
    ds.StudyTime = ds.SeriesTime = ds.ContentTime = time
    ds.AcquisitionDateTime = date + time
    ds.ReferringPhysicianName = ds.StudyID = ds.AccessionNumber = ""
    ds.Modality = "EMG"
    ds.SeriesNumber = ds.InstanceNumber = 1
    ds.Manufacturer = "emgfeedback"
    ds.ManufacturerModelName = _board(recording)
    ds.DeviceSerialNumber = "not told"
    ds.SoftwareVersions = __version__
    ds.AcquisitionContextSequence = []


def _board(recording: Recording) -> str:
    told = [values.get("board") for subject, values in recording.facts if subject == "recording"]
    return _line(str(told[0]), 64) if told and told[0] else "unknown"


def _line(text: str, width: int) -> str:
    """Return `text` as one value; a backslash would make two."""
    return "".join(sign if sign.isprintable() and sign != "\\" else " " for sign in text)[:width]


def _annotations(recording: Recording) -> list[Dataset]:
    from pydicom import Dataset  # noqa: PLC0415 - an extra, and slow to import

    found = []
    for annotation in recording.annotations:
        first = min(max(round(annotation.onset_s * recording.fs_hz), 0), recording.n_samples - 1)
        last = min(first + round(annotation.duration_s * recording.fs_hz), recording.n_samples - 1)
        ds = Dataset()
        ds.UnformattedTextValue = annotation.text[:1024]
        ds.AnnotationGroupNumber = 1
        ds.ReferencedWaveformChannels = [1, 0]
        ds.TemporalRangeType = "SEGMENT" if last > first else "POINT"
        ds.ReferencedSamplePositions = [first + 1, last + 1] if last > first else [first + 1]
        found.append(ds)
    return found


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    from pydicom import Dataset  # noqa: PLC0415 - an extra, and slow to import

    ds = Dataset()
    ds.CodeValue, ds.CodingSchemeDesignator, ds.CodeMeaning = value, scheme, meaning
    return ds


def _uid(*parts: Sequence[str] | str) -> str:
    """Return an identifier that follows from `parts`, in the root for UUIDs (ISO/IEC 9834-8)."""
    return f"2.25.{uuid.uuid5(_NAMESPACE, chr(0).join(map(str, parts))).int}"
