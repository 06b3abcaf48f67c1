"""Ledger: what the hosts of a simulation have left, and what they have promised."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.errors import SolverError
from vmopt.simulation.workload import Workload

CLOSED = -1
"""Room of a host that takes no VM: not even one that asks for nothing."""


class Ledger:
    """Capacity, entered as taken and claimed, in integers that have to add up.

    Attributes
    ----------
    workload : Workload
    row_of : (n_vms,) int64 array
        The version of each VM that counts now, a row of the workload.
    taken : (n_vms, n_resources) int64 array
        What each running VM takes from its host: what it must get, and what it was granted beyond that for good.
    free : (n_hosts, n_resources) int64 array
        Capacity that no running VM takes.
    room : (n_hosts, n_resources) int64 array
        The same, and `CLOSED` for hosts that take no VM.
    open : (n_hosts,) bool array
    held : int or None
        A host that a policy keeps for one VM.
    unclaimed : (n_hosts, n_resources) int64 array
        Capacity less the demands of what runs: as `free` where nothing is elastic, else perhaps below 0.
    slack : (n_hosts,) float64 array
        Unclaimed capacity as a sum over the resources of parts of the cluster's, which best-fit goes by.
    dirty : set of int
        Hosts that have got more room since the last decision.
    """

    def __init__(self, workload: Workload) -> None:
        instance, count = workload.instance, workload.n_vms
        self.workload = workload
        self.row_of = np.arange(count, dtype=np.int64)
        self.taken: IntArray = np.zeros((count, len(instance.resources)), dtype=np.int64)
        self.free: IntArray = instance.capacity.copy()
        self.room: IntArray = instance.capacity.copy()
        self.open: BoolArray = np.ones(instance.n_hosts, dtype=bool)
        self.held: int | None = None
        total = instance.total
        self._weight: FloatArray = np.divide(1.0, total, out=np.zeros(len(total)), where=total > 0)
        self.unclaimed: IntArray = instance.capacity.copy()
        self.slack: FloatArray = self.unclaimed @ self._weight
        self.dirty: set[int] = set()

    def asked(self, vm: int) -> IntArray:
        """What a VM must get to run, ``(n_resources,)``."""
        row: IntArray = self.workload.asked[self.row_of[vm]]
        return row

    def wanted(self, vm: int) -> IntArray:
        """What a VM asks for in all, ``(n_resources,)``."""
        row: IntArray = self.workload.instance.demand[self.row_of[vm]]
        return row

    def take(self, vm: int, host: int, amount: IntArray) -> None:
        """Enter that a VM takes so much more of a host, or (below 0) gives it back."""
        self.taken[vm] += amount
        self.free[host] -= amount
        if self.open[host] and host != self.held:
            self.room[host] = self.free[host]

    def claim(self, host: int, demand: IntArray) -> None:
        """Enter that so much more of a host is asked for."""
        self.unclaimed[host] -= demand
        self.slack[host] = self._weight @ self.unclaimed[host]

    def set_open(self, host: int, is_open: bool) -> None:
        """Let a host take VMs, or no more."""
        self.open[host] = is_open
        self._show(host)

    def hold(self, host: int | None) -> None:
        """Keep one host from everybody, or (None) give it back."""
        before, self.held = self.held, host
        for changed in {before, host} - {None}:
            self._show(changed)  # type: ignore[arg-type]

    def check(self) -> IntArray:
        """Check that nothing is handed out twice and nothing is lost; return the load, ``(n_resources,)``.

        Raises
        ------
        SolverError
            If a host has less than nothing free, or loads and free capacity do not add up to the capacity.
        """
        if (self.free < 0).any():
            host = int(np.argmax((self.free < 0).any(axis=1)))
            raise SolverError(f"host {self.workload.instance.host_names[host]!r} is asked for more than it has.")
        load: IntArray = self.taken.sum(axis=0)
        if (self.workload.instance.total - self.free.sum(axis=0) != load).any():
            raise SolverError(
                "what runs and what is free do not add up to the capacity: the simulation has lost count."
            )
        return load

    def _show(self, host: int) -> None:
        """Set the room of a host that has opened or closed."""
        closed = not self.open[host] or host == self.held
        self.room[host] = CLOSED if closed else self.free[host]
        if not closed:
            self.dirty.add(host)
