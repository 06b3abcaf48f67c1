"""What rules leave beside what runs: decisions against brute force over all ways to start the waiting VMs."""

from __future__ import annotations

import random
from itertools import product

import numpy as np
import pytest

import vmopt
from tests.rules.meaning import holds
from tests.simulation import ruled
from vmopt.simulation.ruling import Ruling
from vmopt.simulation.scheduling.remaining import remaining_rules

WAITING = 4


def drawn(seed: int):
    """Draw a cluster with rules on which some VMs run, and a few that wait."""
    dice = random.Random(seed)
    names = dice.sample(ruled.LASTING, 2)
    cluster = ruled.requests(seed, *names, eventful=False)[0]
    ruling = Ruling(cluster.rules_in_force, np.full(cluster.n_vms, -1), cluster.n_hosts)
    free = cluster.capacity.copy()
    for vm in range(WAITING, cluster.n_vms):
        able = np.flatnonzero(ruling.allowed(vm) & (free >= cluster.demand[vm]).all(axis=1))
        if able.size and dice.random() < 0.7:
            host = int(dice.choice(able.tolist()))
            ruling.put(vm, host)
            free[host] -= cluster.demand[vm]
    return cluster, ruling, free


def best(cluster, ruling, free) -> float:
    """Value of the best that can start, tried one by one."""
    found = 0.0
    for choice in product(range(-1, cluster.n_hosts), repeat=WAITING):
        whole, left, value = ruling.host_index.copy(), free.copy(), 0.0
        whole[:WAITING] = choice
        for vm, host in enumerate(choice):
            if host >= 0:
                left[host] -= cluster.demand[vm]
                value += cluster.value[vm]
        if value > found and (left >= 0).all() and all(holds(rule, cluster, whole) for rule in cluster.rules):
            found = value
    return found


@pytest.mark.parametrize(
    ("method", "seeds"), [("exact", 25), ("auto", 15), ("neighbourhood", 3), ("greedy-priority", 25)]
)
def test_best_beside_what_runs(method, seeds):
    """Tests that what is started keeps the rules, and is the best that can be where a method proves that."""
    exact = method in ("exact", "auto")
    for seed in range(seeds):
        cluster, ruling, free = drawn(seed)
        rows, hosts = np.arange(WAITING), np.arange(cluster.n_hosts)
        left = vmopt.Instance.from_arrays(
            cluster.demand[rows],
            free,
            value=cluster.value[rows],
            rules=remaining_rules(ruling, rows, hosts),
        )
        solution = vmopt.solve(left, method=method, gap=0, ties=None, time_limit=20 if exact else 1)
        whole = ruling.host_index.copy()
        whole[rows] = solution.host_index
        assert all(holds(rule, cluster, whole) for rule in cluster.rules), f"seed {seed}"
        assert vmopt.verify(left, solution) == ()
        if exact:
            assert solution.objective == pytest.approx(best(cluster, ruling, free)), f"seed {seed}"


def test_breaches():
    """Tests that those are told who are forbidden beside what runs, and that they can be taken off."""
    rules = [vmopt.Gather(["vm-0", "vm-1", "vm-2"])]
    cluster = vmopt.Instance.from_arrays([[1]] * 3, [[4], [4]], rules=rules)
    ruling = Ruling(cluster.rules_in_force, np.array([-1, -1, 1]), 2)
    rule = remaining_rules(ruling, np.array([0, 1]), np.array([0, 1]))[0]
    assert rule.breaches(np.array([1, 1])) == []
    breach = rule.breaches(np.array([0, 0]))[0]
    assert (breach.vms.tolist(), breach.excess) == ([0, 1], 2)


def test_room_of_some_hosts():
    """Tests that where only some hosts are left, VMs are dealt by the room on these, not on others."""
    cluster = vmopt.Instance.from_arrays([[1]] * 3, [[4], [4]], rules=[vmopt.Spread(["vm-0", "vm-1", "vm-2"], most=2)])
    ruling = Ruling(cluster.rules_in_force, np.array([-1, 0, 0]), 2)
    rows, hosts = np.array([0]), np.array([1])
    left = vmopt.Instance.from_arrays([[1]], [[4]], rules=remaining_rules(ruling, rows, hosts))
    assert vmopt.solve(left, method="greedy-priority").host_index.tolist() == [0]
