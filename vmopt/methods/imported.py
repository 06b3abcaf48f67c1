"""A placement from elsewhere, judged: verified, and held against what prices prove."""

from __future__ import annotations

import time
from dataclasses import replace

from vmopt.arrays import IntArray
from vmopt.methods import knapsack_bound, registry, relaxation
from vmopt.methods.goals.climb import Climb
from vmopt.methods.search import Search
from vmopt.methods.tiers.door import with_levels
from vmopt.methods.tiers.ladder import Ladder
from vmopt.methods.tiers.run import run_baseline
from vmopt.model.instance import Instance
from vmopt.options import Options, checked_limits
from vmopt.solution import Solution

METHOD = "import"


def judged(instance: Instance, host_index: IntArray, *, gap: float = 1e-4, time_limit: float = 60.0) -> Solution:
    """Return a placement as a Solution, with the bound of the class relaxation, and what it has of each level.

    Raises
    ------
    SolverError
        If it breaks a capacity.

    Examples
    --------
    >>> import numpy as np
    >>> cluster = Instance.from_arrays([[4], [4]], [[8]])
    >>> judged(cluster, np.array([0, 0])).status.value
    'optimal'
    """
    seconds, gap, seed, threads = checked_limits(time_limit, gap, 0, None)
    started = time.perf_counter()
    options = Options(time_limit=seconds, gap=gap, seed=seed, threads=threads)
    found = _search(instance, host_index, options) if instance.tiers is None else _tiers(instance, host_index, options)
    solution = with_levels(found)
    if not instance.objective.goal_levels:
        return solution
    return Climb(solution, "bounded", options, started, started + seconds).solution()


def _search(instance: Instance, host_index: IntArray, options: Options) -> Solution:
    search = Search(instance, options)
    search.offer(host_index, METHOD)
    for bound in (knapsack_bound.run, relaxation.run):
        if not search.finished:
            bound(search)
    return search.solution(METHOD)


def _tiers(instance: Instance, host_index: IntArray, options: Options) -> Solution:
    """Each tier has its bound."""
    ladder = Ladder(instance, options)
    info = replace(registry.get("greedy-priority")[0], name=METHOD)
    run_baseline(ladder, info, lambda search: _offered(search, host_index))
    return ladder.solution(METHOD)


def _offered(search: Search, host_index: IntArray) -> None:
    search.offer(host_index, METHOD)
