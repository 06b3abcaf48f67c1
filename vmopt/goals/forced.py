"""Forced: which VMs run in every placement that holds what it has to, and what hosts have room for then."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.goals.class_values import exact_class_values
from vmopt.goals.holds import ROUNDING, Hold
from vmopt.goals.reachable import largest_up_to, reachable, step_of
from vmopt.model.shapes import Fullest, Spread, Worth, alone, consists_of
from vmopt.rules.eligible import class_members, must_run


def forced(instance: Any, holds: Sequence[Hold]) -> BoolArray:
    """VM classes that run whole: rules say so, or without one of its VMs a utilisation above would be missed.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.goals.holds import holds_of
    >>> above = (vmopt.model.goal_level.GoalLevel.of(vmopt.goals.Utilisation()),)
    >>> cluster = vmopt.Instance.from_arrays([[4], [3]], [[8]])
    >>> forced(cluster, holds_of(cluster, above, [0.0], np.array([0, 0]))).tolist()
    [True, True]
    """
    known = must_run(instance)
    member = class_members(instance)[0]
    runs = np.zeros(len(member), dtype=bool) if known is None else known[member]
    for hold in holds:
        if hold.level.maximised and consists_of(instance, hold.level, Worth):
            runs |= _by_value(instance, hold)
    return runs


def _by_value(instance: Any, hold: Hold) -> BoolArray:
    counts = instance.vm_classes.count.tolist()
    value, exact = exact_class_values(instance, hold.tier)
    total = sum((v * n for v, n in zip(value, counts, strict=True)), Fraction(0))
    spare = total - hold.limit + (Fraction(0) if exact else ROUNDING * total)
    return np.array([v > spare for v in value], dtype=bool)


def capacity_left(instance: Any, holds: Sequence[Hold], below: tuple[Fullest, Fraction] | None = None) -> IntArray:
    """Capacity of each host class, cut by what is above, ``(n_host_classes, n_resources)``.

    A hold of a fullest host keeps loads at or below a part of the capacity; `below` is such a shape and a part that
    loads stay below. What no sum of demands can fill is cut off as well.
    """
    room = instance.host_classes.capacity.astype(np.int64).copy()
    for hold in holds:
        found = alone(instance, hold.level, Fullest)
        if found is not None:
            _cut(room, instance, found[1].of, hold.limit / found[0], 0)
    if below is not None:
        _cut(room, instance, below[0].of, below[1], 1)
    for k, loads in enumerate(reachable(instance)):
        step = step_of(instance, k)
        if loads is not None and step:
            room[:, k] = largest_up_to(loads, room[:, k])
        elif step:
            room[:, k] = room[:, k] // step * step
    return np.asarray(room)


def room_left(instance: Any, holds: Sequence[Hold]) -> IntArray:
    """Capacity of each host class, cut by a fullest host or a spread that is held above, and as it is where none is.

    The emptiest host is no fuller than all of them together, so that the fullest is no further above that than a
    spread is wide.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.goals.holds import holds_of
    >>> above = (vmopt.model.goal_level.GoalLevel.of(vmopt.Balance()),)
    >>> cluster = vmopt.Instance.from_arrays([[4], [3]], [[8], [8]])
    >>> room_left(cluster, holds_of(cluster, above, [0.0], np.array([0, 1]))).tolist()
    [[4]]
    """
    cut = any(alone(instance, hold.level, Fullest) is not None for hold in holds)
    room = capacity_left(instance, holds) if cut else instance.host_classes.capacity.astype(np.int64)
    for hold in holds:
        found = alone(instance, hold.level, Spread)
        if found is not None:
            for k in found[1].of:
                asked, there = int(instance.demand[:, k].sum()), int(instance.total[k])
                if there:
                    _cut(room, instance, [k], Fraction(asked, there) + hold.limit / found[0], 0)
    return np.asarray(room)


def running(instance: Any, k: int, runs: BoolArray) -> tuple[int, int]:
    """What runs asks for of a resource, at least and at most, where some VM classes run whole."""
    demand, count = instance.vm_classes.demand[:, k], instance.vm_classes.count
    return int((demand * count)[runs].sum()), int((demand * count).sum())


def _cut(room: IntArray, instance: Any, of: Sequence[int], part: Fraction, less: int) -> None:
    """Cut room to the largest integers at most a part of the capacity, or below it where `less` is 1; 0 stays 0."""
    top, under = part.numerator, part.denominator
    for k in of:
        whole = instance.host_classes.capacity[:, k].tolist()
        cut = [(c * top - less) // under if c else 0 for c in whole]
        room[:, k] = np.minimum(room[:, k], np.array(cut, dtype=np.int64))
