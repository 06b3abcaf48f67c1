"""All states that a tiny cluster can pass through, one action at a time, and all losses that it can suffer."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np

import vmopt
from vmopt.arrays import BoolArray, IntArray
from vmopt.methods.imported import judged
from vmopt.solution import Solution


def draw(seed: int) -> tuple[vmopt.Instance, IntArray]:
    """A tiny cluster, some of it overfull at first, and where its VMs are to go."""
    rng = np.random.default_rng(seed)
    n_hosts, n_vms, n_resources = (int(rng.integers(*ends)) for ends in ((2, 5), (2, 7), (1, 3)))
    capacity = rng.integers(5, 11, (n_hosts, n_resources))
    demand = rng.integers(0 if n_resources > 1 else 1, 6, (n_vms, n_resources))
    places = []
    for overfull in (rng.random() < 0.1, False):
        where = rng.integers(0, n_hosts, n_vms)
        where[rng.random(n_vms) < 0.12] = -1
        load = np.zeros_like(capacity)
        np.add.at(load, where[where >= 0], demand[where >= 0])
        for vm in rng.permutation(n_vms).tolist():
            if not overfull and where[vm] >= 0 and (load[where[vm]] > capacity[where[vm]]).any():
                load[where[vm]] -= demand[vm]
                where[vm] = -1
        places.append(where)
    return vmopt.Instance.from_arrays(demand, capacity, current=places[0]), places[1]


def solution_of(instance: vmopt.Instance, host_index: IntArray) -> Solution:
    """The placement as it is, not with VMs exchanged that are alike."""
    return replace(judged(instance, host_index), host_index=host_index)


def fewest_parked(
    instance: vmopt.Instance, target: IntArray, *, parking: bool, rules: Sequence[vmopt.Spread] = ()
) -> int | None:
    """How often VMs must be parked at least; None where no order leads there. A VM that moves is on both hosts."""
    assert instance.current is not None
    start, goal = tuple(instance.current.tolist()), tuple(target.tolist())
    changing = [vm for vm in range(instance.n_vms) if start[vm] != goal[vm]]
    found, waiting = {start: 0}, deque([start])
    while waiting:
        state = waiting.popleft()
        if state == goal:
            return found[state]
        for vm in changing:
            third = range(instance.n_hosts) if parking and state[vm] >= 0 and goal[vm] >= 0 else ()
            for host in {goal[vm], *third} - {state[vm]}:
                after = (*state[:vm], host, *state[vm + 1 :])
                cost = found[state] + (host != goal[vm])
                if cost < found.get(after, cost + 1) and _may(instance, state, after, vm, host, rules):
                    found[after] = cost
                    (waiting.append if host != goal[vm] else waiting.appendleft)(after)
    return None


def _may(
    instance: vmopt.Instance,
    state: tuple[int, ...],
    after: tuple[int, ...],
    vm: int,
    host: int,
    rules: Sequence[vmopt.Spread],
) -> bool:
    if host >= 0:
        there = sum((instance.demand[other] for other, at in enumerate(state) if at == host), instance.demand[vm])
        if ((there > instance.capacity[host]) & (instance.demand[vm] > 0)).any():
            return False
    ruled = instance.replace(capacity=instance.capacity + 1000, rules=rules)
    return not vmopt.verify(ruled, np.array(after))


def most_protected(
    instance: vmopt.Instance, alive: IntArray, protected: BoolArray, lost: BoolArray, *, moving: bool
) -> int:
    """How many of the protected VMs run at most without these hosts, all placements tried."""
    free = np.flatnonzero(protected) if moving else np.flatnonzero(protected & (alive < 0))
    hosts = [-1, *np.flatnonzero(~lost).tolist()]
    best = -1
    for chosen in product(hosts, repeat=len(free)):
        placed = np.full(instance.n_vms, -1) if moving else alive.copy()
        placed[free] = chosen
        runs = int((placed[protected] >= 0).sum())
        if runs > best and not vmopt.verify(instance, placed):
            best = runs
    return best
