"""A board that the library BrainFlow reads: port `brainflow:BOARD`, `brainflow:BOARD,KEY=VALUE`.

BOARD is a name of BrainFlow's `BoardIds` without `_BOARD`, KEY a field of its
`BrainFlowInputParams`, as `brainflow:CYTON,serial_port=COM3`.
"""

from __future__ import annotations

import difflib
from typing import Any

import numpy as np

from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.errors import EmgFeedbackError, ForeignBoard, LinkError, LinkLost, UsageError
from emgfeedback.devices.sample_source import (
    FULL_SCALE_COUNTS,
    STEP_CAUTION,
    VREF_MV,
    Samples,
    SampleSource,
    counts_of_uv,
)

PREFIX = "brainflow:"
_WRAPS_AT = {"SYNTHETIC": 256, "CYTON": 256}
"""Where a board's package number begins anew; BrainFlow does not say it for others."""
PROOF = (
    "BrainFlow's package numbers of 8 bits count lost samples; a loss of a whole round of "
    "256 is not seen."
)
NO_PROOF = "BrainFlow does not say how this board counts: a lost sample cannot be proven."


class BrainFlowSource(SampleSource):
    """The EMG inputs of a board of BrainFlow, or its EEG inputs where it has no others.

    Raises
    ------
    EmgFeedbackError
        BrainFlow is missing; says what to install.
    UsageError
        No board has this name, or no parameter.
    """

    def __init__(self, wanted: str) -> None:
        self.path = PREFIX + wanted
        try:
            from brainflow import board_shim  # noqa: PLC0415 - an extra; loads its own libraries
        except ImportError as error:
            raise EmgFeedbackError(
                "This board needs the package brainflow.",
                "Run `pip install -r requirements-brainflow.txt`.",
            ) from error
        self._library: Any = board_shim
        self._library.BoardShim.disable_board_logger()
        name, *settings = wanted.split(",")
        self._name = name.upper().removesuffix("_BOARD")
        self._id = self._find(self._name)
        self._params = self._library.BrainFlowInputParams()
        for setting in settings:
            key, _, value = setting.partition("=")
            self._set(key.strip(), value.strip())
        self._board: Any = None

    def open(self) -> None:
        """Open the board and start it.

        Raises
        ------
        ForeignBoard
            It has no inputs for muscle signals.
        LinkError
            BrainFlow cannot open it.
        """
        board = self._library.BoardShim(self._id, self._params)
        try:
            described = board.get_board_descr(self._id)
            board.prepare_session()
            self._board = board
            board.start_stream()
        except self._library.BrainFlowError as error:
            self.close()
            raise LinkError(
                f"BrainFlow cannot open {self._name}: {' '.join(str(error).split())}.",
                "Check that it is on, and its parameters, as `serial_port=COM3`.",
            ) from error
        self._rows = described.get("emg_channels") or described.get("eeg_channels")
        if not self._rows:
            self.close()
            raise ForeignBoard(f"{self._name} has no EMG inputs.", "Choose another board.")
        self._number_row = described["package_num_channel"]
        self._wraps_at = _WRAPS_AT.get(self._name)
        self._last: tuple[int, int] | None = None
        self.info = DeviceInfo(
            driver="brainflow",
            board=f"{described['name']} by BrainFlow",
            firmware="",
            n_channels=len(self._rows),
            fs_hz=float(described["sampling_rate"]),
            full_scale_counts=FULL_SCALE_COUNTS,
            vref_mv=VREF_MV,
            sensor_gain=1.0,
            loss_proof=PROOF if self._wraps_at else NO_PROOF,
            cautions=(STEP_CAUTION, "Band and gain are those BrainFlow sets the board to."),
        )

    def take(self) -> Samples | None:
        """Return what has come; rows that hold no number count as lost. Raises LinkLost."""
        if self._board is None:
            raise LinkLost(f"{self.path} is closed.", "Connect again.")
        try:
            data = self._board.get_board_data()
        except self._library.BrainFlowError as error:
            raise LinkLost(f"{self.path} went away.", "Check the board and its power.") from error
        if not data.shape[1]:
            return None
        values_uv = data[self._rows].T
        numbers = self._unwrapped(data[self._number_row].astype(np.int64))
        whole = np.isfinite(values_uv).all(axis=1)
        return Samples(numbers[whole], counts_of_uv(values_uv[whole]))

    def close(self) -> None:
        """Stop and release the board; closing twice is fine."""
        board, self._board = self._board, None
        if board is not None and board.is_prepared():
            board.release_session()

    def _unwrapped(self, packages: np.ndarray[Any, np.dtype[np.int64]]) -> Any:
        """Return ever rising numbers; where the board's cannot be trusted, those of arrival."""
        number, package = self._last or (-1, int(packages[0]) - 1)
        if self._wraps_at is None:
            steps = np.ones(len(packages), dtype=np.int64)
        else:
            steps = (np.diff(packages, prepend=package) - 1) % self._wraps_at + 1
        numbers = number + np.cumsum(steps)
        self._last = (int(numbers[-1]), int(packages[-1]))
        return numbers

    def _find(self, name: str) -> int:
        ids = self._library.BoardIds
        names = [board.name.removesuffix("_BOARD") for board in ids if board.value >= -1]
        for board in ids:
            if board.name.removesuffix("_BOARD") == name and name in names:
                return int(board.value)
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else "Its names are BrainFlow's `BoardIds`."
        raise UsageError(f"BrainFlow knows no board {name!r}.", hint)

    def _set(self, key: str, value: str) -> None:
        known = vars(self._params)
        if key not in known:
            raise UsageError(
                f"BrainFlow knows no parameter {key!r}.", f"There are: {', '.join(known)}."
            )
        try:
            setattr(self._params, key, int(value) if isinstance(known[key], int) else value)
        except ValueError as error:
            raise UsageError(f"{key}={value} is not a whole number.", "Give one.") from error
