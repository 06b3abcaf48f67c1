"""Narrow: an integer program over the few VMs of one host that are in doubt, solved again with more of them.

Prices tell what each choice loses by itself. A good placement makes few choices that lose much, so that a program of
those columns alone that lose least holds placements nearly as good as the best, and is small enough for a solver to
search well: the core of a knapsack problem (Balas and Zemel 1980; with many resources Puchinger, Raidl and Pferschy
2010), with more columns each time it was searched to the end, as in kernel search (Angelelli, Mansini and Speranza
2010).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.backends import registry
from vmopt.backends.base import LPOptions, LPResult
from vmopt.errors import BackendError
from vmopt.formulation.assignment import Assignment, assignment
from vmopt.formulation.core import core, doubts
from vmopt.formulation.linear_program import LinearProgram
from vmopt.methods import greedy
from vmopt.methods.dual_prices import DualPriceParameters, guiding_prices
from vmopt.methods.repair import repair
from vmopt.methods.search import Search
from vmopt.methods.tabu import walk
from vmopt.methods.tabu.parameters import TabuParameters
from vmopt.problem import Problem
from vmopt.status import Status

METHOD = "narrow"

Job = Callable[[], LPResult]
"""Solves a program."""


@dataclass(frozen=True)
class NarrowParameters:
    """How many columns a program has, and who solves it."""

    columns: int = 60
    """Columns in doubt at first: what a solver searches to the end, or nearly, in a second."""
    growth: float = 1.5
    """How many times as many columns the next program has: half as many again, as what it takes grows much faster."""
    most_columns: int = 5_000
    """Columns of the whole formulation up to which a part of it says much about all of it."""
    least_seconds: float = 1.5
    """Seconds below which no program is begun: a solver in a process of its own needs some to come to anything."""
    backends: tuple[str, ...] = ("scip", "cp-sat")
    """Who solves them, the first that runs here: linear programs and cuts say more about few columns than conflicts."""
    prices: DualPriceParameters = field(default_factory=DualPriceParameters)
    """How prices to search by are made where the search has none."""
    walk: TabuParameters = field(default_factory=TabuParameters)
    """How a walk beside them goes."""


DEFAULT = NarrowParameters()


def suits(problem: Problem, parameters: NarrowParameters = DEFAULT) -> bool:
    """Whether there is one host, where prices tell which VMs are in doubt, and not too many VMs of a fixed size.

    On several hosts a VM is worth about as much on one as on the other: every one of them is in doubt.
    """
    few = 0 < len(problem.vms) <= parameters.most_columns
    return problem.n_hosts == 1 and few and not (problem.elastic or problem.rules)


def run(search: Search, parameters: NarrowParameters = DEFAULT) -> None:
    """Improve the best placement by one narrow program after the other, until time is up or they are not narrow."""
    programs = _Programs(search, parameters)
    while programs.job is not None:
        programs.take(programs.job())


def run_beside_walk(search: Search, parameters: NarrowParameters = DEFAULT) -> None:
    """Improve it by narrow programs, and by a walk beside them where there is a second thread.

    Only solvers run in the other thread: whatever is offered to the search, and told to the caller, comes from here.
    """
    if search.options.threads == 1:
        run(search, parameters)
        return
    with ThreadPoolExecutor(1, "vmopt-narrow") as pool:
        beside = _Beside(_Programs(search, parameters), pool)
        threads = search.options.threads - 1
        walk.improve(search, threads=threads, until=beside.ended, parameters=parameters.walk)
        beside.finish()


class _Programs:
    """Programs one after the other: `job` solves the next, None where there is none, and `take` goes on from it."""

    def __init__(self, search: Search, parameters: NarrowParameters) -> None:
        self._steps = _steps(search, parameters)
        self.job: Job | None = next(self._steps, None)

    def take(self, result: LPResult) -> None:
        """Offer what was found, and prepare the next program."""
        try:
            self.job = self._steps.send(result)
        except StopIteration:
            self.job = None


class _Beside:
    """The same, solved in a pool while the caller does something else, and asks now and then if they have ended."""

    def __init__(self, programs: _Programs, pool: Executor) -> None:
        self._programs, self._pool = programs, pool
        self._under_way = self._begun()

    def ended(self) -> bool:
        """Take what has been found meanwhile, and begin the next; tell whether there is none."""
        if self._under_way is not None and self._under_way.done():
            self._programs.take(self._under_way.result())
            self._under_way = self._begun()
        return self._under_way is None

    def finish(self) -> None:
        """Wait for all that is left."""
        while not self.ended():
            wait([self._under_way] if self._under_way is not None else [])

    def _begun(self) -> Future[LPResult] | None:
        job = self._programs.job
        return None if job is None else self._pool.submit(copy_context().run, job)


def _steps(search: Search, parameters: NarrowParameters) -> Generator[Job, LPResult, None]:
    """Yield what solves the next program, and go on from the result that is sent."""
    backend = _backend(parameters)
    if not search.found or backend is None or not suits(search.problem, parameters):
        return
    solver, prices = registry.get(backend), guiding_prices(search, parameters.prices)
    search.backend = f"{backend} ({solver.version()})"
    with search.building():
        model = assignment(search.problem, whole_amounts=False)
        doubt = np.sort(doubts(model, prices))
    for gap in _gaps(doubt, parameters):
        narrow = gap < search.price_bound - search.objective
        if search.finished or not narrow or search.remaining < parameters.least_seconds:
            return
        with search.building():
            start = model.point(search.host_index)
            program = narrowed(model, prices, gap, start)
        options = LPOptions(time_limit=search.remaining, gap=0.0, seed=search.options.seed, start=start)
        result = yield partial(solver.solve, program, options)
        if result.x is not None:
            host_index = repair(search.problem, model.host_index(result.x))
            search.offer(greedy.complete(search.problem, host_index), METHOD)
        if result.status is not Status.OPTIMAL:
            return


def _backend(parameters: NarrowParameters) -> str | None:
    """Return the first of the backends that runs here."""
    for name in parameters.backends:
        try:
            return registry.get(name).name
        except BackendError:
            continue
    return None


def _gaps(doubt: FloatArray, parameters: NarrowParameters) -> Iterator[float]:
    """Loss up to which columns are in doubt, one program after the other."""
    size = float(parameters.columns)
    while size <= len(doubt):
        yield float(doubt[int(size) - 1])
        size *= parameters.growth


def narrowed(model: Assignment, prices: FloatArray, gap: float, start: FloatArray) -> LinearProgram:
    """Narrow the program to choices that lose at most `gap` each at the prices, and those of a point.

    Examples
    --------
    >>> from vmopt.model import Instance
    >>> from vmopt.problem import compile
    >>> model = assignment(compile(Instance.from_arrays([[4], [3], [2]], [[6]], value=[8, 3, 2])))
    >>> narrowed(model, np.array([[1.0]]), 0.5, np.array([0.0, 1.0, 1.0])).row_lower.tolist()
    [0.0, 0.0, 0.0, 5.0]
    """
    program = core(model, prices, gap)
    return replace(
        program,
        row_lower=np.minimum(program.row_lower, program.matrix @ start),
        upper=np.maximum(program.upper, start),
    )
