"""The third step: the board's own test signal, channel by channel, before any electrode."""

from __future__ import annotations

from PySide6.QtCore import Qt

from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.quality import Level
from emgfeedback.engine.first_connection import Examination
from emgfeedback.engine.snapshot import Snapshot
from emgfeedback.ui import words
from emgfeedback.ui.first.inquiry import Inquiry
from emgfeedback.ui.first.step_page import Line, Lines, StepPage
from emgfeedback.ui.widgets.keyed_button import KeyedButton


class Cables(StepPage):
    """What the test of the channels showed, each with its verdict."""

    def __init__(self, inquiry: Inquiry) -> None:
        super().__init__()
        self.introduce(
            self.tr("Channels"),
            self.tr("Does every channel arrive?"),
            self.tr(
                "The board sent its own test signal, another height on each input. It proves the "
                "way from the board to this screen, not the sensors."
            ),
        )
        self._inquiry = inquiry
        self._shown: object = None
        self.verdicts = Lines(self.tr("Verdict on each channel"))
        self.whole = Line()
        self.remarks = Lines(self.tr("To keep in mind"))
        self.again = KeyedButton(self.tr("Test again"), "repeat")
        self.again.clicked.connect(inquiry.ask_again)
        for part in (self.whole, self.verdicts, self.remarks):
            self.column.addWidget(part)
        self.column.addWidget(self.again, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addStretch(1)

    def refresh(self, snapshot: Snapshot, now_s: float) -> None:
        """Show the newest test."""
        del snapshot, now_s
        inquiry = self._inquiry
        self.again.setEnabled(not inquiry.busy)
        self.ready = not inquiry.busy and inquiry.info is not None
        if inquiry.busy:
            self._shown = None
            self.whole.show_line(self.tr("Testing, a few seconds"), Level.UNKNOWN)
            self.verdicts.ask_for(0)
            return
        if inquiry.found is self._shown:
            return
        self._shown = found = inquiry.found
        self.next_text = ""
        if found is not None and found.info is not None:
            self._show_found(found, found.info)
        elif found is not None and found.diagnosis is not None:
            self.verdicts.ask_for(0)
            self.whole.show_line(found.diagnosis.what, Level.BAD, found.diagnosis.remedy)

    def _show_found(self, found: Examination, info: DeviceInfo) -> None:
        remarks = list(info.cautions)
        if found.latency is not None and found.latency.remedy:
            remarks.append(found.latency.remedy)
        test = found.test
        verdicts = test.channels if test is not None else ()
        for line, verdict in zip(self.verdicts.ask_for(len(verdicts)), verdicts, strict=True):
            right = not verdict.fault.value
            line.show_line(verdict.words, Level.GOOD if right else Level.BAD)
        if test is None:
            self.whole.show_line(
                self.tr("This board has no test signal"),
                Level.CHECK,
                self.tr("Its channels are checked with electrodes on, two steps from here."),
            )
        elif test.passed:
            rate = self.tr("%1 Hz measured").replace("%1", words.number(test.fs_hz or 0.0))
            told = rate if test.fs_hz is not None else ""
            said = self.tr("All %1 channels arrive, and no sample was lost")
            said = said.replace("%1", words.whole(len(verdicts)))
            self.whole.show_line(said, Level.GOOD, figure=told)
        else:
            of_channels = {verdict.words for verdict in verdicts}
            remarks = [p for p in test.problems if p not in of_channels] + remarks
            self.whole.show_line(
                self.tr("Not in order"),
                Level.BAD,
                self.tr("Try another cable and another USB port, then test again."),
            )
            self.next_text = self.tr("Go on all the same")
        for line, remark in zip(self.remarks.ask_for(len(remarks)), remarks, strict=True):
            line.show_line(remark, Level.CHECK)
