"""What domains have taken so far, while VMs are placed one after the other."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import IntArray
from vmopt.rules.scope import Scope

MOST_KEPT = 1 << 22
"""Numbers that are kept at once; those of groups that are asked for again are counted again."""


class Taken:
    """Counts of one rule for a placement that grows.

    Parameters
    ----------
    here : Scope
    host_index : (n_vms,) int64 array
        The placement. It is shared: whoever places a VM writes it there, and says so with `add`.
    """

    def __init__(self, here: Scope, host_index: IntArray) -> None:
        self._here, self._host_index = here, host_index
        self._of: dict[tuple[int, bool], IntArray] = {}
        self._placed: dict[int, int] = {}
        self._everyone: IntArray | None = None
        self._grouped: IntArray | None = None

    @property
    def host_index(self) -> IntArray:
        """The placement as it is now."""
        return self._host_index

    def of(self, group: int, *, other: bool = False) -> IntArray:
        """What the VMs of a group count for in each domain, ``(n_domains,)``."""
        found = self._of.get((group, other))
        if found is None:
            if len(self._of) * len(self._here.domain) > MOST_KEPT:
                self._of.clear()
            vms = self._here.placed(self._host_index, group, other=other)
            found = self._of[group, other] = self._sum(vms)
        return found

    def placed(self, group: int) -> int:
        """Number of VMs of a group that run, in a domain or not."""
        if group not in self._placed:
            self._placed[group] = len(self._here.placed(self._host_index, group))
        return self._placed[group]

    @property
    def everyone(self) -> IntArray:
        """What all VMs count for in each domain."""
        if self._everyone is None:
            self._everyone = self._sum(np.flatnonzero(self._host_index >= 0))
        return self._everyone

    @property
    def grouped(self) -> IntArray:
        """What all VMs that are in any group count for in each domain."""
        if self._grouped is None:
            self._grouped = self._sum(np.flatnonzero((self._host_index >= 0) & self._here.group.inside))
        return self._grouped

    def without(self, vms: IntArray, host_index: IntArray) -> Taken:
        """Return what is there once some VMs have left, given the placement without them."""
        return type(self)(self._here, host_index)

    def add(self, vms: IntArray, sign: int = 1) -> None:
        """Count VMs that were just placed, all of them alike; with -1, those that are about to be taken off again."""
        here, first = self._here, int(vms[0])
        domain = here.domain.of[self._host_index[vms]]
        domain, step = domain[domain >= 0], sign * int(here.weight[first])
        group = int(here.group.of[first])
        if group in self._placed:
            self._placed[group] += sign * len(vms)
        keys = [(group, False)] + ([] if here.other is None else [(int(here.other.of[first]), True)])
        totals = [self._of[key] for key in keys if key in self._of]
        totals += [
            total
            for total, counts in ((self._everyone, True), (self._grouped, group >= 0))
            if counts and total is not None
        ]
        for total in totals:
            np.add.at(total, domain, step)

    def _sum(self, vms: IntArray) -> IntArray:
        here = self._here
        where = here.domain.of[self._host_index[vms]]
        inside = where >= 0
        total = np.zeros(len(here.domain), dtype=np.int64)
        np.add.at(total, where[inside], here.weight[vms[inside]])
        return total
