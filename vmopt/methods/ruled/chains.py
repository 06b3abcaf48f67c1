"""Chains: a VM that rules keep from every place that is left takes that of another, which takes the one left."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.methods.ruled.partial_placement import PartialPlacement


class Chains:
    """VMs of one size, some of which wait, and the hosts that have places of this size left.

    Parameters
    ----------
    places : PartialPlacement
    vms : (n,) int64 array
        All VMs of the size, kind by kind.
    kind : (n_vms,) int64 array
        VMs of one kind are alike to all rules.
    hosts, left : (n_hosts_of_size,) int64 arrays
        Hosts with places of this size, and how many are left of them; lowered.
    """

    def __init__(
        self, places: PartialPlacement, vms: IntArray, kind: IntArray, hosts: IntArray, left: IntArray
    ) -> None:
        self._places, self._vms, self._kind = places, vms, kind
        self._hosts, self._left = hosts, left
        self._kinds, self._where = kind[vms], places.host_index[vms]
        self._may: dict[int, BoolArray] = {}

    def run(self) -> None:
        """Seat VMs that wait, as long as places are left and one of each kind finds one."""
        waiting = np.flatnonzero(self._where < 0)
        for rows in np.split(waiting, np.flatnonzero(np.diff(self._kinds[waiting])) + 1):
            for row in rows.tolist():
                if not (self._left > 0).any() or self._places.late:
                    return
                if not self._seat(row):
                    break

    def _seat(self, row: int) -> bool:
        """Seat one VM in the place of another, if there is one that can go elsewhere."""
        allowed = np.append(self._places.allowed(int(self._vms[row])), False)
        moving = np.flatnonzero(allowed[self._where])
        one_of_each_kind = moving[np.flatnonzero(np.diff(self._kinds[moving], prepend=-1))]
        for other in one_of_each_kind.tolist():
            if self._places.late:
                break
            if self._may_move(int(self._vms[other])).any() and self._swapped(row, other):
                return True
        return False

    def _may_move(self, vm: int) -> BoolArray:
        """Which hosts with places left may take a VM of this kind."""
        kind = int(self._kind[vm])
        if kind not in self._may:
            self._may[kind] = self._places.allowed(vm)[self._hosts]
        return self._may[kind] & (self._left > 0)

    def _swapped(self, row: int, mover: int) -> bool:
        """Move the other VM to a place that is left, and seat this one where it was; where one may not, do nothing."""
        places, vm, other = self._places, int(self._vms[row]), int(self._vms[mover])
        here = int(places.host_index[other])
        places.take_off(np.array([other]))
        open_to = np.flatnonzero(places.allowed(other)[self._hosts] & (self._left > 0))
        if open_to.size:
            there = int(open_to[self._left[open_to].argmax()])
            places.put(np.array([other]), self._hosts[[there]])
            if places.allowed(vm)[here]:
                places.put(np.array([vm]), np.array([here]))
                self._left[there] -= 1
                self._where[[row, mover]] = here, self._hosts[there]
                self._may.pop(int(self._kind[other]), None)
                return True
            places.take_off(np.array([other]))
        places.put(np.array([other]), np.array([here]))
        return False
