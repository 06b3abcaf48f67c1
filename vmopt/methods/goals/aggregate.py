"""Aggregate: what all hosts together exceed, as if they were one; at once, however large the instance is."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.bounds import GoalPrices
from vmopt.methods.goals.stage import Stage
from vmopt.model.shapes import Excess, only


def aggregate(stage: Stage) -> GoalPrices | None:
    """A proof that loads exceed levels in sum, and free amounts ratios; None where no goal speaks of these.

    Every piece of a resource counts in full where the sum of all hosts is above the sum of their levels, else not at
    all.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.goals.price_proof import verify_goal_prices
    >>> from vmopt.options import Options
    >>> cluster = vmopt.Instance.from_arrays([[6], [4]], [[8], [8]], rules=[vmopt.MustRun("vm-*")])
    >>> level = vmopt.Balance(kind="above", level=0.5) + 0.5 * vmopt.FewestHosts()
    >>> stage = Stage(cluster, Options(None, 9, 0, 0, 1), level, (), np.array([0, 1]))
    >>> verify_goal_prices(cluster, level, (), aggregate(stage))
    Fraction(3, 1)
    """
    instance = stage.instance
    goals: list[Any] = [*stage.level.goals, *(goal for hold in stage.holds for goal in hold.level.goals)]
    slopes = [np.zeros(len(goal.minorant(instance).pieces)) for goal in goals]
    for place, goal in enumerate(stage.level.goals):
        full = _full(instance, goal)
        if full is not None and len(slopes[place]) == len(full):
            slopes[place] = full
    if not any(slope.any() for slope in slopes):
        return None
    shape = instance.host_classes.capacity.shape
    return GoalPrices(np.zeros(shape), np.zeros(len(stage.holds)), tuple(slopes))


def _full(instance: Any, goal: Any) -> FloatArray | None:
    """1 for the pieces that count, by host class and resource."""
    shape = only(instance, goal, Excess)
    if shape is None:
        return None
    exceeds = instance.demand.sum(axis=0) @ shape.factor.T > shape.level.sum(axis=0)
    return np.tile(exceeds.astype(np.float64), len(instance.host_classes))
