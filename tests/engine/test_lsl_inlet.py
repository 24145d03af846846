"""A stream of another program becomes a board: its values, its holes, its end."""

from __future__ import annotations

import numpy as np
import pytest

from emgfeedback.core.block import Block, GapReason
from emgfeedback.core.device import LinkState
from emgfeedback.core.errors import ForeignBoard, PortMissing
from emgfeedback.devices import lsl_inlet
from emgfeedback.devices.driver import StreamSettings
from emgfeedback.devices.lsl_inlet import StampNumbers
from emgfeedback.dsp.scale import Scaler
from emgfeedback.engine.acquisition import Acquisition
from emgfeedback.engine.connect import connector
from tests.engine.lsl_here import lsl_here
from tests.engine.waiting import wait_until

FS_HZ = 500.0


@pytest.mark.parametrize("unevenness_s", [0.0, 0.0002])
def test_one_lost_sample_is_seen_where_stamps_are_even(unevenness_s: float) -> None:
    rng = np.random.default_rng(3)
    kept = np.delete(np.arange(2000), [700, 1200, 1201])
    stamps_s = 50.0 + kept / FS_HZ + unevenness_s * rng.uniform(-1, 1, len(kept))
    numbering = StampNumbers(FS_HZ)
    numbers = [numbering.numbers(part) for part in np.array_split(stamps_s, 90)]
    np.testing.assert_array_equal(np.concatenate(numbers), kept)


def test_bursts_are_no_losses_and_a_long_hole_is_one() -> None:
    # Stamps of a sender that only knows when its chunks came.
    rng = np.random.default_rng(4)
    numbering = StampNumbers(FS_HZ)
    numbers = []
    for chunk in range(100):
        late_s = 0.02 * rng.random() + (1.0 if chunk >= 60 else 0.0)
        stamps_s = 50.0 + (20 * chunk + np.arange(20)) / FS_HZ + late_s
        numbers.append(numbering.numbers(stamps_s))
    lost = np.diff(np.concatenate(numbers)) - 1
    assert np.flatnonzero(lost).tolist() == [60 * 20 - 1]
    assert lost.max() == pytest.approx(FS_HZ, abs=0.025 * FS_HZ)


class Sender:
    """Another program's outlet."""

    def __init__(self, name: str, unit: str, fs_hz: float = FS_HZ) -> None:
        self.pylsl = lsl_here()
        stream = self.pylsl.StreamInfo(name, "EMG", 2, fs_hz, self.pylsl.cf_float32, name)
        channels = stream.desc().append_child("channels")
        for _ in range(2):
            channels.append_child("channel").append_child_value("unit", unit)
        self.outlet = self.pylsl.StreamOutlet(stream)
        self.next = 0

    def send(self, n: int, scale: float = 1.0) -> None:
        rows = np.arange(self.next, self.next + n)
        stamps_s = 100.0 + rows / FS_HZ
        values = np.stack([rows * 0.5, -rows * 0.25], axis=1) * scale
        self.outlet.push_chunk(values.astype(np.float32), stamps_s.tolist())
        self.next += n


def opened(name: str, sender: Sender, scale: float = 1.0) -> Acquisition:
    """Open `lsl:name` while its sender sends."""
    import threading

    acquisition = Acquisition(connector(f"lsl:{name}"), StreamSettings())
    done = threading.Event()

    def keep_sending() -> None:
        while not done.wait(0.01):
            sender.send(5, scale)

    thread = threading.Thread(target=keep_sending, name="sender")
    thread.start()
    try:
        acquisition.open()
    finally:
        done.set()
        thread.join()
    return acquisition


@pytest.mark.parametrize(("unit", "scale"), [("microvolts", 1.0), ("V", 1e-6)])
def test_values_come_through_in_microvolts_and_holes_as_estimated_gaps(unit, scale) -> None:
    name = f"values {unit}"
    sender = Sender(name, unit)
    acquisition = opened(name, sender, scale)
    sender.send(300, scale)
    sender.next += 40
    sender.send(100, scale)
    blocks: list[Block] = []

    def all_here() -> bool:
        blocks.extend(acquisition.step(0.05))
        return (
            bool(blocks)
            and acquisition.health().lost > 0
            and (sum(b.n_samples for b in blocks) >= 400)
        )

    wait_until(all_here)
    scaler = Scaler(acquisition.info, acquisition.montage)
    samples_uv = np.concatenate([scaler.to_uv(b).samples for b in blocks])[-400:]
    rows = np.concatenate([np.arange(sender.next - 440, sender.next - 140),
                           np.arange(sender.next - 100, sender.next)])  # fmt: skip
    np.testing.assert_allclose(samples_uv, np.stack([rows * 0.5, -rows * 0.25], 1), atol=0.026)
    gaps = [b.gap_before for b in blocks if b.gap_before is not None]
    assert [(g.n_samples, g.reason) for g in gaps] == [(40, GapReason.ESTIMATED)]
    assert acquisition.info.lsb_uv() == pytest.approx(0.05)
    acquisition.close()


def test_an_unknown_unit_is_told_and_the_end_of_the_stream_too() -> None:
    sender = Sender("ending", "furlongs")
    acquisition = opened("ending", sender)
    assert any("furlongs" in caution for caution in acquisition.info.cautions)
    del sender.outlet

    def lost() -> bool:
        acquisition.step(0.05)
        return acquisition.health().state is not LinkState.STREAMING

    wait_until(lost)
    acquisition.close()


def test_what_is_not_there_or_has_no_rate_is_refused_in_words(monkeypatch) -> None:
    monkeypatch.setattr(lsl_inlet, "FIND_S", 0.2)
    lsl_here()
    with pytest.raises(PortMissing, match="nowhere"):
        Acquisition(connector("lsl:nowhere"), StreamSettings()).open()
    monkeypatch.setattr(lsl_inlet, "FIND_S", 5.0)
    sender = Sender("irregular", "uV", fs_hz=0.0)
    with pytest.raises(ForeignBoard, match="no samples at a rate"):
        Acquisition(connector("lsl:irregular"), StreamSettings()).open()
    del sender
