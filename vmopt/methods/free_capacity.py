"""What hosts have left, and which of them a VM goes to."""

from __future__ import annotations

from typing import Literal

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.problem import Problem

Fit = Literal["first-fit", "best-fit"]


class FreeCapacity:
    """The free capacity of every host, taken up VM by VM or many identical VMs at once.

    First-fit takes the first host with room, best-fit the one with the least free capacity, each resource measured as a
    fraction of the cluster's. Many identical VMs give the same as one by one: under first-fit they fill the hosts in
    order, under best-fit the fullest host stays the fullest until it has no more room.

    Examples
    --------
    >>> from vmopt.model import Instance
    >>> from vmopt.problem import compile
    >>> cluster = compile(Instance.from_arrays([[5], [3]], [[8], [8]]))
    >>> free = FreeCapacity(cluster, np.array([1, -1]), "best-fit")
    >>> free.take(np.array([3]), 2).tolist()
    [1, 0]
    """

    def __init__(self, problem: Problem, host_index: IntArray, fit: Fit) -> None:
        self._free = np.ascontiguousarray((problem.capacity - problem.loads(host_index)).T)
        self._weight: FloatArray = np.divide(1.0, problem.total, out=np.zeros(len(self._free)), where=problem.total > 0)
        self._slack: FloatArray = self._weight @ self._free
        self._best_fit = fit == "best-fit"

    def take(self, demand: IntArray, count: int) -> IntArray:
        """Hosts for up to `count` identical VMs, in the order they are filled; fewer where there is no more room."""
        asked = np.flatnonzero(demand)
        if not asked.size:
            return np.zeros(count, dtype=np.int64)
        return self._take_one(demand, asked) if count == 1 else self._take_many(demand, asked, count)

    def _take_one(self, demand: IntArray, asked: IntArray) -> IntArray:
        fits = self._fits(demand, asked)
        if self._best_fit:
            candidates = np.flatnonzero(fits)
            if not candidates.size:
                return candidates
            host = candidates[self._slack[candidates].argmin()]
        else:
            host = fits.argmax()
            if not fits[host]:
                return np.zeros(0, dtype=np.int64)
        self._free[:, host] -= demand
        self._slack[host] = self._weight @ self._free[:, host]
        return np.array([host])

    def _take_many(self, demand: IntArray, asked: IntArray, count: int) -> IntArray:
        hosts = np.flatnonzero(self._fits(demand, asked))
        if not hosts.size:
            return hosts
        if self._best_fit:
            hosts = self._fullest(hosts, count)
        room = np.minimum.reduce([self._free[k, hosts] // demand[k] for k in asked])
        taken = np.diff(np.minimum(np.cumsum(room), count), prepend=0)
        hosts, taken = hosts[taken > 0], taken[taken > 0]
        self._free[:, hosts] -= demand[:, None] * taken
        self._slack[hosts] = self._weight @ self._free[:, hosts]
        return np.repeat(hosts, taken)

    def _fits(self, demand: IntArray, asked: IntArray) -> BoolArray:
        """Which hosts have room for one."""
        fits: BoolArray = self._free[asked[0]] >= demand[asked[0]]
        for k in asked[1:]:
            fits &= self._free[k] >= demand[k]
        return fits

    def _fullest(self, hosts: IntArray, count: int) -> IntArray:
        """The fullest hosts first: `count` of them at least, if there are so many, for each takes one VM or more."""
        slack = self._slack[hosts]
        if count < len(hosts):
            near = slack <= np.partition(slack, count - 1)[count - 1]
            hosts, slack = hosts[near], slack[near]
        return np.asarray(hosts[np.argsort(slack, kind="stable")])
