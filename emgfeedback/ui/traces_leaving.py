"""Traces that leave their rows for some seconds, and the scale that would hold them."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QSize, Signal
from PySide6.QtWidgets import QWidget

from emgfeedback.engine.traces import TraceChunk
from emgfeedback.ui import theme, words
from emgfeedback.ui.scales import TRACE_SCALES_UV
from emgfeedback.ui.widgets.keyed_button import KeyedButton

WATCHED_S = 5
OFFERED_FROM_S = 3
"""Seconds of those watched in which a trace leaves its row before a scale is offered."""


class Leaving:
    """The peaks of the newest whole seconds; what cannot be trusted has none.

    Parameters
    ----------
    fs_hz
        Sampling rate.
    n_channels
        Of the chunks.
    """

    def __init__(self, fs_hz: float, n_channels: int) -> None:
        self._fs_hz = fs_hz
        self._second = -1
        self._peak_uv = np.zeros(n_channels)
        self._peaks_uv: deque[NDArray[np.float64]] = deque(maxlen=WATCHED_S)
        self._offered = np.zeros(n_channels, dtype=bool)

    def add(self, chunks: Sequence[TraceChunk]) -> None:
        """Take new chunks, in stream order."""
        for chunk in chunks:
            second = int(chunk.first_sample / self._fs_hz)
            if second != self._second:
                if self._second >= 0:
                    self._peaks_uv.append(self._peak_uv)
                self._second = second
                self._peak_uv = np.zeros_like(self._peak_uv)
            if not chunk.valid.any() or len(chunk.muted) != len(self._peak_uv):
                continue
            peak_uv = np.abs(chunk.filtered_uv[chunk.valid]).max(axis=0)
            peak_uv[chunk.muted] = 0.0
            np.maximum(self._peak_uv, peak_uv, out=self._peak_uv)

    def wanted_uv(self, scales_uv: Sequence[float]) -> tuple[float | None, ...]:
        """Return the scale to offer for each channel; None where its row holds it.

        An offer stands until a trace has been inside its row for all seconds watched.
        """
        if not self._peaks_uv or len(scales_uv) != len(self._offered):
            return (None,) * len(scales_uv)
        peaks_uv = np.array(self._peaks_uv)
        outside_s = (peaks_uv > np.array(scales_uv)).sum(axis=0)
        self._offered = (outside_s >= OFFERED_FROM_S) | (self._offered & (outside_s > 0))
        wanted: list[float | None] = []
        for offered, peak_uv, scale_uv in zip(
            self._offered, peaks_uv.max(axis=0), scales_uv, strict=True
        ):
            larger = [step for step in TRACE_SCALES_UV if step > scale_uv]
            holding = [step for step in larger if step >= peak_uv] or larger[-1:]
            wanted.append(holding[0] if offered and holding else None)
        return tuple(wanted)


class ScaleOffer(KeyedButton):
    """A small button in a row: the scale that would hold its trace.

    Signals
    -------
    taken
        The scale, microvolts.
    """

    taken = Signal(float)

    def __init__(self, muscle_words: str, parent: QWidget) -> None:
        super().__init__("", parent=parent)
        self._words = muscle_words
        self._scale_uv: float | None = None
        self.setProperty("kind", "offer")
        theme.set_role(self, "caption_strong")
        self.clicked.connect(self._take)
        self.hide()

    @property
    def scale_uv(self) -> float | None:
        """The scale offered."""
        return self._scale_uv

    def sizeHint(self) -> QSize:
        """Return the least that can be read: it stands over a trace."""
        return QSize(super().sizeHint().width() - 10, theme.px(18) + 6)

    def offer(self, scale_uv: float | None) -> None:
        """Offer `scale_uv`; None hides the button."""
        if scale_uv == self._scale_uv:
            return
        self._scale_uv = scale_uv
        self.setVisible(scale_uv is not None)
        if scale_uv is not None:
            text = QCoreApplication.translate("LiveTraces", "Scale to ±%1 µV")
            self.say(text.replace("%1", words.number(scale_uv, 0)), "")
            self.setAccessibleName(f"{self._words}: {self.text()}")
            self.setToolTip(QCoreApplication.translate("LiveTraces", "The trace leaves its row."))

    def _take(self) -> None:
        if self._scale_uv is not None:
            self.taken.emit(self._scale_uv)
