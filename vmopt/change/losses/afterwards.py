"""Afterwards: a cluster without the hosts that are lost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.model.instance import Instance
from vmopt.rules import MostMoves
from vmopt.rules.fewer import free_to_stop
from vmopt.verify import verify


@dataclass(frozen=True, eq=False)
class Afterwards:
    """What is left of a placement, and who has to find another host.

    Attributes
    ----------
    instance : Instance
    host_index : (n_vms,) int64 array
        As it was before.
    protected : (n_vms,) bool array
    lost : (n_hosts,) bool array
    moving : bool
        Whether survivors may move.
    gone : (n_vms,) bool array
        Who belonged to hosts that are lost.
    """

    instance: Instance
    host_index: IntArray
    protected: BoolArray
    lost: BoolArray
    moving: bool
    gone: BoolArray

    @classmethod
    def of(
        cls,
        instance: Instance,
        host_index: IntArray,
        protected: BoolArray,
        belong: BoolArray,
        lost: BoolArray,
        *,
        moving: bool,
    ) -> Afterwards:
        """Leave those out that belong to their hosts, and are gone with these."""
        gone = belong & np.append(lost, False)[host_index]
        return cls(instance, host_index, protected & ~gone, lost, moving, gone)

    @cached_property
    def survivors(self) -> IntArray:
        """Host of each protected VM that goes on running, -1 for all others."""
        alive = self.protected & ~self.lost[self.host_index]
        return np.where(alive, self.host_index, -1)

    @cached_property
    def victims(self) -> IntArray:
        """Protected VMs that have to start again."""
        return np.flatnonzero(self.protected & (self.survivors < 0))

    @cached_property
    def free(self) -> IntArray:
        """What is free on each host beside the survivors; nothing where it is lost."""
        free = self.instance.capacity.copy()
        alive = self.survivors >= 0
        np.subtract.at(free, self.survivors[alive], self.instance.reserved[alive])
        free[self.lost] = 0
        return free

    @cached_property
    def ruled(self) -> Instance:
        """The instance, as if the victims had not run before; without soft rules, and limits on moves."""
        whole = free_to_stop(self.instance, self.gone) if self.gone.any() else self.instance
        hard = [
            rule for rule in whole.rules if getattr(rule, "penalty", None) is None and not isinstance(rule, MostMoves)
        ]
        return replace(self.instance, rules=tuple(hard), current=self.survivors)

    def is_allowed(self, host_index: IntArray) -> bool:
        """Whether a placement keeps every capacity and rule, and puts nothing on a lost host."""
        placed = host_index[host_index >= 0]
        if self.lost[placed].any():
            return False
        if self.instance.rules:
            return not verify(self.ruled, host_index)
        load = np.zeros_like(self.instance.capacity)
        np.add.at(load, placed, self.instance.reserved[host_index >= 0])
        return bool((load <= self.instance.capacity).all())
