"""The numbers of an assessment that a trend follows, as measures of its session."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from emgfeedback.core.montage import Side
from emgfeedback.people.register import Register
from emgfeedback.people.values import MeasureTaken, Session

OF = "recording before injections: "
"""How the conditions of these rows begin; by it they are known and replaced."""
STILL = {"rest-supported": "rest", "let-go": "let_go"}
"""Task -> how its keys begin."""

Place = tuple[str, str, Side]


def rows_of(told: Mapping[str, Any], session: Session) -> list[MeasureTaken]:
    """Return the levels at rest and with the head let go, differences and the trick's effect."""
    places = {c["label"]: (c["muscle"], Side(c["side"])) for c in told["channels"]}
    method = {c["label"]: c["reference_method"] for c in told["channels"]}
    filters = told["filters"]
    rows: dict[Place, MeasureTaken] = {}

    def add(
        key: str, place: tuple[str, Side], found: Mapping[str, Any], unit: str, of: str
    ) -> None:
        if found["value"] is not None:
            row = MeasureTaken(
                patient_id=session.patient_id, session_id=session.id, key=key,
                muscle=place[0], side=place[1], value=found["value"], unit=unit,
                posture=told["rest_posture"] if key.startswith("rest") else "",
                conditions=f"{OF}{of}; {filters}",
            )  # fmt: skip
            rows.setdefault(_place(row), row)

    for task, key in STILL.items():
        of_task = told["tasks"].get(task, {"muscles": {}, "pairs": {}})
        for label, values in of_task["muscles"].items():
            add(key, places[label], values["rms_uv"], "uV", "RMS of the hold")
            reference = f"RMS of the hold, of own {method[label] or 'reference contraction'}"
            add(f"{key}_of_reference", places[label], values["of_reference_pct"], "%", reference)
        for values, muscle in _sides(of_task["pairs"], places):
            difference = "(L-R)/(L+R) of RMS less the converter's noise"
            add(f"asymmetry_{key}", (muscle, Side.MIDLINE), values, "%", difference)
    for label, effect in told["trick"].items():
        add("trick_index", places[label], effect["index_pct"], "%",
            "100 (1 - RMS with the trick / RMS without)")  # fmt: skip
    return list(rows.values())


def _sides(
    pairs: Mapping[str, Any], places: Mapping[str, tuple[str, Side]]
) -> Iterable[tuple[Mapping[str, Any], str]]:
    for name, values in pairs.items():
        if "asymmetry_pct" in values:
            yield values["asymmetry_pct"], places[name.split(" / ")[0]][0]


def settle_rows(register: Register, session: Session, rows: Iterable[MeasureTaken]) -> None:
    """Keep these rows in place of an earlier assessment's; what the session has itself stays."""
    own: dict[Place, MeasureTaken] = {}
    others: set[Place] = set()
    for known in register.all_of(MeasureTaken, session_id=session.id):
        if known.conditions.startswith(OF):
            own[_place(known)] = known
        else:
            others.add(_place(known))
    changed = []
    for row in rows:
        if _place(row) in others:
            continue
        before = own.pop(_place(row), None)
        if before is None:
            changed.append(row)
        elif replace(row, id=before.id, version=before.version) != before:
            changed.append(replace(row, id=before.id, version=before.version))
    if changed:
        register.put_all(changed)
    for gone in own.values():
        register.remove(gone)


def _place(row: MeasureTaken) -> Place:
    return row.key, row.muscle, row.side
