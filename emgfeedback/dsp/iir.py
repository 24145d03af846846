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
"""Longest run filtered by one product; larger wastes work on zeros above the diagonal."""
_SLAB_CHUNKS = 64
"""Chunks whose outputs are computed together; bounds temporary memory."""
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
        a, b, c, d = _state_space(self.sos)
        self._n_states = len(a)
        powers = [np.eye(len(a))]
        for _ in range(_CHUNK):
            powers.append(a @ powers[-1])
        self._powers = np.array(powers)
        self._from_state = np.array([c @ power for power in powers[:-1]])
        self._to_state = np.array([power @ b for power in powers[:-1]])
        self._impulse = np.concatenate([[d], self._from_state[:-1] @ b])
        self._matrices: dict[int, Floats] = {}
        self._state = np.zeros((self._n_states, n_channels))

    def reset(self) -> None:
        """Forget the past: all samples before the next are zero."""
        self._state = np.zeros((self._n_states, self.n_channels))

    def settle_to(self, x0: Floats) -> None:
        """Take the state that an endless past of the constant `x0` `(n_channels,)` leaves.

        A constant offset then makes no step.
        """
        self.reset()
        x = np.array(x0, dtype=float)
        for i, (b0, b1, b2, _, a1, a2) in enumerate(self.sos):
            y = x * ((b0 + b1 + b2) / (1 + a1 + a2))
            self._state[2 * i + 1] = b2 * x - a2 * y
            self._state[2 * i] = b1 * x - a1 * y + self._state[2 * i + 1]
            x = y

    def process(self, x: Floats) -> Floats:
        """Return the filtered block, shaped like `x`, `(n_samples, n_channels)`."""
        n = len(x)
        if n <= _CHUNK:
            return self._chunk(x)
        out = np.empty((n, self.n_channels))
        done = 0
        while n - done >= _CHUNK:
            rows = min((n - done) // _CHUNK, _SLAB_CHUNKS) * _CHUNK
            out[done : done + rows] = self._slab(x[done : done + rows])
            done += rows
        out[done:] = self._chunk(x[done:])
        return out

    def _chunk(self, x: Floats) -> Floats:
        n = len(x)
        matrix = self._matrices.get(n)
        if matrix is None:
            matrix = self._matrices[n] = self._matrix(n)
        both = matrix @ np.concatenate((x, self._state))
        self._state = _flushed(both[n:])
        return both[:n]

    def _slab(self, x: Floats) -> Floats:
        """Filter whole chunks: one product for all inputs, a walk over states, one for them."""
        k, n, s = len(x) // _CHUNK, self.n_channels, self._n_states
        matrix = self._matrices.setdefault(_CHUNK, self._matrix(_CHUNK))
        columns = x.reshape(k, _CHUNK, n).transpose(1, 0, 2).reshape(_CHUNK, k * n)
        forced = matrix[:, :_CHUNK] @ columns
        pushes = np.ascontiguousarray(forced[_CHUNK:].reshape(s, k, n).transpose(1, 0, 2))
        states = np.empty((k, s, n))
        state, power = self._state, matrix[_CHUNK:, _CHUNK:]
        for now, push in zip(states, pushes, strict=True):
            now[:] = state
            state = power @ state
            state += push
        self._state = _flushed(state)
        free = matrix[:_CHUNK, _CHUNK:] @ states.transpose(1, 0, 2).reshape(s, k * n)
        free += forced[:_CHUNK]
        return free.reshape(_CHUNK, k, n).transpose(1, 0, 2).reshape(k * _CHUNK, n)

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
    n = int(np.ceil(np.log(remainder) / np.log(slowest_pole(sos)))) + 1
    impulse = np.zeros((n, 1))
    impulse[0] = 1
    return BlockIir(sos, 1).process(impulse)[:, 0]


def _state_space(sos: Floats) -> tuple[Floats, Floats, Floats, float]:
    """Return A, B, C, D of the cascade in transposed direct form II.

    One step of all sections is run on the unit vectors of (state, input).
    """
    n_states = 2 * len(sos)
    unit = np.eye(n_states + 1)
    signal = unit[n_states]
    rows = []
    for i, (b0, b1, b2, _, a1, a2) in enumerate(sos):
        y = b0 * signal + unit[2 * i]
        rows += [b1 * signal - a1 * y + unit[2 * i + 1], b2 * signal - a2 * y]
        signal = y
    step = np.array(rows)
    return step[:, :n_states], step[:, n_states], signal[:n_states], float(signal[n_states])


def _flushed(state: Floats) -> Floats:
    state[np.abs(state) < _TINY] = 0
    return state
