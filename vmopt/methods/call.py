"""Call: what searches of one objective and of many levels share: data, clock, what was found, and how it came about."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from vmopt import interruption
from vmopt.arrays import IntArray
from vmopt.methods.history import History
from vmopt.model.instance import Instance
from vmopt.options import Options
from vmopt.problem import compile
from vmopt.solution import HistoryPoint
from vmopt.status import Limit


class Call:
    """One call of solve().

    Parameters
    ----------
    started : float, optional
        Value of ``time.perf_counter()`` from which the time limit counts; default: now.

    Attributes
    ----------
    instance : Instance
    problem : Problem
        The instance, compiled.
    options : Options
    host_index : (n_vms,) int64 array
        The best placement; nothing is placed at first.
    found : bool
        Whether any placement was offered.
    limit : Limit or None
        Why a method stopped early; the clock is seen without it.
    complete : bool
        Whether the method came to its own end, whatever the clock says by now.
    backend : str or None
        Name and version of the last backend that ran.
    build_seconds : float
        Wall clock spent building programs.
    callers_error : Exception or None
        What the caller's own progress function raised.
    suggested : list of (n_vms,) int64 arrays
        Placements that the caller gave.
    history : History
        How objective and bound came about.
    """

    def __init__(self, instance: Instance, options: Options, started: float | None = None) -> None:
        self.instance = instance
        self.problem = compile(instance)
        self.options = options
        self.started = time.perf_counter() if started is None else started
        self._deadline = self.started + options.time_limit
        self._goes_on: Callable[[], bool] | None = None
        self.host_index: IntArray = np.full(instance.n_vms, -1, dtype=np.int64)
        self.found = False
        self.limit: Limit | None = None
        self.complete = False
        self.backend: str | None = None
        self.build_seconds = 0.0
        self.callers_error: Exception | None = None
        self.suggested: list[IntArray] = []
        self.history = History()
        self._lock = threading.RLock()

    @property
    def seconds(self) -> float:
        """Wall clock since the call began."""
        return time.perf_counter() - self.started

    @property
    def remaining(self) -> float:
        """Seconds left, at least 0; none where the call was interrupted, or what runs is to make way."""
        if interruption.wanted() or (self._goes_on is not None and not self._goes_on()):
            return 0.0
        return max(0.0, self._deadline - time.perf_counter())

    @property
    def why_stopped(self) -> Limit | None:
        """The limit that a method named, else the clock's if time is up before the method was complete."""
        return self.limit or (Limit.TIME if self.remaining <= 0 and not self.complete else None)

    @contextmanager
    def within(self, share: float) -> Iterator[None]:
        """Let what runs inside see only a share of the seconds left."""
        whole = self._deadline
        self._deadline = time.perf_counter() + share * self.remaining
        try:
            yield
        finally:
            self._deadline = whole

    def leave(self, seconds: float) -> None:
        """Let there be so many seconds left at most."""
        self._deadline = min(self._deadline, time.perf_counter() + seconds)

    @contextmanager
    def while_true(self, goes_on: Callable[[], bool]) -> Iterator[None]:
        """Let what runs inside see no time left as soon as something is not true any more."""
        outer, self._goes_on = self._goes_on, goes_on
        try:
            yield
        finally:
            self._goes_on = outer

    @contextmanager
    def building(self) -> Iterator[None]:
        """Count the time inside as spent building programs."""
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.build_seconds += time.perf_counter() - begin

    def tell(self, objective: float, bound: float, method: str) -> None:
        """Write down what is known now, and tell the caller."""
        point = HistoryPoint(self.seconds, objective, bound, method)
        self.history.add(point)
        if self.options.progress is not None:
            try:
                self.options.progress(*point)
            except Exception as error:
                self.callers_error = error
                raise
