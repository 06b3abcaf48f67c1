"""Leavers: who has to leave a host whatever else happens, as it is overloaded or breaks a limit as it is.

Who stays on a host has to fit it together, and to keep the limits that rules set for it. So the least that VMs cost
whose leaving makes a host fit again is paid on that host, and what all hosts pay adds up. Each host is a small covering
problem of the VMs that run there now.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vmopt.arrays import BoolArray, IntArray

MOST_NODES = 5_000
"""Of a search for the cheapest leavers of a host."""
MOST_VMS = 200
"""On a host, up to which there is a search."""


@dataclass(frozen=True, eq=False)
class Crowd:
    """A host that cannot go on running what it runs.

    Attributes
    ----------
    vms : (n,) int64 array
        Who may stay, some of them.
    relief : (n, n_rows) int64 array
        What each takes of what there is too little of.
    excess : (n_rows,) int64 array
        How much that is; above 0.
    """

    vms: IntArray
    relief: IntArray
    excess: IntArray


def crowds(instance: Any, may_stay: BoolArray) -> Iterator[Crowd]:
    """Hosts on which not all can stay who may stay by themselves.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[3], [4], [1]], [[6], [6]], current=[0, 0, 1])
    >>> [(crowd.vms.tolist(), crowd.excess.tolist()) for crowd in crowds(cluster, np.ones(3, dtype=bool))]
    [([0, 1], [1])]
    """
    here = np.flatnonzero(may_stay & (instance.current >= 0))
    takes, most = instance.reserved, instance.capacity
    load = np.zeros_like(most)
    np.add.at(load, instance.current[here], takes[here])
    broken = (load > most).any(axis=1)
    crowded = here[broken[instance.current[here]]]
    ruled = [rule for rule in instance.rules_in_force if rule.by_host and rule.most_in_domain is not None]
    limits = [_Limit(rule) for rule in ruled]
    for limit in limits:
        crowded = np.union1d(crowded, limit.crowded(here, instance.current))
    for vms in _by_host(crowded, here, instance.current):
        host = int(instance.current[vms[0]])
        relief, excess = [takes[vms]], [load[host] - most[host]]
        for limit in limits:
            columns = limit.columns(vms)
            relief.append(columns[0])
            excess.append(columns[1])
        rows = np.concatenate(excess) > 0
        yield Crowd(vms, np.concatenate(relief, axis=1)[:, rows], np.concatenate(excess)[rows])


def _by_host(crowded: IntArray, here: IntArray, current: IntArray) -> Iterator[IntArray]:
    """All that run on each host on which one of these does."""
    hosts = np.unique(current[crowded])
    all_there = here[np.isin(current[here], hosts)]
    all_there = all_there[np.argsort(current[all_there], kind="stable")]
    edges = np.flatnonzero(np.diff(current[all_there])) + 1
    yield from (vms for vms in np.split(all_there, edges) if len(vms))


class _Limit:
    """What a rule lets a group have on a single host."""

    def __init__(self, rule: Any) -> None:
        self._group, self._most, self._weight = rule.group.of, rule.most_in_domain, rule.weight

    def crowded(self, vms: IntArray, current: IntArray) -> IntArray:
        """Who is on a host where their group has too much."""
        members = vms[self._group[vms] >= 0]
        pair, place = np.unique(np.stack([self._group[members], current[members]], axis=1), axis=0, return_inverse=True)
        total = np.bincount(place.ravel(), self._weight[members], len(pair))
        return np.asarray(members[(total > self._most[pair[:, 0]])[place.ravel()]])

    def columns(self, vms: IntArray) -> tuple[IntArray, IntArray]:
        """A row for each group that is there: what each VM takes of it, and by how much it is exceeded."""
        group, weight = self._group[vms], self._weight[vms]
        groups = np.unique(group[group >= 0])
        relief = np.where(group[:, None] == groups[None, :], weight[:, None], 0)
        return relief, relief.sum(axis=0) - self._most[groups]


def cheapest_leavers(crowd: Crowd, cost: IntArray) -> tuple[int, Sequence[int]]:
    """The least that leavers cost (a bound of it where the search is too long), and leavers, by place in the crowd.

    Parameters
    ----------
    cost : (n,) int64 array
        Of the VMs of the crowd.

    Examples
    --------
    >>> crowd = Crowd(np.arange(3), np.array([[3], [4], [2]]), np.array([5]))
    >>> cheapest_leavers(crowd, np.array([1, 1, 3]))
    (2, [0, 1])
    """
    search = _Cover(crowd, cost)
    search.run()
    return search.proven, search.best


class _Cover:
    """Depth first over who leaves, those first that relieve most for their cost."""

    def __init__(self, crowd: Crowd, cost: IntArray) -> None:
        share = (np.minimum(crowd.relief, crowd.excess) / crowd.excess).sum(axis=1)
        self._order = np.lexsort((cost, cost / np.maximum(share, 1e-12)))
        self._relief, ordered = crowd.relief[self._order], cost[self._order]
        self._cost: list[int] = ordered.tolist()
        self._excess = crowd.excess
        worth = self._relief / np.maximum(ordered, 1e-12)[:, None]
        self._rank = [np.argsort(-column, kind="stable").tolist() for column in worth.T]
        self.best = self._greedy()
        self._value: int = sum(self._cost[i] for i in self.best)
        self._nodes = 0
        self.proven: int = 0

    def run(self) -> None:
        """Search; what is proven is the best, or the bound at the root."""
        root = min(self._bound(0, self._excess), self._value)
        if len(self._cost) <= MOST_VMS:
            self._descend(0, self._excess, 0, [])
        complete = len(self._cost) <= MOST_VMS and self._nodes < MOST_NODES
        self.proven = self._value if complete else root
        self.best = sorted(self._order[self.best].tolist())

    def _greedy(self) -> list[int]:
        """Leavers in order until it is enough, less those that were not needed."""
        cumulated = self._relief.cumsum(axis=0)
        gone = list(range(int(np.argmax((cumulated >= self._excess).all(axis=1))) + 1))
        over = cumulated[len(gone) - 1] - self._excess
        for i in sorted(gone, key=lambda i: -self._cost[i]):
            if (self._relief[i] <= over).all():
                over = over - self._relief[i]
                gone.remove(i)
        return gone

    def _descend(self, place: int, excess: IntArray, paid: int, gone: list[int]) -> None:
        if (excess <= 0).all():
            if paid < self._value:
                self._value, self.best = paid, list(gone)
            return
        self._nodes += 1
        if self._nodes >= MOST_NODES or place == len(self._cost):
            return
        if paid + self._bound(place, excess) >= self._value:
            return
        self._descend(place + 1, excess - self._relief[place], paid + self._cost[place], [*gone, place])
        self._descend(place + 1, excess, paid, gone)

    def _bound(self, place: int, excess: IntArray) -> int:
        """Each row alone: whoever relieves it most for its cost, the last one in part, rounded up."""
        most = 0
        for k in np.flatnonzero(excess > 0).tolist():
            left, paid = int(excess[k]), 0
            for i in self._rank[k]:
                relief = int(self._relief[i, k])
                if i < place or relief == 0:
                    continue
                if relief >= left:
                    paid, left = paid + -(-self._cost[i] * left // relief), 0
                    break
                paid, left = paid + self._cost[i], left - relief
            if left > 0:
                return self._value + 1
            most = max(most, int(paid))
        return most
