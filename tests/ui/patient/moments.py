"""Moments of a training run, as a run would tell them: for tests and for the manual's pictures."""

from __future__ import annotations

import math
from dataclasses import replace

from emgfeedback.core.block import Unit
from emgfeedback.core.montage import Side
from emgfeedback.training.now import (
    BreathNow,
    ElementNow,
    FeedbackNow,
    Hold,
    Mode,
    MovementNow,
    Phase,
    RatingAsked,
    RunNow,
    Scene,
    StepKind,
    TrialKind,
    TrialNow,
)
from emgfeedback.training.plan_words import LET_GO, PAIN_ENDS, PAIN_QUESTION

TITLES = ("Settle", "Practise", "How was it")
QUESTIONS = (
    RatingAsked("pain", "How much pain is there now?", "none", "the worst you know"),
    RatingAsked("effort", "How hard was it?", "no effort", "as hard as can be"),
)
WORDS = {
    Scene.BARS: ("Keep both bars in their bands", "Slowly, and breathe"),
    Scene.WATER: ("Let the water settle", "Let the lantern rest in its ring"),
    Scene.GLIDER: ("Fly through the arches", "Turn slowly to the left. Keep the mist low."),
    Scene.BEAM: ("Bring the beam level", "Nod slowly, straight ahead"),
    Scene.SOUND: ("Let it become silent", "Eyes closed"),
}


def element(
    muscle: str = "scm",
    side: Side = Side.LEFT,
    *,
    level: float | None = 5.0,
    low: float | None = None,
    high: float | None = 8.0,
    role: str = "main",
    full: float = 20.0,
    inside: bool | None = None,
) -> ElementNow:
    """Return one element; inside as its level says unless told."""
    if inside is None and level is not None:
        inside = (low is None or level >= low) and (high is None or level <= high)
    return ElementNow((0,), side, muscle, role, level, low, high, inside, full)


def water(distance: float | None = 0.0, side: Side | None = Side.LEFT, held_s: float = 12.0):
    """Return relaxation feedback at a distance on one side; None for no side."""
    distances = {
        Side.LEFT: (distance, 0.0),
        Side.RIGHT: (0.0, distance),
        None: (None, None),
    }[side]
    inside = None if distance is None else distance == 0
    level = None if distance is None else 5 + 8 * distance
    return FeedbackNow(
        Scene.WATER,
        Mode.RELAX,
        visible=True,
        inside=inside,
        distance=distance,
        elements=(element(level=level), element(side=Side.RIGHT)),
        distances=distances,
        held_s=held_s if inside else 0.0,
    )


def bars(levels: tuple[float | None, ...] = (6.0, 12.0)) -> FeedbackNow:
    """Return a band of 4 to 8 to hold with left and right, then with the shoulders."""
    places = (
        ("scm", Side.LEFT),
        ("scm", Side.RIGHT),
        ("trapezius", Side.LEFT),
        ("trapezius", Side.RIGHT),
    )
    made = tuple(
        element(muscle, side, level=level, low=4.0)
        for (muscle, side), level in zip(places, levels, strict=False)
    )
    inside = all(e.inside for e in made) if None not in levels else None
    return FeedbackNow(
        Scene.BARS,
        Mode.BAND,
        visible=True,
        inside=inside,
        distance=None if inside is None else (0.0 if inside else 0.6),
        elements=made,
    )


def wanted_at(t_s: float) -> float:
    """Return the wanted level of the glider's way at a moment of the trial."""
    return 11 + 4 * math.sin(0.5 * t_s)


def glider(
    t_s: float = 9.0, off: float = 0.0, mist: float | None = 4.0, *, path: bool = True
) -> FeedbackNow:
    """Return the glider `off` its way, with mist (target below 8)."""
    ahead = tuple((k / 4, wanted_at(t_s + k / 4)) for k in range(-8, 33)) if path else ()
    level = (wanted_at(t_s) if path else 12.0) + off
    main = element(
        side=Side.RIGHT,
        level=level,
        low=None if path else 8.0,
        high=None if path else 16.0,
        inside=abs(off) <= 3,
    )
    quiet = element(level=mist, role="quiet")
    inside = bool(main.inside and quiet.inside)
    return FeedbackNow(
        Scene.GLIDER,
        Mode.TRAJECTORY if path else Mode.CONTRAST,
        visible=True,
        inside=inside,
        distance=0.0 if inside else 0.7,
        elements=(main, quiet),
        wanted=wanted_at(t_s) if path else None,
        path=ahead,
        tolerance=3.0 if path else None,
    )


def beam(balance_pct: float | None = 4.0, limit_pct: float = 10.0) -> FeedbackNow:
    """Return a balance; None where it is hidden."""
    inside = None if balance_pct is None else abs(balance_pct) <= limit_pct
    return FeedbackNow(
        Scene.BEAM,
        Mode.BALANCE,
        visible=True,
        inside=inside,
        distance=None if inside is None else (0.0 if inside else 1.0),
        elements=(element(), element(side=Side.RIGHT)),
        balance_pct=balance_pct,
        balance_limit_pct=limit_pct,
    )


def sound(distance: float = 0.0) -> FeedbackNow:
    """Return eyes-closed feedback."""
    return replace(water(distance), scene=Scene.SOUND)


INSIDE = {
    Scene.BARS: bars((6.0, 7.0)),
    Scene.WATER: water(0.0),
    Scene.GLIDER: glider(),
    Scene.BEAM: beam(4.0),
    Scene.SOUND: sound(0.0),
}
OUTSIDE = {
    Scene.BARS: bars((12.0, 10.0)),
    Scene.WATER: water(0.8),
    Scene.GLIDER: glider(off=5.5, mist=9.5),
    Scene.BEAM: beam(24.0),
    Scene.SOUND: sound(0.8),
}


def trial(t_s: float = 9.0, kind: TrialKind = TrialKind.FEEDBACK, number: int = 3) -> TrialNow:
    """Return the third of eight trials, the fourth and eighth of them without feedback."""
    kinds = tuple(TrialKind.PROBE if i in (3, 7) else TrialKind.FEEDBACK for i in range(8))
    return TrialNow(
        number=number,
        of=8,
        kind=kind,
        elapsed_s=t_s,
        duration_s=60.0,
        success_pct=70.0,
        fixed_pct=65.0,
        kinds=kinds,
        results_pct=tuple(70.0 for _ in range(number - 1)),
    )


def run(kind: StepKind = StepKind.TRIALS, phase: Phase = Phase.WORK, **changes: object) -> RunNow:
    """Return a moment of a run with `changes`."""
    made = RunNow(
        plan_title="Practice",
        step=1,
        step_titles=TITLES,
        kind=kind,
        phase=phase,
        task="Let the water settle",
        hint="",
        countdown_s=None,
        elapsed_s=9.0,
        paused=False,
        hold=Hold.NONE,
        hold_channels=(),
        unit=Unit.UV,
    )
    return replace(made, **changes)


def playing(feedback: FeedbackNow, t_s: float = 9.0, **changes: object) -> RunNow:
    """Return a trial at work with `feedback`."""
    task, hint = WORDS[feedback.scene]
    given = {
        "task": task,
        "hint": hint,
        "elapsed_s": t_s,
        "countdown_s": 60.0 - t_s,
        "trial": trial(t_s),
    }
    return run(feedback=feedback, **{**given, **changes})


def held(feedback: FeedbackNow, hold: Hold = Hold.QUALITY) -> RunNow:
    """Return the same trial held: nothing is scored."""
    unknown = replace(
        feedback,
        inside=None,
        distance=None,
        distances=(None, None),
        balance_pct=None,
        elements=tuple(replace(e, level=None, inside=None) for e in feedback.elements),
    )
    return playing(unknown, hold=hold, hold_channels=(0,))


def calm_moments() -> dict[str, RunNow]:
    """Return the moments without a game, by name."""
    resting = replace(water(0.0), visible=False, inside=None)
    shoulder = replace(bars((6.0,)), elements=(element("trapezius"),), visible=False)
    return {
        "ready": run(phase=Phase.READY, feedback=resting, trial=trial(0.0)),
        "countdown": run(
            phase=Phase.COUNTDOWN, feedback=resting, trial=trial(0.0), countdown_s=2.4
        ),
        "rest": run(phase=Phase.REST, feedback=resting, trial=trial(60.0), countdown_s=14.2),
        "probe": run(feedback=resting, trial=trial(20.0, TrialKind.PROBE, 4), countdown_s=40.0),
        "paused": playing(water(0.4), paused=True, hold=Hold.USER),
        "prompt": run(
            StepKind.PROMPT,
            task="Sit back, let your hands rest in your lap",
            hint="Look straight ahead. Take your time.",
        ),
        "breathe-in": run(
            StepKind.BREATHING,
            task="Breathe with the circle",
            countdown_s=150.0,
            breath=BreathNow(breathing_in=True, share=0.6, in_s=4.0, out_s=6.0),
        ),
        "breathe-out": run(
            StepKind.BREATHING,
            task="Breathe with the circle",
            countdown_s=146.0,
            breath=BreathNow(breathing_in=False, share=0.7, in_s=4.0, out_s=6.0),
        ),
        "quality": run(
            StepKind.QUALITY,
            task="We look at the sensors for a moment",
            hint="Sit still and breathe",
        ),
        "calibration": run(
            StepKind.CALIBRATION,
            task="Hold your left arm out, level with the shoulder",
            hint="Palm down, elbow straight. Keep your face soft and breathe.",
            countdown_s=6.0,
            feedback=shoulder,
        ),
        "trick": run(
            StepKind.TRICK,
            task="Touch your chin as you do at home",
            hint="Start from straight ahead",
            countdown_s=7.0,
            movement=MovementNow("hand-to-face", "hold", 0.3, 10.0),
        ),
        "movement": run(
            StepKind.MOVEMENT,
            task="Slowly look over your left shoulder",
            hint="Slow and comfortable. Stop when it hurts.",
            countdown_s=1.2,
            movement=MovementNow("rotate-left", "out", 0.4, 2.0),
        ),
        "rest-step": run(StepKind.REST, task="Take a rest", countdown_s=41.0),
        "pain": run(
            StepKind.CALIBRATION,
            phase=Phase.REST,
            task=LET_GO[0],
            hint=LET_GO[1],
            countdown_s=24.0,
            ratings=(RatingAsked("pain", *PAIN_QUESTION),),
        ),
        "pain-ends": run(
            StepKind.CALIBRATION,
            phase=Phase.REST,
            task=PAIN_ENDS[0],
            hint=PAIN_ENDS[1],
            countdown_s=9.0,
        ),
        "ratings": run(StepKind.RATINGS, task="How was it?", ratings=QUESTIONS),
        "end": run(
            StepKind.END,
            phase=Phase.FINISHED,
            task="Done for today",
            hint="Take the sensors off slowly.",
            patient_sentence="Your neck was quieter than at the start. Next time: the same again.",
        ),
    }


def every_moment() -> dict[str, RunNow]:
    """Return all moments a picture is made of, by name."""
    made = calm_moments()
    for scene in Scene:
        made[f"{scene.value} inside"] = playing(INSIDE[scene])
        made[f"{scene.value} outside"] = playing(OUTSIDE[scene])
        made[f"{scene.value} held"] = held(INSIDE[scene], Hold.QUALITY)
        hidden = replace(INSIDE[scene], visible=False, inside=None)
        made[f"{scene.value} hidden"] = playing(hidden)
    made["beam hidden value"] = playing(beam(None))
    made["bars unknown"] = playing(bars((None, 7.0)))
    made["glider contrast"] = playing(glider(path=False))
    made["glider no mist"] = playing(glider(mist=None))
    made["water no side"] = playing(water(1.2, side=None))
    return made
