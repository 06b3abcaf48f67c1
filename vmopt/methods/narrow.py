"""Narrow: an integer program over the few VMs of one host that are in doubt, solved again with more of them.

Prices tell what each choice loses by itself. A good placement makes few choices that lose much, so that a program of
those columns alone that lose least holds placements nearly as good as the best, and is small enough for a solver to
search well: the core of a knapsack problem (Balas and Zemel 1980; with many resources Puchinger, Raidl and Pferschy
2010), with more columns each time it was searched to the end, as in kernel search (Angelelli, Mansini and Speranza
2010).
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.backends import registry
from vmopt.backends.base import LPOptions
from vmopt.errors import BackendError
from vmopt.formulation.assignment import Assignment, assignment
from vmopt.formulation.core import core, doubts
from vmopt.formulation.linear_program import LinearProgram
from vmopt.methods import greedy
from vmopt.methods.dual_prices import guiding_prices
from vmopt.methods.repair import repair
from vmopt.methods.search import Search
from vmopt.methods.tabu import walk
from vmopt.problem import Problem
from vmopt.solution import Status

METHOD = "narrow"


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


DEFAULT = NarrowParameters()


def suits(problem: Problem, parameters: NarrowParameters = DEFAULT) -> bool:
    """Whether there is one host, where prices tell which VMs are in doubt, and not too many VMs of a fixed size.

    On several hosts a VM is worth about as much on one as on the other: every one of them is in doubt.
    """
    few = 0 < len(problem.vms) <= parameters.most_columns
    return problem.n_hosts == 1 and few and not (problem.elastic or problem.rules)


def run(search: Search, parameters: NarrowParameters = DEFAULT) -> None:
    """Improve the best placement by one narrow program after the other, until time is up or they are not narrow."""
    backend = _backend(parameters)
    if not search.found or backend is None or not suits(search.problem, parameters):
        return
    search.backend = f"{backend} ({registry.get(backend).version()})"
    prices = guiding_prices(search)
    with search.building():
        model = assignment(search.problem, whole_amounts=False)
        doubt = np.sort(doubts(model, prices))
    for gap in _gaps(doubt, parameters):
        narrow = gap < search.price_bound - search.objective
        if search.finished or not narrow or search.remaining < parameters.least_seconds:
            return
        if not _search_narrow(search, model, prices, gap, backend):
            return


def run_beside_walk(search: Search) -> None:
    """Improve it by narrow programs, and by a walk beside them where there is a second thread."""
    if search.options.threads == 1:
        run(search)
        return
    guiding_prices(search)
    with ThreadPoolExecutor(1, "vmopt-narrow") as pool:
        programs = pool.submit(copy_context().run, run, search)
        walk.improve(search, threads=search.options.threads - 1, until=programs.done)
        programs.result()


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


def _search_narrow(search: Search, model: Assignment, prices: FloatArray, gap: float, backend: str) -> bool:
    """Offer the best placement found in a narrow program; whether it was searched to the end."""
    with search.building():
        start = model.point(search.host_index)
        program = narrowed(model, prices, gap, start)
    options = LPOptions(time_limit=search.remaining, gap=0.0, seed=search.options.seed, start=start)
    result = registry.get(backend).solve(program, options)
    if result.x is not None:
        host_index = repair(search.problem, model.host_index(result.x))
        search.offer(greedy.complete(search.problem, host_index), METHOD)
    return result.status is Status.OPTIMAL


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
