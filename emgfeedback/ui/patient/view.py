"""The patient's window: one picture, one button, the keyboard alone if need be."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from emgfeedback.training.now import Phase, RunNow, StepKind
from emgfeedback.ui.movement.movement_words import picture_words
from emgfeedback.ui.patient.big_button import BigButton, Deed, deed_of, draw_button
from emgfeedback.ui.patient.layout import layout
from emgfeedback.ui.patient.look import PatientLook
from emgfeedback.ui.patient.picture import PatientPicture
from emgfeedback.ui.patient.ratings import RatingPanel
from emgfeedback.ui.patient.screens import ScreenKeeper

_MARKS = {Qt.Key.Key_A: "arm", Qt.Key.Key_T: "touch"}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_THUMBNAIL = QSizeF(1280, 800)


class PatientView(QWidget):
    """Shows `RunNow`; a window of its own, on a second screen or the whole one.

    Signals
    -------
    start_asked
        Begin the step, or go on after a pause.
    stop_asked
        Stop feedback and sound at once.
    next_asked
        Go on to the next step.
    rated
        Key -> 0 to 10; questions passed over are left out.
    marked
        A moment of the trick test: `arm` or `touch`.
    close_asked
        The session is over and the patient is done.
    """

    start_asked = Signal()
    stop_asked = Signal()
    next_asked = Signal()
    rated = Signal(dict)
    marked = Signal(str)
    close_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = PatientPicture()
        self._look = PatientLook()
        self._run: RunNow | None = None
        self.button = BigButton(self)
        self.button.clicked.connect(self._press)
        self.keeper = ScreenKeeper(self)
        self.ratings = RatingPanel(self)
        self.ratings.hide()
        self.ratings.answered.connect(self.rated)
        self.ratings.chosen.connect(self._refresh_button)
        self.setWindowTitle(self.tr("Training"))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(800, 500)
        self.resize(1280, 800)
        self.button.setFocus()

    @property
    def look(self) -> PatientLook:
        """The patient's choices in force."""
        return self._look

    def set_look(self, look: PatientLook) -> None:
        """Put colours, stillness and place in force."""
        self._look = look
        self._place_controls()
        if self._run is not None:
            self._show_ratings(self._run)
        self._refresh_button()
        self.update()

    def show_run(self, run: RunNow) -> None:
        """Show a moment of the run; call at the screen's rate."""
        changed = run != self._run
        self._run = run
        if changed:
            self.picture.show_run(run)
            self._show_ratings(run)
            self._refresh_button()
            self._say_state(run)
        if changed or self.picture.fading:
            self.update()

    def _show_ratings(self, run: RunNow) -> None:
        asking = deed_of(run) is Deed.ANSWER
        if asking:
            self.ratings.ask(run.ratings, self._look)
        elif not run.ratings:
            self.ratings.ask((), self._look)
        if asking and not self.ratings.isVisibleTo(self):
            self.ratings.show()
            self.button.raise_()
        elif not asking and self.ratings.isVisibleTo(self):
            self.ratings.hide()
            self.button.setFocus()

    def _say_state(self, run: RunNow) -> None:
        words = f"{run.task}. {run.hint}" if run.hint else run.task
        if run.movement is not None:
            words = f"{words} {picture_words(run.movement)}"
        words = run.patient_sentence or words
        if self.accessibleDescription() != words:
            self.setAccessibleName(self.tr("What the patient sees"))
            self.setAccessibleDescription(words)

    def _refresh_button(self) -> None:
        if self._run is None:
            return
        deed = deed_of(self._run)
        if deed is Deed.ANSWER and self.ratings.value is None:
            deed = Deed.SKIP
        self.button.say(deed, self.picture.effective_look(self._look))

    def _press(self) -> None:
        run = self._run
        deed = self.button.deed
        if deed in (Deed.ANSWER, Deed.SKIP) and run is not None and run.ratings:
            self.ratings.confirm()
            return
        {
            Deed.STOP: self.stop_asked,
            Deed.START: self.start_asked,
            Deed.RESUME: self.start_asked,
            Deed.CLOSE: self.close_asked,
        }.get(deed, self.next_asked).emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc stops; Enter and Space press; digits rate; A and T mark; F11 fills the screen."""
        key = Qt.Key(event.key())
        run = self._run
        if key == Qt.Key.Key_Escape:
            over = run is not None and run.phase is Phase.FINISHED
            (self.close_asked if over else self.stop_asked).emit()
        elif event.isAutoRepeat():
            return
        elif key in _ENTER:
            chosen = next((b for b in self.ratings.buttons if b.hasFocus()), self.button)
            chosen.click()
        elif key == Qt.Key.Key_F11:
            self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)
        elif self.ratings.isVisibleTo(self) and Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
            self.ratings.type_digit(key - Qt.Key.Key_0)
        elif run is not None and run.kind is StepKind.TRICK and key in _MARKS:
            self.marked.emit(_MARKS[key])
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Move the controls with the picture."""
        self._place_controls()
        super().resizeEvent(event)

    def _place_controls(self) -> None:
        places = layout(QSizeF(self.size()), self._look.place)
        self.button.place(places.px(places.button))
        self.ratings.setGeometry(places.px(places.clear).toAlignedRect())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture."""
        del event
        painter = QPainter(self)
        self.picture.paint(painter, QSizeF(self.size()), self._look, ratio=self.devicePixelRatioF())
        painter.end()


class PatientThumbnail(QWidget):
    """What the patient sees, small, for the therapist; nothing here can be pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = PatientPicture()
        self._look = PatientLook()
        self._run: RunNow | None = None
        self._ratings = RatingPanel(self)
        """Drawn small, never shown: its buttons are not for the therapist's hand."""
        self._ratings.hide()
        self.setMinimumSize(160, 100)
        self.setAccessibleName(self.tr("What the patient sees"))

    @property
    def look(self) -> PatientLook:
        """The patient's choices in force."""
        return self._look

    def set_look(self, look: PatientLook) -> None:
        """Follow the patient's choices."""
        self._look = look
        self.update()

    def show_run(self, run: RunNow) -> None:
        """Show a moment of the run."""
        if run != self._run:
            self._run = run
            self.picture.show_run(run)
            self.update()
        elif self.picture.fading:
            self.update()

    def heightForWidth(self, width: int) -> int:
        """Return the height that keeps the shape of the patient's screen."""
        return round(width * _THUMBNAIL.height() / _THUMBNAIL.width())

    def hasHeightForWidth(self) -> bool:
        """Return True: the picture keeps its shape."""
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture small, with the button as a drawing."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        shrunk = min(self.width() / _THUMBNAIL.width(), self.height() / _THUMBNAIL.height())
        painter.translate(
            (self.width() - shrunk * _THUMBNAIL.width()) / 2,
            (self.height() - shrunk * _THUMBNAIL.height()) / 2,
        )
        painter.scale(shrunk, shrunk)
        painter.setClipRect(QRectF(0, 0, _THUMBNAIL.width(), _THUMBNAIL.height()))
        ratio = self.devicePixelRatioF() * shrunk
        look = self._look
        self.picture.paint(painter, _THUMBNAIL, look, ratio=ratio)
        if self._run is not None:
            places = layout(_THUMBNAIL, look.place)
            if deed_of(self._run) is Deed.ANSWER:
                self._draw_ratings(painter, places.px(places.clear), self._run)
            draw_button(
                painter,
                places.px(places.button),
                self.picture.effective_look(look),
                deed_of(self._run),
                down=False,
                ring=False,
            )
        painter.end()

    def _draw_ratings(self, painter: QPainter, clear: QRectF, run: RunNow) -> None:
        self._ratings.resize(clear.size().toSize())
        self._ratings.ask(run.ratings, self._look)
        self._ratings.render(
            painter, clear.topLeft().toPoint(), renderFlags=QWidget.RenderFlag.DrawChildren
        )
