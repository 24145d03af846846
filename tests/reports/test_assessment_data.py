"""An assessment as a long table and as JSON."""

from __future__ import annotations

import csv
import io
import json
import stat
from pathlib import Path

import pytest

from emgfeedback.core.errors import RecordingError
from emgfeedback.measures.assessment_compare import compare
from emgfeedback.reports.assessment_data import (
    COLUMNS,
    RESEARCH,
    context_of,
    csv_text,
    json_text,
    save_text,
)
from tests.reports.assessed import EXAMINED, INJECTED, LABELS, SOURCE, STARTED, told


def table() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_text(told()))))


def test_every_number_stands_in_the_table_with_unit_and_conditions() -> None:
    rows = {(r["task"], r["measure"], r["of"]): r for r in table()}
    assert len(rows) == len(table()), "no row twice"
    for task, of_task in told()["tasks"].items():
        for label in LABELS:
            for measure, found in of_task["muscles"][label].items():
                row = rows[task, measure, label]
                assert (row["value"] == "") == (found["value"] is None)
                assert row["value"] == "" or float(row["value"]) == found["value"]
                assert row["reason"] == found["reason"]
                assert row["conditions"]
    assert rows["let-go", "rms_uv", "SCM L"]["unit"] == "uV"
    assert "heart_way" not in rows["let-go", "rms_uv", "SCM L"]["conditions"]
    assert ("rotate-left / rotate-right", "away_pct", "scm") in rows
    assert ("trick", "index_pct", "SCM L") in rows
    assert RESEARCH in rows["let-go", "cdf10_pct", "SCM L"]["conditions"]


def test_a_row_without_a_number_has_a_reason() -> None:
    assert [row for row in table() if (row["value"] == "") == (row["reason"] == "")] == []
    assert tuple(table()[0]) == COLUMNS


def test_json_gives_back_assessment_context_and_comparison() -> None:
    context = context_of(
        SOURCE, subject_code="P-0392", recorded=STARTED, examination=EXAMINED, injections=INJECTED
    )
    text = json_text(told(), context, compare(told(), told(0.5)))
    whole = json.loads(text)
    assert whole["assessment"] == json.loads(json.dumps(told()))
    assert whole["context"]["recorded_utc"] == STARTED.isoformat()
    assert whole["context"]["postures"][0] == {
        "key": "torticaput", "side": "right", "degrees": 35.0
    }  # fmt: skip
    assert whole["context"]["injections"][0]["on"] == "2025-12-18"
    assert whole["comparison"]["rows"][0]["change"] > 0
    assert json.loads(json_text(told(), context))["comparison"] is None


def test_a_file_is_the_owners_alone_and_never_overwritten(tmp_path: Path) -> None:
    out = tmp_path / "x.csv"
    save_text("a", out)
    assert stat.S_IMODE(out.stat().st_mode) & 0o077 == 0
    with pytest.raises(RecordingError, match="exists already"):
        save_text("b", out)
    assert out.read_text() == "a"
