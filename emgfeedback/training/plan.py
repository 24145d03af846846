"""A training plan: an ordered list of steps, read from a TOML file people can write."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any, Literal

from emgfeedback.core.errors import ConfigError
from emgfeedback.core.files import PLAIN, Files
from emgfeedback.core.montage import MUSCLES, Montage, Side
from emgfeedback.toml_file import (
    CONFIGS,
    convert,
    nearest,
    read_toml,
    refuse_unknown,
    refuse_version,
)
from emgfeedback.training.now import Mode, Scene
from emgfeedback.training.plan_bounds import Basis
from emgfeedback.training.plan_channels import OTHER_SIDE, column_of, parse_place
from emgfeedback.training.plan_movement import Movement
from emgfeedback.training.plan_steps import (
    MAX_STEPS,
    STEPS,
    Calibration,
    End,
    Ladder,
    Quality,
    Step,
    Trials,
    Trick,
)
from emgfeedback.training.plan_target import TargetPlan

PLANS = CONFIGS / "plans"
"""The plans that ship."""
EXAMPLE = "configs/plans/first-visit.toml"
LAYOUTS: dict[str, type[Step]] = {**STEPS, Movement.kind.value: Movement}
"""Kind -> layout of its table."""
NESTED = {"target": TargetPlan, "ladder": Ladder}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """An ordered list of steps.

    Raises
    ------
    ConfigError
        No step, an end that is not the last step, an MVC that was not enabled, or a target
        whose level no step before it measures with the same filters.
    """

    name: str
    title: str
    steps: tuple[Step, ...]
    summary: str = ""
    """One sentence on what it is for."""
    unit: Literal["uV", "%"] = "uV"
    """Percent of the own reference is used where a reference was taken, else microvolts."""
    auto: bool = False
    """Steps start and go on by themselves unless they say otherwise."""
    enable_mvc: bool = False
    """The clinician allows maximal contractions, which may provoke spasm or pain."""
    overactive: Mapping[str, Side] | None = None
    """Muscle -> its overactive side, where the plan was made for one person."""
    fitted_from: str = ""
    """Digest of the plan it was `fitted` from."""

    def __post_init__(self) -> None:
        """Refuse a plan that cannot be run to its end."""
        if not 1 <= len(self.steps) <= MAX_STEPS:
            raise ConfigError(
                f"The plan has {len(self.steps)} steps; it can have 1 to {MAX_STEPS}.",
                "Give it at least one [[step]].",
            )
        ends = [i for i, step in enumerate(self.steps) if isinstance(step, End)]
        if ends != [len(self.steps) - 1]:
            raise ConfigError(
                f"The plan has {len(ends)} steps of kind `end`; it needs one, at the end.",
                'Let the last [[step]] have kind = "end".',
            )
        for number, step in enumerate(self.steps, 1):
            if isinstance(step, Calibration) and step.method == "mvc" and not self.enable_mvc:
                raise ConfigError(
                    f"Step {number} asks for a maximal contraction, which is not enabled.",
                    "Use a submaximal reference, or let a clinician set `enable_mvc = true`.",
                )
            if isinstance(step, Trials):
                self._check_measured_before(number, step)
        for muscle, side in (self.overactive or {}).items():
            if muscle not in MUSCLES:
                raise ConfigError(
                    f"[overactive]: unknown muscle `{muscle}`.", nearest(muscle, MUSCLES)
                )
            if side not in OTHER_SIDE:
                raise ConfigError(
                    f"[overactive]: {muscle} cannot be {side.value}.", "Write left or right."
                )

    @property
    def places(self) -> tuple[str, ...]:
        """Muscle and side of every channel some step needs, each once."""
        places: dict[str, None] = {}
        for step in self.steps:
            places.update(dict.fromkeys(places_of(step)))
        return tuple(places)

    @property
    def asks_sides(self) -> tuple[str, ...]:
        """Muscles whose overactive side must be chosen before the plan can run."""
        known = self.overactive or {}
        asked = {p.muscle: None for p in map(parse_place, self.places) if p.asks_side}
        return tuple(muscle for muscle in asked if muscle not in known)

    @property
    def minutes(self) -> float:
        """How long it is expected to take."""
        return sum(step.seconds_planned for step in self.steps) / 60

    @property
    def digest(self) -> str:
        """16 hexadecimal digits that change with anything in the plan as it was written."""
        if self.fitted_from:
            return self.fitted_from
        steps = [{"kind": step.kind.value, **asdict(step)} for step in self.steps]
        facts = {
            "name": self.name,
            "title": self.title,
            "unit": self.unit,
            "auto": self.auto,
            "overactive": dict(self.overactive or {}),
            "steps": steps,
        }
        text = json.dumps(facts, sort_keys=True, default=_plain)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def fitted(self, montage: Montage) -> Plan:
        """Return the plan for the channels there are.

        Channels a step names under `also` count as its own where `montage` has them, and are
        forgotten where it has not; a calibration left without any channel is left out.
        """
        there = {f"{channel.muscle} {channel.side.value}" for channel in montage.channels}
        steps = []
        for step in self.steps:
            if not isinstance(step, Quality | Calibration | Trick) or not step.also:
                steps.append(step)
                continue
            more = tuple(text for text in step.also if text in there)
            if step.channels or more:
                channels = (*step.channels, *more)
                steps.append(replace(step, channels=channels, also=()))
        return replace(self, steps=tuple(steps), fitted_from=self.digest)

    def columns(
        self, montage: Montage, overactive: Mapping[str, Side] | None = None
    ) -> dict[str, int]:
        """Return the montage's column of every place the plan names.

        Parameters
        ----------
        montage
            The channels there are.
        overactive
            Muscle -> overactive side; goes before what the plan says.

        Raises
        ------
        ConfigError
            A channel that is missing, or a side that was not chosen.
        """
        sides = {**(self.overactive or {}), **(overactive or {})}
        return {text: column_of(parse_place(text), montage, sides) for text in self.places}

    def _check_measured_before(self, number: int, step: Trials) -> None:
        before = [s for s in self.steps[: number - 1] if isinstance(s, Calibration)]
        for basis, contraction in ((Basis.REST, False), (Basis.REFERENCE, True)):
            measured = {
                place
                for s in before
                if s.is_contraction is contraction and s.purpose == step.purpose
                for place in s.channels
            }
            for place in step.target.needs(basis):
                if place not in measured:
                    what = "a reference contraction" if contraction else "the resting level"
                    raise ConfigError(
                        f"Step {number} needs {what} of {place} with {step.purpose} filters, and "
                        "no step before it measures that.",
                        "Add a calibration step with "
                        f'`filters = "{step.purpose}"`, or give the level in uV.',
                    )


def places_of(step: Step) -> tuple[str, ...]:
    """Return muscle and side of every channel `step` names."""
    if isinstance(step, Quality | Calibration | Trick):
        return step.channels
    return step.target.places if isinstance(step, Trials) else ()


def load_plan(path: Path, files: Files = PLAIN) -> Plan:
    """Read a plan from a TOML file, which `files` opens.

    Raises
    ------
    ConfigError
        Not there, not TOML, unknown key, wrong type or a value out of its range; the message
        names the file, the step, the key, the value and what would be right.
    """
    table = read_toml(path, EXAMPLE, files)
    refuse_version(table, path, EXAMPLE)
    refuse_unknown(table, Plan, str(path), also=("version", "step"))
    rows = table.pop("step", [])
    if not isinstance(rows, list) or "steps" in table:
        raise ConfigError(f"{path}: steps are not written as [[step]].", f"Compare with {EXAMPLE}.")
    steps = tuple(_step(row, f"{path}, step {number}") for number, row in enumerate(rows, 1))
    head = convert(table, _PlanHead, str(path), EXAMPLE)
    try:
        return Plan(
            name=head.name,
            title=head.title,
            steps=steps,
            summary=head.summary,
            unit=head.unit,
            auto=head.auto,
            enable_mvc=head.enable_mvc,
            overactive=head.overactive,
        )
    except ConfigError as error:
        raise ConfigError(f"{path}: {error.what}", error.remedy) from error


def shipped_plans() -> tuple[Path, ...]:
    """Return the files of the plans that ship, by name."""
    return tuple(sorted(PLANS.glob("*.toml")))


def find_plan(name: str) -> Path:
    """Return the file of a shipped plan by its name, or `name` itself where it is a file.

    Raises
    ------
    ConfigError
        Neither; names the nearest.
    """
    if Path(name).is_file():
        return Path(name)
    known = {path.stem: path for path in shipped_plans()}
    if name not in known:
        raise ConfigError(f"There is no plan {name!r}.", nearest(name, known, "plans"))
    return known[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class _PlanHead:
    """What stands above the steps of a plan file."""

    version: int
    name: str
    title: str
    summary: str = ""
    unit: Literal["uV", "%"] = "uV"
    auto: bool = False
    enable_mvc: bool = False
    overactive: dict[str, Side] | None = None


def _step(row: object, where: str) -> Step:
    if not isinstance(row, dict):
        raise ConfigError(f"{where}: is not a table.", f"Compare with {EXAMPLE}.")
    kind = row.get("kind")
    if not isinstance(kind, str) or kind not in LAYOUTS:
        raise ConfigError(f"{where}: unknown kind `{kind}`.", nearest(str(kind), LAYOUTS, "kinds"))
    layout = LAYOUTS[kind]
    refuse_unknown(row, layout, f"{where} ({kind})", also=("kind",))
    for key, nested in NESTED.items():
        if isinstance(row.get(key), dict):
            refuse_unknown(row[key], nested, f"{where} ({kind}), {key}")
    _refuse_unknown_words(row, f"{where} ({kind})")
    fields = {key: value for key, value in row.items() if key != "kind"}
    try:
        return convert(fields, layout, f"{where} ({kind})", EXAMPLE)
    except ConfigError as error:
        if error.what.startswith(where):
            raise
        raise ConfigError(f"{where} ({kind}): {error.what}", error.remedy) from error


def _refuse_unknown_words(row: dict[str, Any], where: str) -> None:
    target = row.get("target")
    mode = target.get("mode") if isinstance(target, dict) else None
    for word, words, what in ((mode, Mode, "mode"), (row.get("scene"), Scene, "scene")):
        known = [item.value for item in words]
        if isinstance(word, str) and word not in known:
            raise ConfigError(f"{where}: unknown {what} `{word}`.", nearest(word, known))


def _plain(value: object) -> object:
    return value.value if isinstance(value, Enum) else str(value)
