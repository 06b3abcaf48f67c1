"""Openings: which waiting VMs may fit somewhere now, told from what has changed since the last decision."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.simulation.cluster import Cluster


class Openings:
    """The demand classes that fit on a host now, and did not at the last decision.

    A policy that starts whatever fits leaves a queue in which nothing fits anywhere. After that, a VM can start only
    if it is new in the queue, or on a host that has got more room: two small tables of classes by hosts, however long
    the queue is and however many hosts there are.

    Examples
    --------
    >>> from vmopt.model import Host
    >>> from vmopt.model.requests import Requests
    >>> from vmopt.simulation.workload import Workload
    >>> requests = Requests.from_arrays([0, 0], [[4], [9]], resources=["cpu"])
    >>> cluster = Cluster(Workload.of([Host("h1", {"cpu": 8})], requests))
    >>> cluster.enqueue(0), cluster.enqueue(1)
    (None, None)
    >>> Openings(cluster).among(cluster.waiting).tolist()
    [0]
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        fresh = np.fromiter(cluster.fresh, dtype=np.int64, count=len(cluster.fresh))
        dirty = np.array(sorted(cluster.dirty), dtype=np.int64)
        classes = np.unique(cluster.class_of(cluster.waiting)) if dirty.size else dirty
        self._tables = [
            _Table(cluster, np.unique(cluster.class_of(fresh)), np.arange(len(cluster.room))),
            _Table(cluster, classes, dirty),
        ]
        self._alive: BoolArray = np.zeros(len(cluster.workload.class_asked), dtype=bool)
        self._count()

    def among(self, vms: IntArray) -> IntArray:
        """Return those of these VMs that fit on some host, in their order."""
        return vms[self._alive[self._cluster.class_of(vms)]]

    def filled(self, host: int) -> None:
        """Take note that a host has less room than before."""
        for table in self._tables:
            table.filled(host)
        self._count()

    def _count(self) -> None:
        for table in self._tables:
            self._alive[table.classes] = False
        for table in self._tables:
            self._alive[table.classes] |= table.fits.any(axis=1)


class _Table:
    """Whether each of some classes fits on each of some hosts."""

    def __init__(self, cluster: Cluster, classes: IntArray, hosts: IntArray) -> None:
        self._room = cluster.room
        self._asked = cluster.workload.class_asked[classes]
        self.classes, self._hosts = classes, hosts
        self.fits: BoolArray = np.ones((len(classes), len(hosts)), dtype=bool)
        for asked, room in zip(self._asked.T, cluster.room[hosts].T, strict=True):
            self.fits &= asked[:, None] <= room

    def filled(self, host: int) -> None:
        column = np.searchsorted(self._hosts, host)
        if column < len(self._hosts) and self._hosts[column] == host:
            self.fits[:, column] = (self._asked <= self._room[host]).all(axis=1)
