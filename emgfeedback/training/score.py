"""Scores that wait until the signal is known to have been good.

An electrode that falls off looks like perfect calm until the quality monitor notices. So a
sample counts only once a good verdict came with `confirm_s` more usable signal behind it;
a bad verdict or a gap leaves out everything that still waits.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from emgfeedback.training.now import Hold

Bools = NDArray[np.bool_]
Codes = NDArray[np.int8]

CONFIRM_S = 1.0
"""A bad channel is noticed within this time."""

INSIDE, OUTSIDE, LEFT_OUT = 1, 0, -1
"""What became of a sample, in `ConfirmedScore.outcomes`."""
_FOLLOWING = 2
_WAITING = 3


class ConfirmedScore:
    """Count time in target, sample by sample, once it is confirmed.

    The result depends on the samples and on where verdicts come between them, not on how
    the samples are cut into calls.

    Parameters
    ----------
    fs_hz
        Sampling rate.
    confirm_s
        How much usable signal must follow before a sample counts.
    keep_outcomes
        Keep what became of every sample (one byte each), for the measures of a trial.
    """

    def __init__(
        self, fs_hz: float, confirm_s: float = CONFIRM_S, *, keep_outcomes: bool = False
    ) -> None:
        self._fs_hz = fs_hz
        self._confirm = math.ceil(confirm_s * fs_hz)
        self._keep = keep_outcomes
        self.reset()

    def reset(self) -> None:
        """Forget everything: a new trial."""
        self._in = 0
        self._scored = 0
        self._excluded: dict[Hold, int] = {}
        self._waiting: list[Codes] = []
        self._n_waiting = 0
        self._kept: list[Codes] = []
        self._finished = False

    def add(self, inside: Bools, scored: Bools, excluded_reason: Hold = Hold.NONE) -> None:
        """Take the next samples.

        Parameters
        ----------
        inside
            bool `(n,)`: in target, by the plain bounds (`Judged.within`).
        scored
            bool `(n,)`: may count. The others are left out at once.
        excluded_reason
            Why the others are left out. `QUALITY` leaves out all that waits, too. `NONE`
            says that nothing was asked of the patient in them: they count nowhere, but as
            usable signal they confirm what came before. After the end of a trial add
            `confirm_s` of such samples before `finish`, and its last second counts.
        """
        if excluded_reason is Hold.QUALITY and not scored.all():
            self._leave_out_waiting(Hold.QUALITY)
        following = excluded_reason is Hold.NONE
        codes = np.where(scored, inside.astype(np.int8), np.int8(_FOLLOWING))
        if not following:
            self._count_excluded(excluded_reason, int(np.count_nonzero(~scored)))
        if self._keep:
            self._kept.append(np.where(scored, _WAITING, LEFT_OUT).astype(np.int8))
        waiting = codes if following else codes[scored]
        if len(waiting):
            self._waiting.append(waiting)
            self._n_waiting += len(waiting)

    def judged(self, ok: bool) -> None:
        """Take a verdict on the channels of the target: good confirms, bad leaves out."""
        if not ok:
            self._leave_out_waiting(Hold.QUALITY)
            return
        ready = self._n_waiting - self._confirm
        if ready > 0:
            codes = np.concatenate(self._waiting)
            self._waiting = [codes[ready:]]
            self._n_waiting = len(codes) - ready
            self._commit(codes[:ready])

    def gap(self, n_samples: int) -> None:
        """Leave out `n_samples` that never came, and with them all that waits."""
        self._leave_out_waiting(Hold.GAP)
        self._count_excluded(Hold.GAP, n_samples)

    def finish(self) -> None:
        """End the trial: what is not confirmed by now is left out and blamed on nothing."""
        self._leave_out_waiting(Hold.NONE)
        self._finished = True

    @property
    def finished(self) -> bool:
        """Whether the numbers are final."""
        return self._finished

    @property
    def in_s(self) -> float:
        """Confirmed time in target, seconds."""
        return self._in / self._fs_hz

    @property
    def scored_s(self) -> float:
        """Confirmed time, in target or not, seconds."""
        return self._scored / self._fs_hz

    @property
    def waiting_s(self) -> float:
        """Time that still waits for confirmation, seconds."""
        return self._n_waiting / self._fs_hz

    @property
    def excluded_s(self) -> Mapping[Hold, float]:
        """Time left out by reason, seconds; `NONE` is what the end left unconfirmed."""
        return {reason: n / self._fs_hz for reason, n in self._excluded.items()}

    @property
    def total_excluded_s(self) -> float:
        """Time left out for whatever reason, seconds."""
        return sum(self._excluded.values()) / self._fs_hz

    @property
    def success_pct(self) -> float | None:
        """Share of the scored time spent in target, percent; None before any time counted."""
        return 100 * self._in / self._scored if self._scored else None

    @property
    def excluded_pct(self) -> float | None:
        """Share of the time asked for that was left out, percent; None before any time."""
        excluded = sum(self._excluded.values())
        asked = self._scored + excluded
        return 100 * excluded / asked if asked else None

    @property
    def outcomes(self) -> Codes:
        """What became of every sample given to `add`, `(n,)`: INSIDE, OUTSIDE or LEFT_OUT.

        Samples that wait are LEFT_OUT until they are confirmed; gaps have no samples here.
        Empty unless `keep_outcomes`.
        """
        if not self._kept:
            return np.zeros(0, dtype=np.int8)
        codes = np.concatenate(self._kept)
        self._kept = [codes]
        return np.where(codes == _WAITING, np.int8(LEFT_OUT), codes)

    def _commit(self, codes: Codes) -> None:
        self._in += int(np.count_nonzero(codes == INSIDE))
        scored = codes[codes != _FOLLOWING]
        self._scored += len(scored)
        self._settle_kept(scored)

    def _leave_out_waiting(self, reason: Hold) -> None:
        if not self._n_waiting:
            return
        codes = np.concatenate(self._waiting)
        n = int(np.count_nonzero(codes != _FOLLOWING))
        self._waiting, self._n_waiting = [], 0
        self._count_excluded(reason, n)
        self._settle_kept(np.full(n, LEFT_OUT, dtype=np.int8))

    def _count_excluded(self, reason: Hold, n_samples: int) -> None:
        if n_samples:
            self._excluded[reason] = self._excluded.get(reason, 0) + n_samples

    def _settle_kept(self, codes: Codes) -> None:
        """Write the outcome of the oldest waiting samples."""
        if not self._keep or not len(codes):
            return
        kept = np.concatenate(self._kept)
        kept[np.flatnonzero(kept == _WAITING)[: len(codes)]] = codes
        self._kept = [kept]
