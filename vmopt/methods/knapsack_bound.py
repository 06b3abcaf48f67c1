"""A bound without any solver: the cluster as one knapsack of one resource."""

from __future__ import annotations

import numpy as np

from vmopt.bounds.knapsack import knapsack_prices
from vmopt.methods.search import Search

SHARE = 0.2
"""Part of the time limit in which one resource after the other has its turn: the most wanted proves most."""


def run(search: Search, share: float = SHARE) -> None:
    """Tighten the bound by the prices of each resource alone, the most wanted first; of all while it is early."""
    problem = search.problem
    wanted = problem.demand.sum(axis=0, dtype=np.float64) / np.maximum(problem.total, 1)
    for number, k in enumerate(np.argsort(-wanted, kind="stable").tolist()):
        if number and search.seconds > share * search.options.time_limit:
            break
        search.tighten_by_prices(knapsack_prices(problem, k), "knapsack-bound")
