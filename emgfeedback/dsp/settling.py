"""How long outputs must stay muted after samples are unknown.

The output of a filter depends on the unknown samples through its impulse response h.
If g samples are off by at most e, then t samples later the output is off by at most
`e * (|h[t]| + ... + |h[t+g-1]|)`. A filter has settled when that sum stays at or below
`SETTLED`: for no input can the error then exceed one percent of e.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SETTLED = 0.01


class Settling:
    """Settling times of one filter, from its impulse response `(n,)`."""

    def __init__(self, impulse_response: NDArray[np.float64]) -> None:
        tail = np.cumsum(np.abs(impulse_response)[::-1])[::-1]
        self._tail = np.append(tail, 0.0)

    def samples(self, n_unknown: int | None = None) -> int:
        """Return how many samples after the last of `n_unknown` the filter has settled.

        `n_unknown` None stands for the whole past.
        """
        reach = self._tail
        if n_unknown is not None and n_unknown < len(reach):
            reach = reach.copy()
            reach[: len(reach) - n_unknown] -= self._tail[n_unknown:]
        unsettled = np.flatnonzero(reach > SETTLED)
        return int(unsettled[-1]) + 1 if len(unsettled) else 0
