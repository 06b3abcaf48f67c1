"""Clock: the time limit of one solve, and when to lose patience."""

from __future__ import annotations

import math
import time

LATE = 0.25
PATIENCE = 0.7


class Clock:
    """Counts the seconds of one solve against its limit.

    A solver is told its limit, asked to stop when it is `LATE` seconds over it, and abandoned `PATIENCE` seconds and
    10 % over it, so that a call keeps its limit within 10 % + 1 s whatever the solver does.

    Parameters
    ----------
    limit : float
        Seconds of wall clock; infinite for none.

    Examples
    --------
    >>> clock = Clock(60.0)
    >>> clock.overdue, clock.hopeless, 59 < clock.left <= 60
    (False, False, True)
    """

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self._started = time.perf_counter()

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._started

    @property
    def left(self) -> float:
        """Seconds left, at least 0."""
        return max(0.0, self.limit - self.elapsed)

    @property
    def limited(self) -> bool:
        """Whether there is a limit at all."""
        return math.isfinite(self.limit)

    @property
    def overdue(self) -> bool:
        """Whether the solver should have stopped by itself."""
        return self.elapsed > self.limit + LATE

    @property
    def hopeless(self) -> bool:
        """Whether to wait no longer."""
        return self.elapsed > 1.1 * self.limit + PATIENCE
