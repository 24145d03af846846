"""The streaming synthesiser: wishes in, stereo sound out, in blocks of any size."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from emgfeedback.core.errors import SettingsError
from emgfeedback.sound import voice
from emgfeedback.sound.voice import ATTACK_S, Samples
from emgfeedback.sound.wish import SILENCE, SoundMode, SoundWish

RELEASE_S = 0.12
MUTE_S = 0.05
WISH_HOLDS_S = 0.25
"""Without a fresh wish for this long all falls silent: nobody steers the sound any more."""
STEP_S = 0.005
"""Pitch, place and volume are set this often and run in straight lines between."""
PITCH_SETTLES_S = 0.06
PITCH_OCTAVES_PER_S = 4.0
"""A spasm glides up, it does not shriek."""
PAN_PER_S = 2.5
"""From one side to the other within half a second: under 3 dB per 50 ms in either ear."""
VOLUME_DB_PER_S = 40.0
VOLUME_RANGE_DB = 40.0
LOUDNESS_POINTS = 257
"""The even loudness is looked up; between points it is off by less than 0.001 dB."""
LEVEL_CAPS = (0.001, 1.0)
RATES_HZ = (8000, 192000)


class Gate:
    """A gain between exactly 0 and exactly 1 that opens and closes along a raised cosine."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._share = 0.0

    @property
    def shut(self) -> bool:
        """Whether the gain is exactly 0."""
        return self._share == 0.0

    def open_at_once(self) -> None:
        """Set the gain to 1, for sounds that bring their own attack."""
        self._share = 1.0

    def gains(self, n: int, *, wanted: bool, over_s: float) -> Samples:
        """Return the next `n` gains toward open (wanted) or shut; all the way takes `over_s`."""
        slope = (1.0 if wanted else -1.0) / (over_s * self._rate_hz)
        shares = np.clip(self._share + slope * np.arange(1, n + 1), 0.0, 1.0)
        self._share = float(shares[-1])
        return voice.raised_cosine(shares)


def _toward(value: float, wanted: float, most: float, share: float = 1.0) -> float:
    """Go `share` of the way from `value` to `wanted`, at most `most`."""
    return value + min(max((wanted - value) * share, -most), most)


def check_volume(share: float) -> None:
    """Refuse a volume that cannot be.

    Raises
    ------
    SettingsError
        Outside 0 to 1.
    """
    if not 0.0 <= share <= 1.0:
        raise SettingsError(f"A volume of {share:g} is outside 0 to 1.", "0.5 is half.")


def check_level_cap(level_cap: float) -> None:
    """Refuse a peak that cannot be.

    Raises
    ------
    SettingsError
        Outside `LEVEL_CAPS`.
    """
    if not LEVEL_CAPS[0] <= level_cap <= LEVEL_CAPS[1]:
        raise SettingsError(
            f"A sound level cap of {level_cap:g} is outside "
            f"{LEVEL_CAPS[0]:g} to {LEVEL_CAPS[1]:g}.",
            "Give a share of full scale, as 0.25.",
        )


class FeedbackSound:
    """Makes the sound of feedback.

    `wish`, `volume` and `chime` may be called from another thread than `render`; they are heard
    from the next 5 ms step on. For the same wishes at the same samples the output is the same,
    bit for bit, whatever the size of the blocks.

    Parameters
    ----------
    rate_hz
        Sample rate of the output.
    level_cap
        Peak of the output that is never exceeded, as share of full scale; set once.

    Raises
    ------
    SettingsError
        A rate or a cap that cannot be.
    """

    def __init__(self, rate_hz: int = 48000, level_cap: float = 0.25) -> None:
        if not RATES_HZ[0] <= rate_hz <= RATES_HZ[1]:
            raise SettingsError(
                f"Sound at {rate_hz} Hz is outside {RATES_HZ[0]} to {RATES_HZ[1]} Hz.",
                "Choose 44100 or 48000.",
            )
        check_level_cap(level_cap)
        self.rate_hz = rate_hz
        self.level_cap = level_cap
        self._step = round(rate_hz * STEP_S)
        self._chime = voice.chime(rate_hz)
        self._octaves = np.linspace(
            math.log2(voice.LOWEST_HZ), math.log2(voice.HIGHEST_HZ), LOUDNESS_POINTS
        )
        self._even = voice.even_loudness(np.exp2(self._octaves))
        # Voice and chime may overlap for a moment; the cap holds for their sum.
        self._unit = level_cap / (1.0 + float(np.abs(self._chime).max()))
        self._wish = SILENCE
        self._wish_fresh = False
        self._wish_steps = 0
        self._volume = 1.0
        self._volume_db = 0.0
        self._voice_gate = Gate(rate_hz)
        self._chime_gate = Gate(rate_hz)
        self._chime_wanted = False
        self._chime_at = len(self._chime)
        self._chime_fades = False
        self._cycles = 0.0
        self._octave = math.log2(voice.LOWEST_HZ)
        self._pan = 0.0
        self._made = np.zeros((0, 2))

    def wish(self, wish: SoundWish) -> None:
        """Follow `wish` from now on, for at most 0.25 s."""
        self._wish = wish
        self._wish_fresh = True

    def volume(self, share: float) -> None:
        """Set the volume below the cap: 0 is silence, 1 the loudest, even steps to the ear.

        Raises
        ------
        SettingsError
            Outside 0 to 1.
        """
        check_volume(share)
        self._volume = share

    def chime(self) -> None:
        """Ring the two notes that end a trial, once, unless all is muted or they ring already."""
        self._chime_wanted = True

    def render(self, n: int) -> Samples:
        """Return the next `n` samples (n, 2), left and right, full scale 1."""
        pieces = [self._made]
        ready = len(self._made)
        while ready < n:
            pieces.append(self._next_step())
            ready += self._step
        made = np.concatenate(pieces)
        self._made = made[n:]
        return made[:n]

    def render_int16(self, n: int) -> NDArray[np.int16]:
        """Return the next `n` samples as 16-bit integers (n, 2)."""
        return np.rint(self.render(n) * 32767.0).astype(np.int16)

    def _next_step(self) -> Samples:
        wish = self._present_wish()
        volume = self._volume_gains()
        ringing = self._chime_samples(muted=wish.muted)
        sound = self._voice_samples(wish)
        if ringing is not None:
            sound = sound + ringing[:, None] * math.sqrt(0.5)
        return np.asarray(sound * (self._unit * volume)[:, None])

    def _present_wish(self) -> SoundWish:
        if self._wish_fresh:
            self._wish_fresh = False
            self._wish_steps = 0
        self._wish_steps += 1
        stale = self._wish_steps * STEP_S > WISH_HOLDS_S
        return SILENCE if stale or self._volume == 0.0 else self._wish

    def _volume_gains(self) -> Samples:
        before = self._volume_db
        wanted = VOLUME_RANGE_DB * (self._volume - 1.0)
        self._volume_db = _toward(before, wanted, VOLUME_DB_PER_S * STEP_S)
        return np.asarray(10.0 ** (self._line(before, self._volume_db) / 20))

    def _voice_samples(self, wish: SoundWish) -> Samples:
        distance = wish.voice_distance()
        if distance is None and self._voice_gate.shut:
            return np.zeros((self._step, 2))
        octaves, pans = self._glide(wish, distance)
        f_hz = np.exp2(octaves)
        cycles = self._cycles + np.cumsum(f_hz) / self.rate_hz
        self._cycles = float(cycles[-1]) % 1.0
        going_s = MUTE_S if wish.muted or wish.inside is None else RELEASE_S
        gate = self._voice_gate.gains(
            self._step,
            wanted=distance is not None,
            over_s=going_s if distance is None else ATTACK_S,
        )
        tone = voice.wave(cycles) * np.interp(octaves, self._octaves, self._even) * gate
        return np.asarray(tone[:, None] * voice.pan_gains(pans))

    def _glide(self, wish: SoundWish, distance: float | None) -> tuple[Samples, Samples]:
        """Move pitch and place toward the wish; a voice that fades keeps its own."""
        octave, pan = self._octave, self._pan
        if distance is not None:
            steady = wish.mode is SoundMode.TONE_INSIDE
            f_hz = voice.INSIDE_HZ if steady else voice.pitch_hz(distance)
            wanted_pan = 0.0 if steady else voice.WIDEST_PAN * wish.balance()
            if self._voice_gate.shut:
                octave, pan = math.log2(f_hz), wanted_pan
            share = 1.0 - math.exp(-STEP_S / PITCH_SETTLES_S)
            most = PITCH_OCTAVES_PER_S * STEP_S
            self._octave = _toward(octave, math.log2(f_hz), most, share)
            self._pan = _toward(pan, wanted_pan, PAN_PER_S * STEP_S)
        return self._line(octave, self._octave), self._line(pan, self._pan)

    def _chime_samples(self, *, muted: bool) -> Samples | None:
        if self._chime_wanted:
            self._chime_wanted = False
            if not muted and self._chime_at >= len(self._chime):
                self._chime_at = 0
                self._chime_fades = False
                self._chime_gate.open_at_once()
        if self._chime_at >= len(self._chime):
            return None
        ringing = np.zeros(self._step)
        part = self._chime[self._chime_at : self._chime_at + self._step]
        ringing[: len(part)] = part
        self._chime_at += self._step
        # Once a mute has begun the rest of the chime stays away.
        fading = muted or self._chime_fades
        self._chime_fades = fading
        ringing *= self._chime_gate.gains(self._step, wanted=not fading, over_s=MUTE_S)
        if self._chime_gate.shut:
            self._chime_at = len(self._chime)
        return ringing

    def _line(self, start: float, end: float) -> Samples:
        return start + (end - start) * np.arange(1, self._step + 1) / self._step
