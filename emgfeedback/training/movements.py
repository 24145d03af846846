"""What a person is asked to do while muscles are recorded, and which muscles usually do it.

Tasks after the recording protocols of clinics (rest, the posture as it comes, held neutral,
movements both ways, dual task, walking); words are short, present and outside the body.
"""

from __future__ import annotations

from dataclasses import dataclass

from emgfeedback.core.montage import Side


@dataclass(frozen=True, slots=True)
class MovementWords:
    """One task.

    Attributes
    ----------
    title
        Its name in tables.
    out, hold, back
        What the person reads; a static task has `hold` alone.
    direction
        The side the head goes to; None where it does not.
    mirrored
        The task that does the same to the other side, or empty.
    active
        Muscles (key, side) that usually work; the others are expected to stay quiet.
    over
        What the person hears when a static task is over.
    """

    title: str
    hold: str
    out: str = ""
    back: str = ""
    direction: Side | None = None
    mirrored: str = ""
    active: tuple[tuple[str, Side], ...] = ()
    over: str = "And rest"

    @property
    def tests_cable(self) -> bool:
        """Whether one muscle does it alone, so that its cable can be told by it."""
        return len(self.active) == 1

    @property
    def moves(self) -> bool:
        """Whether the head goes somewhere and comes back."""
        return bool(self.out)


GESTURES = ("arms-up", "press-forehead", "press-back", "hand-to-face")
"""What is asked for beside the tasks: reference contractions, and the trick."""
_LET_GO = "And let go"
_BACK = "Slowly back to the middle"
_L, _R = Side.LEFT, Side.RIGHT

MOVEMENTS: dict[str, MovementWords] = {
    "rest-supported": MovementWords(
        "Rest, head supported", "Lean the head back and close your eyes",
        over="You may open your eyes",
    ),
    "let-go": MovementWords(
        "Head let go", "Close your eyes and let the head go where it wants",
        over="You may open your eyes",
    ),
    "neutral": MovementWords("Held neutral", "Hold the head in the middle, as you feel it"),
    "rotate-left": MovementWords(
        "Turn left", "Hold it there", "Slowly look over your left shoulder", _BACK, _L,
        "rotate-right", (("scm", _R), ("splenius", _L)),
    ),
    "rotate-right": MovementWords(
        "Turn right", "Hold it there", "Slowly look over your right shoulder", _BACK, _R,
        "rotate-left", (("scm", _L), ("splenius", _R)),
    ),
    "tilt-left": MovementWords(
        "Tilt left", "Hold it there", "Slowly bring the left ear to the shoulder", _BACK, _L,
        "tilt-right", (("scm", _L), ("trapezius", _L), ("splenius", _L), ("levator", _L)),
    ),
    "tilt-right": MovementWords(
        "Tilt right", "Hold it there", "Slowly bring the right ear to the shoulder", _BACK, _R,
        "tilt-left", (("scm", _R), ("trapezius", _R), ("splenius", _R), ("levator", _R)),
    ),
    "flex": MovementWords(
        "Look down", "Hold it there", "Slowly bring the chin to the chest", _BACK,
        active=(("scm", _L), ("scm", _R)),
    ),
    "extend": MovementWords(
        "Look up", "Hold it there", "Slowly look up to the ceiling", _BACK,
        active=(("splenius", _L), ("splenius", _R), ("trapezius", _L), ("trapezius", _R)),
    ),
    "dual-task": MovementWords(
        "Counting", "Count down aloud from 100 in sevens", over="You can stop counting"
    ),
    "walk": MovementWords(
        "Walking on the spot", "Walk on the spot, looking ahead", over="You can stop walking"
    ),
    "shrug-left": MovementWords(
        "Left shoulder up", "Lift the left shoulder", active=(("trapezius", _L),), over=_LET_GO
    ),
    "shrug-right": MovementWords(
        "Right shoulder up", "Lift the right shoulder", active=(("trapezius", _R),), over=_LET_GO
    ),
    "palm-left": MovementWords(
        "Chin left against the palm", "Turn the chin gently left against your palm",
        active=(("scm", _R),), over=_LET_GO,
    ),
    "palm-right": MovementWords(
        "Chin right against the palm", "Turn the chin gently right against your palm",
        active=(("scm", _L),), over=_LET_GO,
    ),
}  # fmt: skip
"""Key -> words. Turning the face is the work of the SCM of the other side."""
