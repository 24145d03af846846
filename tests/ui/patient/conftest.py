"""The patient's window is looked at in the usual text size, whatever tests before have chosen."""

from __future__ import annotations

import pytest

from emgfeedback.ui.theme import Appearance


@pytest.fixture(autouse=True)
def _usual_look(look: Appearance) -> Appearance:
    return look
