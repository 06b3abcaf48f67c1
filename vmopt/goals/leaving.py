"""What moves cost at least, as VMs have to leave where they run whatever else happens."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.goals.fewest_moves import FewestMoves
from vmopt.goals.leavers import cheapest_leavers, crowds
from vmopt.goals.move_bound import stays

MOST_COST = 2**50
"""Up to which a cost can have a rank beside it."""


def leaving_cost(instance: Any, goal: FewestMoves) -> Fraction:
    """Add up what the cheapest leavers of each host cost, and those that may not stay by themselves.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[3], [4], [4]], [[6], [6]], current=[0, 0, 1])
    >>> leaving_cost(cluster, FewestMoves())
    Fraction(1, 1)
    """
    cost, unit = goal.costs(instance)
    may_stay = stays(instance)
    total = int(cost[(instance.current >= 0) & ~may_stay].sum())
    return unit * (total + sum(cheapest_leavers(crowd, cost[crowd.vms])[0] for crowd in crowds(instance, may_stay)))


def lightest(instance: Any) -> IntArray:
    """The current placement without those that leave cheapest, the smaller ones where that is equal.

    Examples
    --------
    >>> import vmopt
    >>> lightest(vmopt.Instance.from_arrays([[3], [4], [4]], [[6], [6]], current=[0, 0, 1])).tolist()
    [-1, 0, 1]
    """
    cost, _ = FewestMoves().costs(instance)
    size = (instance.demand / np.maximum(instance.total, 1)).max(axis=1, initial=0.0)
    rank = np.ceil(size / max(size.max(initial=0.0), 1e-300) * 1000).astype(np.int64)
    may_stay = stays(instance)
    kept = np.where(may_stay, instance.current, -1)
    for crowd in crowds(instance, may_stay):
        own, paid = rank[crowd.vms], cost[crowd.vms]
        if paid.max() < MOST_COST // (int(own.sum()) + 1):
            paid = paid * (int(own.sum()) + 1) + own
        _, leavers = cheapest_leavers(crowd, paid)
        kept[crowd.vms[list(leavers)]] = -1
    return kept
