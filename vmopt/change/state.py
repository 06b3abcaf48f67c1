"""State: a cluster half way through a plan, while one action after the other is put down."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vmopt.arrays import IntArray
from vmopt.change.action import NOWHERE, Action, Kind
from vmopt.change.kept import Kept
from vmopt.model.instance import Instance
from vmopt.rules import BaseRule


class ClusterState:
    """Where VMs run, what is free, and which actions led here, one at a time.

    A host that is asked for more than it has may be left by any VM, and entered by none that asks for what is short.

    Parameters
    ----------
    instance : Instance
    current, target : (n_vms,) int64 arrays
    always : sequence of BaseRule
        Rules that hold after every action.
    """

    def __init__(self, instance: Instance, current: IntArray, target: IntArray, always: Sequence[BaseRule]) -> None:
        self.instance, self.target, self.always = instance, target, always
        self.now = current.copy()
        self.demand = instance.reserved
        self.free = instance.capacity.copy()
        running = current >= 0
        np.subtract.at(self.free, current[running], self.demand[running])
        self.kept = Kept(always, instance, current)
        self.steps: list[Action] = []
        self.due = np.zeros_like(self.free)
        """What is still to come to each host."""
        moving = np.flatnonzero((current >= 0) & (target >= 0) & (current != target))
        np.add.at(self.due, target[moving], self.demand[moving])

    @property
    def movers(self) -> IntArray:
        """VMs that are still to move."""
        return np.flatnonzero((self.now >= 0) & (self.target >= 0) & (self.now != self.target))

    def fits(self, vm: int, host: int) -> bool:
        """Whether a host has room for a VM besides all that is there, and the rules let it in."""
        wanted = self.demand[vm]
        return bool(((self.free[host] >= wanted) | (wanted == 0)).all()) and self.kept.allows(vm, host)

    def is_safe(self, vm: int) -> bool:
        """Whether a VM can go home without taking room that others still need there."""
        host = int(self.target[vm])
        return bool(((self.free[host] >= self.due[host]) | (self.demand[vm] == 0)).all())

    def put(self, vm: int, host: int) -> None:
        """Let a VM move, stop or start, and note it down."""
        source, wanted = int(self.now[vm]), self.demand[vm]
        if source != NOWHERE:
            self.free[source] += wanted
        if host != NOWHERE:
            self.free[host] -= wanted
            if source != NOWHERE and host == self.target[vm]:
                self.due[host] -= wanted
        self.kept.put(vm, host)
        self.now[vm] = host
        self.steps.append(Action(self._kind(vm, source, host), vm, source, host))

    def _kind(self, vm: int, source: int, host: int) -> Kind:
        if source == NOWHERE:
            return Kind.START
        if host == NOWHERE:
            return Kind.STOP
        return Kind.MOVE if host == self.target[vm] else Kind.PARK

    @property
    def n_parked(self) -> int:
        """How often VMs were parked."""
        return sum(step.kind is Kind.PARK for step in self.steps)
