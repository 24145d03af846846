"""The room with a register and one person in it, for what is filled in at an assessment."""

from __future__ import annotations

from tests.ui.checkin.conftest import Room, room

__all__ = ["Room", "room"]
