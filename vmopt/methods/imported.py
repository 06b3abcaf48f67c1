"""A placement from elsewhere, judged: verified, and held against what prices prove."""

from __future__ import annotations

from vmopt.arrays import IntArray
from vmopt.methods import knapsack_bound, relaxation
from vmopt.methods.search import Search
from vmopt.model.instance import Instance
from vmopt.options import Options, checked_limits
from vmopt.solution import Solution

METHOD = "import"


def judged(instance: Instance, host_index: IntArray, *, gap: float = 1e-4, time_limit: float = 60.0) -> Solution:
    """Return a placement as a Solution, with the bound of the class relaxation.

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
    search = Search(instance, Options(time_limit=seconds, gap=gap, seed=seed, threads=threads))
    search.offer(host_index, METHOD)
    for bound in (knapsack_bound.run, relaxation.run):
        if not search.finished:
            bound(search)
    return search.solution(METHOD)
