"""Greedy placement that spreads: one pass over the VMs, each on the host that is then least loaded."""

from __future__ import annotations

import time

import numpy as np

from vmopt.methods import greedy, knapsack_bound
from vmopt.methods.goals.balance.deal import deal
from vmopt.methods.ruled.bend import bend
from vmopt.methods.ruled.mend import mend
from vmopt.methods.search import Search

METHOD = "greedy-spread"


def run(search: Search, parameters: greedy.GreedyParameters = greedy.DEFAULT) -> None:
    """Place the VM of the highest priority first, each where the fullest resource of the host is then least full.

    The baseline for balance: least allocated first, as Kubernetes and OpenStack spread by default.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[2]] * 4, [[8], [8]])
    >>> vmopt.solve(cluster, method="greedy-spread").host_index.tolist()
    [0, 1, 0, 1]
    """
    problem = search.problem
    stop = search.started + search.options.time_limit + parameters.grace_seconds
    every, hosts = tuple(range(problem.n_resources)), np.ones(problem.n_hosts, dtype=bool)
    host_index = deal(problem, greedy.order_by(problem, "priority"), every, hosts, problem.capacity, stop)
    search.complete = time.perf_counter() <= stop
    for bent in (False, True) if search.problem.soft_rules else (False,):
        placed = bend(problem, host_index, stop, parameters.ruled) if bent else host_index
        kept = mend(problem, placed) if problem.rules else placed
        if kept is not None:
            search.offer(kept, METHOD)
    knapsack_bound.run(search)
