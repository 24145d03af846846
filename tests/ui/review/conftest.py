"""The review page, empty and with a recording, for its tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from emgfeedback.core.block import GapReason
from emgfeedback.review.side_files import SideFiles
from emgfeedback.ui.review_page import ReviewPage
from tests.review.conftest import emg_counts, make_recording
from tests.ui.review.pages import open_on

__all__ = ["make_recording"]

GAP = (12_000, 680, GapReason.LINK)
NOTES = ((5.0, 0, "trial 1 feedback start"), (20.0, 0, "trial 1 end"), (22.0, 0, "mark trick"))


@pytest.fixture
def recorded(make_recording) -> Path:
    """A minute of six channels with a loud burst, a gap, a trial and a mark."""
    counts = emg_counts(60_000, 6)
    counts[30_000:32_000] = np.clip((counts[30_000:32_000] - 2048) * 8 + 2048, 0, 4095)
    return make_recording(counts, gaps=(GAP,), notes=NOTES)


@pytest.fixture
def page(qtbot, look, tmp_path: Path) -> Iterator[ReviewPage]:
    made = ReviewPage(tmp_path, SideFiles(tmp_path / "cache"))
    made.resize(1180, 700)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.shutdown()
    made.hide()
    made.deleteLater()


@pytest.fixture
def opened(page: ReviewPage, recorded: Path, qtbot) -> ReviewPage:
    open_on(page, recorded, qtbot)
    return page
