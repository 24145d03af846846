"""The review page with a recording in it, waited for."""

from __future__ import annotations

from pathlib import Path

from emgfeedback.ui.review_page import OpenRecording, ReviewPage


def open_on(page: ReviewPage, asked: OpenRecording | Path, qtbot) -> None:
    page.open(asked)
    qtbot.waitUntil(lambda: page.looking is not None, timeout=20_000)
    drawn(page, qtbot)


def drawn(page: ReviewPage, qtbot) -> None:
    """Wait until the lanes show the window that is wanted."""

    def there() -> bool:
        image, looking = page.sheet.lanes._image, page.looking
        return (
            image is not None
            and looking is not None
            and abs(image.first_s - looking.window.first_s) < 0.01
        )

    qtbot.waitUntil(there, timeout=20_000)
