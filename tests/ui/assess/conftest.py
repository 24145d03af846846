"""The room with a register and one person in it, and one recording with what was measured of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from emgfeedback.measures.assessment_spans import Edge
from tests.ui.assess import recorded
from tests.ui.checkin.conftest import Room, blank_register, room

__all__ = ["Room", "blank_register", "room"]


@pytest.fixture(scope="session")
def path(tmp_path_factory) -> Path:
    """Tasks of `recorded.HOLDS_S`, heartbeats in the left SCM and the left trapezius."""
    made = tmp_path_factory.mktemp("assessed") / "visit.bdf"
    return recorded.write(made, heart_uv=(60.0, 0.0, 40.0, 0.0, 0.0, 0.0))


@pytest.fixture(scope="session")
def measured(path: Path) -> Mapping[str, Any]:
    """The assessment of the recording."""
    return recorded.measure(path)


@pytest.fixture(scope="session")
def measured_again(path: Path) -> Mapping[str, Any]:
    """The same with the second turn to the left held from 19.4 s on, not 19 s."""
    return recorded.measure(path, edges=(Edge("rotate-left", 1, "start", 19.4),))
