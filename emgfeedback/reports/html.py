"""A page as one HTML file: no script, nothing loaded from elsewhere, made for print too."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterable
from functools import cache
from html import escape
from pathlib import Path

from emgfeedback.core.montage import Side
from emgfeedback.reports.clinic import read_logo
from emgfeedback.reports.figures import draw
from emgfeedback.reports.heat import heat_colours
from emgfeedback.reports.page import (
    DISCLAIMER,
    HIGHER_SIDE,
    Block,
    Cell,
    Chart,
    Fact,
    Facts,
    Figure,
    HeatCell,
    HeatRow,
    HeatTable,
    NeckMap,
    Page,
    Row,
    Table,
    Text,
    Tone,
)
from emgfeedback.reports.wording import SIDE_LETTER, short_clock_day

_STYLE = Path(__file__).resolve().parent / "page.css"
_PAPERS = {"a4": "A4", "letter": "letter"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def html_text(page: Page) -> str:
    """Return the file. Every text is escaped.

    Raises
    ------
    FileFormatError
        The clinic's logo cannot be used.
    """
    clinic = page.clinic
    title = escape(f"{page.title}, {page.subject}")
    rows = "".join(map(_row, page.rows))
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(clinic.language)}">\n<head>\n'
        '<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n"
        f"<style>{_style()}@page {{ size: {_PAPERS[clinic.paper]}; margin: 12mm 15mm }}</style>\n"
        f'</head>\n<body class="{clinic.paper}">\n<main>\n'
        f"<header><div><h1>{escape(page.title)}</h1>"
        f'<p class="sub">{escape(page.subtitle)}</p></div>{_letterhead(page)}</header>\n'
        f"{_facts(page.facts, 'identity')}{_plain_words(page)}{rows}</main>\n"
        f"<footer><p><strong>{DISCLAIMER} {HIGHER_SIDE}</strong></p>"
        f"<p>{escape(_origin(page))}</p></footer>\n</body>\n</html>\n"
    )


@cache
def _style() -> str:
    return _STYLE.read_text(encoding="utf-8")


def _origin(page: Page) -> str:
    return f"{page.subject} · {page.origin} · made {short_clock_day(page.made)}"


def _letterhead(page: Page) -> str:
    picture, clinic = "", page.clinic
    if clinic.logo_path is not None:
        logo = read_logo(clinic.logo_path)
        content = base64.b64encode(logo.content).decode("ascii")
        alt = escape(f"Logo of {clinic.name or 'the clinic'}")
        picture = f'<img src="data:{logo.mime};base64,{content}" alt="{alt}">'
    return f'<div class="clinic">{picture}<p>{escape(clinic.name)}</p></div>'


def _plain_words(page: Page) -> str:
    if not page.sentence:
        return ""
    then = f"<p>{escape(page.next_step)}</p>" if page.next_step else ""
    return f'<section class="words"><p><strong>{escape(page.sentence)}</strong></p>{then}</section>'


def _row(row: Row) -> str:
    shares = " ".join(f"minmax(0,{share:g}fr)" for share in row.widths)
    inner = "".join(f"<div>{''.join(map(_block, column))}</div>" for column in row.columns)
    kind = "row sheet" if row.new_sheet else "row"
    return f'<div class="{kind}" style="grid-template-columns:{shares}">{inner}</div>\n'


def _block(block: Block) -> str:
    if isinstance(block, Table):
        return f"<section>{_head(block.title, block.condition)}{_table(block)}</section>"
    if isinstance(block, Facts):
        kind = "conditions" if block.small else "plain"
        inner = f"{_head(block.title)}{_facts(block.facts, '')}"
        return f'<section class="{kind}">{inner}</section>'
    if isinstance(block, Figure):
        charts = "".join(_chart(chart) for chart in block.charts)
        head = _head(block.title, block.condition)
        beside = (
            f' style="grid-template-columns:repeat({block.columns},1fr)"' if block.columns else ""
        )
        return f'<section>{head}<div class="charts"{beside}>{charts}</div></section>'
    if isinstance(block, HeatTable):
        return f"<section>{_head(block.title, block.condition)}{_heat(block)}</section>"
    assert isinstance(block, Text)
    return f"<section>{_head(block.title)}<p>{escape(block.text)}</p></section>"


def _head(title: str, condition: str = "") -> str:
    words = f'<span class="condition">{escape(condition)}</span>' if condition else ""
    return f'<div class="head"><h2>{escape(title)}</h2>{words}</div>' if title else ""


def _facts(facts: Iterable[Fact], kind: str) -> str:
    inner = "".join(
        f"<div><dt>{escape(fact.name)}</dt><dd>{escape(fact.value)}</dd></div>" for fact in facts
    )
    return f'<dl class="{kind}">{inner}</dl>'


def _table(table: Table) -> str:
    columns = "".join(f'<col style="width:{_share(table, i):.1f}%">' for i in range(_count(table)))
    heads = "".join(
        f'<th scope="col"{_align(table, i)}>{escape(words)}</th>'
        for i, words in enumerate(table.headings)
    )
    rows = "".join(
        f"<tr>{''.join(_cell(table, i, cell) for i, cell in enumerate(row))}</tr>"
        for row in table.rows
    )
    return (
        f"<table><colgroup>{columns}</colgroup><thead><tr>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _count(table: Table) -> int:
    return len(table.headings)


def _share(table: Table, i: int) -> float:
    return 100 * table.widths[i] / sum(table.widths)


def _align(table: Table, i: int) -> str:
    return ' class="number"' if table.numbers_from <= i <= table.numbers_to else ""


def _cell(table: Table, i: int, cell: Cell) -> str:
    badge = "" if cell.side is Side.MIDLINE else _badge(cell.side)
    tone = cell.tone.value.replace(" ", "-")
    return f'<td{_align(table, i)}>{badge}<span class="{tone}">{escape(cell.text)}</span></td>'


def _heat(block: HeatTable) -> str:
    groups = "".join(
        f'<th scope="colgroup" colspan="{len(group.sides)}">{escape(group.title)}'
        f"<small>{escape(group.unit)}</small></th>"
        for group in block.groups
    )
    sides = "".join(
        f'<th scope="col">{_badge(side)}</th>' for g in block.groups for side in g.sides
    )
    rows = "".join(_heat_row(row, block, "") for row in block.rows)
    more = "".join(_heat_row(row, block, ' class="more"') for row in block.more)
    notes = "".join(f"<p>{escape(note)}</p>" for note in block.notes)
    return (
        f'<table class="heat"><thead><tr><td rowspan="2"></td>{groups}</tr><tr>{sides}</tr></thead>'
        f'<tbody>{rows}{more}</tbody></table><div class="condition">{notes}</div>'
    )


def _heat_row(row: HeatRow, block: HeatTable, kind: str) -> str:
    spans = [len(group.sides) for group in block.groups]
    if len(row.cells) != len(spans):
        spans = [1] * len(row.cells)
    cells = "".join(_heat_cell(cell, n) for cell, n in zip(row.cells, spans, strict=True))
    told = f"<small>{escape(row.condition)}</small>" if row.condition else ""
    return f'<tr{kind}><th scope="row">{escape(row.title)}{told}</th>{cells}</tr>'


def _heat_cell(cell: HeatCell, columns: int) -> str:
    span = f' colspan="{columns}"' if columns > 1 else ""
    if cell.tone is Tone.LEFT_OUT:
        return f'<td{span} class="hatched"><span>{escape(cell.text)}</span></td>'
    if cell.share is None:
        return f"<td{span}>{escape(cell.text)}</td>"
    ground, digits = heat_colours(cell.share)
    return f'<td{span} style="background:{ground};color:{digits}">{escape(cell.text)}</td>'


def _badge(side: Side) -> str:
    if side is Side.MIDLINE:
        return ""
    return f'<b class="badge {side.value}">{SIDE_LETTER[side]}</b>'


def _own_ids(drawing: str) -> str:
    """Return a drawing whose ids no other drawing of the document has."""
    mark = f"{zlib.crc32(drawing.encode()):08x}"
    return re.sub(r'(?<=\bid=")|(?<=url\(#)', f"{mark}-", drawing)


def _chart(chart: Chart) -> str:
    drawing = _own_ids(draw(chart)).replace(
        "<svg ", f'<svg role="img" aria-label="{escape(chart.alt)}" ', 1
    )
    caption = chart.caption if isinstance(chart, NeckMap) else ""
    below = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return f"<figure>{drawing}{below}</figure>"
