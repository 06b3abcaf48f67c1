"""Ground: who runs where, what hosts hold, and which exchanges of VMs there are at a host."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.goals.forced import capacity_left
from vmopt.goals.holds import Hold
from vmopt.methods.locality.ruled import guards_of
from vmopt.methods.locality.seating import Exchanges
from vmopt.model.shapes import HostsInUse, Spread, alone, has

UNLIMITED = 2**62
"""How many VMs may run on a host, beside what capacity says."""


class HostExchanges(NamedTuple):
    """Exchanges at a host: who may leave, ``(n_out,)``, and who may come from where, ``(n_in,)``; -1 is nobody."""

    host: int
    out: IntArray
    come: IntArray
    other: IntArray


class Ground:
    """A placement that changes by exchanges; who runs goes on running.

    Parameters
    ----------
    may : (n_hosts,) bool array, optional
        Hosts that may take VMs, if it is not for the levels above to say.

    Attributes
    ----------
    vms : (n,) int64 array
        The VMs that run; all else numbers them from 0.
    at : (n,) int64 array
        Host of each.
    demand, load : (n, n_resources + 1) and (n_hosts, n_resources + 1) int64 arrays
        The last column counts VMs.
    least, most : (n_hosts, n_resources + 1) int64 arrays
        What hosts have to hold, and can.
    open : (n_hosts,) bool array
        Hosts that may take VMs.
    guards : Guards or None
        What rules permit; None where there are none.
    """

    def __init__(
        self, instance: Any, holds: Sequence[Hold], host_index: IntArray, may: BoolArray | None = None
    ) -> None:
        self.instance = instance
        self.vms = np.flatnonzero(host_index >= 0)
        self.at = host_index[self.vms].astype(np.int64)
        self.kind = instance.vm_classes.of[self.vms]
        self.demand = np.column_stack([instance.demand[self.vms], np.ones(len(self.vms), dtype=np.int64)])
        room = capacity_left(instance, holds)[instance.host_classes.of]
        self.most = np.column_stack([room, np.full(len(room), UNLIMITED)])
        self.load = np.zeros_like(self.most)
        np.add.at(self.load, self.at, self.demand)
        self.least = np.zeros_like(self.most)
        self.open = self._open(holds) if may is None else may
        self.guards = guards_of(instance, self.vms, nowhere=False) if instance.rules else None
        self._keep_spread(holds)

    def _open(self, holds: Sequence[Hold]) -> BoolArray:
        """All hosts, or those in use where a level above counts them."""
        counted = any(has(self.instance, hold.level, HostsInUse) for hold in holds)
        return self.load[:, -1] > 0 if counted else np.ones(len(self.load), dtype=bool)

    def _keep_spread(self, holds: Sequence[Hold]) -> None:
        """Where a level above is a spread, loads stay in a band around the present ones that is as wide."""
        for hold in holds:
            found = alone(self.instance, hold.level, Spread)
            if found is not None:
                for k in found[1].of:
                    self._keep_band(k, hold.limit / found[0])

    def _keep_band(self, k: int, width: Fraction) -> None:
        there = np.flatnonzero(self.instance.capacity[:, k] > 0)
        room = self.instance.capacity[there, k]
        lowest = min(
            (Fraction(a, b) for a, b in zip(self.load[there, k].tolist(), room.tolist(), strict=True)), default=0
        )
        top = lowest + width
        self.least[there, k] = [-(-lowest * c // 1) for c in room.tolist()]
        self.most[there, k] = np.minimum(self.most[there, k], [top * c // 1 for c in room.tolist()])

    def offers(self, host: int, rng: np.random.Generator, most: int) -> HostExchanges:
        """Exchanges at a host, one of each kind of VM that leaves, with `most` of the VMs of other hosts at most."""
        mine = np.flatnonzero(self.at == host)
        out = mine[np.unique(self.kind[mine], return_index=True)[1]]
        partner = np.arange(len(self.vms))
        if len(partner) > most:
            partner = rng.integers(0, len(partner), most)
        partner = partner[(self.at[partner] != host) & self.open[self.at[partner]]]
        hosts = np.flatnonzero(self.open)
        hosts = hosts[hosts != host]
        nobody = np.full(len(hosts), -1)
        return HostExchanges(
            host, np.append(out, -1), np.append(partner, nobody), np.append(self.at[partner], hosts).astype(np.int64)
        )

    def demand_of(self, vms: IntArray) -> IntArray:
        """What some VMs ask for; nobody asks for nothing."""
        if not len(self.vms):
            return np.zeros((len(vms), self.load.shape[1]), dtype=np.int64)
        return np.asarray(np.where(vms[:, None] >= 0, self.demand[vms], 0))

    def fits(self, hosts: Any, load: IntArray) -> BoolArray:
        """Whether hosts can hold so much."""
        fits: BoolArray = np.ones(load.shape[:-1], dtype=bool)
        for k in range(load.shape[-1]):
            fits &= (load[..., k] <= self.most[hosts, k]) & (load[..., k] >= self.least[hosts, k])
        return fits

    def permitted(self, host: int, out: IntArray, come: IntArray, other: IntArray) -> BoolArray:
        """Which of some exchanges rules permit."""
        if self.guards is None or not len(out):
            return np.ones(len(out), dtype=bool)
        mover, to = np.where(out >= 0, out, come), np.where(out >= 0, other, host)
        partner = np.where(out >= 0, come, -1)
        return np.asarray(self.guards.permits(self.at, Exchanges(mover, to, partner)))

    def exchange(self, host: int, out: int, come: int, other: int) -> None:
        """Make an exchange."""
        for vm, source, to in ((out, host, other), (come, other, host)):
            if vm >= 0:
                self.at[vm] = to
                self.load[source] -= self.demand[vm]
                self.load[to] += self.demand[vm]

    def restore(self, host_index: IntArray) -> None:
        """Go back to a placement of the same VMs."""
        self.at = host_index[self.vms].astype(np.int64)
        self.load[:] = 0
        np.add.at(self.load, self.at, self.demand)

    def placement(self) -> IntArray:
        """The placement as it is."""
        host_index = np.full(self.instance.n_vms, -1, dtype=np.int64)
        host_index[self.vms] = self.at
        return host_index

    @property
    def fullness(self) -> FloatArray:
        """How full each host is of each resource, 0 where there is none, ``(n_hosts, n_resources)``."""
        room = self.instance.capacity
        return np.asarray(np.divide(self.load[:, :-1], room, out=np.zeros(room.shape), where=room > 0))
