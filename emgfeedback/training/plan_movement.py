"""A task that is recorded and not scored: a posture held, or a movement there and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from emgfeedback.core.errors import ConfigError
from emgfeedback.toml_file import nearest
from emgfeedback.training.movements import MOVEMENTS, MovementWords
from emgfeedback.training.now import StepKind
from emgfeedback.training.plan_steps import Purpose, Step, check

COUNTDOWN_S = 3.0
STATIC_S = 60.0
MOVING_S = (2.0, 5.0, 2.0)
"""Out, hold and back; for a static task only the hold, a minute long."""
REST_S = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement(Step):
    """A task of `movements.MOVEMENTS`, recorded with markers at each of its parts."""

    kind: ClassVar[StepKind] = StepKind.MOVEMENT
    movement: str
    repeats: int = 1
    hold_s: float | None = None
    out_s: float = MOVING_S[0]
    back_s: float = MOVING_S[2]
    rest_s: float = REST_S
    filters: Purpose = "activation"

    def check(self) -> None:
        """Refuse unknown tasks, and times nobody can keep."""
        if self.movement not in MOVEMENTS:
            raise ConfigError(
                f"There is no movement {self.movement!r}.",
                nearest(self.movement, MOVEMENTS, "movements"),
            )
        check("repeats", self.repeats, 1, 10, "Three are usual.")
        check("hold_s", self.held_s, 1, 180, "5 s for a movement, 60 s for a posture are usual.")
        check("out_s", self.out_s, 0.5, 10, "2 s are usual.")
        check("back_s", self.back_s, 0.5, 10, "2 s are usual.")
        check("rest_s", self.rest_s, 0, 60, "4 s are usual.")

    @property
    def spoken(self) -> MovementWords:
        """What is asked."""
        return MOVEMENTS[self.movement]

    @property
    def held_s(self) -> float:
        """How long it is held."""
        if self.hold_s is not None:
            return self.hold_s
        return MOVING_S[1] if self.spoken.moves else STATIC_S

    @property
    def parts(self) -> tuple[tuple[str, float], ...]:
        """Parts of one repeat, with their seconds."""
        if not self.spoken.moves:
            return (("hold", self.held_s),)
        return (("out", self.out_s), ("hold", self.held_s), ("back", self.back_s))

    @property
    def shown_title(self) -> str:
        """The title, or the movement's."""
        return self.title or self.spoken.title

    def default_words(self) -> tuple[str, str]:
        """Return what is asked first."""
        hint = "Slow and comfortable." if self.spoken.moves else "Breathe on as you like."
        return self.spoken.out or self.spoken.hold, f"{hint} Stop when it hurts."

    @property
    def purpose(self) -> Purpose | None:
        """The filters it is looked at with."""
        return self.filters

    @property
    def seconds_planned(self) -> float:
        """How long it is expected to take."""
        once = sum(seconds for _, seconds in self.parts)
        return COUNTDOWN_S + self.repeats * once + (self.repeats - 1) * self.rest_s
