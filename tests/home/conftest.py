"""Two data folders and a stick between them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.home.two_places import Place


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Place]:
    place = Place.at(tmp_path / "clinic")
    yield place
    place.close()


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Place]:
    place = Place.at(tmp_path / "kit")
    yield place
    place.close()


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder
