"""A cascade of second-order sections, streamed as one matrix product per block.

The cascade is a linear system with state z (two numbers per section). Over n
samples, outputs and the next state are linear in the inputs and the state now:
`[y; z'] = M_n [x; z]`. That is exact, not an approximation, and one product of
small matrices costs a tenth of a call of `scipy.signal.sosfilt`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emgfeedback.dsp.design import slowest_pole

Floats = NDArray[np.float64]

_CHUNK = 64
"""Longest run filtered by one product; longer ones waste work above the diagonal."""
_STEP = 32
_STEPS = 16
_SEGMENT = _STEP * _STEPS
_SLAB_VALUES = 32768
"""Values of a long block filtered together: what stays in the processor's cache."""
_TINY = 1e-30
"""States below this are zero: subnormal numbers would slow every product many times."""


class BlockIir:
    """Filter `(n_samples, n_channels)` blocks, carrying the state from block to block.

    Parameters
    ----------
    sos
        `(n_sections, 6)`, as `design.butter_sos` returns.
    n_channels
        Columns of every block.
    """

    def __init__(self, sos: Floats, n_channels: int) -> None:
        self.sos = np.array(sos, dtype=float)
        self.n_channels = n_channels
        self._to_direct = _normal_basis(self.sos)
        a, b, c, d = _state_space(self.sos, self._to_direct)
        self._n_states = len(a)
        powers: list[Floats] = [np.eye(len(a))]
        for _ in range(_CHUNK):
            powers.append(a @ powers[-1])
        self._powers = np.array(powers)
        self._from_state = np.array([c @ power for power in powers[:-1]])
        self._to_state = np.array([power @ b for power in powers[:-1]])
        self._impulse = np.concatenate([[d], self._from_state[:-1] @ b])
        self._matrices: dict[int, Floats] = {}
        self._long: tuple[Floats, Floats] | None = None
        self._state = np.zeros((self._n_states, n_channels))

    def reset(self) -> None:
        """Forget the past: all samples before the next are zero."""
        self._state = np.zeros((self._n_states, self.n_channels))

    def settle_to(self, x0: Floats) -> None:
        """Take the state that an endless past of the constant `x0` `(n_channels,)` leaves.

        A constant offset then makes no step.
        """
        direct = np.empty((self._n_states, self.n_channels))
        x = np.array(x0, dtype=float)
        for i, (b0, b1, b2, _, a1, a2) in enumerate(self.sos):
            y = x * ((b0 + b1 + b2) / (1 + a1 + a2))
            direct[2 * i + 1] = b2 * x - a2 * y
            direct[2 * i] = b1 * x - a1 * y + direct[2 * i + 1]
            x = y
        self._state = np.asarray(np.linalg.solve(self._to_direct, direct), dtype=float)

    def process(self, x: Floats) -> Floats:
        """Return the filtered block, shaped like `x`, `(n_samples, n_channels)`."""
        n = len(x)
        if n <= _CHUNK:
            return self._chunk(x)
        out = np.empty((n, self.n_channels))
        done = 0
        slab_segments = max(1, _SLAB_VALUES // (_SEGMENT * self.n_channels))
        while n - done >= _SEGMENT:
            rows = min((n - done) // _SEGMENT, slab_segments) * _SEGMENT
            self._slab(x[done : done + rows], out[done : done + rows])
            done += rows
        while done < n:
            rows = min(n - done, _CHUNK)
            out[done : done + rows] = self._chunk(x[done : done + rows])
            done += rows
        return out

    def _chunk(self, x: Floats) -> Floats:
        n = len(x)
        matrix = self._matrices.get(n)
        if matrix is None:
            matrix = self._matrices[n] = self._matrix(n)
        both = matrix @ np.concatenate((x, self._state))
        self._state = _flushed(both[n:])
        return both[:n]

    def _slab(self, x: Floats, out: Floats) -> None:
        """Filter whole segments of `_STEPS` steps of `_STEP` samples.

        The state is walked through all segments side by side as if each began at rest;
        then what each inherits from the one before is added.
        """
        n, s = self.n_channels, self._n_states
        segments = len(x) // _SEGMENT
        if self._long is None:
            self._long = self._matrix(_STEP).T.copy(), _flushed(self._step_powers())
        matrix, powers = self._long
        steps = np.ascontiguousarray(x.T).reshape(-1, _STEP)
        forced = steps @ matrix[:_STEP]
        pushes = forced[:, _STEP:].reshape(n * segments, _STEPS, s).transpose(1, 0, 2).copy()
        states = np.empty((_STEPS + 1, n * segments, s))
        states[0] = 0
        for now, after, push in zip(states[:-1], states[1:], pushes, strict=True):
            np.add(np.matmul(now, powers[1], out=after), push, out=after)
        begins = np.empty((segments, n, s))
        ends = states[-1].reshape(n, segments, s).swapaxes(0, 1)
        state = self._state.T
        for begin, end in zip(begins, ends, strict=True):
            begin[:] = state
            state = _flushed(state @ powers[_STEPS] + end)
        self._state = np.ascontiguousarray(state.T)
        states[:-1] += begins.swapaxes(0, 1).reshape(-1, s) @ powers[:_STEPS]
        free = states[:-1].swapaxes(0, 1).reshape(-1, s) @ matrix[_STEP:, :_STEP]
        free += forced[:, :_STEP]
        out[:] = free.reshape(n, -1).T

    def _step_powers(self) -> Floats:
        """Return the transposed state matrix over 0 to `_STEPS` steps, `(_STEPS + 1, s, s)`."""
        powers: list[Floats] = [np.eye(self._n_states)]
        for _ in range(_STEPS):
            powers.append(powers[-1] @ self._powers[_STEP].T)
        return np.array(powers)

    def _matrix(self, n: int) -> Floats:
        lag = np.subtract.outer(np.arange(n), np.arange(n))
        matrix = np.empty((n + self._n_states, n + self._n_states))
        matrix[:n, :n] = np.where(lag >= 0, self._impulse[np.maximum(lag, 0)], 0.0)
        matrix[:n, n:] = self._from_state[:n]
        matrix[n:, :n] = self._to_state[:n][::-1].T
        matrix[n:, n:] = self._powers[n]
        return matrix


def impulse_response(sos: Floats, remainder: float = 1e-6) -> Floats:
    """Return the impulse response until the slowest pole has fallen to `remainder`, `(n,)`."""
    pole = slowest_pole(sos)
    # Without a pole a section forgets what is older than two samples.
    n = int(np.ceil(np.log(remainder) / np.log(pole))) + 1 if pole else 2 * len(sos) + 1
    impulse = np.zeros((n, 1))
    impulse[0] = 1
    return BlockIir(sos, 1).process(impulse)[:, 0]


def _normal_basis(sos: Floats) -> Floats:
    """Return the matrix from the states used here to those of transposed direct form II.

    Direct forms lose digits where poles crowd near z = 1, as those of a 3 Hz low-pass do.
    In the basis of a complex pole pair, p = s + jw, a section's state only turns and
    shrinks, `[[s, w], [-w, s]]`, and rounding errors are never magnified.
    """
    basis = np.eye(2 * len(sos))
    for i, (_, _, _, _, a1, a2) in enumerate(sos):
        w_squared = a2 - a1 * a1 / 4
        if w_squared > 0:
            basis[2 * i + 1, 2 * i : 2 * i + 2] = a1 / 2, np.sqrt(w_squared)
    return basis


def _state_space(sos: Floats, to_direct: Floats) -> tuple[Floats, Floats, Floats, float]:
    """Return A, B, C, D of the cascade.

    One step of all sections in transposed direct form II is run on the unit vectors of
    (state, input).
    """
    n_states = 2 * len(sos)
    unit = np.eye(n_states + 1)
    unit[:n_states, :n_states] = to_direct
    signal = unit[n_states]
    rows = []
    for i, (b0, b1, b2, _, a1, a2) in enumerate(sos):
        y = b0 * signal + unit[2 * i]
        rows += [b1 * signal - a1 * y + unit[2 * i + 1], b2 * signal - a2 * y]
        signal = y
    step = np.linalg.solve(to_direct, np.array(rows))
    return step[:, :n_states], step[:, n_states], signal[:n_states], float(signal[n_states])


def _flushed(state: Floats) -> Floats:
    state[np.abs(state) < _TINY] = 0
    return state
