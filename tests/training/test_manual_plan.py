"""The plan printed in the manual is a plan."""

from __future__ import annotations

import re
from pathlib import Path

from emgfeedback.training.plan import PLANS, load_plan

DOCS = Path(__file__).resolve().parents[2] / "docs"
MANUAL = DOCS / "training.md"
PLANS_MANUAL = DOCS / "plans.md"


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


def test_every_step_of_every_shipped_plan_has_its_picture() -> None:
    written = PLANS_MANUAL.read_text(encoding="utf-8")
    shown = set(re.findall(r"\((images/plans/[^)]+\.png)\)", written))
    kept = {path.relative_to(DOCS).as_posix() for path in DOCS.glob("images/plans/*/*.png")}
    assert shown == kept
    for path in PLANS.glob("*.toml"):
        plan = load_plan(path)
        assert f"`{plan.name}`" in written
        assert f"## {plan.title}\n" in written
        for number, step in enumerate(plan.steps, 1):
            assert f"**{number}. {step.shown_title}**" in written
            picture = f"images/plans/{plan.name}/{number:02d}-{step.kind.value}"
            assert any(name.startswith(picture) for name in shown), picture
