"""Counting: what whole numbers say of a balance, where it is known which VMs run."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from vmopt.goals.balance.fragments import prices, sizes
from vmopt.goals.forced import forced
from vmopt.goals.holds import Hold
from vmopt.goals.moved import after_moves
from vmopt.model.goal_level import GoalLevel

MOST_SIZES = 500
"""Sizes of hosts up to which those that are alike are counted."""


def counted(instance: Any, level: GoalLevel, holds: Sequence[Hold]) -> Fraction:
    """What a level costs at least by counting; 0 where that says nothing.

    Fragments: all that is free is a whole number of pieces and what is left over, so it leaves over at least its rest
    by the size. Spread: loads are multiples of what VMs ask for; the fullest host has at least what fits all that runs
    if no host has more, the emptiest at most what all that runs fits if no host has less. Where moves are limited, they
    save no more of what runs now than each can (`after_moves`).

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[1]] * 3, [[4]] * 2, rules=[vmopt.MustRun("vm-*")])
    >>> counted(cluster, GoalLevel.of(vmopt.goals.Balance(kind="spread")), ())
    Fraction(1, 4)
    """
    total = Fraction(0)
    if instance.elastic or level.maximised:
        return total
    runs = forced(instance, holds)
    for weight, goal in level.terms:
        if goal.maximised:
            return Fraction(0)
        kind: str | None = getattr(goal, "kind", None)
        if kind in ("fragments", "spread"):
            of_kind = _fragments if kind == "fragments" else _spread
            total += Fraction(str(weight)) * of_kind(instance, goal.stated(instance), runs)  # type: ignore[attr-defined]
    return max(total, after_moves(instance, level, holds))


def _running(instance: Any, k: int, runs: Any) -> tuple[int, int]:
    """What runs asks for of a resource, at least and at most."""
    demand, count = instance.vm_classes.demand[:, k], instance.vm_classes.count
    return int((demand * count)[runs].sum()), int((demand * count).sum())


def _fragments(instance: Any, stated: Any, runs: Any) -> Fraction:
    total = Fraction(0)
    for (k, size), each in zip(sizes(stated, instance), prices(stated, instance), strict=True):
        least, most = _running(instance, k, runs)
        if least == most:
            total += each * ((int(instance.total[k]) - least) % size)
    return total


def _spread(instance: Any, stated: Any, runs: Any) -> Fraction:
    return max((_spread_of(instance, k, *_running(instance, k, runs)) for k in stated.of), default=Fraction(0))


def _spread_of(instance: Any, k: int, least: int, most: int) -> Fraction:
    """How far the fullest and the emptiest host are apart at least, of one resource."""
    room, hosts = np.unique(instance.capacity[:, k], return_counts=True)
    room, hosts = room[room > 0], hosts[room > 0]
    step = int(np.gcd.reduce(instance.demand[:, k])) if instance.n_vms else 0
    if not len(room) or not step:
        return Fraction(0)
    if len(room) > MOST_SIZES or least > sum(n * (c // step * step) for c, n in zip(room, hosts, strict=True)):
        return Fraction(0)
    sizes_of = list(zip(room.tolist(), hosts.tolist(), strict=True))
    top = min(Fraction(_first(c, step, sizes_of, least) * step, c) for c, _ in sizes_of)
    low = max(Fraction(_last(c, step, sizes_of, most) * step, c) for c, _ in sizes_of)
    return max(top - low, Fraction(0))


def _first(of: int, step: int, rooms: list[tuple[int, int]], least: int) -> int:
    """Least n so that hosts at most as full as n steps are of a host of size `of` hold so much together."""
    low, high = 0, -(-of // step)
    while low < high:
        middle = (low + high) // 2
        if step * sum(n * (middle * c // of) for c, n in rooms) >= least:
            high = middle
        else:
            low = middle + 1
    return low


def _last(of: int, step: int, rooms: list[tuple[int, int]], most: int) -> int:
    """Largest n so that hosts at least as full as n steps are of a host of size `of` hold no more together."""
    low, high = 0, of // step
    while low < high:
        middle = (low + high + 1) // 2
        if step * sum(n * -(-middle * c // of) for c, n in rooms) <= most:
            low = middle
        else:
            high = middle - 1
    return low
