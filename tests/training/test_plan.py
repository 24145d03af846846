"""Plans: what ships loads and fits the shipped montages; every mistake is named with its remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from emgfeedback.config import load_montage
from emgfeedback.core.errors import ConfigError
from emgfeedback.core.montage import Channel, Montage, Side, neck_montage
from emgfeedback.toml_file import CONFIGS
from emgfeedback.training.now import StepKind
from emgfeedback.training.plan import Plan, find_plan, load_plan, shipped_plans
from emgfeedback.training.plan_bounds import Basis, Bound, parse_bounds
from emgfeedback.training.plan_steps import Calibration, Trials

SIDES = {"scm": Side.LEFT}

GOOD = """
version = 1
name = "n"
title = "t"
[[step]]
kind = "breathing"
seconds = 60
in_s = 4
[[step]]
kind = "calibration"
method = "rest"
channels = ["scm left", "scm right"]
filters = "activation"
[[step]]
kind = "calibration"
method = "rvc_scm"
channels = ["scm left", "scm right"]
[[step]]
kind = "trials"
n_trials = 4
scene = "glider"
[step.target]
mode = "contrast"
main = ["scm left"]
quiet = ["scm right"]
above = "40 %"
below = "2 x rest"
movement = "rotation"
[[step]]
kind = "end"
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "p.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_plans_that_ship_are_the_promised_ones() -> None:
    assert {path.stem for path in shipped_plans()} >= {
        "first-visit",
        "relax-scm-trapezius",
        "retrain-turn-away",
        "symmetry-midline",
        "home-15-minutes",
        "trick-assessment",
    }


@pytest.mark.parametrize("path", shipped_plans(), ids=lambda p: p.stem)
@pytest.mark.parametrize("montage", ["neck.toml", "scm-trapezius.toml"])
def test_every_shipped_plan_loads_and_fits_the_shipped_montages(path: Path, montage: str) -> None:
    plan = load_plan(path)
    assert plan.name == path.stem
    assert plan.title
    assert plan.summary
    assert plan.columns(load_montage(CONFIGS / montage), SIDES)
    assert plan.steps[-1].kind is StepKind.END
    for step in plan.steps:
        task, _ = step.words
        assert step.shown_title
        assert task
        inward = ["relax your", "scm"]
        if step.kind is not StepKind.MOVEMENT:
            # Where the head is asked to go a side must be named; muscles never are.
            inward += ["left", "right"]
        assert not any(word in task.lower() for word in inward)


def test_home_plan_takes_a_quarter_of_an_hour_and_starts_by_itself() -> None:
    plan = load_plan(find_plan("home-15-minutes"))
    assert plan.auto
    assert 10 <= plan.minutes <= 15


def test_role_follows_the_chosen_side() -> None:
    plan = load_plan(find_plan("retrain-turn-away"))
    assert plan.asks_sides == ("scm",)
    montage = neck_montage()
    assert plan.columns(montage, {"scm": Side.LEFT}) == {"scm overactive": 0, "scm opposite": 1}
    assert plan.columns(montage, {"scm": Side.RIGHT}) == {"scm overactive": 1, "scm opposite": 0}
    with pytest.raises(ConfigError, match="overactive was not chosen"):
        plan.columns(montage)


def test_side_written_in_the_plan_is_taken_and_changes_the_digest(tmp_path: Path) -> None:
    text = find_plan("retrain-turn-away").read_text(encoding="utf-8")
    head, rest = text.split("[[step]]", 1)
    made_for_one = load_plan(
        written(tmp_path, f'{head}[overactive]\nscm = "right"\n[[step]]{rest}')
    )
    assert made_for_one.asks_sides == ()
    assert made_for_one.columns(neck_montage())["scm overactive"] == 1
    assert made_for_one.digest != load_plan(find_plan("retrain-turn-away")).digest


def test_missing_channel_is_named() -> None:
    montage = Montage("Shoulders", (Channel("UT L", "trapezius", Side.LEFT),))
    with pytest.raises(ConfigError, match=r"trapezius right.*Shoulders.*trapezius left"):
        load_plan(find_plan("home-15-minutes")).columns(montage)


def test_digest_is_stable_and_sees_every_number(tmp_path: Path) -> None:
    plan = load_plan(written(tmp_path, GOOD))
    assert plan.digest == load_plan(written(tmp_path, GOOD + "\n# a remark\n")).digest
    changed = load_plan(written(tmp_path, GOOD.replace("n_trials = 4", "n_trials = 5")))
    assert plan.digest != changed.digest


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("seconds = 60", "second = 60"), r"step 1 \(breathing\): unknown key `second`.*`seconds`"),
        (('"breathing"', '"breathin"'), "step 1: unknown kind `breathin`.*`breathing`"),
        (("in_s = 4", "in_s = 8"), "breaths per minute 4.28571 is outside 4.5 to 6.5"),
        (("in_s = 4", "in_s = 2\nout_s = 4"), "breaths per minute 10"),
        (("seconds = 60", 'seconds = "60"'), "float"),
        (("seconds = 60", "seconds = nan"), "seconds nan is outside"),
        (("n_trials = 4", "n_trials = 0"), "n_trials 0 is outside 1 to 60"),
        (("n_trials = 4", "n_trials = 4\nrest_s = 1"), "rest_s 1 is outside 3"),
        (('"glider"', '"glidr"'), "unknown scene `glidr`.*`glider`"),
        (('"contrast"', '"contrst"'), "unknown mode `contrst`.*`contrast`"),
        (('quiet = ["scm right"]', 'quite = ["scm right"]'), "target: unknown key `quite`"),
        (('quiet = ["scm right"]\n', ""), "needs `quiet`"),
        (('quiet = ["scm right"]', 'quiet = ["scm left"]'), "'scm left' stands twice"),
        (('"scm right"]\nfilters', '"scn right"]\nfilters'), "unknown muscle `scn`.*`scm`"),
        (('"scm right"]\nfilters', '"scm rigth"]\nfilters'), "unknown side `rigth`.*`right`"),
        (('"40 %"', '"40 percent"'), "'40 percent' is not a level.*\"12 uV\""),
        (('"40 %"', '"400 %"'), "outside 1 to 150 %"),
        (('"2 x rest"', '"0.2 x rest"'), "outside 1 to 50 x rest"),
        (('method = "rvc_scm"', 'method = "mvc"\nrest_s = 60'), "Step 3 asks for.*enable_mvc"),
        (('method = "rvc_scm"', 'method = "rvc"'), "rvc"),
        (('filters = "activation"\n', ""), "needs the resting level of scm right with activation"),
        (('main = ["scm left"]', 'main = ["levator left"]'), "needs a reference contraction of"),
        (('kind = "end"', 'kind = "rest"'), "0 steps of kind `end`"),
        (("version = 1", "version = 2"), "version is 2"),
        (('name = "n"', 'nam = "n"'), "unknown key `nam`.*`name`"),
        (('title = "t"', 'title = "t"\nsteps = 3'), r"\[\[step\]\]"),
        (('title = "t"', 'title = "t"\n[overactive]\nsmc = "left"'), "unknown muscle `smc`"),
        (('title = "t"', 'title = "t"\n[overactive]\nscm = "midline"'), "cannot be midline"),
    ],
)  # fmt: skip
def test_mistakes_are_named(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    assert change[0] in GOOD
    with pytest.raises(ConfigError, match=says) as caught:
        load_plan(written(tmp_path, GOOD.replace(change[0], change[1], 1)))
    assert "p.toml" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize("movement", ["rotation", "tilt", "free"])
def test_balance_is_refused_where_one_side_should_lead(tmp_path: Path, movement: str) -> None:
    text = find_plan("symmetry-midline").read_text(encoding="utf-8")
    with pytest.raises(ConfigError, match=f"not offered for movement `{movement}`"):
        load_plan(written(tmp_path, text.replace('"midline"', f'"{movement}"')))


def test_alternatives_need_no_measurement_for_the_first_choice(tmp_path: Path) -> None:
    text = GOOD.replace('"40 %"', '"40 % or 20 uV"').replace(
        'method = "rvc_scm"', 'method = "rest"'
    )
    target = load_plan(written(tmp_path, text)).steps[3]
    assert isinstance(target, Trials)
    assert target.target.needs(Basis.REFERENCE) == ()


def test_levels_are_read_in_order() -> None:
    assert parse_bounds("40 % or 3 x rest or 12.5 µV") == (
        Bound(40, Basis.REFERENCE),
        Bound(3, Basis.REST),
        Bound(12.5, Basis.UV),
    )


def test_maximal_contraction_where_enabled_rests_a_minute(tmp_path: Path) -> None:
    text = GOOD.replace('method = "rvc_scm"', 'method = "mvc"\nrest_s = 60')
    text = text.replace('title = "t"', 'title = "t"\nenable_mvc = true')
    step = load_plan(written(tmp_path, text)).steps[2]
    assert isinstance(step, Calibration)
    assert (step.takes, step.take_s) == (3, 4)
    with pytest.raises(ConfigError, match="rest_s 30 is outside 60"):
        load_plan(written(tmp_path, text.replace("rest_s = 60", "rest_s = 30")))


def test_unknown_plan_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match="home-15-minutes"):
        find_plan("home-15-minute")


def test_a_plan_needs_steps() -> None:
    with pytest.raises(ConfigError, match="0 steps"):
        Plan(name="n", title="t", steps=())
