"""The backends ``cbc`` and ``pulp:NAME``: the solvers that PuLP knows how to run."""

from __future__ import annotations

import json
import pickle
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from math import inf
from pathlib import Path
from typing import Any

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.backends.base import LARGEST_SEED, Capability, LPOptions, LPResult
from vmopt.backends.claims import SolverClaim
from vmopt.backends.clock import Clock
from vmopt.backends.loading import installed
from vmopt.backends.margins import margin
from vmopt.backends.process import ProcessTask
from vmopt.backends.pulp import child
from vmopt.backends.pulp.status import UNBOUNDED, cbc_bound, cbc_found_optimum, cbc_searched_all, read
from vmopt.backends.scaling import Scaled, scale
from vmopt.backends.short_rows import answer_in_short_rows
from vmopt.backends.waiting import wait
from vmopt.errors import SolverError
from vmopt.formulation.linear_program import LinearProgram
from vmopt.status import Limit, Status

EITHER = Capability.CONTINUOUS | Capability.INTEGER
CBC = EITHER | Capability.PRICES | Capability.START | Capability.THREADS | Capability.SEED
LISTING_SECONDS = 30.0
NEARLY = 0.99
REFUSED = {
    "CPSAT": "PuLP rounds continuous columns for it, and CP-SAT is here already, with long rows made safe: take cp-sat",
}


@dataclass(frozen=True)
class PuLP:
    """One solver of PuLP, run by PuLP in a process of its own.

    There it may print, hang or leave processes behind: its process group is killed when time is up. It also keeps an
    installed highspy, which ``import pulp`` loads, away from OR-Tools: the two cannot live in one process.

    Attributes
    ----------
    name : str
    solver : str
        Its name in ``pulp.listSolvers()``.
    capabilities : Capability
    path : str or None
        The program that it is to run; None leaves the choice to PuLP.

    Examples
    --------
    >>> from scipy import sparse
    >>> program = LinearProgram.with_upper_rows([3, 2], sparse.csr_array([[2, 1]]), [3], upper=[1, 1], integer=True)
    >>> result = cbc().solve(program, LPOptions())
    >>> result.status.value, result.x, result.bound
    ('optimal', array([1., 1.]), 5.0)
    """

    name: str
    solver: str
    capabilities: Capability = EITHER
    path: str | None = None

    def unavailable(self) -> str | None:
        """Why it cannot run here, or None."""
        if self.path is not None:
            return None if Path(self.path).is_file() else f"there is no file {self.path}"
        try:
            found = solvers_found()["solvers"]
        except SolverError as error:
            return str(error)
        if self.name == "cbc":
            return "PuLP finds no CBC: PuLP 3 brings one for the common platforms, PuLP 4 with pip install 'pulp[cbc]'"
        if self.solver in REFUSED:
            return REFUSED[self.solver]
        return None if self.solver in found else f"PuLP finds no {self.solver} on this machine"

    def version(self) -> str:
        """Name and version of the library."""
        return f"PuLP {installed('pulp') or 'unknown'}"

    def solve(self, program: LinearProgram, options: LPOptions) -> LPResult:
        """Solve a program. See `Backend.solve`."""
        return answer_in_short_rows(self, program, options, self._ask)

    def _ask(
        self, clock: Clock, n_columns: int, program: LinearProgram, options: LPOptions, tolerance: float
    ) -> SolverClaim:
        scaled = scale(program)
        orders = {
            "program": _columns_and_rows(scaled.program),
            "start": options.start.tolist() if options.start is not None else None,
            "solver": self.solver,
            "path": self.path,
            "options": _cbc_options(options.seed % LARGEST_SEED, tolerance)
            if Capability.SEED in self.capabilities
            else None,
            "gap": options.gap,
            "threads": options.threads,
            "deadline": time.time() + clock.left if clock.limited else None,
        }
        result, log, limit = _asked_twice(orders, clock, options.on_tick)
        if result is None:
            return SolverClaim(Status.NOT_FOUND, limit)
        claim = _claim(self.name, scaled, result, log, options.gap)
        unseen = scaled.bound(margin(scaled.program, n_columns, tolerance))
        return replace(claim, limit=limit or claim.limit, margin=unseen)


def cbc() -> PuLP:
    """Return the backend ``cbc``, with the CBC that PuLP finds."""
    try:
        path = solvers_found()["cbc"]
    except SolverError:
        path = None
    return PuLP("cbc", "COIN_CMD", CBC, path)


def named(solver: str) -> PuLP:
    """Return the backend ``pulp:NAME``; upper and lower case do not matter where PuLP finds the solver."""
    try:
        known = {name.lower(): name for name in [*solvers_found()["solvers"], *REFUSED]}
    except SolverError:
        known = {}
    name = known.get(solver.lower(), solver)
    return PuLP(f"pulp:{name}", name)


@cache
def solvers_found() -> dict[str, Any]:
    """Return what PuLP finds on this machine: the names of its ``solvers``, and the path of ``cbc`` or None.

    Raises
    ------
    SolverError
        If PuLP cannot be loaded.
    """
    result, _, limit = _run({}, Clock(LISTING_SECONDS))
    if result is None:
        raise SolverError(f"PuLP did not list its solvers ({limit})")
    result["solvers"] = [name for name in result["solvers"] if name not in REFUSED]
    return dict(result)


def _asked_twice(
    orders: dict[str, Any], clock: Clock, tick: Callable[[], None] | None
) -> tuple[dict[str, Any] | None, str, Limit | None]:
    """Run the child; integer programs that CBC calls infeasible are asked again without its preprocessing.

    For that calls some programs infeasible that are not (CBC 2.10.3, "Cut generators found to be infeasible!"). Without
    it CBC dies of programs with no whole point at the root: then the first answer stands.
    """
    found = _run(orders, clock, tick)
    result, known = found[0], orders["options"]
    if result is None or known is None or not any(orders["program"]["integer"]):
        return found
    if read(*result["status"])[0] is not Status.INFEASIBLE:
        return found
    try:
        return _run({**orders, "options": [*known, "preprocess off"]}, clock, tick)
    except SolverError:
        return found


def _run(
    orders: dict[str, Any], clock: Clock, tick: Callable[[], None] | None = None
) -> tuple[dict[str, Any] | None, str, Limit | None]:
    """Run the child with its orders; return its result, CBC's log, and the limit that vmopt had to enforce."""
    with tempfile.TemporaryDirectory(prefix="vmopt-", ignore_cleanup_errors=True) as directory:
        job = Path(directory)
        (job / "job.pickle").write_bytes(pickle.dumps(orders))
        task = ProcessTask(Path(child.__file__), job)
        limit = wait(task, clock, tick or (lambda: None))
        result, log = job / "result.json", job / "log.txt"
        if result.exists():
            return json.loads(result.read_text()), log.read_text() if log.exists() else "", limit
        if limit is None:
            raise SolverError(f"PuLP failed: {task.last_words()}")
        return None, "", limit


def _columns_and_rows(program: LinearProgram) -> dict[str, list[Any]]:
    """Return the program as plain lists, which need no numpy to be read."""
    names = ("objective", "row_lower", "row_upper", "lower", "upper", "integer")
    data: dict[str, list[Any]] = {name: getattr(program, name).tolist() for name in names}
    ends = program.matrix.indptr.tolist()
    entries = list(zip(program.matrix.indices.tolist(), program.matrix.data.tolist(), strict=True))
    data["entries"] = [entries[start:end] for start, end in pairwise(ends)]
    return data


def _cbc_options(seed: int, tolerance: float) -> list[str]:
    """Return CBC's options: its seeds and tolerances, to look for the slightest improvement, and to look at the clock.

    A seed of 0 would mean the time of day. The small searches that CBC does deep in its tree see neither its time limit
    nor an interrupt, and what it has found is lost with it: they are put off to depths that it never reaches.
    """
    seeds = [f"randomSeed {seed + 1}", f"randomCbcSeed {seed + 1}"]
    exact = [f"integerTolerance {tolerance:g}", f"primalTolerance {tolerance:g}", "increment 1e-9"]
    return [*seeds, *exact, "depthMiniBab -1000"]


def _claim(name: str, scaled: Scaled, result: dict[str, Any], log: str, gap: float) -> SolverClaim:
    """Read a result of the child; the solver minimised minus the objective.

    The ``best_bound`` of PuLP 4 is left aside: it repeats the objective where CBC stopped within the gap.
    """
    line, code, solution = result["status"]
    status, solver_limit = read(line, code, solution)
    if code == UNBOUNDED:
        raise SolverError(f"{name}: the objective can grow without end: give the columns upper limits.")
    if result["limit"] is not None and result["seconds"] > NEARLY * result["limit"]:
        solver_limit = solver_limit or Limit.TIME
        status = {Status.OPTIMAL: Status.FEASIBLE, Status.INFEASIBLE: Status.NOT_FOUND}.get(status, status)
    x = _point(scaled.program, result["x"]) if status in (Status.OPTIMAL, Status.FEASIBLE) else None
    bound = -cbc_bound(log)
    if status is Status.OPTIMAL and x is not None and (cbc_found_optimum(log) or not np.isfinite(bound)):
        exact = cbc_searched_all(log) or not scaled.program.is_integer
        bound = min(bound, _implied_bound(scaled.program.value(x), 0.0 if exact else gap))
    duals = result["duals"]
    prices = None
    if status is Status.OPTIMAL and not scaled.program.is_integer and None not in duals:
        prices = -scaled.prices(np.array(duals, dtype=np.float64))
    return SolverClaim(status, solver_limit, x, scaled.bound(bound), prices)


def _implied_bound(value: float, gap: float) -> float:
    """Return what a solver proves that calls a point optimal within a gap, relative to the value or to the bound."""
    return value + gap * abs(value) / (1.0 - gap) if gap < 1 else inf


def _point(program: LinearProgram, values: list[float | None]) -> FloatArray:
    """Return the point; a column that no row and no objective mentions is not PuLP's to set."""
    x = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    return np.where(np.isnan(x), np.clip(0.0, program.lower, program.upper), x)
