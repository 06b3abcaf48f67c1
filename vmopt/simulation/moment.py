"""Moment: what a policy sees when it decides, and how it says who starts and who moves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.model.instance import Instance
from vmopt.model.requests import Requests
from vmopt.simulation.cluster import Cluster


class Moment:
    """One moment at which VMs may start.

    Attributes
    ----------
    now : float
        Seconds.
    cluster : Cluster
        Read it; only `start`, `move` and `Cluster.hold` change anything.
    work_left : (n_vms,) float64 array
        Seconds that each VM has yet to run, as of its last start where it runs.
    ends : (n_vms,) float64 array
        When each running VM will leave; meaningless for others.
    surprises : int
        How many things have happened so far that no plan could foresee: a failure, a changed demand, a preemption.
    """

    def __init__(
        self,
        now: float,
        cluster: Cluster,
        work_left: FloatArray,
        ends: FloatArray,
        queued: tuple[FloatArray, FloatArray],
        surprises: int,
        start: Callable[[int, int], None],
        move: Callable[[int, int], None],
    ) -> None:
        self.now = now
        self.cluster = cluster
        self.work_left = work_left
        self.ends = ends
        self.surprises = surprises
        self._joined, self._waited = queued
        self._start = start
        self._move = move

    @property
    def requests(self) -> Requests:
        """All that is asked, the future included: policies look at what has come."""
        return self.cluster.workload.requests

    @property
    def instance(self) -> Instance:
        """The rows of the workload; row ``cluster.row_of[i]`` is VM i as it is now."""
        return self.cluster.workload.instance

    def start(self, vm: int, host: int) -> None:
        """Let a waiting VM run on a host that has room for it, from now on."""
        self._start(vm, host)

    def move(self, vm: int, host: int) -> None:
        """Let a running VM go on, from now on, on another host that has room for it; it loses nothing by that."""
        self._move(vm, host)

    def priority(self, vms: IntArray) -> FloatArray:
        """Priority of each of these VMs, as it is now."""
        column: FloatArray = self.instance.priority[self.cluster.row_of[vms]]
        return column

    def share(self, vms: IntArray) -> FloatArray:
        """Share of the cluster that each of these VMs asks for, as it is now."""
        column: FloatArray = self.instance.share[self.cluster.row_of[vms]]
        return column

    def arrival(self, vms: IntArray) -> FloatArray:
        """When each of these VMs came."""
        column: FloatArray = self.requests.arrival[vms]
        return column

    def waited(self, vms: IntArray) -> FloatArray:
        """Seconds that each of these waiting VMs has spent in the queue so far, all its stays together."""
        seconds: FloatArray = self._waited[vms] + (self.now - self._joined[vms])
        return seconds

    def best_fit(self, vm: int) -> int:
        """Return the fullest host with room for a VM that may take it, -1 where there is none."""
        return self.cluster.fullest(vm, np.flatnonzero(self.cluster.taking(vm)))

    def allowed_at(self, vm: int, time: float) -> BoolArray:
        """Which hosts the rules will leave to a waiting VM at a time, if nothing happens but the ends of what runs."""
        cluster = self.cluster
        if not cluster.workload.rules:
            return np.ones(len(cluster.room), dtype=bool)
        running = cluster.running
        over = cluster.row_of[running[self.ends[running] <= time]]
        return cluster.ruling.without(over).allowed(int(cluster.row_of[vm]))
