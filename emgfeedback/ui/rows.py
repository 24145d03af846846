"""The rows shared by the channel headers and the traces beside them."""

from __future__ import annotations

AXIS_HEIGHT_PX = 44
"""Height of the time axis strip under the rows."""


def row_edges(height_px: int, n_rows: int) -> list[int]:
    """Return the `n_rows` + 1 edges (pixels from the top) of rows above the axis strip.

    Headers and traces of the same height get the same edges, whatever the rounding.
    """
    usable = max(0, height_px - AXIS_HEIGHT_PX)
    return [round(i * usable / max(1, n_rows)) for i in range(n_rows + 1)]
