"""Training: choose a plan, run it, see what came of it; and the patient's window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from emgfeedback.core.device import LinkState
from emgfeedback.core.errors import AccessError
from emgfeedback.core.files import PLAIN, Files
from emgfeedback.core.montage import Side
from emgfeedback.engine.snapshot import Snapshot
from emgfeedback.sound.cue import CueFollower
from emgfeedback.training.now import Phase, RunNow
from emgfeedback.training.plan import Plan
from emgfeedback.training.run import TrainingRun
from emgfeedback.ui import theme
from emgfeedback.ui.errands import Errands
from emgfeedback.ui.look_file import Choices
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.patient.view import PatientView
from emgfeedback.ui.session_port import SessionPort
from emgfeedback.ui.sound_output import SoundOutput
from emgfeedback.ui.train.console import TrainConsole
from emgfeedback.ui.train.control_panel import Command
from emgfeedback.ui.train.ending import Ending
from emgfeedback.ui.train.plan_chooser import PlanChooser
from emgfeedback.ui.voice import Voice
from emgfeedback.ui.widgets.banner import Banner
from emgfeedback.ui.widgets.keyed_button import KeyedButton

_TRYING = (LinkState.OPENING, LinkState.HANDSHAKE)


class NoBoard(QWidget):
    """Where training will be: one sentence and the way to a board."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title, sentence = QLabel(self.tr("Training needs a board")), QLabel()
        theme.set_role(title, "page_title")
        theme.set_role(sentence, "body")
        sentence.setProperty("tone", "second")
        sentence.setWordWrap(True)
        sentence.setText(
            self.tr(
                "Here a plan leads step by step: through the recording before injections, or "
                "through breathing, a resting level and quiet practice. The demo board shows it "
                "without electrodes."
            )
        )
        self.connect_button = KeyedButton(self.tr("Connect a board"), "connect")
        self.demo_button = KeyedButton(self.tr("Demo board"), "play")
        self.demo_button.setProperty("kind", "primary")
        self.status = QLabel()
        theme.set_role(self.status, "body")
        self.banner = Banner()
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        for button in (self.demo_button, self.connect_button):
            button.setMinimumHeight(theme.PRIMARY_PX)
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(40, 20, 40, 20)
        column.setSpacing(14)
        column.addStretch(1)
        for widget in (title, sentence):
            column.addWidget(widget)
        column.addLayout(buttons)
        column.addWidget(self.status)
        column.addWidget(self.banner)
        column.addStretch(2)

    def show_link(self, snapshot: Snapshot) -> None:
        """Show how connecting goes, or why it failed."""
        trying = snapshot.link.state in _TRYING
        self.status.setText(self.tr("Connecting …") if trying else "")
        self.demo_button.setEnabled(not trying)
        failed = Notice("bad", self.tr("Not connected"), snapshot.link_message)
        self.banner.show_notice(failed if snapshot.link_message and not trying else None)


class TrainPage(QStackedWidget):
    """The therapist's console, and whose signals the patient's window obeys.

    Signals
    -------
    demo_asked, board_asked
        To connect.
    """

    demo_asked = Signal()
    board_asked = Signal()

    def __init__(
        self, session: SessionPort, errands: Errands, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._errands = session, errands
        self.files: Callable[[], Files] = lambda: PLAIN
        """What opens the user's own plans, which may be encrypted."""
        self._run: RunNow | None = None
        self._saving = self._left_end = False
        self._saved_to = ""
        self._listed = False
        self._choices = Choices()
        self.setAccessibleName(self.tr("Train"))
        self.no_board = NoBoard()
        self.chooser = PlanChooser()
        self.console = TrainConsole()
        self.ending = Ending()
        for page in (self.no_board, self.chooser, self.console, self.ending):
            self.addWidget(page)
        self.patient: PatientView | None = None
        self.sound = SoundOutput(parent=self)
        self.sound.state_changed.connect(self._show_sound)
        self.voice, self._cues = Voice(parent=self), CueFollower()
        self.voice.state_changed.connect(self._show_voice)
        self._connect_parts()
        self._show_sound(self.sound.state)
        self._show_voice(self.voice.state)

    def _connect_parts(self) -> None:
        self.no_board.demo_button.clicked.connect(self.demo_asked)
        self.no_board.connect_button.clicked.connect(self.board_asked)
        self.chooser.start_asked.connect(self.start)
        self.console.threshold_asked.connect(self._set_threshold)
        panel = self.console.panel
        panel.commanded.connect(self.command)
        panel.mark_asked.connect(self.mark)
        panel.patient_asked.connect(self.toggle_patient)
        panel.sound_asked.connect(self._toggle_sound)
        panel.voice_asked.connect(lambda: self.voice.switch(on=not self.voice.on))
        self.ending.back_asked.connect(self._leave_end)

    @property
    def running(self) -> bool:
        """Whether a plan runs and has not ended."""
        return self._run is not None and self._run.phase is not Phase.FINISHED

    def refresh(self, snapshot: Snapshot, now_s: float, *, connected: bool) -> None:
        """Follow the run, whichever page is in sight; draw only what is."""
        run = self._run = snapshot.training if connected else None
        if run is not None and run.phase is not Phase.FINISHED:
            self._saving = self._left_end = False
            self._saved_to = ""
            self._say_cues(run, now_s)
        elif run is not None and not self._saving:
            self._saving = True
            self._say_cues(run, now_s)
            self.sound.hush()
            self._errands.send(self._save)
        if run is None:
            self.sound.hush()
            self.voice.hush()
        if self.patient is not None and self.patient.isVisible() and run is not None:
            self.patient.show_run(run)
        self._show_page(snapshot, run, connected=connected)
        if not self.isVisible():
            return
        if run is not None and self.currentWidget() is self.console:
            refused = self._errands.refused
            self.console.refresh(snapshot, run, self._session.traces, now_s, refused)
        elif run is not None and self.currentWidget() is self.ending:
            self.ending.show_run(run, self._saved_to, self._errands.refused)
        elif self.currentWidget() is self.no_board:
            self.no_board.show_link(snapshot)

    def _show_page(self, snapshot: Snapshot, run: RunNow | None, *, connected: bool) -> None:
        del snapshot
        wanted: QWidget = self.chooser if connected else self.no_board
        if run is not None and run.phase is not Phase.FINISHED:
            wanted = self.console
        elif run is not None and not self._left_end:
            wanted = self.ending
        if self.currentWidget() is wanted:
            return
        if wanted is self.chooser and not self._listed:
            self._list_plans()
        self.setCurrentWidget(wanted)
        if self.isVisible():
            self._focus_first()

    def files_changed(self) -> None:
        """Read the plans anew: what opens the encrypted ones has come or gone."""
        if self._listed:
            self._list_plans()

    def _list_plans(self) -> None:
        self._listed = True
        try:
            files = self.files()
        except AccessError:
            files = PLAIN
        self.chooser.show_plans(self._session.plans(), files)

    def _focus_first(self) -> None:
        """Put the keyboard on what is most likely asked next."""
        first: dict[QWidget | None, QWidget] = {
            self.no_board: self.no_board.demo_button,
            self.chooser: self.chooser.first_control,
            self.console: self.console.panel.next_button,
            self.ending: self.ending.back_button,
        }
        first[self.currentWidget()].setFocus(Qt.FocusReason.OtherFocusReason)

    def showEvent(self, event: QShowEvent) -> None:
        """Take the keyboard from the rail: Enter starts or goes on."""
        super().showEvent(event)
        self._focus_first()

    # What is asked

    def start(self, plan: Plan, overactive: dict[str, Side]) -> None:
        """Start `plan`; why it cannot start is told above the button."""
        self._errands.do_now(lambda: self._session.start_training(plan, overactive))
        self.chooser.show_trouble(self._errands.refused)
        if not self._errands.refused:
            self._left_end = False
            self.sound.switch_on()
            self.voice.look()

    def command(self, action: Command) -> None:
        """Do something to the run."""
        self._errands.do_now(lambda: self._session.run(action))

    def pause(self) -> bool:
        """Pause at once: feedback and sound; return whether there was something to pause."""
        self.console.panel.close_lines()
        self.console.panel.end_rest()
        if not self.running or (self._run is not None and self._run.paused):
            return False
        self.sound.hush()
        self.voice.hush()
        self.command(lambda run: run.pause())
        return True

    def mark(self) -> None:
        """Mark this moment."""
        self._errands.do_now(self._session.mark)

    def follow_choices(self, choices: Choices) -> None:
        """Put what was chosen on the settings page in force, in an open window too."""
        self._choices = choices
        look, sound = choices.patient.look, choices.sound
        self.console.thumbnail.set_look(look)
        if self.patient is not None:
            self.patient.set_look(look)
            self.patient.keeper.choose(choices.patient.screen)
        self.sound.set_mode(sound.mode)
        self.sound.set_volume(sound.volume_pct / 100)
        self.sound.set_level_cap(sound.loudest_pct / 100)
        self.voice.switch(on=sound.voice)
        self.voice.set_volume(sound.volume_pct / 100)

    def apply_theme(self) -> None:
        """Fit a new text size."""
        self.console.fit()

    def toggle_patient(self) -> None:
        """Show the patient's window on the second screen, or the whole one; or close it."""
        if self.patient is not None and self.patient.isVisible():
            self.patient.close()
            return
        self.patient_view().keeper.show(self.screen().name(), self._choices.patient.screen)

    def patient_view(self) -> PatientView:
        """Return what the patient sees, not yet shown; it follows the run while it is."""
        if self.patient is None:
            self.patient = self._make_patient()
        if self._run is not None:
            self.patient.show_run(self._run)
        return self.patient

    def close_patient(self) -> None:
        """Let the patient's window go, and the sound."""
        self.sound.switch_off()
        if self.patient is not None:
            self.patient.close()
            self.patient.deleteLater()
            self.patient = None

    # Inside

    def _make_patient(self) -> PatientView:
        view = PatientView()
        view.set_look(self._choices.patient.look)
        view.start_asked.connect(self._go_on)
        view.next_asked.connect(self._go_on)
        view.stop_asked.connect(self.pause)
        view.rated.connect(self._rate)
        view.marked.connect(self.console.panel.trick)
        view.close_asked.connect(view.close)
        return view

    def _go_on(self) -> None:
        """Do what the patient's button says, also while the console is out of sight."""
        paused = self._run is not None and self._run.paused
        self.command(lambda run: run.resume() if paused else run.next())

    def _rate(self, ratings: dict[str, int]) -> None:
        def answer(run: TrainingRun) -> None:
            if ratings:
                run.rate(ratings)
            if run.now().ratings:
                run.next()

        self.command(answer)

    def _set_threshold(self, channel: int, uv: float) -> None:
        self.command(lambda run: run.set_threshold_uv(channel, uv))

    def _save(self) -> None:
        path: Path | None = self._session.save_training()
        if path is not None:
            self._saved_to = str(path)

    def _leave_end(self) -> None:
        self._left_end = True

    def _say_cues(self, run: RunNow, now_s: float) -> None:
        """Let the tone follow, and the voice after it."""
        over = run.phase is Phase.FINISHED
        chimed = False if over else self.sound.follow(run)
        self.voice.obey(self._cues.follow(run, now_s, chimed=chimed))

    def _toggle_sound(self) -> None:
        if self.sound.playing:
            self.sound.switch_off()
        else:
            self.sound.switch_off()
            self.sound.switch_on()

    def _show_voice(self, state: str) -> None:
        self.console.panel.show_voice(state, on=self.voice.on, there=self.voice.there)

    def _show_sound(self, state: str) -> None:
        self.console.panel.show_sound(state, on=self.sound.playing)
