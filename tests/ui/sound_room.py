"""Loudspeakers in memory, for the tests of sound."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, Signal

from emgfeedback.ui.sound_devices import SoundUnavailable, Speaker

RATE_HZ = 48000


class Room(QObject):
    """Outputs in memory: takes what is written, can be lost, can be missing."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.missing = ""
        self.refuses = ""
        self.speakers: list[RoomSpeaker] = []

    def choose(self) -> Callable[[], Speaker]:
        if self.missing:
            raise SoundUnavailable(self.missing)
        return self._open

    def _open(self) -> Speaker:
        if self.refuses:
            raise SoundUnavailable(self.refuses)
        self.speakers.append(RoomSpeaker())
        return self.speakers[-1]

    def heard(self) -> np.ndarray:
        return np.concatenate([np.zeros((0, 2), np.int16), *self.speakers[-1].taken])


class RoomSpeaker:
    rate_hz = RATE_HZ

    def __init__(self) -> None:
        self.taken: list[np.ndarray] = []
        self.lost = False
        self.stuck = False
        self.closed = False
        self.threads: set[int] = set()

    def free(self) -> int:
        if self.lost:
            raise SoundUnavailable("device lost")
        return 0 if self.stuck else 240

    def write(self, samples: np.ndarray) -> None:
        self.threads.add(threading.get_ident())
        self.taken.append(samples)

    def close(self) -> None:
        self.threads.add(threading.get_ident())
        self.closed = True
