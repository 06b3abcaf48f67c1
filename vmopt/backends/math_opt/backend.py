"""The backends ``highs``, ``scip``, ``glop`` and ``pdlp``: OR-Tools' linear solvers, through MathOpt."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy import sparse

from vmopt.arrays import FloatArray
from vmopt.backends.base import LARGEST_SEED, Capability, LPOptions, LPResult
from vmopt.backends.claims import OUT_OF_TIME, SolverClaim
from vmopt.backends.clock import Clock
from vmopt.backends.loading import ortools_version, why_not_ortools
from vmopt.backends.margins import margin
from vmopt.backends.math_opt import run as running
from vmopt.backends.math_opt.model import best_point, dual_values, to_proto
from vmopt.backends.math_opt.status import read
from vmopt.backends.scaling import scale
from vmopt.backends.short_rows import answer_in_short_rows
from vmopt.backends.waiting import Incumbents
from vmopt.errors import SolverError
from vmopt.formulation.linear_program import LinearProgram
from vmopt.status import Limit, Status

EITHER = Capability.CONTINUOUS | Capability.INTEGER
TRIAL_SECONDS = 10.0
"""Time for a trivial program; who needs more is not broken, but has hardly any of the machine."""


@dataclass(frozen=True)
class MathOpt:
    """One solver of MathOpt.

    Continuous programs are solved in a thread of this process, integer programs in a process of their own: HiGHS cannot
    be interrupted and prints to the standard output even when told not to, SCIP prints errors when made interruptible.
    HiGHS also keeps away from a highspy in this process.

    Attributes
    ----------
    name : str
    code : int
        Its code in MathOpt's SolverTypeProto.
    capabilities : Capability
    interruptible : bool
        Whether MathOpt can interrupt it in a thread.

    Examples
    --------
    >>> program = LinearProgram.with_upper_rows([3, 2], sparse.csr_array([[1, 1]]), [4], upper=[3, 3])
    >>> result = glop().solve(program, LPOptions())
    >>> result.status.value, result.x, round(result.bound, 9), result.prices
    ('optimal', array([3., 1.]), 11.0, array([2.]))
    """

    name: str
    code: int
    capabilities: Capability
    interruptible: bool

    def unavailable(self) -> str | None:
        """Why it cannot run here, or None; found out by solving one tiny program."""
        return why_not_ortools() or _trial(self)

    def version(self) -> str:
        """Name and version of the library."""
        return ortools_version()

    def solve(self, program: LinearProgram, options: LPOptions) -> LPResult:
        """Solve a program. See `Backend.solve`."""
        return answer_in_short_rows(self, program, options, self._ask)

    def _ask(
        self, clock: Clock, n_columns: int, program: LinearProgram, options: LPOptions, tolerance: float
    ) -> SolverClaim:
        scaled = scale(program)
        request = self._request(scaled.program, options)
        if program.is_integer:
            self._be_exact(request.parameters, tolerance)
        if clock.left <= 0:
            return OUT_OF_TIME
        incumbents = Incumbents(options.on_incumbent, options.on_tick)
        run = running.apart if program.is_integer or self._has_a_rival() else running.here
        result, limit = run(self.name, request, clock, incumbents, self.interruptible)
        if result is None:
            return SolverClaim(Status.FEASIBLE, limit, incumbents.x)
        status, solver_limit = read(self.name, program, result.termination)
        prices = None if program.is_integer else dual_values(result, program.n_rows)
        return SolverClaim(
            status,
            limit or solver_limit,
            best_point(result, program.n_columns),
            scaled.bound(result.termination.objective_bounds.dual_bound),
            None if prices is None else scaled.prices(prices),
            scaled.bound(margin(scaled.program, n_columns, tolerance)),
        )

    def _be_exact(self, parameters: Any, tolerance: float) -> None:
        if self.name == "highs":
            for kind in ("mip", "primal"):
                parameters.highs.double_options[f"{kind}_feasibility_tolerance"] = tolerance
        elif self.name == "scip":
            parameters.gscip.real_params["numerics/feastol"] = tolerance

    def _has_a_rival(self) -> bool:
        """Whether highspy was imported, perhaps by PuLP: with two copies of HiGHS in one process, calls may crash."""
        return self.name == "highs" and "highspy" in sys.modules

    def _request(self, program: LinearProgram, options: LPOptions) -> Any:
        from ortools.math_opt import rpc_pb2

        request = rpc_pb2.SolveRequest(solver_type=self.code)
        to_proto(program, request.model)
        parameters = request.parameters
        if Capability.SEED in self.capabilities:
            parameters.random_seed = options.seed % LARGEST_SEED
        if Capability.THREADS in self.capabilities:
            parameters.threads = options.threads
        if program.is_integer:
            parameters.relative_gap_tolerance = options.gap
            parameters.absolute_gap_tolerance = 0.0
        if options.start is not None and Capability.START in self.capabilities and program.is_integer:
            _fill_hint(request.model_parameters.solution_hints.add().variable_values, options.start)
        return request


def _fill_hint(vector: Any, start: FloatArray) -> None:
    """Fill a hint with every value, zeros too: a value left out is one that the solver has to find."""
    vector.ids.extend(range(start.size))
    vector.values.extend(start.tolist())


@cache
def _trial(backend: MathOpt) -> str | None:
    program = LinearProgram.with_upper_rows([1.0], sparse.csr_array([[1.0]]), [2.0], upper=[4.0])
    try:
        result = backend.solve(program, LPOptions(time_limit=TRIAL_SECONDS))
    except SolverError as error:
        return f"OR-Tools was built without it, or it is broken: {error}"
    if result.status is Status.OPTIMAL and np.isclose(result.bound, 2.0):
        return None
    if result.limit is Limit.INTERRUPTED or result.seconds >= TRIAL_SECONDS:
        return None  # whoever is cut off, on a machine that is too busy, has not answered wrongly
    return f"it answers {result.status.value!r} to a trivial program: reinstall OR-Tools, or take another backend"


def highs() -> MathOpt:
    """Return the backend ``highs``."""
    more = Capability.PRICES | Capability.START | Capability.PROGRESS | Capability.SEED
    return MathOpt("highs", 10, EITHER | more, interruptible=False)


def scip() -> MathOpt:
    """Return the backend ``scip``."""
    return MathOpt("scip", 1, EITHER | Capability.START | Capability.SEED, interruptible=False)


def glop() -> MathOpt:
    """Return the backend ``glop``."""
    return MathOpt("glop", 3, Capability.CONTINUOUS | Capability.PRICES | Capability.SEED, interruptible=True)


def pdlp() -> MathOpt:
    """Return the backend ``pdlp``."""
    return MathOpt("pdlp", 5, Capability.CONTINUOUS | Capability.PRICES | Capability.THREADS, interruptible=True)
