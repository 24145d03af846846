"""The whole picture of a moment of the run: ground, moving parts, words, in that order."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication, QRectF, QSizeF
from PySide6.QtGui import QPainter, QPixmap

from emgfeedback.training.now import FeedbackNow, Phase, RunNow, StepKind, TrialKind
from emgfeedback.training.now import Scene as SceneKind
from emgfeedback.training.plan_words import PROBE_HINT
from emgfeedback.ui.patient import calm, header
from emgfeedback.ui.patient.bars import Bars, paint_calm_ground
from emgfeedback.ui.patient.beam import Beam
from emgfeedback.ui.patient.breathing import paint_breath
from emgfeedback.ui.patient.canvas import Canvas, Layers, Line
from emgfeedback.ui.patient.eyes_closed import EyesClosed
from emgfeedback.ui.patient.glider import Glider
from emgfeedback.ui.patient.layout import layout
from emgfeedback.ui.patient.look import PatientLook, Place
from emgfeedback.ui.patient.neck import paint_neck
from emgfeedback.ui.patient.person import paint_person
from emgfeedback.ui.patient.scene import Play, Scene, SceneNow, clamped, play_of
from emgfeedback.ui.patient.water import Water

FADE_S = 0.8
SLOW_FADE_S = 3.0
"""Between a dark and a light ground: nothing may brighten by a tenth within 0.3 s."""
_WITH_NECK = (StepKind.CALIBRATION, StepKind.QUALITY)
_READ = (StepKind.PROMPT, StepKind.END)


@dataclass(frozen=True, slots=True)
class _Painted:
    """What a frame was painted from."""

    run: RunNow | None
    look: PatientLook
    size: QSizeF
    ratio: float

    @property
    def screen(self) -> tuple[object, ...]:
        """What makes it another screen, so that one fades into the next."""
        kind = self.run.kind if self.run else None
        over = self.run is not None and self.run.phase is Phase.FINISHED
        asked = self.run is not None and bool(self.run.ratings)
        return _scene_kind(self.run), kind, over, asked, self.look.dark, self.look.place


def _scene_kind(run: RunNow | None) -> SceneKind | None:
    """Return the scene shown, None on a calm screen."""
    if run is None or run.feedback is None or run.phase is Phase.FINISHED:
        return None
    if run.ratings or run.kind in (*_READ, *_WITH_NECK, StepKind.RATINGS):
        return None
    return run.feedback.scene


def _look_of(run: RunNow | None, look: PatientLook) -> PatientLook:
    return replace(look, dark=True) if _scene_kind(run) is SceneKind.SOUND else look


class PatientPicture:
    """Paints a `RunNow`; keeps the still layers and what each scene remembers.

    Parameters
    ----------
    clock
        Seconds, for the fade between two grounds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._scenes: dict[SceneKind, Scene] = {
            SceneKind.BARS: Bars(),
            SceneKind.WATER: Water(),
            SceneKind.GLIDER: Glider(),
            SceneKind.BEAM: Beam(),
            SceneKind.SOUND: EyesClosed(),
        }
        self._layers = Layers()
        self._run: RunNow | None = None
        self._last_live: FeedbackNow | None = None
        self._phase_key: object = None
        self._phase_of_s = 0.0
        self._painted: _Painted | None = None
        self._old: QPixmap | None = None
        self._fade_from_s = 0.0
        self._fade_s = FADE_S
        self.lines: list[Line] = []
        """The words of the last painting."""

    @property
    def fading(self) -> bool:
        """One screen is passing into the next: paint again soon."""
        return self._old is not None

    def scene(self, kind: SceneKind) -> Scene:
        """Return the scene of `kind`."""
        return self._scenes[kind]

    def show_run(self, run: RunNow) -> None:
        """Take in a moment of the run."""
        self._run = run
        key = (run.step, run.phase, run.trial.number if run.trial else 0)
        if key != self._phase_key:
            self._phase_key, self._phase_of_s = key, 0.0
        self._phase_of_s = max(self._phase_of_s, run.countdown_s or 0.0)
        feedback = run.feedback
        if feedback is None:
            self._last_live = None
            return
        if play_of(run) is Play.LIVE:
            self._last_live = feedback
        bars = self._scenes[SceneKind.BARS]
        if isinstance(bars, Bars):
            bars.unit = run.unit
        self._scenes[feedback.scene].follow(self._scene_now(run, feedback))

    def _scene_now(self, run: RunNow, feedback: FeedbackNow) -> SceneNow:
        play = play_of(run)
        shown: FeedbackNow | None = feedback
        if play is Play.HELD:
            last = self._last_live
            same = last is not None and last.scene is feedback.scene
            shown = replace(last, inside=None) if same and last is not None else None
        trial = run.trial
        return SceneNow(
            feedback=shown,
            play=play,
            elapsed_s=run.elapsed_s,
            trial=trial.number if trial else 0,
            trial_s=trial.elapsed_s if trial else run.elapsed_s,
            trial_of_s=trial.duration_s if trial else 0.0,
        )

    def effective_look(self, look: PatientLook) -> PatientLook:
        """Return the look in force: with eyes closed it is dark."""
        return _look_of(self._run, look)

    def paint(
        self,
        painter: QPainter,
        size: QSizeF,
        look: PatientLook,
        *,
        ratio: float = 1.0,
        with_words: bool = True,
    ) -> None:
        """Draw everything but the controls into `size` pixels; `ratio` is the screen's."""
        now = _Painted(self._run, self.effective_look(look), size, ratio)
        self._begin_fade(now)
        self.lines = self._paint_run(painter, now, with_words=with_words)
        if self._old is not None:
            left = self._fade_left()
            painter.setOpacity(left)
            painter.drawPixmap(0, 0, self._old)
            painter.setOpacity(1)
            self._old = self._old if left > 0 else None

    def _paint_run(
        self, painter: QPainter, now: _Painted, *, with_words: bool = True
    ) -> list[Line]:
        canvas = Canvas(painter, layout(now.size, now.look.place), now.look)
        self._paint_ground(canvas, now)
        if now.run is not None:
            self._paint_moment(canvas, now.run, now.ratio)
        lines = list(canvas.lines)
        if not with_words:
            canvas.lines.clear()
        canvas.draw_words()
        return lines

    def _fade_left(self) -> float:
        """Return the share of the fade still to come, 1 to 0."""
        return clamped(1 - (self._clock() - self._fade_from_s) / self._fade_s, 0, 1)

    def _begin_fade(self, now: _Painted) -> None:
        """Keep the old screen where a new kind of screen begins, to fade it out."""
        before, self._painted = self._painted, now
        if before is None or before.size != now.size or before.ratio != now.ratio:
            self._old = None
            return
        if before.screen == now.screen:
            return
        made = QPixmap((now.size * now.ratio).toSize())
        made.setDevicePixelRatio(now.ratio)
        painter = QPainter(made)
        self._paint_run(painter, before)
        still_to_go_s = 0.0
        if self._old is not None:
            painter.setOpacity(self._fade_left())
            painter.drawPixmap(0, 0, self._old)
            still_to_go_s = self._fade_left() * self._fade_s
        painter.end()
        own_s = FADE_S if before.look.dark == now.look.dark else SLOW_FADE_S
        self._old, self._fade_from_s = made, self._clock()
        self._fade_s = max(own_s, still_to_go_s)

    def _paint_ground(self, canvas: Canvas, now: _Painted) -> None:
        kind, window = _scene_kind(now.run), canvas.layout.window
        if kind is None:
            self._layers.show("calm", canvas, now.ratio, window, paint_calm_ground)
        else:
            scene = self._scenes[kind]
            scene.layers.show("ground", canvas, now.ratio, window, scene.paint_ground)

    def _paint_moment(self, canvas: Canvas, run: RunNow, ratio: float) -> None:
        over = run.phase is Phase.FINISHED
        if not over and (run.ratings or run.kind is StepKind.RATINGS):
            header.paint_task(canvas, run.task, run.hint, plated=False, narrow=False)
            if run.paused:
                calm.paint_notice(canvas, *calm.hold_words(run))
            return
        if over or run.kind is StepKind.END:
            thanks = QCoreApplication.translate("Patient", "That was it for today")
            calm.paint_big_words(
                canvas,
                run.patient_sentence or run.task or thanks,
                run.hint if run.patient_sentence else "",
            )
            return
        if run.kind is StepKind.PROMPT:
            calm.paint_big_words(canvas, run.task, run.hint)
            return
        kind = _scene_kind(run)
        banded = canvas.layout.place in (Place.UPPER, Place.LOWER)
        plated = (banded and kind in (SceneKind.GLIDER, SceneKind.WATER)) or (
            kind is SceneKind.GLIDER and not canvas.look.dark
        )
        if run.kind in _WITH_NECK or (run.movement is not None and kind is None):
            self._paint_figure_step(canvas, run, ratio)
        elif run.breath is not None and run.phase is Phase.WORK:
            paint_breath(canvas, run.breath)
        else:
            self._paint_play(canvas, run, ratio, kind)
        self._paint_header(canvas, run, plated=plated)
        if run.kind is StepKind.TRICK:
            calm.paint_marks_help(canvas)
        text, icon = calm.hold_words(run)
        if text:
            calm.paint_notice(canvas, text, icon)

    def _paint_header(self, canvas: Canvas, run: RunNow, *, plated: bool) -> None:
        kind = _scene_kind(run)
        alone = run.trial is None and kind is None
        hint = "" if _blank(run) and run.hint == PROBE_HINT else run.hint
        header.paint_task(canvas, run.task, hint, plated=plated, narrow=not alone)
        if run.trial is not None:
            header.paint_counter(canvas, run.trial, plated=plated)
        if kind is not None and run.feedback is not None:
            header.paint_legend(canvas, self._scenes[kind].legend(run.feedback), plated=plated)

    def _paint_play(
        self, canvas: Canvas, run: RunNow, ratio: float, kind: SceneKind | None
    ) -> None:
        working = run.phase is Phase.WORK
        if kind is not None and run.feedback is not None:
            scene = self._scenes[kind]
            now = self._scene_now(run, run.feedback)
            scene.paint(canvas, now if working else replace(now, play=Play.RESTING), ratio)
        if _blank(run):
            words = QCoreApplication.translate("Patient", "No picture this time. Do as before.")
            calm.paint_notice(canvas, words, "rest")
        timed = run.countdown_s is not None and not run.paused
        if timed and (not working or kind is None):
            calm.paint_time_left(
                canvas,
                canvas.layout.clear,
                run.countdown_s or 0.0,
                self._phase_of_s,
                calm.phase_caption(run),
            )

    def _paint_figure_step(self, canvas: Canvas, run: RunNow, ratio: float) -> None:
        """Draw what is to be done, or the neck where nothing is, and the time left beside it."""
        beneath = calm.MARKS_HELP if run.kind is StepKind.TRICK else 0
        clear = canvas.layout.clear.adjusted(0, 0, 0, -beneath)
        timed = run.countdown_s is not None and run.phase in (
            Phase.COUNTDOWN,
            Phase.WORK,
            Phase.REST,
        )
        neck, clock = clear, QRectF()
        if timed and clear.width() > 1.3 * clear.height():
            share = 0.58 * clear.width()
            neck = QRectF(clear.left(), clear.top(), share, clear.height())
            clock = QRectF(neck.right(), clear.top(), clear.width() - share, clear.height())
        elif timed:
            share = 0.52 * clear.height()
            neck = QRectF(clear.left(), clear.top(), clear.width(), share)
            clock = QRectF(clear.left(), neck.bottom(), clear.width(), clear.height() - share)
        if run.movement is not None:
            paint_person(canvas, neck, run.movement)
        else:
            elements = run.feedback.elements if run.feedback else ()
            paint_neck(canvas, self._layers, ratio, neck, elements)
        if timed:
            calm.paint_time_left(
                canvas, clock, run.countdown_s or 0.0, self._phase_of_s, calm.phase_caption(run)
            )


def _blank(run: RunNow) -> bool:
    """Return whether a trial without picture runs, and is told in a notice."""
    blank = run.trial is not None and run.trial.kind is not TrialKind.FEEDBACK
    hidden = run.feedback is not None and not run.feedback.visible
    return run.phase is Phase.WORK and blank and hidden and not run.paused
