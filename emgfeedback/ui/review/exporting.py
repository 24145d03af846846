"""Saving a recording in another format, in the background."""

from __future__ import annotations

from pathlib import Path

from emgfeedback.core.errors import EmgFeedbackError
from emgfeedback.core.files import Files
from emgfeedback.ui.background import Background
from emgfeedback.ui.notices import Notice


class Exporting:
    """One export at a time; `answer` tells what came of it, once."""

    def __init__(self, done_title: str, failed_title: str) -> None:
        self._titles = (done_title, failed_title)
        self._work: Background[Notice] | None = None

    @property
    def busy(self) -> bool:
        """Whether one is running."""
        return self._work is not None

    def start(self, path: Path, files: Files, out: Path) -> None:
        """Write the recording `path` to `out`, whose ending chooses the format."""
        done, failed = self._titles

        def work() -> Notice:
            from emgfeedback.records.export import export  # noqa: PLC0415  only for this
            from emgfeedback.records.reader import open_recording  # noqa: PLC0415

            try:
                with open_recording(path, files) as recording:
                    summary = export(recording, out)
            except EmgFeedbackError as error:
                return Notice("bad", failed, str(error))
            return Notice("info", done, str(summary.path))

        self._work = Background(work)

    def answer(self) -> Notice | None:
        """Return what came of it, once."""
        if self._work is None or not self._work.done:
            return None
        notice, self._work = self._work.result(), None
        return notice or Notice("bad", self._titles[1], "")
