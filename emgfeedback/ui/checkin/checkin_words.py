"""Words of the days between: questions, triggers, factors; said so that no day is a failure."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from emgfeedback.people.values import CheckIn
from emgfeedback.ui import words
from emgfeedback.ui.person import person_words

QUESTIONS = ("pain", "sleep", "stress", "activity")
TRIGGERS = (
    "cold",
    "long_sitting",
    "screen",
    "driving",
    "lifting",
    "walking",
    "talking",
    "crowds",
    "hurry",
    "upset",
    "tired",
)
FACTORS = ("motor", "sensory", "calm", "lifestyle", "psychosocial", "physical")


def question(key: str) -> tuple[str, str, str]:
    """Return a question of the day with the words at both ends of its line."""
    return {
        "pain": (
            QCoreApplication.translate("CheckIn", "Pain in neck and head"),
            QCoreApplication.translate("CheckIn", "none"),
            QCoreApplication.translate("CheckIn", "the worst I can think of"),
        ),
        "sleep": (
            QCoreApplication.translate("CheckIn", "Sleep last night"),
            QCoreApplication.translate("CheckIn", "hardly any"),
            QCoreApplication.translate("CheckIn", "slept very well"),
        ),
        "stress": (
            QCoreApplication.translate("CheckIn", "Stress"),
            QCoreApplication.translate("CheckIn", "calm"),
            QCoreApplication.translate("CheckIn", "more than I could bear"),
        ),
        "activity": (
            QCoreApplication.translate("CheckIn", "On my feet and moving"),
            QCoreApplication.translate("CheckIn", "rested all day"),
            QCoreApplication.translate("CheckIn", "active all day"),
        ),
    }[key]


def short_question(key: str) -> str:
    """Return a question in a word."""
    return {
        "pain": QCoreApplication.translate("CheckIn", "Pain"),
        "sleep": QCoreApplication.translate("CheckIn", "Sleep"),
        "stress": QCoreApplication.translate("CheckIn", "Stress"),
        "activity": QCoreApplication.translate("CheckIn", "Activity"),
    }[key]


def trigger(key: str) -> str:
    """Return what may set symptoms off; words of one's own stay as they are."""
    return {
        "cold": QCoreApplication.translate("CheckIn", "Cold"),
        "long_sitting": QCoreApplication.translate("CheckIn", "Long sitting"),
        "screen": QCoreApplication.translate("CheckIn", "Screen work"),
        "driving": QCoreApplication.translate("CheckIn", "Driving"),
        "lifting": QCoreApplication.translate("CheckIn", "Carrying, lifting"),
        "walking": QCoreApplication.translate("CheckIn", "Walking"),
        "talking": QCoreApplication.translate("CheckIn", "Long talking"),
        "crowds": QCoreApplication.translate("CheckIn", "Many people"),
        "hurry": QCoreApplication.translate("CheckIn", "Hurry"),
        "upset": QCoreApplication.translate("CheckIn", "Being upset"),
        "tired": QCoreApplication.translate("CheckIn", "Tiredness"),
    }.get(key, key)


def factor(key: str) -> tuple[str, str]:
    """Return a factor's name and the line that explains it."""
    return {
        "motor": (
            QCoreApplication.translate("Factors", "Movement"),
            QCoreApplication.translate("Factors", "pulling, turning, tremor, what posture costs"),
        ),
        "sensory": (
            QCoreApplication.translate("Factors", "Sensation"),
            QCoreApplication.translate("Factors", "pain, touch, knowing where the head is"),
        ),
        "calm": (
            QCoreApplication.translate("Factors", "Nervous system"),
            QCoreApplication.translate("Factors", "being on alert, startling, hard to settle"),
        ),
        "lifestyle": (
            QCoreApplication.translate("Factors", "Lifestyle"),
            QCoreApplication.translate("Factors", "sleep, work, screens, moving about"),
        ),
        "psychosocial": (
            QCoreApplication.translate("Factors", "Mood and people"),
            QCoreApplication.translate("Factors", "worry, low mood, being looked at, support"),
        ),
        "physical": (
            QCoreApplication.translate("Factors", "Physical limits"),
            QCoreApplication.translate("Factors", "stiffness, strength, other illness or injury"),
        ),
    }[key]


def value(given: int | None) -> str:
    """Return a number of 0 to 10; a dash where none was given."""
    return words.DASH if given is None else words.whole(given)


def day_told(entry: CheckIn) -> str:
    """Return a day in one line."""
    parts = [
        f"{short_question(key)} {value(getattr(entry, key))}"
        for key in QUESTIONS
        if getattr(entry, key) is not None
    ]
    if entry.practised is not None:
        parts.append(
            QCoreApplication.translate("CheckIn", "practised")
            if entry.practised
            else QCoreApplication.translate("CheckIn", "a day off")
        )
    if entry.triggers:
        met = QCoreApplication.translate("CheckIn", "met: %1")
        parts.append(met.replace("%1", ", ".join(trigger(key).lower() for key in entry.triggers)))
    if entry.note:
        parts.append(f"“{entry.note}”")
    told = " · ".join(parts) or QCoreApplication.translate("CheckIn", "nothing entered")
    return f"{person_words.day(entry.on)}: {told}"


def practice_told(entries: Sequence[CheckIn], n_days: int) -> str:
    """Return how often there was practice, kindly; days without an entry are not counted."""
    n_practised = sum(1 for entry in entries if entry.practised)
    if not entries:
        return QCoreApplication.translate(
            "CheckIn", "Nothing entered yet. One line a day is enough; days off are fine."
        )
    if n_practised == 0:
        return QCoreApplication.translate("CheckIn", "Good and bad days are normal.")
    said = (
        QCoreApplication.translate("CheckIn", "Practised on one of the last %2 days.")
        if n_practised == 1
        else QCoreApplication.translate("CheckIn", "Practised on %1 of the last %2 days.")
    )
    off = QCoreApplication.translate("CheckIn", "A day off is part of the plan.")
    told = said.replace("%1", words.whole(n_practised)).replace("%2", words.whole(n_days))
    return f"{told} {off}"
