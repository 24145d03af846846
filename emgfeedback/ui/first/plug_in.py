"""The first step: the board is plugged in and found, or the cause is named with its remedy."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout

from emgfeedback.core.quality import Level
from emgfeedback.engine.first_connection import (
    Diagnosis,
    Step,
    Surroundings,
    firmware_may_help,
    may_end_by_itself,
)
from emgfeedback.engine.snapshot import Snapshot
from emgfeedback.ui.background import Background
from emgfeedback.ui.first.inquiry import Inquiry
from emgfeedback.ui.first.step_page import Line, Lines, StepPage, label
from emgfeedback.ui.session_port import SessionPort
from emgfeedback.ui.widgets.connection import ConnectionPanel
from emgfeedback.ui.widgets.keyed_button import KeyedButton

_LOOK_EVERY_S = 2.0


class PlugIn(StepPage):
    """Looks round again and again, asks every new board, and says why one cannot be used."""

    def __init__(self, session: SessionPort, inquiry: Inquiry) -> None:
        super().__init__()
        self.introduce(
            self.tr("Plug in"),
            self.tr("Plug the board in"),
            self.tr("USB cable to this computer. No electrodes on the skin yet."),
        )
        self._session, self._inquiry = session, inquiry
        self._look: Background[Surroundings] | None = None
        self._looked_at_s = float("-inf")
        self.there: Surroundings | None = None
        self._asked: set[str] = set()
        self._listed = False
        self.status = Line()
        self.causes = Lines(self.tr("What keeps boards from being found"))
        self.again = KeyedButton(self.tr("Ask again"), "repeat")
        self.again.clicked.connect(inquiry.ask_again)
        self.stop = KeyedButton(self.tr("Stop asking"), "stop")
        self.stop.clicked.connect(inquiry.cancel)
        self.choice = ConnectionPanel()
        self.choice.connect_button.say(self.tr("Ask this port"), "search")
        self.choice.connect_asked.connect(self._ask)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.again)
        row.addWidget(self.stop)
        row.addStretch(1)
        self.column.addSpacing(4)
        self.column.addWidget(self.status)
        self.column.addWidget(self.causes)
        self.column.addLayout(row)
        self.column.addSpacing(12)
        self.column.addWidget(label(self.tr("Or choose it yourself"), "card_title"))
        self.column.addWidget(self.choice)
        self.column.addStretch(1)

    def enter(self) -> None:
        """Look round at once."""
        self._looked_at_s = float("-inf")

    def refresh(self, snapshot: Snapshot, now_s: float) -> None:
        """Look round, ask who is new, and say what is known."""
        del snapshot
        if self._look is None:
            if now_s - self._looked_at_s >= _LOOK_EVERY_S:
                self._look = Background(self._session.look_round)
        elif self._look.done:
            self._take(self._look.result())
            self._look, self._looked_at_s = None, now_s
        self._show()

    def _take(self, there: Surroundings | None) -> None:
        """Ask a board that is new, and one whose port may be free by now."""
        if there is None:
            return
        self.there = there
        self.choice.show_ports(there.ports)
        present = {port.path for port in there.ports}
        self._asked &= present
        inquiry = self._inquiry
        if self._listed and inquiry.port not in present and not inquiry.busy:
            inquiry.forget()
        self._listed = inquiry.port in present
        if inquiry.busy or inquiry.info is not None:
            return
        new = [port for port in there.worth_asking if port.path not in self._asked]
        if new:
            self._asked.add(new[0].path)
            inquiry.ask(new[0])
        elif inquiry.diagnosis is not None and may_end_by_itself(inquiry.diagnosis):
            inquiry.ask_again()

    def _ask(self, path: str) -> None:
        ports = self.there.ports if self.there is not None else ()
        line = next((port for port in ports if port.path == path), path)
        self._asked.add(path)
        self._inquiry.ask(line)

    def _show(self) -> None:
        inquiry = self._inquiry
        self.stop.setVisible(inquiry.busy)
        self.choice.setEnabled(not inquiry.busy)
        diagnosis, info = inquiry.diagnosis, inquiry.info
        self.again.setVisible(not inquiry.busy and bool(inquiry.port) and info is None)
        self.ready = not inquiry.busy and (
            info is not None or (diagnosis is not None and firmware_may_help(diagnosis))
        )
        self.next_text = ""
        quiet = diagnosis is not None and may_end_by_itself(diagnosis)
        if inquiry.busy and not quiet:
            self.status.show_line(self._doing(), Level.UNKNOWN, inquiry.port)
        elif info is not None:
            simulated = self.tr("Simulated: nothing is plugged in, and no electrode is needed.")
            where = simulated if inquiry.is_demo else inquiry.port
            self.status.show_line(
                self.tr("%1 answers").replace("%1", info.board), Level.GOOD, where
            )
        elif diagnosis is not None:
            self._show_failed(diagnosis)
        elif inquiry.port:
            self.status.show_line(self.tr("Not asked to the end"), Level.UNKNOWN, inquiry.port)
        else:
            self.status.show_line(
                self.tr("Looking for a board"),
                Level.UNKNOWN,
                self.tr("It is looked for again every two seconds, by itself."),
            )
        nobody = not inquiry.port
        causes = self.there.causes if self.there is not None and nobody else ()
        for line, cause in zip(self.causes.ask_for(len(causes)), causes, strict=True):
            line.show_line(cause.what, Level.CHECK, cause.remedy)

    def _show_failed(self, diagnosis: Diagnosis) -> None:
        self.status.show_line(diagnosis.what, Level.BAD, diagnosis.remedy)
        if firmware_may_help(diagnosis):
            self.next_text = self.tr("To the firmware")

    def _doing(self) -> str:
        return {
            Step.TESTING: self.tr("It answers; its channels are being tested"),
            Step.LISTENING: self.tr("Nobody known: listening at other rates"),
            Step.KNOCKING: self.tr("Nobody known: asking its boot loader"),
        }.get(
            self._inquiry.doing or Step.ASKING,
            self.tr("Asking who is there; a board other than ours may take 20 s"),
        )
