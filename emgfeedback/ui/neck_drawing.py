"""The neck drawings as shapes: an SVG read once, coloured by tokens when painted.

Understands what the drawings use: paths of M, L, H, V, l, C and Z; circles, ellipses;
groups with an opacity; two vertical gradients. Groups `<muscle>-<side>` become
muscles to light; everything between two muscles becomes one still layer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from xml.etree import ElementTree as ET

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPen,
)

from emgfeedback.ui import icons, theme

VIEW = QRectF(0, -14, 600, 580)
_NECK = QRectF(84, 166, 432, 250)
"""What must be seen: the muscles from skull to shoulder."""

_NAMES = {
    "#12232E": "ink",
    "#1467B3": "left",
    "#3F5A6C": "mline",
    "#8EA4B3": "fibre",
    "#A85400": "right",
    "#CBD8E1": "muscle",
    "#DCE5EB": "skin2",
    "#E6EDF2": "skin",
    "#F3F6F8": "bg",
    "#FFFFFF": "surface",
}
"""Colour in the file (the light theme) -> token."""
_MUSCLE = re.compile(r"(scm|ut|splenius)-(left|right)$")
_PIECES = re.compile(r"([MLHVlCZ])|(-?\d*\.?\d+)")
_SVG = "{http://www.w3.org/2000/svg}"
_ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "l": 2, "C": 6}


def painter_path(d: str) -> QPainterPath:
    """Read the path data `d`.

    Raises
    ------
    ValueError
        For a command the drawings do not use.
    """
    if re.search(r"[A-Za-z]", re.sub(r"[MLHVlCZ]", "", d)):
        raise ValueError(f"Path uses a command other than M L H V l C Z: {d[:40]!r}.")
    path, command, numbers = QPainterPath(), "", []
    for letter, digits in _PIECES.findall(d):
        if letter == "Z":
            path.closeSubpath()
        elif letter:
            command = letter
        else:
            numbers.append(float(digits))
            if len(numbers) == _ARGUMENTS[command]:
                _add(path, command, numbers)
                numbers = []
                command = "L" if command == "M" else command
    return path


def _add(path: QPainterPath, command: str, n: list[float]) -> None:
    here = path.currentPosition()
    if command == "M":
        path.moveTo(n[0], n[1])
    elif command == "L":
        path.lineTo(n[0], n[1])
    elif command == "H":
        path.lineTo(n[0], here.y())
    elif command == "V":
        path.lineTo(here.x(), n[0])
    elif command == "l":
        path.lineTo(here.x() + n[0], here.y() + n[1])
    else:
        path.cubicTo(*n)


def crop(aspect: float) -> QRectF:
    """Return the part to show in a space of `aspect` (height over width).

    Always the neck from skull to shoulder; where there is height, head and chest too.
    """
    height = min(max(_NECK.width() * aspect, _NECK.height()), VIEW.height())
    bottom = min(_NECK.bottom() + 0.3 * (height - _NECK.height()), VIEW.bottom())
    top = max(bottom - height, VIEW.top())
    return QRectF(_NECK.left(), top, _NECK.width(), height)


@dataclass(frozen=True, slots=True)
class Shape:
    """One path with its colours by token name; an empty name draws nothing."""

    path: QPainterPath
    fill: str
    fill_opacity: float
    stroke: str
    stroke_opacity: float
    stroke_px: float
    dash: tuple[float, ...]

    def paint(self, painter: QPainter, t: theme.Tokens) -> None:
        """Draw the shape in the drawing's own units."""
        painter.setBrush(_brush(self.fill, self.fill_opacity, t))
        if not self.stroke:
            painter.setPen(Qt.PenStyle.NoPen)
        else:
            pen = QPen(_brush(self.stroke, self.stroke_opacity, t), self.stroke_px)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            if self.dash:
                pen.setDashPattern([length / self.stroke_px for length in self.dash])
            painter.setPen(pen)
        painter.drawPath(self.path)


def _brush(name: str, opacity: float, t: theme.Tokens) -> QBrush:
    if not name:
        return QBrush(Qt.BrushStyle.NoBrush)
    if name in ("torso", "edge"):
        first, last = (t.skin2, t.skin) if name == "torso" else (t.mline, t.mline)
        gradient = QLinearGradient(0, 230, 0, 566)
        gradient.setColorAt(0, first)
        gradient.setColorAt(0.62 if name == "torso" else 0.66, last)
        gradient.setColorAt(1, theme.faded(last, 0))
        return QBrush(gradient)
    colour: QColor = getattr(t, name)
    return QBrush(theme.faded(colour, opacity))


@dataclass(slots=True)
class Still:
    """Shapes that never change, drawn in one go; `site` shapes go away in small pictures."""

    shapes: list[Shape] = field(default_factory=list)
    sites: list[Shape] = field(default_factory=list)


@dataclass(slots=True)
class Muscle:
    """A muscle to light: its outline and fibres."""

    muscle: str
    """`scm`, `ut` or `splenius`, as the drawing names it."""
    side: str
    outline: QPainterPath = field(default_factory=QPainterPath)
    fibres: QPainterPath = field(default_factory=QPainterPath)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A view of the neck as layers from back to front, and the middle of each site."""

    layers: tuple[Still | Muscle, ...]
    sites: dict[str, QPointF]
    """`ut-left` -> middle of its electrode pair."""


def _shape(element: ET.Element, inherited: dict[str, str]) -> Shape | None:
    style = {**inherited, **element.attrib}
    tag = element.tag.removeprefix(_SVG)
    if tag == "path":
        path = painter_path(style["d"])
    elif tag in ("circle", "ellipse"):
        path = QPainterPath()
        rx = float(style.get("rx") or style["r"])
        ry = float(style.get("ry") or style["r"])
        path.addEllipse(QPointF(float(style["cx"]), float(style["cy"])), rx, ry)
    else:
        return None
    group = float(inherited.get("opacity", "1"))
    return Shape(
        path=path,
        fill=_colour_name(style.get("fill", "none")),
        fill_opacity=float(style.get("fill-opacity", "1")) * group,
        stroke=_colour_name(style.get("stroke", "none")),
        stroke_opacity=float(style.get("stroke-opacity", "1")) * group,
        stroke_px=float(style.get("stroke-width", "1")),
        dash=tuple(float(x) for x in style.get("stroke-dasharray", "").split()),
    )


def _colour_name(value: str) -> str:
    if value == "none":
        return ""
    if value.startswith("url(#"):
        return value[5:].split("-", maxsplit=1)[0]
    return _NAMES[value.upper()]


def _walk(element: ET.Element, inherited: dict[str, str]) -> Iterator[Shape]:
    for child in element:
        if child.tag == f"{_SVG}g":
            yield from _walk(child, {**inherited, **child.attrib})
        elif (shape := _shape(child, inherited)) is not None:
            yield shape


def _read_muscle(group: ET.Element, muscle: str, side: str) -> Muscle:
    made = Muscle(muscle, side)
    for child in group:
        name = child.get("id", "")
        if name.endswith("-light"):
            made.outline = painter_path(child.attrib["d"])
        elif name.endswith("-fibres"):
            for line in child:
                made.fibres.addPath(painter_path(line.attrib["d"]))
    return made


@cache
def drawing(view: str) -> Drawing:
    """Return the view `front` (a mirror view) or `back`."""
    root = ET.parse(icons.asset(f"neck-{view}.svg")).getroot()
    layers: list[Still | Muscle] = [Still()]
    sites: dict[str, QPointF] = {}
    for child in root:
        name = child.get("id", "")
        found = _MUSCLE.match(name)
        if found and child.tag == f"{_SVG}g":
            layers += [_read_muscle(child, *found.groups()), Still()]
            continue
        if name.startswith("label-") or child.tag in (f"{_SVG}defs", f"{_SVG}title"):
            continue
        is_group = child.tag == f"{_SVG}g"
        shapes = list(_walk(child, dict(child.attrib))) if is_group else [_shape(child, {})]
        known = [shape for shape in shapes if shape is not None]
        still = layers[-1]
        assert isinstance(still, Still)
        if name.startswith(("site-", "landmark-")):
            still.sites += known
            if name.startswith("site-"):
                bounds = QRectF()
                for shape in known:
                    bounds = bounds.united(shape.path.boundingRect())
                sites[name.removeprefix("site-")] = bounds.center()
        else:
            still.shapes += known
    kept = [x for x in layers if isinstance(x, Muscle) or x.shapes or x.sites]
    return Drawing(tuple(kept), sites)
