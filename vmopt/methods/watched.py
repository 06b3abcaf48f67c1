"""A method at work in a thread of its own while the caller's waits, where Ctrl-C cuts no step of the search in two."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from queue import SimpleQueue

from vmopt import interruption
from vmopt.backends.clock import Clock
from vmopt.backends.waiting import ThreadTask, wait
from vmopt.interruption import Interruption
from vmopt.options import ProgressCallback
from vmopt.status import Limit

PATIENCE = 5.0
"""Seconds that an interrupted search gets to come to its end; its best placement is safe in any case."""

Point = tuple[float, float, float, str]


class Reports:
    """What a search reports in its threads, told in the caller's.

    A callback that takes so long that time is up meanwhile is told the newest alone.

    Parameters
    ----------
    callback : callable
    clock : Clock
        The time limit of the call.

    Examples
    --------
    >>> told = []
    >>> reports = Reports(lambda *point: told.append(point), Clock(60.0))
    >>> reports.put(0.1, 5.0, 8.0, "greedy")
    >>> reports.tell()
    >>> told
    [(0.1, 5.0, 8.0, 'greedy')]
    """

    def __init__(self, callback: ProgressCallback, clock: Clock) -> None:
        self._callback = callback
        self._clock = clock
        self._points: SimpleQueue[Point] = SimpleQueue()

    def put(self, seconds: float, objective: float, bound: float, method: str) -> None:
        """Take a report."""
        self._points.put((seconds, objective, bound, method))

    def tell(self) -> None:
        """Tell what was reported since."""
        while not self._points.empty():
            point = self._points.get()
            if self._points.empty() or not self._clock.overdue:
                self._callback(*point)


def run(work: Callable[[], object], reports: Reports | None) -> None:
    """Let a search work to its end; on Ctrl-C ask it to end, and wait for it a little.

    Raises
    ------
    KeyboardInterrupt
        If it was interrupted; what it has found until then is kept by the search.
    """
    call = Interruption(interruption.current())
    task = ThreadTask(lambda: call.serve(work), call.request)
    limit = wait(task, Clock(inf), reports.tell if reports else lambda: None, patience=PATIENCE)
    if limit is Limit.INTERRUPTED or interruption.wanted():
        raise KeyboardInterrupt
    task.result()
