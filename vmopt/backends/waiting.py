"""Waiting for a solver without losing Ctrl-C, the time limit or the best point so far."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextvars import copy_context
from typing import Generic, Protocol, TypeVar

from vmopt import interruption
from vmopt.arrays import FloatArray
from vmopt.backends.clock import PATIENCE, Clock
from vmopt.status import Limit

T = TypeVar("T")
SLICE = 0.05


class Task(Protocol):
    """A solver at work."""

    def ended(self, seconds: float) -> bool:
        """Wait up to `seconds` for the end; whether it has come."""
        ...

    def stop(self) -> None:
        """Ask it to end early and keep what it has."""
        ...

    def abandon(self) -> None:
        """Stop waiting for it."""
        ...


def wait(
    task: Task, clock: Clock, report: Callable[[], None] = lambda: None, *, patience: float = 2 * PATIENCE
) -> Limit | None:
    """Wait for a task, at most until the clock is hopeless.

    The solver runs elsewhere, the calling thread waits in short slices: only so does Python deliver Ctrl-C while C++
    works. `report` is called in the calling thread after every slice; what it raises stops the task and is raised here.

    Parameters
    ----------
    patience : float
        Seconds that an interrupted task is waited for; a second Ctrl-C waits no longer.

    Returns
    -------
    Limit or None
        TIME or INTERRUPTED where the task had to be stopped, None where it ended by itself.
    """
    try:
        limit = _wait_for_the_end(task, clock, report)
        if limit is not None:
            task.stop()
            _wait_a_little(task, clock if limit is Limit.TIME else None, patience)
        return limit if _reported(report) else Limit.INTERRUPTED
    finally:
        task.abandon()


def _wait_for_the_end(task: Task, clock: Clock, report: Callable[[], None]) -> Limit | None:
    try:
        while not task.ended(SLICE):
            report()
            if interruption.wanted():
                return Limit.INTERRUPTED
            if clock.overdue:
                return Limit.TIME
    except KeyboardInterrupt:
        return Limit.INTERRUPTED
    return None


def _reported(report: Callable[[], None]) -> bool:
    """Report once more; whether no Ctrl-C came in between."""
    try:
        report()
    except KeyboardInterrupt:
        return False
    return True


def _wait_a_little(task: Task, clock: Clock | None, patience: float) -> None:
    """Wait for a stopped task until the clock is hopeless, or for so many seconds where there is none."""
    patience_ends = time.perf_counter() + patience
    try:
        while not task.ended(SLICE) and not (clock.hopeless if clock else time.perf_counter() > patience_ends):
            pass
    except KeyboardInterrupt:
        pass


class ThreadTask(Generic[T]):
    """A C++ call in a thread of its own, ended by `interrupt`.

    A call that ignores the interrupt is left behind; the program waits for it a while when it ends. The thread works in
    a copy of the caller's context.

    Parameters
    ----------
    work : callable
        The call; it must release the interpreter lock while it works.
    interrupt : callable
        Makes the call return early.

    Examples
    --------
    >>> task = ThreadTask(lambda: 42, lambda: None)
    >>> wait(task, Clock(10)), task.result()
    (None, 42)
    """

    def __init__(self, work: Callable[[], T], interrupt: Callable[[], None]) -> None:
        self._work = work
        self._interrupt = interrupt
        self._stopped = False
        self._done = threading.Event()
        self._value: T | None = None
        self._error: BaseException | None = None
        context = copy_context()
        interruption.start(threading.Thread(target=context.run, args=(self._run,), name="vmopt-solver", daemon=True))

    def _run(self) -> None:
        try:
            self._value = self._work()
        except BaseException as error:
            self._error = error
        finally:
            self._done.set()

    def ended(self, seconds: float) -> bool:
        """Wait up to `seconds` for the end; whether it has come."""
        return self._done.wait(seconds)

    def stop(self) -> None:
        """Interrupt the call."""
        self._stopped = True
        self._interrupt()

    def abandon(self) -> None:
        """Interrupt the call, in case it still runs, and leave it if that does not end it soon.

        A program that ends while C++ works in a thread of it is aborted: most calls are given the time to return.
        """
        if not self._done.is_set():
            self._interrupt()
            self._done.wait(0.0 if self._stopped else PATIENCE)

    def result(self) -> T | None:
        """Return what the call returned, or None while it runs; an error of the call is raised here."""
        if self._error is not None:
            raise self._error
        return self._value if self._done.is_set() else None


class Incumbents:
    """The best point a solver has shown so far, handed from its thread to the caller's.

    Parameters
    ----------
    callback : callable or None
        Told (x, bound) by `report`, in the thread that reports.
    tick : callable or None
        Called by every `report`.
    """

    def __init__(
        self, callback: Callable[[FloatArray, float], None] | None, tick: Callable[[], None] | None = None
    ) -> None:
        self.x: FloatArray | None = None
        self.bound = float("inf")
        self._callback = callback
        self._tick = tick
        self._reported: FloatArray | None = None

    def offer(self, x: FloatArray, bound: float) -> None:
        """Take a better point; called by the solver's thread."""
        self.bound = bound
        self.x = x

    def report(self) -> None:
        """Tell the callback of the newest point, once, and tick."""
        x = self.x
        if self._callback is not None and x is not None and x is not self._reported:
            self._reported = x
            self._callback(x, self.bound)
        if self._tick is not None:
            self._tick()
