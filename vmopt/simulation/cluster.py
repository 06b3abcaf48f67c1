"""Cluster: who runs where and what is left, kept up to date event by event."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.errors import SolverError
from vmopt.simulation.kinds import VMState
from vmopt.simulation.ruling import Ruling
from vmopt.simulation.workload import Workload

CLOSED = -1
"""Room of a host that takes no VM: not even one that asks for nothing."""


class Cluster:
    """The state of a simulation at one moment.

    Attributes
    ----------
    row_of : (n_vms,) int64 array
        The version of each VM that counts now, a row of the workload.
    state : (n_vms,) int8 array
    host_of : (n_vms,) int64 array
        -1 where a VM does not run.
    taken : (n_vms, n_resources) int64 array
        What each running VM takes from its host: what it must get, and what it was granted beyond that for good.
    free : (n_hosts, n_resources) int64 array
        Capacity that no running VM takes.
    room : (n_hosts, n_resources) int64 array
        The same, and `CLOSED` for hosts that take no VM.
    open : (n_hosts,) bool array
    ruling : Ruling
        What the rules say of the VMs that run, by their rows.
    held : int or None
        A host that a policy keeps for one VM.
    unclaimed : (n_hosts, n_resources) int64 array
        Capacity less the demands of what runs: as `free` where nothing is elastic, else perhaps below 0.
    slack : (n_hosts,) float64 array
        Unclaimed capacity as a sum over the resources of parts of the cluster's, which best-fit goes by.
    fresh : set of int
        VMs that joined the queue since the last decision.
    dirty : set of int
        Hosts that have got more room since the last decision.
    """

    def __init__(self, workload: Workload) -> None:
        instance, count = workload.instance, workload.n_vms
        self.workload = workload
        self.row_of = np.arange(count, dtype=np.int64)
        self.state = np.full(count, VMState.FUTURE, dtype=np.int8)
        self.host_of = np.full(count, -1, dtype=np.int64)
        self.taken: IntArray = np.zeros((count, len(instance.resources)), dtype=np.int64)
        self.free: IntArray = instance.capacity.copy()
        self.room: IntArray = instance.capacity.copy()
        self.open: BoolArray = np.ones(instance.n_hosts, dtype=bool)
        total = instance.total
        self._weight: FloatArray = np.divide(1.0, total, out=np.zeros(len(total)), where=total > 0)
        self.unclaimed: IntArray = instance.capacity.copy()
        self.slack: FloatArray = self.unclaimed @ self._weight
        self.ruling = Ruling(workload.rules, np.full(len(workload.asked), -1, dtype=np.int64), instance.n_hosts)
        self._empty = self.ruling.without(self.row_of)
        self._welcome: dict[int, bool] = {}
        self.held: int | None = None
        self.fresh: set[int] = set()
        self.dirty: set[int] = set()

    @property
    def waiting(self) -> IntArray:
        """VMs in the queue, by index."""
        return np.flatnonzero(self.state == VMState.WAITING)

    @property
    def running(self) -> IntArray:
        """VMs that run, by index."""
        return np.flatnonzero(self.state == VMState.RUNNING)

    def on(self, host: int) -> IntArray:
        """VMs that run on a host."""
        return np.flatnonzero(self.host_of == host)

    def asked(self, vm: int) -> IntArray:
        """What a VM must get to run, ``(n_resources,)``."""
        row: IntArray = self.workload.asked[self.row_of[vm]]
        return row

    def class_of(self, vms: IntArray) -> IntArray:
        """Demand class of each of these VMs, as they are now."""
        classes: IntArray = self.workload.class_of[self.row_of[vms]]
        return classes

    def fits_somewhere(self, vm: int) -> bool:
        """Whether some host would have room for a VM, and the rules allow it there, if all were open and empty."""
        kind = int(self.workload.class_of[self.row_of[vm]])
        if self.workload.rules and kind not in self._welcome:
            large = (self.workload.instance.capacity >= self.asked(vm)).all(axis=1)
            self._welcome[kind] = bool((large & self._empty.allowed(int(self.row_of[vm]))).any())
        return self._welcome.get(kind, bool(self.workload.fits_somewhere[kind]))

    def allowed(self, vm: int) -> BoolArray:
        """Which hosts the rules leave to a VM that does not run, ``(n_hosts,)``."""
        return self.ruling.allowed(int(self.row_of[vm]))

    def taking(self, vm: int) -> BoolArray:
        """Which hosts have room for a VM that does not run, and may take it, ``(n_hosts,)``."""
        fits = np.asarray((self.room >= self.asked(vm)).all(axis=1))
        return fits & self.allowed(vm) if self.workload.rules and fits.any() else fits

    def fullest(self, vm: int, hosts: IntArray) -> int:
        """Return the fullest of these hosts, -1 if there is none.

        An elastic VM goes where it gets its whole demand and nobody less for it; if that is nowhere, where least is
        claimed.
        """
        if not hosts.size:
            return -1
        if self.workload.instance.elastic:
            ample = hosts[(self.unclaimed[hosts] >= self._demand(vm)).all(axis=1)]
            if not ample.size:
                return int(hosts[self.slack[hosts].argmax()])
            hosts = ample
        return int(hosts[self.slack[hosts].argmin()])

    def enqueue(self, vm: int) -> None:
        """Put a VM in the queue."""
        self.state[vm] = VMState.WAITING
        self.fresh.add(vm)

    def place(self, vm: int, host: int) -> None:
        """Let a waiting VM run on a host that has room for it.

        Raises
        ------
        SolverError
            If it does not wait, or the host has no room or may not run it: whoever decided this is wrong.
        """
        if self.state[vm] != VMState.WAITING:
            raise SolverError(f"VM {self._name(vm)!r} was to start, but it does not wait.")
        asked = self.asked(vm)
        self._require(vm, host, asked, "start on")
        self.ruling.put(int(self.row_of[vm]), host)
        self.state[vm], self.host_of[vm] = VMState.RUNNING, host
        self.fresh.discard(vm)
        self._take(vm, host, asked)
        self._claim(host, self._demand(vm))

    def move(self, vm: int, host: int) -> None:
        """Let a running VM go to another host that has room for what it takes.

        Raises
        ------
        SolverError
            If it does not run, is there already, or the host has no room or may not run it.
        """
        source, amount = int(self.host_of[vm]), self.taken[vm].copy()
        if source in (-1, host):
            where = "it does not run" if source < 0 else "it is there already"
            raise SolverError(f"VM {self._name(vm)!r} was to move, but {where}.")
        self._require(vm, host, amount, "move to")
        self.dirty |= {source} | self.ruling.take_off(int(self.row_of[vm]))
        self.ruling.put(int(self.row_of[vm]), host)
        self.host_of[vm] = host
        for place, sign in ((source, -1), (host, 1)):
            self._take(vm, place, sign * amount)
            self._claim(place, sign * self._demand(vm))

    def grant(self, vm: int, amount: IntArray) -> None:
        """Let a running VM take this much in all, between what it must get and what its host has for it."""
        self._take(vm, int(self.host_of[vm]), amount - self.taken[vm])

    def release(self, vm: int, then: VMState) -> int:
        """Take a running VM off its host; return the host."""
        host = int(self.host_of[vm])
        self._take(vm, host, -self.taken[vm])
        self._claim(host, -self._demand(vm))
        self.dirty.add(host)
        self.dirty |= self.ruling.take_off(int(self.row_of[vm]))
        self.host_of[vm], self.state[vm] = -1, then
        if then is VMState.WAITING:
            self.fresh.add(vm)
        return host

    def change(self, vm: int, row: int) -> bool:
        """Give a VM its next version; False if it runs and its host has no room, or may not run it."""
        host = int(self.host_of[vm])
        more = self.workload.asked[row] - self.taken[vm]
        if host >= 0:
            if (more > np.maximum(self.free[host], 0)).any():
                return False
            if not self._still_allowed(vm, row, host):
                return False
            self._take(vm, host, more)
            self._claim(host, self.workload.instance.demand[row] - self._demand(vm))
            if (more < 0).any():
                self.dirty.add(host)
        elif self.state[vm] == VMState.WAITING:
            self.fresh.add(vm)
        self.row_of[vm] = row
        return True

    def _still_allowed(self, vm: int, row: int, host: int) -> bool:
        """Let the rules count a running VM as it is from now on; False, and all as before, if they forbid it there."""
        before = int(self.row_of[vm])
        freed = self.ruling.take_off(before)
        kept = not self.workload.rules or bool(self.ruling.allowed(row)[host])
        self.ruling.put(row if kept else before, host)
        self.dirty |= freed if kept else set()
        return kept

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

    def _take(self, vm: int, host: int, amount: IntArray) -> None:
        self.taken[vm] += amount
        self.free[host] -= amount
        if self.open[host] and host != self.held:
            self.room[host] = self.free[host]

    def _require(self, vm: int, host: int, amount: IntArray, what: str) -> None:
        """Raise an error unless a host has room for a VM, and the rules allow it there once it has left its own."""
        row = int(self.row_of[vm])
        if (amount > self.room[host]).any():
            why = "which has no room for it"
        elif self.workload.rules and not self._ruling_without(vm).allowed(row)[host]:
            why = "where a rule forbids it"
        else:
            return
        name = self.workload.instance.host_names[host]
        raise SolverError(f"VM {self._name(vm)!r} was to {what} host {name!r}, {why}.")

    def _ruling_without(self, vm: int) -> Ruling:
        return self.ruling if self.host_of[vm] < 0 else self.ruling.without(self.row_of[[vm]])

    def _claim(self, host: int, demand: IntArray) -> None:
        self.unclaimed[host] -= demand
        self.slack[host] = self._weight @ self.unclaimed[host]

    def _demand(self, vm: int) -> IntArray:
        row: IntArray = self.workload.instance.demand[self.row_of[vm]]
        return row

    def _show(self, host: int) -> None:
        """Set the room of a host that has opened or closed."""
        closed = not self.open[host] or host == self.held
        self.room[host] = CLOSED if closed else self.free[host]
        if not closed:
            self.dirty.add(host)

    def _name(self, vm: int) -> str:
        return self.workload.requests.vm_names[vm]
