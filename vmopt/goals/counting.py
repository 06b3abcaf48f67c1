"""Counting: what whole numbers say of a balance, where it is known which VMs run."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from vmopt.goals.balance.levelled import Levelled
from vmopt.goals.forced import forced, running
from vmopt.goals.held_hosts import held_hosts
from vmopt.goals.holds import Hold
from vmopt.goals.lattice import fragments_of
from vmopt.goals.moved import after_moves
from vmopt.model.goal_level import GoalLevel
from vmopt.model.shapes import Fullest, LeftOver, Spread, weighted


def counted(instance: Any, level: GoalLevel, holds: Sequence[Hold]) -> Fraction:
    """What a level costs at least by counting; 0 where that says nothing.

    Fragments: all that is free is a whole number of pieces and what is left over, so it leaves over at least its rest
    by the size. Max and spread: loads are sums of what VMs ask for. The fullest host has at least what fits all that
    runs if no host has more; the emptiest at most what all that runs fills if no host has less, and nothing where the
    levels above leave hosts idle. Where moves are limited, they save no more of what runs now than each can
    (`after_moves`).

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[1]] * 3, [[4]] * 2, rules=[vmopt.MustRun("vm-*")])
    >>> counted(cluster, GoalLevel.of(vmopt.goals.Balance(kind="spread")), ())
    Fraction(1, 4)
    """
    total = Fraction(0)
    if instance.elastic or level.maximised or any(goal.maximised for goal in level.goals):
        return total
    for weight, shape in weighted(instance, level):
        if isinstance(shape, LeftOver):
            parts = fragments_of(instance, weight, shape, holds)
            total += sum((part.offset for part in parts), Fraction(0))
        elif isinstance(shape, Fullest | Spread):
            total += weight * _uneven(instance, shape, holds)
    return max(total, after_moves(instance, level, holds))


def _uneven(instance: Any, shape: Fullest | Spread, holds: Sequence[Hold]) -> Fraction:
    """How full the fullest host is at least, or how far from the emptiest, of the resource where that is most."""
    runs, in_use, found = forced(instance, holds), most_in_use(instance, holds), Fraction(0)
    for k in shape.of:
        least, most = running(instance, k, runs)
        hosts = Levelled.of(instance, k, in_use)
        if hosts is not None:
            own = hosts.spread(least, most) if isinstance(shape, Spread) else hosts.fullest(least)
            found = max(found, own)
    return found


def most_in_use(instance: Any, holds: Sequence[Hold]) -> int:
    """How many hosts may run anything, where levels above limit what these cost.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.goals.holds import holds_of
    >>> above = (GoalLevel.of(vmopt.FewestHosts(cost=[1, 1, 3])),)
    >>> cluster = vmopt.Instance.from_arrays([[4]], [[6], [8], [8]])
    >>> most_in_use(cluster, holds_of(cluster, above, [0.0], np.array([2])))
    2
    """
    most = int(instance.n_hosts)
    for held in held_hosts(instance, holds):
        most = min(most, int((np.cumsum(np.sort(held.cost)) <= held.most).sum()))
    return most
