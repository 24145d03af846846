"""Colours of print: the light theme, readable on white and in grey."""

from __future__ import annotations

from emgfeedback.core.montage import Side

INK = "#12232E"
INK2 = "#3D5463"
INK3 = "#566D7C"
LINE = "#C3D0D9"
GRID = "#DDE6EC"
LEFT = "#1467B3"
RIGHT = "#A85400"
ACCENT = "#0B6B60"
WARN = "#7A5A00"
BAD = "#A3265B"
FIBRE = "#8EA4B3"
PAPER = "#FFFFFF"
SIDES = {Side.LEFT: LEFT, Side.RIGHT: RIGHT, Side.MIDLINE: ACCENT}
