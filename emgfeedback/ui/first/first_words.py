"""Sentences of the first connection: sites, skin, safety.

Sites after SENIAM (upper trapezius, reference) and Falla and others 2002 (SCM); see
docs/wiring-and-safety.md.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def sites() -> tuple[tuple[str, str], ...]:
    """Return name and place of each site."""
    return (
        (
            QCoreApplication.translate("First", "SCM"),
            QCoreApplication.translate(
                "First",
                "Lower third: a third of the way up from the breastbone to the bone behind the "
                "ear. Pads along the muscle, 20 mm apart.",
            ),
        ),
        (
            QCoreApplication.translate("First", "Upper trapezius"),
            QCoreApplication.translate(
                "First",
                "Half way between the tip of the shoulder (acromion) and the bump at the base of "
                "the neck (C7), along that line. 20 mm apart.",
            ),
        ),
        (
            QCoreApplication.translate("First", "Splenius"),
            QCoreApplication.translate(
                "First",
                "At the height of C2 and C3, between trapezius and SCM. A small window: "
                "neighbours can leak in.",
            ),
        ),
        (
            QCoreApplication.translate("First", "Reference"),
            QCoreApplication.translate("First", "On the bump at the base of the neck (C7): bone."),
        ),
    )


def skin_and_safety() -> tuple[str, ...]:
    """Return what to do with the skin, and what never to do."""
    return (
        QCoreApplication.translate(
            "First",
            "Skin: shave where needed, wipe lightly with alcohol, let it dry, then press each pad "
            "on. Tape the leads down.",
        ),
        QCoreApplication.translate(
            "First",
            "Never rub or press the middle of the SCM, and never both sides at once. No pads on "
            "broken or inflamed skin; no rubbing within two days of an injection. With an "
            "implanted stimulator or pacemaker, ask the physician first.",
        ),
    )
