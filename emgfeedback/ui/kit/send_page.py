"""Sending results: what it is, where the file goes, and how large it became."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from emgfeedback.home.results_file import SUFFIX
from emgfeedback.people.folder import DataFolder
from emgfeedback.ui.asking import Asking
from emgfeedback.ui.kit.plain_page import PlainPage
from emgfeedback.ui.notices import Notice

if TYPE_CHECKING:
    from emgfeedback.people.register import Register


class SendPage(PlainPage):
    """Writes everything that was practised into one file for the clinic."""

    def __init__(self, asking: Asking, folder: DataFolder, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setAccessibleName(self.tr("Send results"))
        self._asking, self._folder = asking, folder
        self._code = ""
        self.choose_place = self.add_button(
            self.tr("Choose where to put the file"), "export", primary=True
        )
        self.back = self.add_button(self.tr("Back"), "undo")
        self.choose_place.clicked.connect(self._choose_place)

    def offer(self, code: str) -> None:
        """Say what sending is; `code` is the clinic's for the patient."""
        self._code = code
        self.say(
            self.tr("Send results"),
            self.tr(
                "Everything you practised goes into one file. Put it on a stick, or send it by "
                "mail. Only your clinic can open it."
            ),
        )
        self.choose_place.show()
        self.begin_at(self.choose_place)

    @property
    def proposed_name(self) -> str:
        """A name for the file; nothing in the code leads to another folder."""
        code = re.sub(r"[^\w-]+", "-", self._code).strip("-")
        return f"{code}-{dt.datetime.now().astimezone().date().isoformat()}{SUFFIX}"

    def _choose_place(self) -> None:
        kind = self.tr("Results (*%1)").replace("%1", SUFFIX)
        chosen, _ = QFileDialog.getSaveFileName(
            self, self.tr("Send results"), self.proposed_name, kind
        )
        if chosen:
            self.send_to(Path(chosen if chosen.endswith(SUFFIX) else f"{chosen}{SUFFIX}"))

    def send_to(self, out: Path) -> None:
        """Write the results to `out`."""
        folder, desk = self._folder, self._asking.desk
        self.say(self.tr("Send results"), self.tr("Writing the file. One moment."))
        self.choose_place.hide()
        self.begin_at(self.head)

        def pack(register: Register) -> tuple[int, int]:
            from emgfeedback.home.kit import pack_results  # noqa: PLC0415 - loads the database

            now_utc = dt.datetime.now(dt.UTC)
            sent = pack_results(register, folder, out, now_utc=now_utc, files=desk.files)
            return out.stat().st_size, sent.missing

        self._asking.ask(pack, lambda told: self._show_sent(out, *told), refused=self._not_sent)

    def _show_sent(self, out: Path, size_bytes: int, missing: int) -> None:
        said = self.tr("%1, %2 MB. Give this file to your therapist, by stick or by mail.")
        size = f"{max(size_bytes / 1e6, 0.1):.1f}"
        gone = self.tr("%1 recordings are not on this computer any more; tell your therapist.")
        self.say(
            self.tr("The file is ready"),
            said.replace("%1", out.name).replace("%2", size),
            gone.replace("%1", str(missing)) if missing else "",
        )
        self.begin_at(self.back)

    def _not_sent(self, why: str) -> None:
        notice = Notice("bad", self.tr("The file was not written"), why)
        self.say(self.tr("Send results"), self.tr("Nothing is lost."), notice=notice)
        self.choose_place.show()
        self.begin_at(self.choose_place)
