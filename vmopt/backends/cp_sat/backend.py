"""The backend ``cp-sat``: OR-Tools' constraint solver, exact on integers."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np

from vmopt import interruption
from vmopt.arrays import FloatArray
from vmopt.backends.base import LARGEST_SEED, Capability, LPOptions, LPResult
from vmopt.backends.claims import IMPOSSIBLE, OUT_OF_TIME, SolverClaim, answer
from vmopt.backends.clock import Clock
from vmopt.backends.cp_sat.model import IntegerModel, TooLateError, integer_model, to_proto
from vmopt.backends.loading import ortools_version, why_not_ortools
from vmopt.backends.waiting import Incumbents, ThreadTask, wait
from vmopt.errors import SolverError
from vmopt.formulation.linear_program import LinearProgram
from vmopt.status import Limit, Status

STATUS: dict[int, Status | None] = {
    0: Status.NOT_FOUND,  # UNKNOWN
    1: None,  # MODEL_INVALID
    2: Status.FEASIBLE,
    3: Status.INFEASIBLE,
    4: Status.OPTIMAL,
}
"""What the codes of CpSolverStatus mean; None for those that are an error."""


class CpSat:
    """Solves integer programs in exact integer arithmetic.

    Rows may hold integers or decimals of up to 6 places. Rows too long for CP-SAT are split (see `digits`), and
    the rounding of the objective is part of the bound (see `objective`).

    Examples
    --------
    >>> from scipy import sparse
    >>> program = LinearProgram.with_upper_rows([3, 2], sparse.csr_array([[2, 1]]), [3], upper=[1, 1], integer=True)
    >>> result = CpSat().solve(program, LPOptions())
    >>> result.status.value, result.x, result.bound
    ('optimal', array([1., 1.]), 5.0)
    """

    name = "cp-sat"
    capabilities = Capability.INTEGER | Capability.START | Capability.PROGRESS | Capability.THREADS | Capability.SEED

    def unavailable(self) -> str | None:
        """Why it cannot run here, or None."""
        return why_not_ortools()

    def version(self) -> str:
        """Name and version of the library."""
        return ortools_version()

    def solve(self, program: LinearProgram, options: LPOptions) -> LPResult:
        """Solve an integer program. See `Backend.solve`."""
        return answer(self, program, options, lambda clock: _ask(program, options, clock))


def _ask(program: LinearProgram, options: LPOptions, clock: Clock) -> SolverClaim:
    from ortools.sat.python import cp_model, cp_model_helper

    def late() -> bool:
        return clock.left <= 0 or interruption.wanted()

    cp = cp_model.CpModel()
    try:
        model = integer_model(program, late)
        if model is None:
            return IMPOSSIBLE
        to_proto(model, cp.proto, cp_model_helper.IntegerVariableProto, late)
    except TooLateError:
        return SolverClaim(Status.NOT_FOUND, Limit.INTERRUPTED) if interruption.wanted() else OUT_OF_TIME
    if options.start is not None:
        _hint(cp.proto.solution_hint, model, options.start)
    if clock.left <= 0:
        return OUT_OF_TIME
    solver = cp_model.CpSolver()
    _set_parameters(solver.parameters, options, clock)
    incumbents = Incumbents(options.on_incumbent, options.on_tick)
    listener = _listener(cp_model, incumbents, model, program.n_columns)
    task = ThreadTask(lambda: _solve(solver, cp, listener), solver.stop_search)
    limit = wait(task, clock, incumbents.report)
    response = task.result()
    if response is None:
        return SolverClaim(Status.FEASIBLE, limit, incumbents.x, incumbents.bound)
    return _claim(response, limit, model, program.n_columns)


def _solve(solver: Any, cp: Any, listener: Any) -> Any:
    solver.solve(cp, listener)
    return solver.response_proto


def _hint(hint: Any, model: IntegerModel, start: FloatArray) -> None:
    limits = model.columns
    x = np.clip(np.rint(start), limits.lower[: start.size], limits.upper[: start.size])
    values = model.complete(x)
    hint.vars.extend(range(len(values)))
    hint.values.extend(values)


def _set_parameters(parameters: Any, options: LPOptions, clock: Clock) -> None:
    if clock.limited:
        parameters.max_time_in_seconds = clock.left
    parameters.num_workers = options.threads
    parameters.random_seed = options.seed % LARGEST_SEED
    parameters.relative_gap_limit = options.gap
    parameters.absolute_gap_limit = 0.0
    parameters.catch_sigint_signal = False  # Ctrl-C is Python's: see `waiting`


def _listener(cp_model: Any, incumbents: Incumbents, model: IntegerModel, n_columns: int) -> Any:
    """Make the object that CP-SAT tells of better points, in a thread of its own."""

    class Listener(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]
        def on_solution_callback(self) -> None:
            incumbents.offer(_point(self.Response(), n_columns), model.objective.bound(self.best_objective_bound))

    return Listener()


def _point(response: Any, n_columns: int) -> FloatArray:
    """Return the point of a response without its carries."""
    return np.fromiter(response.solution, dtype=np.float64)[:n_columns]


def _claim(response: Any, limit: Limit | None, model: IntegerModel, n_columns: int) -> SolverClaim:
    code = int(response.status)
    status = STATUS.get(code)
    if status is None:
        raise SolverError(
            f"cp-sat returned status {code} ({response.solution_info or 'no reason given'}): report this."
        )
    if status in (Status.FEASIBLE, Status.NOT_FOUND):
        limit = limit or Limit.TIME
    x = _point(response, n_columns) if status in (Status.FEASIBLE, Status.OPTIMAL) else None
    if not model.objective.coefficients.any():
        bound = model.objective.bound(0)
    elif status is Status.NOT_FOUND and response.best_objective_bound == 0:
        bound = inf  # what an empty response holds
    else:
        bound = model.objective.bound(response.best_objective_bound)
    return SolverClaim(status, limit, x, bound)
