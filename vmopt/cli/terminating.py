"""SIGTERM, which `timeout`, systemd and Kubernetes send, ends a command as Ctrl-C does: with what there is by then."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Termination:
    """Turns the first SIGTERM into a KeyboardInterrupt while a command runs, unless the application handles it itself.

    Attributes
    ----------
    came : bool
        Whether it came.
    """

    def __init__(self) -> None:
        self.came = False
        self._held = False

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Handle SIGTERM while the body runs; only the main thread can."""
        mine = threading.current_thread() is threading.main_thread()
        if not mine or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
            yield
            return
        signal.signal(signal.SIGTERM, self._take)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let nothing interrupt the body, which writes what was found; that SIGTERM came is remembered."""
        self._held = True
        try:
            yield
        finally:
            self._held = False

    def _take(self, *_: Any) -> None:
        first, self.came = not self.came, True
        if first and not self._held:
            raise KeyboardInterrupt


termination = Termination()
