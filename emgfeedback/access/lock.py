"""When to lock by itself: after nobody has touched anything for a while."""

from __future__ import annotations


class IdleLock:
    """Tell when it is time to lock; the caller locks.

    Never while something runs that must not end: a recording, a training. The time begins
    anew when it ends. Times are seconds of a clock that goes on while the computer sleeps, as
    `time.time()`; one that is set back counts as a touch.

    Parameters
    ----------
    after_s
        How long nobody may touch anything, seconds; None never locks.
    """

    def __init__(self, after_s: float | None) -> None:
        if after_s is not None and not after_s > 0:
            raise ValueError(f"locking after {after_s} s")
        self.after_s = after_s
        self._touched_s: float | None = None
        self._running: set[str] = set()

    def touched(self, t_s: float) -> None:
        """Begin the time anew: somebody used keyboard, mouse or screen, or has just unlocked."""
        self._touched_s = t_s

    def began(self, what: str) -> None:
        """Hold the lock off until `what`, as `recording`, has `ended`."""
        self._running.add(what)

    def ended(self, what: str, t_s: float) -> None:
        """Let the time begin anew, now that `what` is over."""
        self._running.discard(what)
        self.touched(t_s)

    def left_s(self, t_s: float) -> float | None:
        """Return the seconds until it is due, at least 0; None where it will not be."""
        if self.after_s is None or self._running:
            return None
        if self._touched_s is None or t_s < self._touched_s:
            self._touched_s = t_s
        return max(self._touched_s + self.after_s - t_s, 0.0)

    def due(self, t_s: float) -> bool:
        """Whether to lock now."""
        return self.left_s(t_s) == 0.0
