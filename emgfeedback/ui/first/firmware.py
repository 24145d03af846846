"""The second step: what runs on the board, and putting our firmware there."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QProgressBar, QVBoxLayout

from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.errors import FlashFailed
from emgfeedback.core.quality import Level
from emgfeedback.engine.connect import DEFAULT_DRIVER
from emgfeedback.engine.first_connection import newer_firmware
from emgfeedback.engine.snapshot import Snapshot
from emgfeedback.flashing.boards import BOARDS, FlashBoard
from emgfeedback.flashing.flasher import Progress, Stage
from emgfeedback.ui import theme, words
from emgfeedback.ui.first.inquiry import Inquiry
from emgfeedback.ui.first.step_page import Line, StepPage, label
from emgfeedback.ui.widgets.keyed_button import KeyedButton


class Firmware(StepPage):
    """Names what runs on the board; offers to put ours there, and says honestly how that went."""

    def __init__(self, inquiry: Inquiry) -> None:
        super().__init__()
        self.introduce(
            self.tr("Firmware"),
            self.tr("The program on the board"),
            self.tr("The board needs a program that reads the sensors and sends what they show."),
        )
        self._inquiry = inquiry
        self._guessed_for = ""
        self.status, self.outcome = Line(), Line()
        self.column.addSpacing(4)
        self.column.addWidget(self.status)
        self.column.addWidget(self._make_offer())
        self.column.addWidget(self._make_progress())
        self.column.addWidget(self.outcome)
        self.column.addStretch(1)

    def _make_offer(self) -> QFrame:
        self.offer = QFrame()
        self.offer.setProperty("kind", "note")
        self.offer_words = label(tone="second")
        asked = label(self.tr("Which board is it?"), "second_strong")
        self.boards = QComboBox()
        self.boards.setAccessibleName(asked.text())
        theme.set_role(self.boards, "body")
        for board in BOARDS.values():
            self.boards.addItem(board.title, board.key)
        asked.setBuddy(self.boards)
        self.flash = KeyedButton(self.tr("Put our firmware on it"), "export")
        self.flash.setMinimumHeight(theme.PRIMARY_PX)
        self.flash.clicked.connect(self._flash)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.boards)
        row.addWidget(self.flash)
        row.addStretch(1)
        column = QVBoxLayout(self.offer)
        column.setContentsMargins(14, 10, 14, 12)
        column.setSpacing(8)
        column.addWidget(self.offer_words)
        column.addWidget(asked)
        column.addLayout(row)
        return self.offer

    def _make_progress(self) -> QFrame:
        self.progress = QFrame()
        self.progress.setProperty("kind", "note")
        self.stage = label(role="body_strong")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(8)
        self.bar.setAccessibleName(self.tr("How far it is"))
        self.stop = KeyedButton(self.tr("Stop"), "stop")
        self.stop.clicked.connect(self._inquiry.cancel)
        keep = label(self.tr("Leave the cable in. It takes under a minute."), "second", "second")
        row = QHBoxLayout()
        row.addWidget(keep, 1)
        row.addWidget(self.stop)
        column = QVBoxLayout(self.progress)
        column.setContentsMargins(14, 10, 14, 12)
        column.setSpacing(8)
        column.addWidget(self.stage)
        column.addWidget(self.bar)
        column.addLayout(row)
        return self.progress

    @property
    def board(self) -> FlashBoard:
        """The kind of board that is chosen."""
        return BOARDS[str(self.boards.currentData())]

    def _flash(self) -> None:
        self._inquiry.flash(self.board)

    def enter(self) -> None:
        """Choose the board the port's adapter hints at."""
        inquiry = self._inquiry
        if inquiry.guess is not None and self._guessed_for != inquiry.port:
            self._guessed_for = inquiry.port
            self.boards.setCurrentIndex(self.boards.findData(inquiry.guess.key))

    def refresh(self, snapshot: Snapshot, now_s: float) -> None:
        """Show what runs on the board, and how flashing goes."""
        del snapshot, now_s
        inquiry = self._inquiry
        self.ready = not inquiry.busy and inquiry.info is not None
        self.progress.setVisible(inquiry.flashing)
        self.status.setVisible(not inquiry.flashing)
        offered = self._show_program()
        self.offer.setVisible(bool(offered) and not inquiry.busy)
        if offered != self.offer_words.text():
            self.offer_words.setText(offered)
        if inquiry.progress is not None:
            self._show_progress(inquiry.progress)
        self._show_outcome()

    def _show_program(self) -> str:
        """Show what runs there; return the offer in words, empty where there is none."""
        inquiry, info = self._inquiry, self._inquiry.info
        if inquiry.busy:
            self.status.show_line(self.tr("Asking who is there"), Level.UNKNOWN)
            return ""
        if info is not None:
            return self._show_board(info)
        diagnosis = inquiry.diagnosis
        if diagnosis is not None:
            self.status.show_line(diagnosis.what, Level.BAD, diagnosis.remedy)
        elif inquiry.error is not None:
            self.status.show_line(self.tr("The board holds no working program"), Level.BAD)
        else:
            self.status.show_line(self.tr("Not asked to the end"), Level.UNKNOWN)
        return self.tr("Our firmware takes the place of the program that is on it now.")

    def _show_board(self, info: DeviceInfo) -> str:
        if info.driver != DEFAULT_DRIVER:
            said = self.tr("Firmware of another maker: %1").replace("%1", info.board)
            remedy = self.tr("It can be used as it is. %1").replace("%1", info.loss_proof)
            self.status.show_line(said, Level.CHECK, remedy.strip())
            return self.tr(
                "On an Uno, Nano or Mega ours can take its place: it proves that no sample is "
                "lost, and tests its channels. The program on it now is overwritten."
            )
        newer = newer_firmware(info)
        said = self.tr("Our firmware %1 is on it").replace("%1", info.firmware)
        if not newer:
            self.status.show_line(said, Level.GOOD, self.tr("Nothing to do here."))
            return ""
        self.status.show_line(said, Level.CHECK, self.tr("It works; there is a newer one."))
        return self.tr("Version %1 came with this app.").replace("%1", newer)

    def _show_progress(self, progress: Progress) -> None:
        stages = {
            Stage.CONNECTING: self.tr("Waking the boot loader"),
            Stage.WRITING: self.tr("Writing"),
            Stage.VERIFYING: self.tr("Reading back and comparing"),
        }
        self.stage.setText(stages[progress.stage])
        self.bar.setRange(0, progress.total_bytes)
        self.bar.setValue(progress.done_bytes)

    def _show_outcome(self) -> None:
        inquiry = self._inquiry
        error, flashed = inquiry.error, inquiry.flashed
        self.outcome.setVisible(not inquiry.busy and (error is not None or flashed is not None))
        if flashed is not None:
            said = self.tr("%1 bytes written, read back and equal")
            self.outcome.show_line(
                said.replace("%1", words.whole(flashed.n_bytes)), Level.GOOD, flashed.board.title
            )
        elif error is not None:
            bad = not isinstance(error, FlashFailed) or error.half_written
            self.outcome.show_line(error.what, Level.BAD if bad else Level.CHECK, error.remedy)
