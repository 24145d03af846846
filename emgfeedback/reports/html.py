"""A page as one HTML file: no script, nothing loaded from elsewhere, made for print too."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from functools import cache
from html import escape
from pathlib import Path

from emgfeedback.core.montage import Side
from emgfeedback.reports.clinic import read_logo
from emgfeedback.reports.figures import draw
from emgfeedback.reports.page import (
    DISCLAIMER,
    HIGHER_SIDE,
    Block,
    Cell,
    Chart,
    Fact,
    Facts,
    Figure,
    NeckMap,
    Page,
    Table,
    Text,
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
    rows = "".join(_row(row.widths, row.columns) for row in page.rows)
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
    then = f"<p>Next: {escape(page.next_step)}</p>" if page.next_step else ""
    return f'<section class="words"><p><strong>{escape(page.sentence)}</strong></p>{then}</section>'


def _row(widths: Iterable[float], columns: Iterable[tuple[Block, ...]]) -> str:
    shares = " ".join(f"minmax(0,{share:g}fr)" for share in widths)
    inner = "".join(f"<div>{''.join(map(_block, column))}</div>" for column in columns)
    return f'<div class="row" style="grid-template-columns:{shares}">{inner}</div>\n'


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
        return f'<section>{head}<div class="charts">{charts}</div></section>'
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


def _badge(side: Side) -> str:
    return f'<b class="badge {side.value}">{SIDE_LETTER[side]}</b>'


def _chart(chart: Chart) -> str:
    drawing = draw(chart).replace("<svg ", f'<svg role="img" aria-label="{escape(chart.alt)}" ', 1)
    caption = chart.caption if isinstance(chart, NeckMap) else ""
    below = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return f"<figure>{drawing}{below}</figure>"
