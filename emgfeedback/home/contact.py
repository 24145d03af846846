"""When to stop and call: rules the therapist set, and three signs nobody should wait with.

It never says what it is, only whom to ask. After an injection with botulinum toxin, trouble
swallowing, speaking or breathing may come hours to weeks later; the product information of all
of them asks patients to seek medical help at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum


class Sign(Enum):
    """What a patient may report at any time."""

    SWALLOWING = "swallowing"
    """New trouble swallowing, speaking or breathing."""
    WEAKNESS = "weakness"
    """New weakness, numbness or a head that is hard to hold up."""
    PAIN = "pain"
    """Pain that is much worse than before."""
    UNWELL = "unwell"
    """Dizzy, sick, skin sore under an electrode, or anything else."""


class Advice(Enum):
    """What to do, from the most to the least pressing."""

    CALL_NOW = "call now"
    """Stop; call the clinic now, or the emergency number where it is closed."""
    STOP_AND_CALL = "stop and call"
    """Stop for today; call the clinic before the next practice."""
    STOP_TODAY = "stop today"
    """Stop for today; go on tomorrow if it is over, else call."""
    GO_ON = "go on"


_ADVICE = {
    Sign.SWALLOWING: Advice.CALL_NOW,
    Sign.WEAKNESS: Advice.STOP_AND_CALL,
    Sign.PAIN: Advice.STOP_AND_CALL,
    Sign.UNWELL: Advice.STOP_TODAY,
}
_ORDER = tuple(Advice)


@dataclass(frozen=True, slots=True)
class PainRise:
    """Pain of 0 to 10 before and after a practice; None: not answered."""

    before: int | None
    after: int | None

    @property
    def points(self) -> int | None:
        """How much it rose; None where one is missing."""
        if self.before is None or self.after is None:
            return None
        return self.after - self.before


def pain_rise(answers: Sequence[Mapping[str, int]]) -> PainRise:
    """Return how pain went in the newest practice.

    Where it was not told before, the newest answer of an earlier practice stands for it: who
    passes over the first question is not left without the rule.

    Parameters
    ----------
    answers
        Of each practice, newest first: `before` and `after` where they were given.
    """
    newest, *earlier = answers or [{}]
    known = (told.get(when) for told in earlier for when in ("after", "before"))
    last = next((value for value in known if value is not None), None)
    return PainRise(newest.get("before", last), newest.get("after"))


def advice_for(signs: tuple[Sign, ...]) -> Advice:
    """Return the most pressing advice for what was reported."""
    return min((_ADVICE[sign] for sign in signs), key=_ORDER.index, default=Advice.GO_ON)


def advice_on_pain(rise: PainRise, stop_at: int) -> Advice:
    """Return what to do after pain rose; `stop_at` points of 10 end practice."""
    points = rise.points
    return Advice.STOP_AND_CALL if points is not None and points >= stop_at else Advice.GO_ON
