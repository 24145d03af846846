"""Where sound can go to: the system's outputs, by Qt's own audio.

QtMultimedia follows the system's default output on Windows, macOS and Linux, and brings nothing
but Qt. It is an extra (`requirements-sound.txt`), imported when first wanted.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

_log = logging.getLogger(__name__)

BUFFER_S = 0.04
"""Sound ahead of the ear: with the fade of 50 ms a mute is done within 100 ms."""
NOT_INSTALLED = "not installed"
_RATES_HZ = (48000, 44100)


class SoundUnavailable(Exception):
    """No sound, and why in few words."""


class Speaker(Protocol):
    """An open output; made, used and closed in the sound's own thread."""

    rate_hz: int

    def free(self) -> int:
        """Return how many samples may be written now.

        Raises
        ------
        SoundUnavailable
            The device is lost.
        """

    def write(self, samples: NDArray[np.int16]) -> None:
        """Queue samples (n, 2)."""

    def close(self) -> None:
        """Stop and give the device back."""


class Outputs(Protocol):
    """Where sound can go to."""

    changed: Any
    """Signal: devices came or went."""

    def choose(self) -> Callable[[], Speaker]:
        """Return what opens the default output, to be called in the sound's own thread.

        Raises
        ------
        SoundUnavailable
            There is none.
        """


class QtOutputs(QObject):
    """The system's outputs by QtMultimedia.

    Raises
    ------
    SoundUnavailable
        QtMultimedia is not installed or a library it needs (libpulse0 on Linux) is missing.

    Signals
    -------
    changed
        Devices came or went.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        try:
            from PySide6 import QtMultimedia  # noqa: PLC0415 - an extra, and slow to import
        except ImportError as error:
            _log.info("No QtMultimedia: %s", error)
            raise SoundUnavailable(NOT_INSTALLED) from error
        self._multimedia = QtMultimedia
        self._devices = QtMultimedia.QMediaDevices()
        self._devices.audioOutputsChanged.connect(self.changed)

    def choose(self) -> Callable[[], Speaker]:
        """Return what opens the default output."""
        multimedia = self._multimedia
        device = multimedia.QMediaDevices.defaultAudioOutput()
        if device.isNull():
            raise SoundUnavailable("no device")
        wanted = multimedia.QAudioFormat()
        wanted.setChannelCount(2)
        wanted.setSampleFormat(multimedia.QAudioFormat.SampleFormat.Int16)
        for rate_hz in (device.preferredFormat().sampleRate(), *_RATES_HZ):
            wanted.setSampleRate(rate_hz)
            if rate_hz in _RATES_HZ and device.isFormatSupported(wanted):
                return lambda: _QtSpeaker(multimedia, device, wanted)
        raise SoundUnavailable("the device plays no 16-bit stereo at 48 or 44.1 kHz")


class _QtSpeaker:
    _BYTES = 4

    def __init__(self, multimedia: Any, device: Any, wanted: Any) -> None:
        self.rate_hz = int(wanted.sampleRate())
        self._stopped = multimedia.QAudio.State.StoppedState
        self._sink = multimedia.QAudioSink(device, wanted)
        self._sink.setBufferSize(round(BUFFER_S * self.rate_hz) * self._BYTES)
        self._stream = self._sink.start()
        if self._stream is None:
            raise SoundUnavailable("the device cannot be opened")

    def free(self) -> int:
        if self._sink.state() == self._stopped:
            raise SoundUnavailable("device lost")
        return int(self._sink.bytesFree()) // self._BYTES

    def write(self, samples: NDArray[np.int16]) -> None:
        self._stream.write(samples.tobytes())

    def close(self) -> None:
        self._sink.stop()
        # Qt wants them to go in the thread they came from.
        self._stream = self._sink = None
