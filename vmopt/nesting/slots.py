"""Slots: VMs that may be opened on hosts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.nesting.free import Free
from vmopt.nesting.nested import Nested


@dataclass(frozen=True, eq=False)
class Slots:
    """VMs that may be opened: as many of each flavour on each free host as it could hold of that flavour alone.

    Attributes
    ----------
    flavor, host : (n_slots,) int64 arrays
    follows : (n_slots,) bool array
        Whether the slot before is of the same flavour on the same host; it is opened first.
    """

    flavor: IntArray
    host: IntArray
    follows: BoolArray

    @classmethod
    def of(cls, nested: Nested, free: Free) -> Slots:
        """Lay them out, host by host."""
        number = cls._number(nested, free)
        row, flavor = np.divmod(np.repeat(np.arange(number.size), number.ravel()), max(len(nested.flavors), 1))
        host = free.hosts[row]
        follows = np.append(False, (np.diff(host) == 0) & (np.diff(flavor) == 0))[: len(host)]
        return cls(flavor, host, follows)

    @classmethod
    def count(cls, nested: Nested, free: Free) -> int:
        """How many there are."""
        return int(cls._number(nested, free).sum())

    @staticmethod
    def _number(nested: Nested, free: Free) -> IntArray:
        """Slots on each free host of each flavour, ``(n_free_hosts, n_flavors)``."""
        size, capacity, n = nested.size[None], nested.capacity[free.hosts][:, None], len(free.containers)
        fits = np.where(size > 0, capacity // np.maximum(size, 1), n).min(axis=2, initial=n)
        return np.asarray(np.minimum(np.minimum(fits, n), free.left))

    def of_vms(self, vms: Sequence[tuple[int, int]], n_hosts: int) -> IntArray:
        """Slot of each of some VMs, given by flavour and host."""
        kind, seen = self.flavor * n_hosts + self.host, dict[int, int]()
        slot = np.zeros(len(vms), dtype=np.int64)
        for vm, (flavor, host) in enumerate(vms):
            key = flavor * n_hosts + host
            seen[key] = seen.get(key, -1) + 1
            slot[vm] = np.flatnonzero(kind == key)[seen[key]]
        return slot
