"""Wanted: which VMs run in every placement that keeps the rules and the holds, and how much has to run beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.bounds.level_worth import worth_of
from vmopt.goals.holds import Hold
from vmopt.level_values import tiers_of
from vmopt.model.shapes import Worth, consists_of
from vmopt.rules.eligible import must_run

HIDDEN = 1e-12
"""Part of a sum of values that rounding may hide: a VM worth less is not counted among those that must run."""


@dataclass(frozen=True, eq=False)
class Floor:
    """At least so much of a utilisation.

    Attributes
    ----------
    limit : float
    value : (n_vm_classes,) float64 array
        What a VM of each class adds to it at most.
    """

    limit: float
    value: FloatArray


@dataclass(frozen=True, eq=False)
class Wanted:
    """What has to run.

    Attributes
    ----------
    required : (n_vm_classes,) int64 array
        How many VMs of each class run in every placement that keeps the rules and the holds.
    count : (n_vm_classes,) int64 array
        How many there are.
    floors : tuple of Floor
    """

    required: IntArray
    count: IntArray
    floors: tuple[Floor, ...]

    @property
    def complete(self) -> bool:
        """Whether who must run is all that can be worth anything: floors say nothing beyond that."""
        worthy = np.zeros(len(self.count), dtype=bool)
        for floor in self.floors:
            worthy |= floor.value > 0
        return bool((self.required >= self.count)[worthy].all())


def wanted(instance: Any, holds: Sequence[Hold]) -> Wanted:
    """Find who must run: by a rule, or because without it the rest is worth less than a level above holds.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.goals.holds import holds_of
    >>> from vmopt.model.goal_level import GoalLevel
    >>> cluster = vmopt.Instance.from_arrays([[4], [2], [1]], [[4]], value=[4, 2, 1])
    >>> holds = holds_of(cluster, [GoalLevel.of(vmopt.Utilisation())], [0.0], np.array([0, -1, -1]))
    >>> asked = wanted(cluster, holds)
    >>> asked.required.tolist(), asked.floors[0].limit
    ([1, 0, 0], 4.0)
    """
    of, count = instance.vm_classes.of, instance.vm_classes.count
    floors = tuple(_floor(instance, hold) for hold in holds if _is_floor(instance, hold))
    must = must_run(instance)
    required = np.zeros(len(count), dtype=np.int64) if must is None else np.bincount(of[must], minlength=len(count))
    for floor in floors:
        total = float(count @ floor.value)
        needed = floor.value > max(total - floor.limit, 0.0) + HIDDEN * total
        required = np.where(needed, count, required)
    return Wanted(required.astype(np.int64), count, floors)


def _is_floor(instance: Any, hold: Hold) -> bool:
    """Whether it holds a utilisation, and nothing else with it."""
    return hold.level.maximised and consists_of(instance, hold.level, Worth)


def _floor(instance: Any, hold: Hold) -> Floor:
    first = instance.vm_classes.first
    if hold.tier is None:
        weight = Fraction(str(hold.level.terms[0][0]))
        return Floor(float(hold.limit / weight), instance.vm_classes.value)
    worth = instance.once(worth_of)
    mine = (tiers_of(instance).of == hold.tier)[first]
    return Floor(float(hold.limit), np.where(mine, worth.value[first] * float(worth.unit[hold.tier]), 0.0))
