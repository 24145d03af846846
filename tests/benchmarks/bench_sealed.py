"""What encryption costs: reading beside the plain file, and recording beside BDF+ in the clear."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np

from emgfeedback.access.key_file import Cost
from emgfeedback.access.keys import KeyRing
from emgfeedback.access.sealing import SealedFiles, seal_file
from emgfeedback.core.block import Block, Unit
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.files import PLAIN, Files
from emgfeedback.core.montage import neck_montage
from emgfeedback.records.header import RecordingFacts
from emgfeedback.records.reader import open_recording
from emgfeedback.records.writer import RecordingWriter
from tests.benchmarks.table import Job, Row, medians_s

KEY = bytes(range(32))
SEALED = SealedFiles(KEY)
CONTENT_BYTES = 128 << 20
GOAL_MB_S = 300
N_CHANNELS, FS_HZ, SECONDS = 8, 2000, 600
N_PLACES = 500
ROUNDS = 3


def both_s(ours: Job, base: Job, clock: Callable[[], float] = time.perf_counter) -> list[float]:
    """Return the median times of both, taken in turns."""
    return list(medians_s({"ours": ours, "base": base}, ROUNDS, clock).values())


def read_all(path: Path, files: Files, piece: int) -> None:
    with files.open(path, "r") as file:
        while file.read(piece):
            pass


def read_scattered(path: Path, files: Files) -> None:
    """Read 4 KiB at each of many places, in an order that helps no one."""
    places = np.random.default_rng(3).integers(0, CONTENT_BYTES - 4096, N_PLACES)
    with files.open(path, "r") as file:
        for place in places.tolist():
            file.seek(place)
            file.read(4096)


def record(path: Path, files: Files) -> None:
    device = DeviceInfo("emgfeedback", "mega", "1.0", N_CHANNELS, FS_HZ, 1024, 5000.0, 1000.0)
    started = datetime.now(UTC)
    facts = RecordingFacts(neck_montage(N_CHANNELS), device, started, "bench")
    samples = np.random.default_rng(1).integers(0, 1024, (10 * FS_HZ, N_CHANNELS), dtype=np.int32)
    saturated = np.zeros(N_CHANNELS, dtype=bool)
    path.unlink(missing_ok=True)
    writer = RecordingWriter.create(path, facts, files=files)
    for first in range(0, SECONDS * FS_HZ, 100):
        at = first % len(samples)
        block = Block(samples[at : at + 100], Unit.COUNTS, FS_HZ, first, None, saturated)
        writer.append(block)
    writer.finish()


def open_and_close(path: Path, files: Files) -> None:
    open_recording(path, files).close()


def reading_rows(folder: Path) -> list[Row]:
    plain, sealed = folder / "plain", folder / "plain.sealed"
    content = os.urandom(CONTENT_BYTES)

    def write_and_seal() -> None:
        sealed.unlink(missing_ok=True)
        plain.write_bytes(content)
        seal_file(plain, sealed, KEY)

    ours_s, base_s = both_s(write_and_seal, lambda: plain.write_bytes(content))
    rows = [Row("encrypt a file, compared byte for byte", _mb_s(ours_s - base_s))]
    for piece in (1 << 16, 1 << 20):
        ours_s, base_s = both_s(
            partial(read_all, sealed, SEALED, piece), partial(read_all, plain, PLAIN, piece)
        )
        rows.append(
            Row(
                f"read an encrypted file, {piece >> 10} KiB at a time",
                _mb_s(ours_s),
                f"{_mb_s(base_s)}, not encrypted",
                f"{base_s / ours_s:.2f}",
                f">= {GOAL_MB_S} MB/s",
                CONTENT_BYTES / ours_s / 1e6 >= GOAL_MB_S,
            )
        )
    ours_s, base_s = both_s(
        lambda: read_scattered(sealed, SEALED), lambda: read_scattered(plain, PLAIN)
    )
    ours_us, base_us = ours_s / N_PLACES * 1e6, base_s / N_PLACES * 1e6
    rows.append(Row("  4 KiB anywhere", f"{ours_us:.0f} us", f"{base_us:.0f} us, not encrypted"))
    return rows


def recording_rows(folder: Path) -> list[Row]:
    plain, sealed = folder / "a.bdf", folder / "a.bdf.sealed"
    ours_s, base_s = both_s(
        lambda: record(sealed, SEALED), lambda: record(plain, PLAIN), time.process_time
    )
    row = Row(
        f"record encrypted, {N_CHANNELS} ch x {FS_HZ // 1000} kHz (50 ms blocks)",
        f"{SECONDS / ours_s:.0f}x real time",
        f"{SECONDS / base_s:.0f}x, not encrypted",
        f"{base_s / ours_s:.2f}",
    )
    ours_mb, base_mb = sealed.stat().st_size / 1e6, plain.stat().st_size / 1e6
    size = Row(
        "  size on the disk",
        f"{ours_mb:.2f} MB",
        f"{base_mb:.2f} MB, not encrypted",
        f"{ours_mb / base_mb:.3f}",
    )
    ours_s, base_s = both_s(
        lambda: open_and_close(sealed, SEALED), lambda: open_and_close(plain, PLAIN)
    )
    opening = Row(
        "  open ten minutes of it",
        f"{ours_s * 1e3:.0f} ms",
        f"{base_s * 1e3:.0f} ms, not encrypted",
        f"{ours_s / base_s:.2f}",
    )
    return [row, size, opening]


def passphrase_row(folder: Path) -> Row:
    path = folder / "keys.json"
    passphrase = "four words of one's own"
    KeyRing.create(path, passphrase)
    times = medians_s({"": lambda: KeyRing.unlock(path, passphrase)}, ROUNDS, time.perf_counter)
    mib = Cost().memory_kib >> 10
    return Row(f"unlock with a passphrase (Argon2id, {mib} MiB)", f"{times[''] * 1e3:.0f} ms")


def _mb_s(seconds: float) -> str:
    return f"{CONTENT_BYTES / seconds / 1e6:.0f} MB/s"


def rows() -> list[Row]:
    """Measure in a folder of the system's, which may be in memory."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [*reading_rows(folder), *recording_rows(folder), passphrase_row(folder)]
