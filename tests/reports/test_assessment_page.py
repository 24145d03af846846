"""The visit's report: its numbers are the assessment's, and it is two sheets long."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from pypdf import PdfReader

from emgfeedback.core.montage import Side
from emgfeedback.people.values import PostureFinding, SignedOff
from emgfeedback.reports.clinic import Clinic
from emgfeedback.reports.heat import heat_colours
from emgfeedback.reports.html import html_text
from emgfeedback.reports.page import DISCLAIMER, HIGHER_SIDE, Figure, Page, Table, Text, Tone
from emgfeedback.reports.pdf import pdf_bytes
from tests.reports.assessed import (
    EXAMINED,
    LABELS,
    MADE,
    OWN_UV,
    REFERENCE_UV,
    TASKS,
    all_texts,
    heat,
    page,
    told,
)
from tests.reports.pages import plain


def blocks(of: Page, kind: type) -> list[Any]:
    return [b for row in of.rows for column in row.columns for b in column if isinstance(b, kind)]


def number(text: str) -> float:
    return float(re.sub(r"[^\d.]", "", text.replace("−", "-")))


def worst() -> dict[str, Any]:
    """A swapped cable, and a channel left out of half the tasks for three reasons."""
    found = told()
    words = (
        "SCM L and UT L seem to be swapped: SCM L answers the left upper trapezius. Follow both."
    )
    found["cables"]["wrong"] = [{"label": "SCM L", "behaves_like": "UT L", "words": words}]
    reasons = ("loose electrode", "mains hum", "saturated")
    for i, task in enumerate(TASKS[:6]):
        for value in found["tasks"][task]["muscles"]["SPL L"].values():
            value.update(value=None, reason=reasons[i % 3])
    return found


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_six_muscles_and_twelve_tasks_are_two_sheets_that_say_everything(paper: Any) -> None:
    if paper == "a4":
        whole = page(previous=told(0.6))
    else:
        before = told(0.6) | {"heart_way": "highpass-100", "device": "another"}
        whole = page(worst(), before, clinic=Clinic("Neck Clinic", paper="letter"))
    assert len(heat(whole).rows) == len(TASKS) == 12
    reader = PdfReader(io.BytesIO(pdf_bytes(whole)))
    assert len(reader.pages) == 2
    found = plain(sheet.extract_text() for sheet in reader.pages)
    assert [t for t in all_texts(whole) if plain(t) not in found] == []
    for words in (DISCLAIMER, HIGHER_SIDE, "page 2 of 2", "Research panel"):
        assert plain(words) in found
    assert plain("Research panel") not in plain(reader.pages[0].extract_text())


def test_html_says_the_same_and_loads_nothing() -> None:
    whole = page(previous=told(0.6))
    text = html_text(whole)
    found = plain(re.sub(r"<[^>]*>", "", text.replace("&#x27;", "'").replace("&amp;", "&")))
    assert [t for t in all_texts(whole) if plain(t) not in found] == []
    assert "<script" not in text
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))


def test_levels_in_the_table_are_those_that_were_put_in() -> None:
    row = next(row for row in heat(page()).rows if row.title == "Head let go")
    for cell, level_uv in zip(row.cells, OWN_UV, strict=True):
        # White noise less what 20 Hz and 400 Hz take of 0 to 500 Hz.
        passed = 100 * level_uv / REFERENCE_UV * 0.76**0.5
        assert number(cell.text) == pytest.approx(passed, rel=0.08, abs=0.6)
    shares = [cell.share for row in heat(page()).rows for cell in row.cells]
    assert max(share for share in shares if share is not None) == 1.0


def test_a_muscle_without_a_reference_on_one_side_is_told_in_microvolts_on_both() -> None:
    bare = told()
    one = next(c for c in bare["channels"] if c["label"] == "SPL R")
    one["reference_uv"] = {"value": None, "reason": "no reference contraction of this muscle"}
    table = heat(page(bare))
    assert [group.unit for group in table.groups] == ["% of reference"] * 2 + ["µV RMS"]
    row = next(row for row in table.rows if row.title == "Head let go")
    rms_uv = bare["tasks"]["let-go"]["muscles"]["SPL L"]["rms_uv"]["value"]
    assert number(row.cells[4].text) == pytest.approx(rms_uv, abs=0.06)


def test_a_cut_off_channel_is_hatched_with_the_reason_and_never_0() -> None:
    whole = page()
    table = heat(whole)
    cell = next(row for row in table.rows if row.title == "Walking on the spot").cells[3]
    assert cell.tone is Tone.LEFT_OUT
    letter = re.fullmatch(r"left out (\(\w\))", cell.text)
    assert letter
    reason = told()["tasks"]["walk"]["muscles"]["UT R"]["rms_uv"]["reason"]
    assert f"{letter[1]} {reason}" in table.notes[0]
    told_of = rf"R Upper trapezius in [^;]*Walking on the spot[^;]* \({reason}\)"
    assert re.search(told_of, " ".join(all_texts(whole)))


def test_a_reference_far_weaker_than_a_task_is_said() -> None:
    weak = told()
    weak["tasks"]["flex"]["muscles"]["SCM L"]["of_reference_pct"]["value"] = 1544.0
    assert "weaker than a task: SCM L 1544 %" in " ".join(all_texts(page(weak)))
    assert "weaker than a task" not in " ".join(all_texts(page()))


def test_an_edge_moved_by_hand_is_said() -> None:
    moved = told()
    moved["edges"] = [
        {"task": "flex", "repeat": 1, "edge": "start", "at_s": 60.2, "was_s": 60.9},
    ]
    assert "Look down 2, start −0.7 s" in " ".join(all_texts(page(moved)))


def test_the_trick_is_told_as_the_change_it_made() -> None:
    row = next(row for row in heat(page()).more if row.title == "Sensory trick")
    assert number(row.cells[0].text.split("%")[0]) == pytest.approx(50, abs=4)
    assert row.cells[0].text.startswith("−")
    without = told() | {"trick": {}}
    assert "Sensory trick" not in [row.title for row in heat(page(without)).more]


def test_swapped_cables_stand_at_the_top() -> None:
    words = "SCM L and UT L seem to be swapped: SCM L answers the left upper trapezius."
    swapped = told()
    swapped["cables"]["wrong"] = [
        {"label": "SCM L", "behaves_like": "UT L", "words": words},
    ]
    assert page(swapped).sentence == words
    assert page().sentence == ""


def test_expected_muscles_stand_beside_what_was_measured() -> None:
    table = next(t for t in blocks(page(), Table) if t.title == "Expected from the posture")
    rows = {(row[0].side, row[0].text): [cell.text for cell in row[1:]] for row in table.rows}
    level = next(r for r in heat(page()).rows if r.title == "Head let go").cells[0].text
    assert rows[Side.LEFT, "SCM"] == [
        "torticaput, laterocaput (B,\u00a0A)",
        f"{level}\u00a0%",
        "seen",
    ]
    assert rows[Side.RIGHT, "Obliquus capitis inferior"][1:] == ["no sensor", "not seen"]
    assert not [t for t in blocks(page(examination=None), Table) if t.title == table.title]


def test_a_posture_nobody_knows_is_said() -> None:
    strange = replace(EXAMINED, postures=(PostureFinding("sideways", Side.LEFT, 3.0),))
    words = " ".join(all_texts(page(examination=strange)))
    assert "sideways (not in the table) left 3°" in words
    assert "No posture entered is in the table." in words


def test_a_posture_without_its_side_is_said_where_the_table_would_be() -> None:
    sideless = replace(EXAMINED, postures=(PostureFinding("torticaput", Side.MIDLINE, 3.0),))
    found = next(t for t in blocks(page(examination=sideless), Text) if "Expected" in t.title)
    assert "none was chosen" in found.text


def test_who_signed_off_stands_at_the_head() -> None:
    by = SignedOff(
        patient_id="", session_id="", signed_at=MADE, signed_by="Dr Ö", seal="0" * 32
    )  # fmt: skip
    told_of = {fact.name: fact.value for fact in page(signed=by).facts}["Signed off"]
    assert told_of.startswith("Dr Ö, 12 March 2026")
    assert {fact.name: fact.value for fact in page().facts}["Signed off"] == "no"


def test_the_visit_before_is_compared_by_chance_or_not_at_all() -> None:
    table = next(t for t in blocks(page(previous=told(0.4)), Table) if "Compared" in t.title)
    assert table.title == "Compared with 18 December 2025"
    then, now, change, chance = (number(cell.text) for cell in table.rows[0][1:])
    assert now - then == pytest.approx(change, abs=1.01)
    assert table.rows[0][3].tone is Tone.STRONG
    assert change > chance
    other = page(previous=told(0.4) | {"heart_way": "highpass-100"})
    table = next(t for t in blocks(other, Table) if "Compared" in t.title)
    assert all(row[3].text.startswith("–") for row in table.rows)
    assert any("way around heartbeats" in text.text for text in blocks(other, Text))


def test_more_tasks_than_a_sheet_holds_leave_out_those_that_tell_cables() -> None:
    many = told()
    for i in range(3):
        many["tasks"][f"own-{i}"] = many["tasks"]["neutral"] | {"title": f"Own {i}"}
    whole = heat(page(many))
    titles = [row.title for row in whole.rows]
    assert "Left shoulder up" not in titles
    assert len(titles) == 12
    more = len(many["tasks"]) - 12
    assert f"No room here for {more} task" in whole.notes[-1], "none is left out in silence"
    assert not [note for note in heat(page()).notes if "No room" in note]


def test_a_trace_the_second_sheet_has_no_room_for_is_named() -> None:
    figure = next(f for f in blocks(page(), Figure) if f.title == "Traces by task")
    assert len(figure.charts) == 12
    assert figure.condition.endswith("; no room for sensory trick")
    fewer = told()
    del fewer["tasks"]["shrug-left"]
    figure = next(f for f in blocks(page(fewer), Figure) if f.title == "Traces by task")
    assert figure.charts[-1].alt.startswith("Sensory trick")
    assert "no room" not in figure.condition


@pytest.mark.parametrize("share", [i / 50 for i in range(51)])
def test_digits_can_be_read_on_every_ground(share: float) -> None:
    ground, digits = (luminance(colour) for colour in heat_colours(share))
    light, dark = max(ground, digits), min(ground, digits)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def test_every_channel_of_the_recording_has_a_column() -> None:
    assert sum(len(group.sides) for group in heat(page()).groups) == len(LABELS)
