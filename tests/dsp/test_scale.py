"""Counts become microvolts at the electrode."""

import numpy as np
import pytest

from emgfeedback.core.block import Block, Gap, GapReason, Unit
from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.montage import Channel, Montage, Side
from emgfeedback.dsp.scale import Scaler

UNO = DeviceInfo("emgfeedback", "uno", "1.0", 2, 1000.0, 1024, 5000.0, 1000.0)
MONTAGE = Montage(
    "two",
    (
        Channel("SCM L", "scm", Side.LEFT, input=0),
        Channel("SCM R", "scm", Side.RIGHT, gain=200.0, input=1),
    ),
)


def counts(rows, **changes):
    fields = {
        "samples": np.array(rows, dtype=np.int32),
        "unit": Unit.COUNTS,
        "fs_hz": 1000.0,
        "first_sample": 7,
        "gap_before": Gap(5, 2, GapReason.LINK),
        "saturated": np.array([False, True]),
    }
    return Block(**{**fields, **changes})


def test_one_count_of_ten_bits_at_gain_1000():
    # Vector 27; the second channel's montage names its own gain.
    block = Scaler(UNO, MONTAGE).to_uv(counts([[512, 512], [513, 513], [0, 1023]]))
    assert block.samples.tolist() == [[0, 0], [4.8828125, 24.4140625], [-2500, 511 * 24.4140625]]


def test_everything_else_of_the_block_is_kept():
    before = counts([[1, 2], [3, 4]])
    after = Scaler(UNO, MONTAGE).to_uv(before)
    assert after.unit is Unit.UV
    assert (after.fs_hz, after.first_sample) == (1000.0, 7)
    assert after.gap_before == before.gap_before
    assert after.saturated.tolist() == [False, True]
    assert after.samples.dtype == np.float64
    with pytest.raises(ValueError, match="read-only"):
        after.samples[0, 0] = 1


def test_the_lsb_of_every_channel_is_told():
    assert Scaler(UNO, MONTAGE).lsb_uv.tolist() == [4.8828125, 24.4140625]


def test_microvolts_and_foreign_columns_are_refused():
    scaler = Scaler(UNO, MONTAGE)
    with pytest.raises(ValueError, match="counts"):
        scaler.to_uv(scaler.to_uv(counts([[1, 2]])))
    with pytest.raises(ValueError, match="2 columns"):
        scaler.to_uv(counts([[1, 2, 3]]))
