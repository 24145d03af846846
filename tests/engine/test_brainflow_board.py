"""A board that BrainFlow reads: here its synthetic one."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from emgfeedback.core.block import Block
from emgfeedback.core.errors import EmgFeedbackError, LinkError, UsageError
from emgfeedback.devices.driver import StreamSettings
from emgfeedback.dsp.scale import Scaler
from emgfeedback.engine.acquisition import Acquisition
from emgfeedback.engine.connect import connector
from tests.engine.waiting import wait_until


def board(port: str) -> Acquisition:
    pytest.importorskip("brainflow", reason="BrainFlow is an extra")
    return Acquisition(connector(port), StreamSettings())


def test_the_synthetic_board_streams_in_microvolts() -> None:
    acquisition = board("brainflow:SYNTHETIC")
    info = acquisition.open()
    blocks: list[Block] = []

    def enough() -> bool:
        blocks.extend(acquisition.step(0.05))
        return sum(b.n_samples for b in blocks) >= 200

    try:
        wait_until(enough)
        assert (info.n_channels, info.fs_hz) == (16, 250.0)
        assert acquisition.health().lost == 0
        scaler = Scaler(info, acquisition.montage)
        levels_uv = np.concatenate([scaler.to_uv(b).samples for b in blocks])
        # Its first channel is a sine of 10 uV amplitude with a tenth of noise.
        assert 5 < levels_uv[:, 0].std() < 12
        assert np.abs(levels_uv[:, 0]).max() < 30
    finally:
        acquisition.close()


def test_numbers_that_jump_are_losses_also_where_they_begin_anew(monkeypatch) -> None:
    shim = pytest.importorskip("brainflow.board_shim", reason="BrainFlow is an extra")
    whole = shim.BoardShim.get_board_data
    taken = 0

    def with_losses(self):
        nonlocal taken
        data = whole(self)
        rows = np.arange(taken, taken + data.shape[1])
        taken += data.shape[1]
        return data[:, ~np.isin(rows, lost)]

    lost: list[int] = []
    monkeypatch.setattr(shim.BoardShim, "get_board_data", with_losses)
    acquisition = board("brainflow:SYNTHETIC")
    acquisition.open()
    # Of those that come from here on; the last run lies where 255 is followed by 0.
    taken, lost = 0, [70, 130, 131, *range(225, 265)]

    def enough() -> bool:
        acquisition.step(0.05)
        return acquisition.health().received + acquisition.health().lost > 280

    try:
        wait_until(enough)
        assert (acquisition.health().lost, acquisition.health().gaps) == (43, 3)
    finally:
        acquisition.close()


@pytest.mark.parametrize(
    ("port", "error", "words"),
    [
        ("brainflow:CYTEN", UsageError, "Did you mean 'CYTON'"),
        ("brainflow:CYTON,port=x", UsageError, "no parameter 'port'"),
        ("brainflow:CYTON,ip_port=x", UsageError, "not a whole number"),
        ("brainflow:CYTON,serial_port=/dev/none", LinkError, "cannot open CYTON"),
    ],
)
def test_what_cannot_be_is_told_in_words(port: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        board(port).open()


def test_without_the_package_one_line_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "brainflow", None)
    with pytest.raises(EmgFeedbackError, match=r"requirements-brainflow\.txt"):
        Acquisition(connector("brainflow:SYNTHETIC"), StreamSettings()).open()
