"""Running a MathOpt request, in a thread or in a process of its own."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any

from vmopt.backends.clock import Clock
from vmopt.backends.math_opt import child
from vmopt.backends.math_opt.incumbents import IncumbentFile
from vmopt.backends.process import ProcessTask
from vmopt.backends.waiting import Incumbents, ThreadTask, wait
from vmopt.errors import SolverError
from vmopt.status import Limit

Ended = tuple[Any, Limit | None]
"""A SolveResultProto, or None where the solver was left behind, and the limit that vmopt had to enforce."""


def here(name: str, request: Any, clock: Clock, incumbents: Incumbents, interruptible: bool) -> Ended:
    """Run a request in a thread of this process."""
    from ortools.util.python import solve_interrupter

    if clock.limited:
        request.parameters.time_limit.FromMilliseconds(int(1000 * clock.left))
    interrupter = solve_interrupter.SolveInterrupter() if interruptible else None
    task = ThreadTask(
        lambda: child.solve_request(request, interrupter),
        lambda: interrupter.interrupt() if interrupter else None,
    )
    limit = wait(task, clock, incumbents.report)
    try:
        return task.result(), limit
    except Exception as error:
        raise SolverError(f"{name} failed: {error}") from error


def apart(name: str, request: Any, clock: Clock, incumbents: Incumbents, interruptible: bool) -> Ended:
    """Run a request in a process of its own, where every solver may be interrupted or killed."""
    from ortools.math_opt import result_pb2

    with tempfile.TemporaryDirectory(prefix="vmopt-", ignore_cleanup_errors=True) as directory:
        job = Path(directory)
        found = IncumbentFile(job / "incumbents.txt", len(request.model.variables.ids), incumbents)
        if name == "highs":
            found.ask_for(request.parameters.highs)
        (job / "request.pb").write_bytes(request.SerializeToString())
        orders = {"deadline": time.time() + clock.left if clock.limited else None, "interruptible": name != "highs"}
        (job / "job.json").write_text(json.dumps(orders))
        task = ProcessTask(Path(child.__file__), job)
        limit = wait(task, clock, found.report)
        answer = job / "result.pb"
        if answer.exists():
            return result_pb2.SolveResultProto.FromString(answer.read_bytes()), limit
        if limit is None:
            raise SolverError(f"{name} failed: {task.last_words()}")
        return None, limit
