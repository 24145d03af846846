"""Cables at the wrong electrode, told by which channel answers which simple task.

A task that a single muscle does (one shoulder up, the chin against one palm) must show in the
channel of that muscle more than in any other task. Where it shows elsewhere, a cable is there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from emgfeedback.core.montage import MUSCLES, Channel, Side
from emgfeedback.measures.assessment_values import Cable, Cables, Movement
from emgfeedback.measures.found import Floats, Found
from emgfeedback.measures.source import Source

CLEARLY = 1.5
"""The task a channel answers stands so many times over the next one."""

Site = tuple[str, Side]


def find_swapped(
    channels: Sequence[Channel],
    levels: Mapping[str, Mapping[int, Found]],
    movements: Mapping[str, Movement],
) -> Cables:
    """Return which cables seem to be at another muscle.

    Parameters
    ----------
    levels
        Task -> column -> RMS.
    """
    alone = {
        name: movements[name].active[0]
        for name in levels
        if name in movements and len(movements[name].active) == 1
    }
    sites = set(alone.values())
    if len(sites) < 2:
        return Cables((), (), "shrugging and turning against the palm were not recorded")
    answered: dict[int, Site] = {}
    unclear = []
    for column, channel in enumerate(channels):
        if (channel.muscle, channel.side) not in sites:
            continue
        site = _answered(column, levels, alone)
        if site is None:
            unclear.append(channel.label)
        else:
            answered[column] = site
    wrong = [
        _cable(channels, column, site, answered)
        for column, site in answered.items()
        if site != (channels[column].muscle, channels[column].side)
    ]
    judged = tuple(channels[column].label for column in answered)
    untested = [c.label for c in channels if (c.muscle, c.side) not in sites]
    parts = []
    if unclear:
        parts.append(f"no task stands out in {', '.join(unclear)}")
    if untested:
        parts.append(f"no task tests {', '.join(untested)}")
    return Cables(tuple(wrong), judged, "; ".join(parts))


def _answered(
    column: int, levels: Mapping[str, Mapping[int, Found]], alone: Mapping[str, Site]
) -> Site | None:
    """Return the muscle whose task a channel answers clearly."""
    known = [(levels[task][column].value, site) for task, site in alone.items()]
    ranked = sorted(((v, s) for v, s in known if v is not None), key=lambda pair: -pair[0])
    if len(ranked) < 2 or ranked[0][0] < CLEARLY * ranked[1][0]:
        return None
    return ranked[0][1]


def _cable(
    channels: Sequence[Channel], column: int, site: Site, answered: Mapping[int, Site]
) -> Cable:
    own = channels[column]
    at = next(i for i, c in enumerate(channels) if (c.muscle, c.side) == site)
    like = channels[at]
    muscle = MUSCLES[site[0]]
    where = f"{site[1].value} {muscle if muscle.isupper() else muscle.lower()}"
    if answered.get(at) == (own.muscle, own.side):
        words = f"{own.label} and {like.label} seem to be swapped: {own.label} answers the {where}."
    else:
        words = f"{own.label} seems to be at the {where}: it answers that muscle's task."
    return Cable(own.label, like.label, f"{words} Follow both cables from the skin to the board.")


class Uncrossed:
    """`source` with its channels named by what they answer.

    Where cables do not change places among each other, nothing is renamed.
    """

    def __init__(self, source: Source, cables: Cables) -> None:
        self._source = source
        self.fs_hz, self.n_samples = source.fs_hz, source.n_samples
        self.lsb_uv, self.full_scale_counts = source.lsb_uv, source.full_scale_counts
        self.gaps, self.annotations = source.gaps, source.annotations
        self.envelope_only = source.envelope_only
        like = {cable.label: cable.behaves_like for cable in cables.wrong}
        if set(like) != set(like.values()):
            like = {}
        named = {channel.label: channel for channel in source.channels}
        self.channels: Sequence[Channel] = [
            replace(named[like.get(channel.label, channel.label)], input=channel.input)
            for channel in source.channels
        ]

    def read_uv(self, first: int, end: int) -> Floats:
        """Return microvolts `(end - first, n_channels)`."""
        return self._source.read_uv(first, end)
