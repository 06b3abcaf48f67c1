"""From what a solver says to what vmopt says: the same judgement for every backend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.backends.base import Backend, Capability, LPOptions, LPResult
from vmopt.backends.checks import bound_from_prices, is_feasible, nearest_point
from vmopt.backends.clock import Clock
from vmopt.backends.margins import widened
from vmopt.errors import BackendError, SolverError
from vmopt.formulation.linear_program import LinearProgram
from vmopt.status import Limit, Status

ROUNDING = 1e-9
CONTRADICTION = 1e-6


@dataclass(frozen=True, eq=False)
class SolverClaim:
    """What a solver says, in the words of vmopt and before any check. See `LPResult` for the attributes.

    Attributes
    ----------
    margin : float
        How far the bound may lie below the truth.
    """

    status: Status
    limit: Limit | None = None
    x: FloatArray | None = None
    bound: float = inf
    prices: FloatArray | None = None
    margin: float = 0.0


OUT_OF_TIME = SolverClaim(Status.NOT_FOUND, Limit.TIME)
IMPOSSIBLE = SolverClaim(Status.INFEASIBLE)


def answer(
    backend: Backend, program: LinearProgram, options: LPOptions, ask: Callable[[Clock], SolverClaim]
) -> LPResult:
    """Ask a solver, check its claim against the program and the start, and make the result.

    Raises
    ------
    BackendError
        If the backend cannot take the program.
    SolverError
        If the claim contradicts the program, the start or itself.
    """
    clock = Clock(options.time_limit)
    _refuse_what_it_cannot_do(backend, program)
    try:
        claim = OUT_OF_TIME if options.time_limit <= 0 else _known_at_once(program) or ask(clock)
    except KeyboardInterrupt:  # while the model was built; a solver at work is interrupted in `waiting`
        claim = SolverClaim(Status.NOT_FOUND, Limit.INTERRUPTED)
    return _Judgement(backend.name, program, options).result(claim, clock)


def _refuse_what_it_cannot_do(backend: Backend, program: LinearProgram) -> None:
    if program.is_integer and Capability.INTEGER not in backend.capabilities:
        raise BackendError(f"{backend.name} solves continuous programs only: take highs, cp-sat, scip or cbc.")
    if not program.integer.all() and Capability.CONTINUOUS not in backend.capabilities:
        raise BackendError(f"{backend.name} solves integer programs only: take highs or glop for a continuous one.")
    numbers = (program.objective, program.matrix.data)
    limits = (program.lower, program.upper, program.row_lower, program.row_upper)
    if not all(np.isfinite(array).all() for array in numbers) or any(np.isnan(array).any() for array in limits):
        raise BackendError("the program holds NaN or an infinite coefficient: every coefficient must be finite.")


def _known_at_once(program: LinearProgram) -> SolverClaim | None:
    """Return what needs no solver: limits that cross, rows without columns, no columns at all."""
    lower, upper = program.lower.copy(), program.upper.copy()
    lower[program.integer], upper[program.integer] = np.ceil(lower[program.integer]), np.floor(upper[program.integer])
    empty = np.diff(program.matrix.tocsr().indptr) == 0
    broken = empty & ((program.row_lower > 0) | (program.row_upper < 0))
    if (lower > upper).any() or (program.row_lower > program.row_upper).any() or broken.any():
        return IMPOSSIBLE
    if program.n_columns == 0:
        return SolverClaim(Status.OPTIMAL, x=np.zeros(0), bound=0.0, prices=np.zeros(program.n_rows))
    return None


@dataclass(frozen=True)
class _Judgement:
    """Judges claims on one program."""

    name: str
    program: LinearProgram
    options: LPOptions

    def result(self, claim: SolverClaim, clock: Clock) -> LPResult:
        """Make the result of a claim, or raise SolverError where the claim cannot be true."""
        x = self._best_point(self._checked(claim), claim)
        value = -inf if x is None else self.program.value(x)
        bound = self._bound(claim, value)
        status = self._status(claim.status, x, value, bound)
        limit = None if status in (Status.OPTIMAL, Status.INFEASIBLE) else claim.limit
        if self.program.is_integer and claim.margin and np.isfinite(bound):
            bound = max(widened(self.program, bound, claim.margin), value)
        return LPResult(status, limit, x, bound, claim.prices, clock.elapsed)

    def _checked(self, claim: SolverClaim) -> FloatArray | None:
        """Return the point of the claim, rounded; None where it is none: a stopped solver may leave anything."""
        if claim.x is None:
            return None
        x = nearest_point(self.program, claim.x)
        if is_feasible(self.program, x) or (not self.program.is_integer and claim.status is Status.OPTIMAL):
            return x
        if not self.program.is_integer or claim.limit is not None:
            return None
        raise SolverError(
            f"{self.name} returned a point that breaks the program by {self.program.violation(x):g}: its tolerances "
            "are too coarse for these coefficients. Take cp-sat, which computes in integers, or state amounts in "
            "coarser units."
        )

    def _best_point(self, x: FloatArray | None, claim: SolverClaim) -> FloatArray | None:
        """Return the better of the point and the start."""
        if self.options.start is None:
            return x
        start = nearest_point(self.program, np.asarray(self.options.start, dtype=np.float64))
        if not is_feasible(self.program, start):
            return x
        if claim.status is Status.INFEASIBLE:
            raise SolverError(f"{self.name} claims that there is no feasible point, but the start is one: report this.")
        better = x is None or self.program.value(start) > self.program.value(x)
        return start if better else x

    def _bound(self, claim: SolverClaim, value: float) -> float:
        """Return the bound that is claimed, or the one that the prices prove where the program is continuous."""
        bound = claim.bound
        if claim.prices is not None and not self.program.is_integer:
            proven = bound_from_prices(self.program, claim.prices)
            bound = proven if np.isfinite(proven) else bound
        size = max(abs(value), float(np.abs(self.program.objective).max(initial=0.0)))
        if np.isfinite(value) and bound < value - CONTRADICTION * size and self._exact(claim):
            raise SolverError(
                f"{self.name} claims that nothing is worth more than {bound:.9g}, "
                f"but a feasible point is worth {value:.9g}: take another backend, and report this."
            )
        return max(bound, value) if np.isfinite(value) else bound

    def _exact(self, claim: SolverClaim) -> bool:
        """Whether the point is feasible beyond doubt; that of a continuous program may sit a tolerance outside."""
        return self.program.is_integer or claim.x is None

    def _status(self, claimed: Status, x: FloatArray | None, value: float, bound: float) -> Status:
        if x is None:
            return claimed if claimed is Status.INFEASIBLE else Status.NOT_FOUND
        if not self.program.is_integer and claimed is Status.OPTIMAL:
            return Status.OPTIMAL
        return Status.OPTIMAL if self._within_gap(value, bound) else Status.FEASIBLE

    def _within_gap(self, value: float, bound: float) -> bool:
        """Whether ``(bound - value) / |bound|`` is at most the gap, up to 1e-9 for the rounding of doubles."""
        return bool(np.isfinite(bound)) and bound - value <= (self.options.gap + ROUNDING) * abs(bound)
