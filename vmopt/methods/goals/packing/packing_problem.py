"""PackingProblem: what packing reads of a stage, by classes, with costs of the order of 1."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.goals.forced import room_left
from vmopt.goals.wanted import Wanted, wanted
from vmopt.methods.goals.stage import Stage
from vmopt.model.shapes import HostsInUse, only
from vmopt.rules.eligible import eligible


@dataclass(frozen=True, eq=False)
class PackingProblem:
    """Classes, what has to run of them, and what hosts cost.

    Attributes
    ----------
    goal : BaseGoal
        Of the level, that is what hosts in use cost.
    in_use : HostsInUse
        What it says.
    weight : Fraction
        Of the goal in its level.
    alone : bool
        Whether the level is nothing else.
    asked : Wanted
    demand : (n_vm_classes, n_resources) int64 array
        What a VM gets at least.
    capacity : (n_host_classes, n_resources) int64 array
        Cut where a level above holds how full hosts may be.
    hosts : (n_host_classes,) int64 array
        How many there are.
    cost : (n_host_classes,) float64 array
        In parts of `scale`.
    scale : float
        The dearest host, in units of the costs.
    allowed : (n_vm_classes, n_host_classes) bool array
        Who fits where, rules considered.
    """

    goal: Any
    in_use: HostsInUse
    weight: Fraction
    alone: bool
    asked: Wanted
    demand: IntArray
    capacity: IntArray
    hosts: IntArray
    cost: FloatArray
    scale: float
    allowed: BoolArray

    @classmethod
    def of(cls, stage: Stage) -> PackingProblem | None:
        """Read a stage; None where its level has no hosts to be counted."""
        terms = [(*term, only(stage.instance, term[1], HostsInUse)) for term in stage.level.terms]
        found = [(weight, goal, in_use) for weight, goal, in_use in terms if in_use is not None]
        if len(found) != 1 or stage.level.maximised or any(goal.maximised for goal in stage.level.goals):
            return None
        instance, (weight, goal, in_use) = stage.instance, found[0]
        vms, hosts = instance.vm_classes, instance.host_classes
        cost = in_use.cost[hosts.first].astype(np.float64)
        scale = float(cost.max(initial=0.0)) or 1.0
        known = eligible(instance)
        room = room_left(instance, stage.holds)
        allowed = np.column_stack([(vms.least <= capacity).all(axis=1) for capacity in room])
        return cls(
            goal=goal,
            in_use=in_use,
            weight=Fraction(str(weight)),
            alone=len(stage.level.terms) == 1,
            asked=wanted(instance, stage.holds),
            demand=vms.least,
            capacity=room,
            hosts=hosts.count,
            cost=cost / scale,
            scale=scale,
            allowed=allowed if known is None else allowed & known,
        )

    @property
    def alike(self) -> bool:
        """Whether all hosts cost the same."""
        return bool(np.ptp(self.cost) == 0) if len(self.cost) else True

    def running(self, stage: Stage) -> IntArray:
        """How many VMs of each class run in the best placement."""
        placed = stage.host_index >= 0
        counts = np.bincount(stage.problem.vms.of[placed], minlength=len(self.demand))
        return counts.astype(np.int64)
