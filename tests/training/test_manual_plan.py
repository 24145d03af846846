"""The plan printed in the manual is a plan."""

from __future__ import annotations

import re
from pathlib import Path

from emgfeedback.training.plan import PLANS, load_plan

MANUAL = Path(__file__).resolve().parents[2] / "docs" / "training.md"


def test_the_plan_of_the_manual_loads(tmp_path: Path) -> None:
    found = re.search(r"```toml\n(.*?)```", MANUAL.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    path = tmp_path / "my-plan.toml"
    path.write_text(found[1], encoding="utf-8")
    kinds = [step.kind.value for step in load_plan(path).steps]
    assert kinds == ["quality", "calibration", "trials", "ratings", "end"]


def test_the_manual_names_every_shipped_plan() -> None:
    manual = MANUAL.read_text(encoding="utf-8")
    assert [path.stem for path in PLANS.glob("*.toml") if f"`{path.stem}`" not in manual] == []
