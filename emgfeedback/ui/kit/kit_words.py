"""Sentences of home mode: plain, warm, and true."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from emgfeedback.home.contact import Sign


def how_it_works() -> tuple[str, str]:
    """Return two paragraphs on what practice is."""
    return (
        QCoreApplication.translate(
            "Kit",
            "Put the sensors on as your therapist showed you, unplug the computer's charger, and "
            "press the large button. The picture and the sound follow your muscles: let them "
            "become quiet. You may close your eyes.",
        ),
        QCoreApplication.translate(
            "Kit",
            "Good and bad days are normal. Stop whenever you like; what you did counts. A sensor "
            "that sits badly only makes a pause: press its edges, and it goes on.",
        ),
    )


def after_words(sentence: str, *, demo: bool) -> tuple[str, str, str]:
    """Return title, sentence and a second one for the end of a practice.

    Parameters
    ----------
    sentence
        What the run itself says of it.
    demo
        Whether it was the calculated neck: not counted, not sent.
    """
    if demo:
        return (
            QCoreApplication.translate("Kit", "That was the way it goes"),
            sentence,
            QCoreApplication.translate(
                "Kit", "This was a calculated neck, so it does not count and is not sent."
            ),
        )
    return (
        QCoreApplication.translate("Kit", "Well done. That was your practice"),
        sentence,
        QCoreApplication.translate("Kit", "Every day of practice counts."),
    )


def unwell_note(sign: Sign) -> str:
    """Return what the therapist reads of a sign that was reported."""
    return {
        Sign.SWALLOWING: QCoreApplication.translate(
            "Kit", "Reported: trouble swallowing, speaking or breathing. Told to call now."
        ),
        Sign.WEAKNESS: QCoreApplication.translate(
            "Kit", "Reported: new weakness or numbness. Told to stop and call."
        ),
        Sign.PAIN: QCoreApplication.translate(
            "Kit", "Reported: much more pain than before. Told to stop and call."
        ),
        Sign.UNWELL: QCoreApplication.translate(
            "Kit", "Reported: felt unwell. Told to stop for today."
        ),
    }[sign]
