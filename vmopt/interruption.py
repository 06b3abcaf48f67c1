"""Interruption: asking the threads that work for a call to end soon, and leaving none behind when the program ends.

Python delivers signals to the main thread alone. Whoever waits there for work done elsewhere makes an `Interruption`,
lets the work serve it, and requests it when Ctrl-C comes. The work asks `wanted` from time to time, and lends what ends
a call of C++ to `stopping`. No handler of the application is ever touched.
"""

from __future__ import annotations

import atexit
import concurrent.futures.thread  # noqa: F401  its hook at exit, which waits for pools, is to run after the one made here
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar
from weakref import WeakSet

Result = TypeVar("Result")
SLICE = 0.05
"""Seconds between two looks at work that is waited for."""
PATIENCE_AT_EXIT = 10.0
"""Seconds that the end of the program is put off at most: it is aborted where C++ still works in one of its threads."""


class Interruption:
    """The wish of one call that what works for it end soon; within another call it ends with that.

    Examples
    --------
    >>> call = Interruption()
    >>> call.request()
    >>> call.serve(wanted), wanted()
    (True, False)
    """

    def __init__(self, parent: Interruption | None = None) -> None:
        self._parent = parent
        self._requested = threading.Event()
        self._stops: dict[object, Callable[[], None]] = {}
        self._lock = threading.Lock()

    @property
    def wanted(self) -> bool:
        """Whether to end soon."""
        return self._requested.is_set() or (self._parent is not None and self._parent.wanted)

    def request(self) -> None:
        """Ask everything that serves to end soon."""
        self._requested.set()
        with self._lock:
            stops = list(self._stops.values())
        for stop in stops:
            stop()

    @contextmanager
    def stopping(self, stop: Callable[[], None]) -> Iterator[None]:
        """Have `stop` called, in whatever thread, if the request comes while the body runs."""
        key = object()
        with self._lock:
            self._stops[key] = stop
        try:
            yield
        finally:
            with self._lock:
                del self._stops[key]

    def serve(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Run some work, of this thread or of one that it starts in a copy of its context, as part of this call."""
        token = _current.set(self)
        try:
            return work(*arguments)
        finally:
            _current.reset(token)


_program = Interruption()
_current: ContextVar[Interruption] = ContextVar("vmopt.interruption", default=_program)
_threads: WeakSet[threading.Thread] = WeakSet()


def current() -> Interruption:
    """Return the interruption of the call that this thread works for; that of the program where there is none."""
    return _current.get()


def wanted() -> bool:
    """Whether the work of this thread is to end soon."""
    return _current.get().wanted


def undisturbed(work: Callable[[], Result]) -> Result:
    """Do what must not be cut in two, such as loading a library, in a thread that no signal reaches.

    What a signal raises meanwhile is raised when the work is done.

    Examples
    --------
    >>> undisturbed(lambda: 6 * 7)
    42
    """
    task: Future[Result] = Future()

    def complete() -> None:
        try:
            task.set_result(work())
        except BaseException as error:
            task.set_exception(error)

    thread = threading.Thread(target=complete, name="vmopt-undisturbed", daemon=True)
    raised: BaseException | None = None
    begun = False
    while True:
        try:
            if not begun:
                begun = True
                thread.start()
            while not task.done():
                wait([task], SLICE)
            break
        except BaseException as error:
            raised = error
    if raised is not None:
        raise raised
    return task.result()


def start(thread: threading.Thread) -> None:
    """Start a thread that the program waits a while for when it ends."""
    _threads.add(thread)
    thread.start()


def _end_with_the_program() -> None:
    """Ask everything to end, and wait for it."""
    _program.request()
    deadline = time.monotonic() + PATIENCE_AT_EXIT
    for thread in list(_threads):
        thread.join(max(0.0, deadline - time.monotonic()))


def _end_if_interrupted() -> None:
    """Ask everything to end where Ctrl-C ended the main thread: Python waits for the application's other threads."""
    last = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    if isinstance(last, KeyboardInterrupt):
        _program.request()


atexit.register(_end_with_the_program)
getattr(threading, "_register_atexit", atexit.register)(_end_if_interrupted)
