"""Child: a solve in a process of its own, so that its memory, its crashes and its hangs stay its own."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from multiprocessing.connection import Connection

from benchmarks.measure import failure, measure
from benchmarks.results import Row
from benchmarks.sets import Case
from benchmarks.settings import Job

GRACE = 60.0
"""Seconds beyond the time limit for making the instance and checking the answer."""


def measure_apart(job: Job, case: Case, grace: float = GRACE) -> Row:
    """Measure one solve in a fresh process; one that fails, dies or does not end becomes a row that says so.

    On Ctrl-C the process is killed with all that it has started, and KeyboardInterrupt goes on.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(job, theirs), daemon=False)
    begin = time.perf_counter()
    process.start()
    theirs.close()
    try:
        seconds = 2 * job.time_limit + grace
        answer = _receive(ours) if ours.poll(seconds) else f"it did not end within {seconds:g} s and was killed"
        if answer is None:
            process.join()
            answer = f"its process died ({_cause(process.exitcode)})"
    finally:
        _kill(process)
        process.join()
    return answer if isinstance(answer, Row) else failure(job, case, answer, time.perf_counter() - begin)


def _work(job: Job, answer: Connection) -> None:
    """Solve and send the row, or what went wrong, from a process group of its own that Ctrl-C does not reach."""
    if hasattr(os, "setsid"):
        os.setsid()
    try:
        row: Row | str = measure(job)
    except Exception as error:
        row = f"{type(error).__name__}: {error}"
    answer.send(row)
    answer.close()


def _receive(answer: Connection) -> Row | str | None:
    try:
        received: Row | str = answer.recv()
    except EOFError:
        return None
    return received


def _kill(process: multiprocessing.process.BaseProcess) -> None:
    """Kill what is left of the process and of its group."""
    if hasattr(os, "killpg") and process.pid is not None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            process.kill()
    else:
        process.kill()


def _cause(code: int | None) -> str:
    return signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"
