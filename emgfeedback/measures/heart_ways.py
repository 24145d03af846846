"""Ways around heartbeats in an assessment, one for a person so that levels stay comparable.

At rest the heart can be most of what a trapezius electrode sees, in contractions it matters little
(Marker and Maluf 2014). A high-pass of 30 Hz and fourth order keeps most of the muscle (Drake and
Callaghan 2006); higher ones take more of both. Levels of two ways are never compared.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from emgfeedback.core.errors import UsageError
from emgfeedback.dsp.settings import ChainSettings

ORDER = 4


@dataclass(frozen=True, slots=True)
class HeartWay:
    """One way.

    Attributes
    ----------
    title
        Its name in a list.
    words
        What is done to heartbeats, for a list of conditions.
    highpass_hz
        High-pass of fourth order in place of the 20 Hz one of second order; None: that one.
    gated
        Levels leave out what lies at a heartbeat.
    subtracted
        Levels are of the signal less its average heartbeat.
    """

    title: str
    words: str
    highpass_hz: float | None = None
    gated: bool = False
    subtracted: bool = False

    @property
    def rhythm_subtracted(self) -> bool:
        """Whether tremor and trick, which need a signal without breaks, lose the average beat."""
        return self.gated or self.subtracted

    def settings(self, fs_hz: float) -> ChainSettings:
        """Return the filters of this way.

        Raises
        ------
        SettingsError
            The sampling rate leaves no band to look at.
        """
        usual = ChainSettings.for_purpose("activation", fs_hz)
        if self.highpass_hz is None:
            return usual
        return replace(usual, highpass_hz=self.highpass_hz, highpass_order=ORDER)


def _highpass(hz: float) -> HeartWay:
    return HeartWay(f"High-pass {hz:g} Hz", "heartbeats left in, as the high-pass leaves them", hz)


HEART_WAYS: dict[str, HeartWay] = {
    "as-recorded": HeartWay("As recorded", "heartbeats left in"),
    "highpass-30": _highpass(30.0),
    "highpass-50": _highpass(50.0),
    "highpass-100": _highpass(100.0),
    "gate": HeartWay(
        "Left out around each beat",
        "60 ms before to 80 ms after each heartbeat left out; for tremor and trick the average "
        "heartbeat subtracted, which looks ahead",
        gated=True,
    ),
    "template": HeartWay(
        "Average beat subtracted",
        "the average heartbeat subtracted, which looks ahead; in short holds that of rest",
        subtracted=True,
    ),
}
"""Key -> way."""
USUAL = "gate"
HIGHPASS = ChainSettings.for_purpose("activation", 1000.0).facts().partition(",")[0]
"""The high-pass of levels and of reference contractions in words, where a way has none itself."""


def heart_way(key: str) -> HeartWay:
    """Return a way by its key. Raises UsageError for one that is not known."""
    if key not in HEART_WAYS:
        raise UsageError(
            f"Way around heartbeats {key!r} is unknown.", f"One of {list(HEART_WAYS)}."
        )
    return HEART_WAYS[key]
