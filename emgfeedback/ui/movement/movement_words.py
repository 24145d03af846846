"""What the drawn person does, in words, for who cannot see the picture."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from emgfeedback.training.now import MovementNow


def picture_words(now: MovementNow) -> str:
    """Return what the picture of a task shows."""
    told = QCoreApplication.translate("Movement", "Drawn as in a mirror: %1.")
    return told.replace("%1", _deed(now.key))


def _deed(key: str) -> str:
    return {
        "rest-supported": QCoreApplication.translate(
            "Movement", "the head leans back on a cushion, eyes closed"
        ),
        "let-go": QCoreApplication.translate(
            "Movement", "the eyes are closed and the head may go where it wants"
        ),
        "neutral": QCoreApplication.translate("Movement", "the head is held in the middle"),
        "rotate-left": QCoreApplication.translate(
            "Movement", "the face turns to the left and comes back"
        ),
        "rotate-right": QCoreApplication.translate(
            "Movement", "the face turns to the right and comes back"
        ),
        "tilt-left": QCoreApplication.translate(
            "Movement", "the left ear goes to the left shoulder and comes back"
        ),
        "tilt-right": QCoreApplication.translate(
            "Movement", "the right ear goes to the right shoulder and comes back"
        ),
        "flex": QCoreApplication.translate("Movement", "the chin goes to the chest and comes back"),
        "extend": QCoreApplication.translate(
            "Movement", "the face goes up to the ceiling and comes back"
        ),
        "dual-task": QCoreApplication.translate(
            "Movement", "somebody counts down: 100 minus 7, and so on"
        ),
        "walk": QCoreApplication.translate("Movement", "somebody walks on the spot"),
        "shrug-left": QCoreApplication.translate("Movement", "the left shoulder goes up"),
        "shrug-right": QCoreApplication.translate("Movement", "the right shoulder goes up"),
        "palm-left": QCoreApplication.translate(
            "Movement", "the left palm lies at the cheek, and the chin presses left against it"
        ),
        "palm-right": QCoreApplication.translate(
            "Movement", "the right palm lies at the cheek, and the chin presses right against it"
        ),
        "arms-up": QCoreApplication.translate(
            "Movement", "both arms are held out level with the shoulders"
        ),
        "press-forehead": QCoreApplication.translate(
            "Movement", "the forehead presses into a palm"
        ),
        "press-back": QCoreApplication.translate(
            "Movement", "both hands are behind the head, which presses back into them"
        ),
        "hand-to-face": QCoreApplication.translate("Movement", "a hand goes to the face"),
    }[key]
