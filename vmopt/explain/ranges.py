"""Ranges: how far a price of capacity holds, found by solving the relaxation again."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.explain import edits
from vmopt.model.columns import frozen
from vmopt.model.instance import Instance
from vmopt.solving import relax

GRID = (1.0, 0.5, 0.25, 0.1, 0.05, 0.02, 0.01)
"""Parts of the capacity that are tried, the widest first."""
WITHIN = 0.08
"""Part by which what is predicted and what is solved may differ: a tenth, less what a placement's gap adds."""
ROUNDING = 1e-9
"""Part of the optimum that solvers leave open."""


class Range(NamedTuple):
    """Between which capacities of a host, in integer units, a price holds, and what the optimum changes by there."""

    least: int
    most: int
    at_least: float
    at_most: float


class Resolver:
    """The relaxation of an instance, and of others that differ in capacity.

    Parameters
    ----------
    instance : Instance
    deadline : float
        Value of ``time.perf_counter()``; the first relaxation is solved in any case.

    Attributes
    ----------
    prices : (n_host_classes, n_resources) array
        What one more integer unit is worth.
    optimum : float
    late : bool
        Whether something was not solved for want of time.
    """

    def __init__(self, instance: Instance, deadline: float) -> None:
        self.instance = instance
        self.deadline = deadline
        self.late = False
        relaxed = relax(instance)
        self.optimum = relaxed.bound
        counts = instance.host_classes.count[:, None] * instance.host_classes.capacity
        hidden = relaxed.prices * counts <= ROUNDING * abs(self.optimum)
        self.prices: FloatArray = np.where(hidden, 0.0, relaxed.prices)

    def change(self, instance: Instance) -> float | None:
        """Return what the optimum of another instance is more, in the unit of this one; None without time.

        Examples
        --------
        >>> from vmopt.model import Host
        >>> resolver = Resolver(Instance.from_arrays([[4], [4]], [[4]]), 1e12)
        >>> round(resolver.change(edits.with_hosts(resolver.instance, [Host("h2", {"resource-0": 4})])), 6)
        1.0
        """
        left = self.deadline - time.perf_counter()
        if left <= 0:
            self.late = True
            return None
        return (
            relax(edits.in_unit_of(self.instance, instance), time_limit=min(max(left, 1.0), 1e9)).bound - self.optimum
        )

    def whole(self, gain: float) -> float:
        """Return a gain, 0 where it is no more than solvers leave open."""
        return gain if gain > ROUNDING * abs(self.optimum) else 0.0

    def change_by(self, host_class: int, k: int, more: int) -> float | None:
        """Return what it is more if each host of a class has so many units of a resource more."""
        capacity = self.instance.capacity.copy()
        capacity[self.instance.host_classes.of == host_class, k] += more
        return self.change(replace(self.instance, capacity=frozen(capacity)))


def price_range(resolver: Resolver, host_class: int, k: int) -> Range:
    """Find the widest range of a grid over which the price of a resource on a host class predicts the change.

    The optimum is concave in the capacity: where the price holds, it holds for all that is nearer.
    """
    hosts = resolver.instance.host_classes
    has = int(hosts.capacity[host_class, k])
    price = float(resolver.prices[host_class, k]) * int(hosts.count[host_class])
    less, at_least = _farthest(resolver, host_class, k, -has, price)
    more, at_most = _farthest(resolver, host_class, k, has, price)
    return Range(has + less, has + more, at_least, at_most)


def _farthest(resolver: Resolver, host_class: int, k: int, whole: int, price: float) -> tuple[int, float]:
    for part in GRID:
        more = int(part * whole)
        if not more:
            break
        found = resolver.change_by(host_class, k, more)
        if found is None:
            break
        predicted = price * more
        slack = WITHIN * min(abs(predicted), abs(found)) + ROUNDING * abs(resolver.optimum)
        if abs(predicted - found) <= slack:
            return more, found
    return 0, 0.0
