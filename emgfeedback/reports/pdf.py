"""A page as PDF: tagged (PDF/UA-1), for the archive (PDF/A-2a), fonts embedded.

The page goes to the typesetter as JSON; no text of a user ever becomes markup.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emgfeedback.core.errors import RecordingError
from emgfeedback.reports.clinic import Logo, read_logo
from emgfeedback.reports.figures import draw
from emgfeedback.reports.heat import heat_colours
from emgfeedback.reports.page import (
    DISCLAIMER,
    HIGHER_SIDE,
    Block,
    Cell,
    Facts,
    Figure,
    HeatCell,
    HeatTable,
    NeckMap,
    Page,
    Table,
)
from emgfeedback.reports.printable import FONTS, UNKNOWN, dropped, printable
from emgfeedback.reports.wording import short_clock_day

if TYPE_CHECKING:
    from typst import Fonts

TEMPLATE = Path(__file__).resolve().parent / "page.typ"


def pdf_bytes(page: Page) -> bytes:
    """Return the PDF of `page`; the same page gives the same bytes.

    Raises
    ------
    FileFormatError
        The clinic's logo cannot be used.
    RecordingError
        The typesetter cannot set it, or is not installed.
    """
    try:
        import typst  # noqa: PLC0415 - 80 MB that only a PDF needs
    except ImportError as error:
        raise RecordingError(
            "A PDF needs the package typst, which is not installed.",
            "Install requirements.txt, or write the report as .html.",
        ) from error
    try:
        made = typst.compile(
            TEMPLATE,
            root=TEMPLATE.parent,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"page": json.dumps(as_data(page), ensure_ascii=True)},
            pdf_standards=["a-2a", "ua-1"],
            timestamp=page.made.astimezone(dt.UTC).replace(microsecond=0),
        )
    except typst.TypstError as error:
        raise RecordingError(
            f"The page cannot be set: {error.message}.", "Write the report as .html."
        ) from error
    assert isinstance(made, bytes)
    return made


@cache
def _fonts() -> Fonts:
    import typst  # noqa: PLC0415 - 80 MB that only a PDF needs

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


def as_data(page: Page) -> dict[str, Any]:
    """Return the page as the template reads it: plain texts and drawings."""
    data = {
        "title": page.title,
        "subtitle": page.subtitle,
        "subject": page.subject,
        "clinic": page.clinic.name,
        "language": page.clinic.language,
        "paper": "us-letter" if page.clinic.paper == "letter" else "a4",
        "facts": [[fact.name, fact.value] for fact in page.facts],
        "sentence": page.sentence,
        "next_step": page.next_step,
        "rows": [
            {
                "widths": row.widths,
                "columns": [[_block(block) for block in column] for column in row.columns],
                "new_sheet": row.new_sheet,
                "spare": row.spare,
            }
            for row in page.rows
        ],
        "foot": [DISCLAIMER, HIGHER_SIDE],
        "origin": page.origin,
        "made": f"made {short_clock_day(page.made)}",
    }
    missing = _dropped(data)
    shown = _printable(data)
    assert isinstance(shown, dict)
    if missing:
        shown["origin"] += f" · {UNKNOWN}: a letter this report's font does not have"
    logo = read_logo(page.clinic.logo_path) if page.clinic.logo_path is not None else None
    shown["logo"] = _logo_svg(logo) if logo is not None else ""
    return shown


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Table):
        return {
            "kind": "table",
            "title": block.title,
            "condition": block.condition,
            "headings": block.headings,
            "widths": block.widths,
            "numbers": [block.numbers_from, block.numbers_to],
            "rows": [[_cell(cell) for cell in row] for row in block.rows],
        }
    if isinstance(block, Facts):
        facts = [[fact.name, fact.value] for fact in block.facts]
        return {
            "kind": "facts",
            "title": block.title,
            "facts": facts,
            "columns": block.columns,
            "small": block.small,
        }
    if isinstance(block, Figure):
        charts = [
            {
                "svg": draw(chart),
                "alt": chart.alt,
                "caption": chart.caption if isinstance(chart, NeckMap) else "",
            }
            for chart in block.charts
        ]
        return {
            "kind": "figure",
            "title": block.title,
            "condition": block.condition,
            "charts": charts,
            "columns": block.columns or len(charts),
        }
    if isinstance(block, HeatTable):
        return _heat(block)
    return {"kind": "text", "title": block.title, "text": block.text}


def _heat(block: HeatTable) -> dict[str, Any]:
    return {
        "kind": "heat",
        "title": block.title,
        "condition": block.condition,
        "groups": [[g.title, g.unit, [side.value for side in g.sides]] for g in block.groups],
        "rows": [[row.title, [_heat_cell(one) for one in row.cells]] for row in block.rows],
        "more": [
            [row.title, row.condition, [_heat_cell(one) for one in row.cells]] for row in block.more
        ],
        "notes": block.notes,
    }


def _heat_cell(cell: HeatCell) -> dict[str, str]:
    ground, digits = ("", "") if cell.share is None else heat_colours(cell.share)
    return {"text": cell.text, "tone": cell.tone.value, "ground": ground, "digits": digits}


def _cell(cell: Cell) -> dict[str, str]:
    return {"text": cell.text, "tone": cell.tone.value, "side": cell.side.value}


def _printable(value: object) -> object:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {k: v if k == "svg" else _printable(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(v) for v in value]
    return value


def _dropped(value: object) -> int:
    if isinstance(value, str):
        return dropped(value)
    if isinstance(value, dict):
        return sum(_dropped(v) for k, v in value.items() if k != "svg")
    return sum(map(_dropped, value)) if isinstance(value, list | tuple) else 0


def _logo_svg(logo: Logo) -> str:
    """Wrap the picture so that it can be handed over with the rest of the page."""
    content = base64.b64encode(logo.content).decode("ascii")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {logo.width_px} {logo.height_px}">'
        f'<image width="{logo.width_px}" height="{logo.height_px}" '
        f'href="data:{logo.mime};base64,{content}"/></svg>'
    )
