"""Threshold: the value above which every best placement runs a VM."""

from __future__ import annotations

import time
from dataclasses import dataclass
from math import isfinite

import numpy as np

from vmopt.explain import forced
from vmopt.explain.levels import TOLERANCE
from vmopt.model.instance import Instance
from vmopt.solution import Solution

MOST_STEPS = 30
"""Lines that are followed before the search is given up; few have more than three."""


@dataclass(frozen=True)
class Threshold:
    """A value of a VM above which every best placement runs it.

    Attributes
    ----------
    value : float
    least : bool
        Whether below it no best placement does.
    """

    value: float
    least: bool


def threshold(instance: Instance, vm: int, run: Solution, without: Solution, deadline: float) -> Threshold | None:
    """Find the value at which the best placement with a VM is worth as much as the best without.

    What runs it is worth ``others + value * share``, a line in its value, whose slope is the share that the VM gets of
    what it asks for: 1 unless it is elastic. The best of these lines is convex, so that Newton's method, which goes to
    where the last line reaches what is worth most without it, comes from above after one step and ends at the root.

    Parameters
    ----------
    instance : Instance
    vm : int
    run, without : Solution
        The best that were found with the VM, at its present value, and without it.
    deadline : float
        A value of ``time.perf_counter()``.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[6], [4]], [[8]], value=[9, 1], reservation=[[6], [2]])
    >>> run, without = forced.running(cluster, 1, 60.0), forced.without(cluster, 1, 60.0)
    >>> run.objective, threshold(cluster, 1, run, without, time.perf_counter() + 60)
    (9.5, Threshold(value=0.0, least=True))
    """
    best = without.bound
    rounding, at = TOLERANCE * max(1.0, abs(best)), float(instance.value[vm])
    for step in range(MOST_STEPS):
        share = _share(run, vm)
        above = at + (best - run.objective) / share if share > 0 else 2 * at + 1
        if not isfinite(above):
            return None
        if share == 1 or (step and share > 0 and abs(best - run.objective) <= rounding):
            tight = run.bound <= run.objective + rounding and best <= without.objective + rounding
            return Threshold(max(above, 0.0), tight)
        at, left = above, deadline - time.perf_counter()
        if left <= 0:
            return None
        run = forced.running(forced.with_value(instance, vm, max(at, 0.0)), vm, left)
        if run.status not in forced.FOUND:
            return None
    return None


def _share(run: Solution, vm: int) -> float:
    """What a VM gets of what it asks for, as a part of its value."""
    instance = run.instance
    missing = instance.demand[vm] - run.allocation[vm]
    if not missing.any():
        return 1.0
    weight = instance.objective.factors(instance.total, instance.resources)
    asked = float(weight @ instance.demand[vm])
    return 1.0 - float(np.dot(weight, missing)) / asked if asked else 1.0
