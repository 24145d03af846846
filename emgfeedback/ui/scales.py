"""Fixed scales: of the traces, chosen by hand, and of bars and map, which follow from them."""

from __future__ import annotations

from emgfeedback.engine.snapshot import ChannelNow

TRACE_SCALES_UV = (20.0, 50.0, 70.0, 100.0, 200.0, 500.0)
DEFAULT_SCALE_UV = 100.0
_BAR_TOPS_UV = (5.0, 10.0, 15.0, 20.0, 30.0, 50.0, 70.0, 100.0, 150.0, 200.0, 300.0, 500.0, 1000.0)
_TOP_OVER_THRESHOLD = 2.0


def bar_top_uv(thresholds_uv: tuple[float | None, ...], scale_uv: float) -> float:
    """Return what a full bar stands for, the same for both sides of a pair.

    With a threshold: the first round value at least twice the highest one. Without: half
    the trace's scale, because an RMS is well under the peaks the trace shows.
    """
    known = [value for value in thresholds_uv if value]
    if not known:
        return scale_uv / 2
    wanted = _TOP_OVER_THRESHOLD * max(known)
    return next((top for top in _BAR_TOPS_UV if top >= wanted), wanted)


def activity_share(channel: ChannelNow, scale_uv: float) -> float | None:
    """Return how far the channel's muscle lights, 0 to 1; None where its level is not known.

    Full light is twice the threshold, or half the trace's scale where there is none. What
    lies under the floor is not a measurement and stays dark.
    """
    if channel.level_uv is None or not channel.verdict.usable:
        return None
    if channel.floor_uv is not None and channel.level_uv <= channel.floor_uv:
        return 0.0
    full_uv = 2 * channel.threshold_uv if channel.threshold_uv else scale_uv / 2
    return min(1.0, channel.level_uv / full_uv)
