"""Cluster: who runs where and what is left, kept up to date event by event."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.errors import SolverError
from vmopt.simulation.kinds import VMState
from vmopt.simulation.ledger import Ledger
from vmopt.simulation.ruling import Ruling
from vmopt.simulation.workload import Workload


class Cluster(Ledger):
    """The state of a simulation at one moment: besides what is left on hosts, who runs, waits, or is gone.

    Attributes
    ----------
    state : (n_vms,) int8 array
    host_of : (n_vms,) int64 array
        -1 where a VM does not run.
    ruling : Ruling
        What the rules say of the VMs that run, by their rows.
    fresh : set of int
        VMs that joined the queue since the last decision.
    """

    def __init__(self, workload: Workload) -> None:
        super().__init__(workload)
        instance, count = workload.instance, workload.n_vms
        self.state = np.full(count, VMState.FUTURE, dtype=np.int8)
        self.host_of = np.full(count, -1, dtype=np.int64)
        self.ruling = Ruling(workload.rules, np.full(len(workload.asked), -1, dtype=np.int64), instance.n_hosts)
        self._empty = self.ruling.without(self.row_of)
        self._welcome: dict[int, bool] = {}
        self.fresh: set[int] = set()

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
            ample = hosts[(self.unclaimed[hosts] >= self.wanted(vm)).all(axis=1)]
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
        self.take(vm, host, asked)
        self.claim(host, self.wanted(vm))

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
            self.take(vm, place, sign * amount)
            self.claim(place, sign * self.wanted(vm))

    def grant(self, vm: int, amount: IntArray) -> None:
        """Let a running VM take this much in all, between what it must get and what its host has for it."""
        self.take(vm, int(self.host_of[vm]), amount - self.taken[vm])

    def release(self, vm: int, then: VMState) -> int:
        """Take a running VM off its host; return the host."""
        host = int(self.host_of[vm])
        self.take(vm, host, -self.taken[vm])
        self.claim(host, -self.wanted(vm))
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
            self.take(vm, host, more)
            self.claim(host, self.workload.instance.demand[row] - self.wanted(vm))
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

    def _name(self, vm: int) -> str:
        return self.workload.requests.vm_names[vm]
