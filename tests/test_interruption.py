"""Work that no signal may cut in two."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from vmopt.interruption import undisturbed


@pytest.mark.skipif(os.name != "posix", reason="signals are a POSIX notion")
def test_an_interrupt_waits_for_the_end() -> None:
    """Tests that Ctrl-C is raised when the work is done, and not before."""
    begun, done = threading.Event(), []

    def work() -> None:
        begun.set()
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(10):
            threading.Event().wait(0.02)
        done.append(True)

    with pytest.raises(KeyboardInterrupt):
        undisturbed(work)
    assert done


def test_errors_come_out() -> None:
    """Tests that what the work raises is raised."""
    with pytest.raises(ZeroDivisionError):
        undisturbed(lambda: 1 // 0)
