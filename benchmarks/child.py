"""Child: a solve in a process of its own, so that its memory, its crashes and its hangs stay its own."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from benchmarks.measure import failure, measure
from benchmarks.results import Row
from benchmarks.sets import Case
from benchmarks.settings import Job

GRACE = 60.0
"""Seconds beyond the time limit for making the instance and checking the answer."""
ENDING, PATIENCE = 0.5, 5.0
"""Seconds that a process which has answered may take to end, and one that was interrupted."""


def measure_apart(job: Job, case: Case, *, grace: float = GRACE, work: Callable[[Job], Row] = measure) -> Row:
    """Measure one solve in a fresh process; one that fails, dies or does not end becomes a row that says so.

    On Ctrl-C the process is stopped with all that it has started, and KeyboardInterrupt goes on.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(work, job, theirs))
    begin = time.perf_counter()
    process.start()
    theirs.close()
    try:
        answer = _wait(ours, process, 2 * job.time_limit + grace)
    finally:
        _stop(process)
        ours.close()
    return answer if isinstance(answer, Row) else failure(job, case, answer, time.perf_counter() - begin)


def _work(work: Callable[[Job], Row], job: Job, answer: Connection) -> None:
    """Solve and send the row, or what went wrong, in a session of its own, where Ctrl-C comes only from `_stop`."""
    if hasattr(os, "setsid"):
        os.setsid()
    try:
        row: Row | str = work(job)
    except KeyboardInterrupt:
        return
    except Exception as error:
        row = f"{type(error).__name__}: {error} ({_where(error)})"
    answer.send(row)
    answer.close()


def _wait(answer: Connection, process: BaseProcess, seconds: float) -> Row | str:
    if not answer.poll(seconds):
        return f"it did not end within {seconds:g} s and was stopped"
    try:
        received: Row | str = answer.recv()
    except EOFError:
        process.join()
        return f"its process died ({_cause(process.exitcode)})"
    return received


def _stop(process: BaseProcess) -> None:
    """Interrupt a process that still runs, so that it ends what it has started; kill it where that does not help."""
    if process.is_alive() and process.pid is not None and hasattr(os, "killpg"):
        process.join(ENDING)
        if process.is_alive():
            os.kill(process.pid, signal.SIGINT)
            process.join(PATIENCE)
    process.kill()
    process.join()


def _where(error: Exception) -> str:
    """File and line at which an error was raised: the innermost of vmopt or of the suite."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if {"vmopt", "benchmarks"} & set(Path(frame.filename).parts)]
    last = (own or frames)[-1]
    return f"{'/'.join(Path(last.filename).parts[-3:])}, line {last.lineno}"


def _cause(code: int | None) -> str:
    return signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"
