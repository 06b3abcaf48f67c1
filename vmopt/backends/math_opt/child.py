"""Runs one MathOpt solve in a process of its own: ``python -P child.py JOB``.

Reads ``request.pb`` and ``job.json`` in the directory JOB and writes ``result.pb`` there, or ends with an error. SIGINT
ends the solve early where the solver can be interrupted. Started by `vmopt.backends.math_opt.run`.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any


def main(job: Path) -> None:
    """Solve the request of a job."""
    from ortools.math_opt import rpc_pb2
    from ortools.util.python import solve_interrupter

    orders = json.loads((job / "job.json").read_text())
    request = rpc_pb2.SolveRequest.FromString((job / "request.pb").read_bytes())
    if orders["deadline"] is not None:
        seconds = max(0.0, orders["deadline"] - time.time())
        request.parameters.time_limit.FromMilliseconds(int(1000 * seconds))
    interrupter = solve_interrupter.SolveInterrupter() if orders["interruptible"] else None
    signal.signal(signal.SIGINT, lambda *_: interrupter.interrupt() if interrupter else None)
    result = _solve_in_thread(request, interrupter)
    unfinished = job / "result.part"
    unfinished.write_bytes(result.SerializeToString())
    unfinished.rename(job / "result.pb")


def solve_request(request: Any, interrupter: Any) -> Any:
    """Solve a SolveRequest and return its SolveResultProto; `interrupter` is a SolveInterrupter or None."""
    from ortools.math_opt import callback_pb2
    from ortools.math_opt.core.python import solver

    return solver.solve(
        request.model,
        request.solver_type,
        request.initializer,
        request.parameters,
        request.model_parameters,
        None,
        callback_pb2.CallbackRegistrationProto(),
        None,
        interrupter.pybind_interrupter if interrupter else None,
    )


def _solve_in_thread(request: Any, interrupter: Any) -> Any:
    """Solve in a second thread; the first one stays in Python, which runs signal handlers there."""
    results: list[Any] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            results.append(solve_request(request, interrupter))
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.02)
    if errors:
        raise errors[0]
    return results[0]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
