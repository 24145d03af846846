"""Render what the patient sees into docs/images: `python -m docs.screens [folder] [WxH] [all]`.

Needs no window system: set QT_QPA_PLATFORM=offscreen where there is none.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from emgfeedback.training.now import RunNow
from emgfeedback.ui.patient.look import PatientLook, Place
from emgfeedback.ui.patient.view import PatientView
from tests.ui.patient import moments

KEPT = (
    "water-in-dark",
    "water-out-dark",
    "water-held-dark",
    "glider-in-light",
    "glider-out-light",
    "bars-in-dark",
    "bars-out-dark",
    "beam-out-light",
    "beam-hidden-light",
    "sound-in-dark",
    "breathe-in-light",
    "calibration-light",
    "pain-light",
    "countdown-dark",
    "rest-dark",
    "ratings-light",
    "end-dark",
    "water-left",
    "bars-upper",
)
"""The pictures of the manual."""


def pictures() -> dict[str, tuple[list[RunNow], PatientLook]]:
    """Return name -> (moments that lead up to the picture, look)."""
    made: dict[str, tuple[list[RunNow], PatientLook]] = {}
    for dark, name in ((True, "dark"), (False, "light")):
        look = PatientLook(dark=dark)
        for scene in moments.INSIDE:
            inside = moments.playing(moments.INSIDE[scene])
            outside = moments.playing(moments.OUTSIDE[scene])
            made[f"{scene.value}-in-{name}"] = (flown(inside), look)
            made[f"{scene.value}-out-{name}"] = ([outside], look)
            held = moments.held(moments.OUTSIDE[scene])
            made[f"{scene.value}-held-{name}"] = ([outside, held], look)
        for calm, moment in moments.calm_moments().items():
            made[f"{calm}-{name}"] = ([moment], look)
        made[f"beam-hidden-{name}"] = ([moments.playing(moments.beam(None))], look)
        made[f"glider-contrast-{name}"] = ([moments.playing(moments.glider(path=False))], look)
        made[f"bars-four-{name}"] = ([moments.playing(moments.bars((6.0, 9.0, 3.0, 5.0)))], look)
    for place in Place:
        if place is not Place.CENTRE:
            for scene in moments.INSIDE:
                inside = flown(moments.playing(moments.INSIDE[scene]))
                made[f"{scene.value}-{place.value}"] = (inside, PatientLook(place=place))
            for calm in ("prompt", "ratings", "calibration", "breathe-in", "rest"):
                moment = moments.calm_moments()[calm]
                made[f"{calm}-{place.value}"] = ([moment], PatientLook(place=place))
    return made


def flown(last: RunNow) -> list[RunNow]:
    """Return the seconds before `last`, so that the picture has a past."""
    feedback = last.feedback
    assert feedback is not None
    before = []
    for tenth in range(90):
        t_s = tenth / 10
        now = (
            moments.glider(t_s, 0.8) if feedback.path else moments.replace(feedback, held_s=4 * t_s)
        )
        before.append(moments.playing(now, t_s))
    return [*before, last]


def main(arguments: list[str]) -> None:
    """Write the pictures."""
    folder = Path(arguments[0]) if arguments else Path(__file__).parent / "images"
    width, height = (int(n) for n in (arguments[1] if len(arguments) > 1 else "960x600").split("x"))
    every = arguments[2:] == ["all"]
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication([])
    for name, (lead, look) in pictures().items():
        if not every and name not in KEPT:
            continue
        view = PatientView()
        view.set_look(look)
        view.resize(width, height)
        for moment in lead:
            view.show_run(moment)
        view.grab().toImage().save(str(folder / f"patient-{name}.png"), "PNG", 0)
        view.deleteLater()
    app.processEvents()


if __name__ == "__main__":
    main(sys.argv[1:])
