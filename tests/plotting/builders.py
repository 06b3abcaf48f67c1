"""Solutions made by arithmetic: no solver and no random number has a part in the pictures."""

from __future__ import annotations

import numpy as np

from vmopt import metrics
from vmopt.bounds import Bound, Prices
from vmopt.model.instance import Instance
from vmopt.relaxation import Relaxation
from vmopt.solution import HistoryPoint, Solution
from vmopt.status import Status

HISTORY = (
    HistoryPoint(0.02, 0.0, 9.0, "auto"),
    HistoryPoint(0.05, 2.0, 4.0, "greedy-priority"),
    HistoryPoint(0.4, 2.4, 3.1, "column-generation"),
    HistoryPoint(2.5, 2.9, 3.0, "neighbourhood"),
    HistoryPoint(5.0, 2.9, 3.0, "auto"),
)


def cluster(n_hosts: int, rounds: int, n_priorities: int = 4, n_sizes: int = 3) -> Instance:
    """Make hosts of `n_sizes` sizes and `rounds` VMs for each of them."""
    host, vm = np.arange(n_hosts), np.arange(n_hosts * rounds)
    cpu = 32 + 16 * (host % n_sizes)
    asked = 1 + vm * 7919 % 13
    return Instance.from_arrays(
        np.column_stack([asked, asked * (1 + vm // 3 % 6)]),
        np.column_stack([cpu, 4 * cpu]),
        priority=1 + vm * 31 % n_priorities,
        resources=["cpu", "memory"],
    )


def solution(n_hosts: int, rounds: int = 8, **shape: int) -> Solution:
    """Deal the VMs to the hosts in turn; each host takes them as long as all so far would fit."""
    instance = cluster(n_hosts, rounds, **shape)
    asked = instance.demand.reshape(rounds, n_hosts, 2).cumsum(axis=0)
    fits = (asked <= instance.capacity).all(axis=2).ravel()
    host_index = np.where(fits, np.arange(len(fits)) % n_hosts, -1)
    objective = metrics.objective_of(instance, host_index)
    prices = np.array([0.02, 0.002]) / (1 + 0.1 * np.arange(len(instance.host_classes))[:, None])
    return Solution(
        instance=instance,
        host_index=host_index,
        status=Status.FEASIBLE,
        limit=None,
        objective=objective,
        certificate=Bound(1.25 * objective, Prices(prices)),
        prices=prices,
        method="dealt",
        backend=None,
        build_seconds=0.0,
        solve_seconds=5.0,
        seed=0,
        requested_gap=0.0,
        history=HISTORY,
    )


def relaxation(n_hosts: int, **shape: int) -> Relaxation:
    """Prices as of a relaxation."""
    dealt = solution(n_hosts, **shape)
    return Relaxation(dealt.instance, dealt.bound, dealt.prices, None, dealt.objective, "glop", 0.1)
