"""The neck drawings lit by channel, as SVG; the drawings are those of the screen."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

from emgfeedback.core.montage import Side
from emgfeedback.reports.ink import BAD, FIBRE, PAPER, SIDES
from emgfeedback.reports.page import NeckMap
from emgfeedback.reports.svg import FONT

DRAWINGS = Path(__file__).resolve().parents[1] / "ui" / "assets"
NAMES = {"scm": "scm", "trapezius": "ut", "splenius": "splenius"}
"""Muscle key -> name in the drawings."""
_NS = "http://www.w3.org/2000/svg"
_CROP = "10 -4 580 446"
_SITES = ("site-", "landmark-")
_MIDDLE_X = 300
ET.register_namespace("", _NS)


def draw_neck(chart: NeckMap) -> str:
    """Return the view with each muscle lit, L and R marks at its sides."""
    root = ET.fromstring(_drawing(chart.view))
    root.set("viewBox", _CROP)
    width, height = _CROP.split()[2:]
    root.set("width", width)
    root.set("height", height)
    root.set("font-family", FONT)
    for title in root.findall(f"{{{_NS}}}title"):
        root.remove(title)
    by_id = {element.get("id", ""): element for element in root.iter()}
    flipped = chart.facing and chart.view == "front"
    for (muscle, side), light in chart.lights.items():
        _light(by_id, muscle, side, min(max(light, 0.0), 1.0), flipped=flipped)
    for muscle, side in chart.unusable:
        _ring(root, by_id, f"site-{NAMES.get(muscle, '')}-{_drawn(side, flipped=flipped).value}")
    for child in list(root):
        if child.get("id", "").startswith((*_SITES, "label-")):
            root.remove(child)
    _mark(root, Side.LEFT, flipped=flipped)
    _mark(root, Side.RIGHT, flipped=flipped)
    _own_ids(root, f"{chart.view}{'-facing' if flipped else ''}")
    return ET.tostring(root, encoding="unicode")


@cache
def _drawing(view: str) -> bytes:
    return (DRAWINGS / f"neck-{view}.svg").read_bytes()


def _drawn(side: Side, *, flipped: bool) -> Side:
    if not flipped:
        return side
    return Side.RIGHT if side is Side.LEFT else Side.LEFT


def _light(
    by_id: dict[str, ET.Element], muscle: str, side: Side, light: float, *, flipped: bool
) -> None:
    """Light one muscle; fibres thicken as it rises, so that grey print tells it too."""
    name = f"{NAMES.get(muscle, '')}-{_drawn(side, flipped=flipped).value}"
    body, fibres = by_id.get(f"{name}-light"), by_id.get(f"{name}-fibres")
    if body is None or fibres is None:
        return
    body.set("fill", SIDES[side])
    body.set("fill-opacity", f"{0.10 + 0.72 * light:.2f}")
    body.set("stroke", SIDES[side])
    body.set("stroke-width", f"{1.3 + 1.5 * light:.2f}")
    fibres.set("stroke", PAPER if light > 0.6 else FIBRE)
    fibres.set("stroke-width", f"{0.9 + 0.9 * light:.2f}")


def _ring(root: ET.Element, by_id: dict[str, ET.Element], site: str) -> None:
    """Put a dashed ring round the site of a channel that cannot be used."""
    found = by_id.get(site)
    if found is None:
        return
    spots = [e for e in found if e.tag == f"{{{_NS}}}circle"]
    x = sum(float(e.get("cx", "0")) for e in spots) / len(spots)
    y = sum(float(e.get("cy", "0")) for e in spots) / len(spots)
    ring = {"fill": PAPER, "fill-opacity": "0.7", "stroke": BAD, "stroke-width": "3.5"}
    ET.SubElement(
        root, f"{{{_NS}}}circle", {"cx": f"{x:g}", "cy": f"{y:g}", "r": "22", **ring,
                                   "stroke-dasharray": "7 5"}
    )  # fmt: skip
    cross = f"M{x - 9:g} {y - 9:g}l18 18M{x + 9:g} {y - 9:g}l-18 18"
    ET.SubElement(root, f"{{{_NS}}}path", {"d": cross, "stroke": BAD, "stroke-width": "3.5"})


def _mark(root: ET.Element, side: Side, *, flipped: bool) -> None:
    """Draw the badge of a side: L in a rounded square, R in a disc."""
    at_left = (side is Side.LEFT) is not flipped
    x = 40 if at_left else 2 * _MIDDLE_X - 40
    radius = "9" if side is Side.LEFT else "21"
    ET.SubElement(
        root, f"{{{_NS}}}rect", {"x": f"{x - 21}", "y": "236", "width": "42", "height": "42",
                                 "rx": radius, "fill": SIDES[side]}
    )  # fmt: skip
    letter = ET.SubElement(
        root, f"{{{_NS}}}text", {"x": f"{x}", "y": "266", "font-size": "26", "font-weight": "600",
                                 "text-anchor": "middle", "fill": PAPER}
    )  # fmt: skip
    letter.text = "L" if side is Side.LEFT else "R"


def _own_ids(root: ET.Element, prefix: str) -> None:
    """Drop ids nobody points to; two drawings in one document must not share the others."""
    for element in root.iter():
        if element.tag != f"{{{_NS}}}linearGradient":
            element.attrib.pop("id", None)
            continue
        element.set("id", f"{prefix}-{element.get('id')}")
    for element in root.iter():
        for name in ("fill", "stroke"):
            value = element.get(name, "")
            if value.startswith("url(#"):
                element.set(name, f"url(#{prefix}-{value[5:]}")
