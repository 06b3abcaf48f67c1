"""Sketch: moves of running VMs tried out on paper, with the cluster as it is."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.simulation.cluster import Cluster
from vmopt.simulation.ruling import Ruling

NOBODY: IntArray = np.empty(0, dtype=np.int64)


class Sketch:
    """What room there would be, and what the rules would say, after some moves, each VM moved once at most.

    Attributes
    ----------
    moves : list of (int, int)
        VM and the host it goes to, in the order in which they are made.

    Examples
    --------
    >>> from vmopt.model import Host
    >>> from vmopt.model.requests import Requests
    >>> from vmopt.simulation.workload import Workload
    >>> requests = Requests.from_arrays([0, 0], [[4], [8]], resources=["cpu"])
    >>> cluster = Cluster(Workload.of([Host("h1", {"cpu": 8}), Host("h2", {"cpu": 6})], requests))
    >>> cluster.enqueue(0)
    >>> cluster.place(0, 0)
    >>> sketch = Sketch(cluster)
    >>> sketch.targets(0).tolist(), sketch.takes(1, 0)
    ([1], False)
    >>> sketch.move(0, 1)
    >>> sketch.takes(1, 0), cluster.host_of.tolist()
    (True, [0, -1])
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._room = cluster.room.copy()
        self._ruling: Ruling | None = cluster.ruling.without(NOBODY) if cluster.workload.rules else None
        self.moves: list[tuple[int, int]] = []

    def lacking(self, vm: int, host: int) -> IntArray:
        """What a host has too little of for a waiting VM, ``(n_resources,)``."""
        missing: IntArray = np.maximum(self._cluster.asked(vm) - self._room[host], 0)
        return missing

    def takes(self, vm: int, host: int) -> bool:
        """Whether a host has room for a waiting VM and may run it."""
        return not self.lacking(vm, host).any() and bool(self._allowed(vm)[host])

    def fit_elsewhere(self, vms: IntArray) -> BoolArray:
        """Whether another host than theirs has room for each of these VMs that run, the rules apart."""
        fits = np.asarray((self._room >= self._cluster.taken[vms][:, None]).all(axis=2))
        fits[np.arange(len(vms)), self._cluster.host_of[vms]] = False
        return np.asarray(fits.any(axis=1))

    def targets(self, vm: int) -> IntArray:
        """Hosts to which a running VM that has not moved yet could go now."""
        host = int(self._cluster.host_of[vm])
        mask = np.asarray((self._room >= self._cluster.taken[vm]).all(axis=1))
        mask[host] = False
        if self._ruling is not None and mask.any():
            row = int(self._cluster.row_of[vm])
            self._ruling.take_off(row)
            mask &= self._ruling.allowed(row)
            self._ruling.put(row, host)
        return np.flatnonzero(mask)

    def move(self, vm: int, host: int) -> None:
        """Let a VM go to one of its targets."""
        self._shift(vm, int(self._cluster.host_of[vm]), host)
        self.moves.append((vm, host))

    def undo(self) -> None:
        """Take all moves back, the last one first."""
        while self.moves:
            vm, host = self.moves.pop()
            self._shift(vm, host, int(self._cluster.host_of[vm]))

    def _shift(self, vm: int, source: int, target: int) -> None:
        self._room[source] += self._cluster.taken[vm]
        self._room[target] -= self._cluster.taken[vm]
        if self._ruling is not None:
            row = int(self._cluster.row_of[vm])
            self._ruling.take_off(row)
            self._ruling.put(row, target)

    def _allowed(self, vm: int) -> BoolArray:
        if self._ruling is None:
            return np.ones(len(self._room), dtype=bool)
        return self._ruling.allowed(int(self._cluster.row_of[vm]))
