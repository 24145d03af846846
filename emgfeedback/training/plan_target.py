"""The target of a block of trials as the plan writes it, before levels are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from emgfeedback.core.errors import ConfigError
from emgfeedback.core.montage import MUSCLES
from emgfeedback.toml_file import nearest
from emgfeedback.training.now import Mode
from emgfeedback.training.plan_bounds import Basis, Bound, parse_bounds
from emgfeedback.training.plan_channels import parse_place

BALANCE_MOVEMENTS = ("rest", "midline", "flexion", "extension")
MOVEMENTS = (*BALANCE_MOVEMENTS, "rotation", "tilt", "free")
Movement = Literal["rest", "midline", "flexion", "extension", "rotation", "tilt", "free"]
Shape = Literal["ramp", "sine", "steps"]
PERIOD_RANGE_S = (4.0, 120.0)
TOLERANCE_RANGE_PCT = (5.0, 50.0)
LIMIT_RANGE_PCT = (5.0, 60.0)

NEEDS: dict[Mode, tuple[str, ...]] = {
    Mode.RELAX: ("quiet", "below"),
    Mode.ACTIVATE: ("main", "above"),
    Mode.BAND: ("main", "low", "high"),
    Mode.TRAJECTORY: ("main", "low", "high"),
    Mode.CONTRAST: ("main", "quiet", "above", "below"),
    Mode.BALANCE: ("muscle",),
}
"""Mode -> keys that must be there. Of the others in `ALL_KEYS` none may be."""
ALL_KEYS = ("main", "quiet", "above", "below", "low", "high", "muscle")


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetPlan:
    """What to reach; levels as `"12 uV"`, `"40 %"` or `"1.3 x rest"`.

    `main` are the muscles to work with, `quiet` those to keep low. `movement` says what the
    head does meanwhile: balance is offered only where both sides should be alike.

    Raises
    ------
    ConfigError
        A key missing or out of place for the mode, or a value out of its range.
    """

    mode: Mode
    main: tuple[str, ...] = ()
    quiet: tuple[str, ...] = ()
    above: str = ""
    below: str = ""
    low: str = ""
    high: str = ""
    muscle: str = ""
    limit_pct: float = 20.0
    movement: Movement = "rest"
    shape: Shape = "sine"
    period_s: float = 20.0
    tolerance_pct: float = 20.0
    """Trajectory: half width of the way, percent of the distance from low to high."""
    hold_s: float = 0.0
    """How long it must stay inside before the picture says so."""

    def __post_init__(self) -> None:
        """Refuse what cannot be a target."""
        needed = NEEDS[self.mode]
        mode = self.mode.value
        for key in ALL_KEYS:
            given = bool(getattr(self, key))
            if key in needed and not given:
                raise ConfigError(
                    f"A {mode} target needs `{key}`.", f"It takes: {', '.join(needed)}."
                )
            if given and key not in needed:
                raise ConfigError(
                    f"A {mode} target has no `{key}`.", f"It takes: {', '.join(needed)}."
                )
        for text in (*self.main, *self.quiet):
            parse_place(text)
        _refuse_doubled((*self.main, *self.quiet))
        if self.mode is Mode.TRAJECTORY and len(self.main) != 1:
            raise ConfigError(
                f"A trajectory steers {len(self.main)} channels; it can be only 1.",
                "Name one muscle under `main`.",
            )
        self._check_bounds()
        if self.mode is Mode.BALANCE:
            self._check_balance()
        _check("period_s", self.period_s, PERIOD_RANGE_S)
        _check("tolerance_pct", self.tolerance_pct, TOLERANCE_RANGE_PCT)
        _check("limit_pct", self.limit_pct, LIMIT_RANGE_PCT)
        _check("hold_s", self.hold_s, (0.0, 10.0))

    def bounds(self, key: str) -> tuple[Bound, ...]:
        """Return the choices written under `key`, empty where it has none."""
        text: str = getattr(self, key)
        return parse_bounds(text) if text else ()

    @property
    def places(self) -> tuple[str, ...]:
        """Muscle and side of all channels it watches, main ones first."""
        if self.mode is Mode.BALANCE:
            return (f"{self.muscle} left", f"{self.muscle} right")
        return (*self.main, *self.quiet)

    def needs(self, basis: Basis) -> tuple[str, ...]:
        """Return the channels that cannot be held without `basis`: their only choice."""
        places: list[str] = []
        for keys, of in ((("above", "low", "high"), self.main), (("below",), self.quiet)):
            choices = [self.bounds(key) for key in keys]
            if any(c and all(b.basis is basis for b in c) for c in choices):
                places += of
        return tuple(places)

    def _check_bounds(self) -> None:
        for key in ("above", "below"):
            self.bounds(key)
        low, high = self.bounds("low"), self.bounds("high")
        if [b.basis for b in low] != [b.basis for b in high]:
            raise ConfigError(
                f"low {self.low!r} and high {self.high!r} are not in the same measure.",
                "Write both in uV, in % or as x rest, alternatives in the same order.",
            )
        for below, above in zip(low, high, strict=True):
            if below.value >= above.value:
                raise ConfigError(f"low {below} is not below high {above}.", "Swap or widen them.")

    def _check_balance(self) -> None:
        if self.muscle not in MUSCLES:
            raise ConfigError(f"unknown muscle `{self.muscle}`.", nearest(self.muscle, MUSCLES))
        if self.movement not in BALANCE_MOVEMENTS:
            raise ConfigError(
                f"Balance is not offered for movement `{self.movement}`: one side should lead.",
                f"Use it for {', '.join(BALANCE_MOVEMENTS)}; compare mirrored tasks instead.",
            )


def _check(name: str, value: float, limits: tuple[float, float]) -> None:
    low, high = limits
    if not low <= value <= high:
        raise ConfigError(f"{name} {value:g} is outside {low:g} to {high:g}.", "Change it.")


def _refuse_doubled(places: tuple[str, ...]) -> None:
    for place in places:
        if places.count(place) > 1:
            raise ConfigError(f"{place!r} stands twice in the target.", "Name each muscle once.")
