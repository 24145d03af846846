"""Which filters and windows are in use, and how to say so in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.errors import SettingsError
from emgfeedback.dsp.design import butter_sos, notch_sos

Purpose = Literal["rest", "activation"]

HIGHPASS: dict[str, tuple[float, int]] = {"rest": (30.0, 4), "activation": (20.0, 2)}
"""Purpose -> cut-off in hertz and order. At rest the heartbeat must go (Drake and Callaghan
2006); in activation the general compromise of De Luca and others 2010 holds."""

LOWPASS_HZ = 400.0
LOWPASS_OF_RATE = 0.45
"""The low-pass stays at or below this share of the sampling rate."""


@dataclass(frozen=True, slots=True)
class ChainSettings:
    """The filters of a chain; `for_purpose` gives the recommended ones.

    `lowpass_hz` None leaves the low-pass out. `notch_hz` None means no notch; otherwise its
    harmonics up to the low-pass are notched too. `lowpass_bounded` says that the sampling
    rate, not choice, set the low-pass.
    """

    purpose: Purpose = "rest"
    highpass_hz: float = 30.0
    highpass_order: int = 4
    lowpass_hz: float | None = LOWPASS_HZ
    lowpass_order: int = 4
    notch_hz: float | None = None
    notch_q: float = 30.0
    control_window_s: float = 0.1
    display_window_s: float = 0.25
    envelope_hz: float = 3.0
    lowpass_bounded: bool = False
    of_envelope: bool = False
    """The samples are an envelope already: there is nothing to filter or to take out."""

    @classmethod
    def for_purpose(
        cls,
        purpose: str,
        fs_hz: float,
        *,
        notch_hz: float | None = None,
        of_envelope: bool = False,
    ) -> ChainSettings:
        """Return the recommended settings for `rest` or `activation` at a sampling rate.

        Raises
        ------
        SettingsError
            For an unknown purpose or a rate that leaves no band to look at.
        """
        if purpose not in HIGHPASS:
            raise SettingsError(
                f"Purpose {purpose!r} is unknown.", f"Choose one of {', '.join(HIGHPASS)}."
            )
        if of_envelope:
            return cls("rest" if purpose == "rest" else "activation", of_envelope=True)
        highpass_hz, order = HIGHPASS[purpose]
        bound_hz = LOWPASS_OF_RATE * fs_hz
        if not 2 * highpass_hz <= bound_hz < np.inf:
            raise SettingsError(
                f"A sampling rate of {fs_hz:g} Hz leaves no band above the {highpass_hz:g} Hz "
                "high-pass.",
                f"Sample at {2 * highpass_hz / LOWPASS_OF_RATE:.0f} Hz or faster; 1000 Hz is good.",
            )
        return cls(
            purpose="rest" if purpose == "rest" else "activation",
            highpass_hz=highpass_hz,
            highpass_order=order,
            lowpass_hz=min(LOWPASS_HZ, bound_hz),
            lowpass_bounded=bound_hz < LOWPASS_HZ,
            notch_hz=notch_hz,
        )

    def notches_hz(self, fs_hz: float) -> tuple[float, ...]:
        """Return the notched frequencies: `notch_hz` and its harmonics up to the low-pass."""
        if self.notch_hz is None or self.of_envelope:
            return ()
        top_hz = LOWPASS_OF_RATE * fs_hz if self.lowpass_hz is None else self.lowpass_hz
        if not 0 < self.notch_hz <= top_hz:
            raise SettingsError(
                f"Notch frequency {self.notch_hz:g} Hz is not between 0 and {top_hz:g} Hz, "
                "the top of the band.",
                "Choose 50 or 60 Hz.",
            )
        harmonics = range(1, int(top_hz / self.notch_hz) + 1)
        return tuple(self.notch_hz * k for k in harmonics)

    def band_sos(self, fs_hz: float) -> NDArray[np.float64]:
        """Design high-pass, low-pass and notches as one cascade, `(n_sections, 6)`.

        Raises
        ------
        SettingsError
            For a filter that cannot be at this rate.
        """
        if self.of_envelope:
            return np.array([[1.0, 0.0, 0.0, 1.0, 0.0, 0.0]])
        if self.lowpass_hz is not None and not self.highpass_hz < self.lowpass_hz:
            raise SettingsError(
                f"The high-pass of {self.highpass_hz:g} Hz is not below the low-pass of "
                f"{self.lowpass_hz:g} Hz.",
                "Lower the high-pass or raise the low-pass.",
            )
        parts = [butter_sos(self.highpass_order, "high", self.highpass_hz, fs_hz)]
        if self.lowpass_hz is not None:
            parts.append(butter_sos(self.lowpass_order, "low", self.lowpass_hz, fs_hz))
        parts += [notch_sos(f_hz, self.notch_q, fs_hz) for f_hz in self.notches_hz(fs_hz)]
        return np.vstack(parts)

    def envelope_sos(self, fs_hz: float) -> NDArray[np.float64]:
        """Design the second-order low-pass of the linear envelope, `(1, 6)`."""
        return butter_sos(2, "low", self.envelope_hz, fs_hz)

    def facts(self) -> str:
        """Return the settings in words, as they stand on screen and in a recording."""
        windows = f"RMS {1000 * self.control_window_s:g} ms / {1000 * self.display_window_s:g} ms"
        if self.of_envelope:
            return f"no filters (the sensor sends an envelope); {windows}"
        if self.lowpass_hz is None:
            lowpass = "no LP"
        else:
            bounded = " (bounded by the sampling rate)" if self.lowpass_bounded else ""
            lowpass = f"LP {self.lowpass_hz:.4g} Hz o{self.lowpass_order}{bounded}"
        notch = (
            "notch off"
            if self.notch_hz is None
            else f"notch {self.notch_hz:.4g} Hz Q{self.notch_q:g} and harmonics"
        )
        return (
            f"HP {self.highpass_hz:g} Hz o{self.highpass_order}, {lowpass}, {notch}; "
            f"{windows}; envelope LP {self.envelope_hz:g} Hz"
        )
