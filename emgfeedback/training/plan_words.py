"""What the patient reads where the plan says nothing else: short, present, outside the body."""

from __future__ import annotations

from emgfeedback.training.now import Mode, Scene, StepKind

TITLES: dict[StepKind, str] = {
    StepKind.PROMPT: "Before we start",
    StepKind.BREATHING: "Breathing",
    StepKind.QUALITY: "Signal check",
    StepKind.CALIBRATION: "Calibration",
    StepKind.TRIALS: "Practice",
    StepKind.TRICK: "Sensory trick",
    StepKind.MOVEMENT: "Movement",
    StepKind.REST: "Rest",
    StepKind.RATINGS: "How is it now?",
    StepKind.END: "Done",
}

TASKS: dict[Mode, tuple[str, str]] = {
    Mode.RELAX: ("Let the picture grow calm", "Breathe out slowly. Nothing has to be done."),
    Mode.ACTIVATE: ("Lift it above the line", "Slowly up, hold, and let go."),
    Mode.BAND: ("Keep it between the lines", "A little is enough."),
    Mode.TRAJECTORY: ("Follow the path", "Slowly; look ahead."),
    Mode.CONTRAST: ("Raise the bright one. Keep the other low.", "Slow and small is good."),
    Mode.BALANCE: ("Keep the beam level", "Rest in the middle."),
}
"""Mode -> task and hint for scenes that have no own words."""

SCENE_TASKS: dict[tuple[Mode, Scene], tuple[str, str]] = {
    (Mode.RELAX, Scene.WATER): ("Let the water settle", "Keep the lantern inside the ring."),
    (Mode.RELAX, Scene.SOUND): ("Eyes closed. Let it grow quiet.", "Silence means: well found."),
    (Mode.CONTRAST, Scene.GLIDER): (
        "Fly through the arches. Keep the mist low.",
        "Turn slowly and look where you want to fly.",
    ),
    (Mode.TRAJECTORY, Scene.GLIDER): ("Fly along the path", "Look ahead, move slowly."),
}

MOVES: dict[str, tuple[str, str]] = {
    "rest": ("Sit quietly and look ahead", "Let the shoulders be heavy."),
    "rvc_trapezius": (
        "Lift both arms to shoulder height and hold",
        "Straight arms, hands loose. Stop when it hurts.",
    ),
    "rvc_scm": (
        "Press your forehead gently into your palm",
        "About three out of ten. Stop when it hurts.",
    ),
    "rvc_splenius": (
        "Press the back of your head gently into your hands",
        "About three out of ten. A headrest will do as well. Stop when it hurts.",
    ),
    "mvc": (
        "Press as firmly as you comfortably can",
        "Build up, hold, let go. Stop at once when it hurts.",
    ),
}
"""Calibration method -> task and hint."""

PLAIN: dict[StepKind, tuple[str, str]] = {
    StepKind.PROMPT: ("Sit comfortably", "Say when you are ready."),
    StepKind.BREATHING: ("Breathe with the circle", "Into the belly. Stop if you feel dizzy."),
    StepKind.QUALITY: ("One moment, we look at the sensors", "Sit quietly."),
    StepKind.TRICK: ("Look ahead and sit as you are", ""),
    StepKind.MOVEMENT: ("Follow the words", "Slow and comfortable."),
    StepKind.REST: ("Rest", "Move a little if you like."),
    StepKind.RATINGS: ("How is it now?", "0 is none, 10 is the most you can imagine."),
    StepKind.END: ("That was it for today", "Good and bad days are normal."),
}

PROBE_HINT = "This time without the picture. Do the same as before."
DUAL_TASK_HINTS = {
    "none": "",
    "serial-sevens": "Count down aloud from 100 in sevens.",
    "serial-threes": "Count down aloud from 100 in threes.",
    "word-fluency": "Say as many animals as come to mind.",
}
LET_GO = ("Let go and rest", "Let it all hang loose, and breathe.")
"""After a contraction, whatever it asked for."""
PAIN_ENDS = (
    "That was enough holding for today",
    "Let go and rest. We go on without it; the resting level will do.",
)
PAIN_QUESTION = ("Any pain while holding?", "none", "the most I can imagine")
RATING_QUESTIONS: dict[str, tuple[str, str, str]] = {
    "pain": ("Pain in the neck right now?", "none", "the most I can imagine"),
    "tension": ("How tense does the neck feel?", "loose", "as tense as can be"),
    "effort": ("How much effort is it to hold the head?", "none", "all I have"),
}
