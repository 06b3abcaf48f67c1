"""What is true of a tiny instance, by trying everything, in fractions. Shares no code with the package."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

import vmopt


@dataclass(frozen=True)
class Truth:
    """The exact worth of every VM, and of the best placement, level by level; without tiers there is one level.

    Attributes
    ----------
    worth : list of Fraction
    level : list of int
        Of each VM, 0 for those that come first.
    optimum : list of Fraction
    """

    worth: list[Fraction]
    level: list[int]
    optimum: list[Fraction]

    @classmethod
    def of(cls, instance: vmopt.Instance) -> Truth:
        """Work it out."""
        worth = [worth_of(instance, i) for i in range(instance.n_vms)]
        priority = instance.priority.tolist() if instance.objective.weighting == "tiers" else [0] * len(worth)
        level = [sorted(set(priority), reverse=True).index(p) for p in priority]
        known = cls(worth, level, [])
        sets = placeable(instance.demand.tolist(), instance.capacity.tolist())
        best = max(known.of_placement([0 if s >> i & 1 else -1 for i in range(len(worth))]) for s in sets)
        return cls(worth, level, best)

    def of_placement(self, host_index: Iterable[int]) -> list[Fraction]:
        """Exact worth of a placement in every level."""
        total = [Fraction(0)] * (max(self.level) + 1)
        for worth, level, host in zip(self.worth, self.level, host_index, strict=True):
            total[level] += worth if host >= 0 else 0
        return total


def as_meant(number: float) -> Fraction:
    """Return a float as the decimal that it prints as.

    Examples
    --------
    >>> as_meant(0.1)
    Fraction(1, 10)
    """
    return Fraction(repr(float(number)))


def worth_of(instance: vmopt.Instance, vm: int) -> Fraction:
    """What a VM adds: its value, or its weight times the weighted mean of its parts of the cluster."""
    if instance.own_value is not None and not np.isnan(instance.own_value[vm]):
        return as_meant(instance.own_value[vm])
    total = [sum(column) for column in zip(*instance.capacity.tolist(), strict=True)]
    given = instance.objective.resource_weights
    weight = [as_meant(1 if given is None else given.get(name, 0)) for name in instance.resources]
    weight = [w if t > 0 else Fraction(0) for w, t in zip(weight, total, strict=True)]
    if not any(weight):
        return Fraction(0)
    parts = zip(weight, instance.demand[vm].tolist(), total, strict=True)
    share = sum((w * d / t for w, d, t in parts if t > 0), Fraction(0)) / sum(weight)
    weight = {"priority": as_meant(instance.priority[vm]), "demand": share, "tiers": Fraction(1)}
    return share * weight[instance.objective.weighting]


def placeable(demand: list[list[int]], capacity: list[list[int]]) -> set[int]:
    """Return the sets of VMs, as bit masks, that can all run at once.

    Examples
    --------
    >>> sorted(placeable([[4], [5], [3]], [[8]]))
    [0, 1, 2, 4, 5, 6]
    """
    everything = range(1 << len(demand))
    load = [
        [sum(d[k] for i, d in enumerate(demand) if s >> i & 1) for k in range(len(capacity[0]))] for s in everything
    ]
    reached = {0}
    for room in capacity:
        fits = [s for s in everything if all(used <= most for used, most in zip(load[s], room, strict=True))]
        reached = {s | more for s in reached for more in fits if not s & more}
    return reached
