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
        All VMs of the size.
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
        self._may: dict[int, BoolArray] = {}

    def run(self) -> None:
        """Seat VMs that wait, as long as places are left and one of each kind finds one."""
        waiting = self._vms[self._places.host_index[self._vms] < 0]
        for vms in np.split(waiting, np.flatnonzero(np.diff(self._kind[waiting])) + 1):
            for vm in vms.tolist():
                if not (self._left > 0).any() or self._places.late:
                    return
                if not self._seat(vm):
                    break

    def _seat(self, vm: int) -> bool:
        """Seat one VM in the place of another, if there is one that can go elsewhere."""
        placed = self._vms[self._places.host_index[self._vms] >= 0]
        host = self._places.host_index[placed]
        moving = placed[self._places.allowed(vm)[host]]
        for other in self._one_of_each_kind(moving).tolist():
            if self._places.late:
                break
            if self._may_move(other).any() and self._swapped(vm, other):
                return True
        return False

    def _one_of_each_kind(self, vms: IntArray) -> IntArray:
        return vms[np.unique(self._kind[vms], return_index=True)[1]]

    def _may_move(self, vm: int) -> BoolArray:
        """Which hosts with places left may take a VM of this kind."""
        kind = int(self._kind[vm])
        if kind not in self._may:
            self._may[kind] = self._places.allowed(vm)[self._hosts]
        return self._may[kind] & (self._left > 0)

    def _swapped(self, vm: int, other: int) -> bool:
        """Move the other VM to a place that is left, and seat this one where it was; where one may not, do nothing."""
        places = self._places
        here = int(places.host_index[other])
        places.take_off(np.array([other]))
        open_to = np.flatnonzero(places.allowed(other)[self._hosts] & (self._left > 0))
        if open_to.size:
            there = int(open_to[self._left[open_to].argmax()])
            places.put(np.array([other]), self._hosts[[there]])
            if places.allowed(vm)[here]:
                places.put(np.array([vm]), np.array([here]))
                self._left[there] -= 1
                self._may.pop(int(self._kind[other]), None)
                return True
            places.take_off(np.array([other]))
        places.put(np.array([other]), np.array([here]))
        return False
