"""What a host costs by what it holds: the levels that are sums over hosts, and bands that hosts are to stay in."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.goals.balance import above, fragments, ratio
from vmopt.goals.holds import Hold
from vmopt.model.goal_level import GoalLevel

Cost = Callable[[Any, IntArray], FloatArray]
"""Cost of some hosts, by number, that hold so much of each resource and, last, so many VMs."""


def cost_of(instance: Any, level: GoalLevel, *, bend: float = 0.0) -> Cost | None:
    """What each host adds to a level; None where it is no sum over hosts.

    Parameters
    ----------
    bend : float
        By which part a fragment counts less that is nearly a piece: fragments gather on few hosts then, until they
        make a piece. What they add up to changes by whole pieces only, so that nothing else leads there.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[4]], [[6], [8]])
    >>> cost = cost_of(cluster, GoalLevel.of(vmopt.FewestHosts() + vmopt.Balance(kind="above", level=0.5)))
    >>> cost(np.array([0, 1]), np.array([[4, 1], [0, 0]])).tolist()
    [2.0, 0.0]
    """
    parts: list[tuple[float, Cost]] = []
    for weight, goal in level.terms:
        part = _goal_cost(instance, goal, bend)
        if part is None:
            return None
        parts.append((weight, part))

    def cost(hosts: Any, load: IntArray) -> FloatArray:
        total = np.zeros(load.shape[:-1])
        for weight, part in parts:
            total += weight * part(hosts, load)
        return total

    return cost


def held_costs(instance: Any, holds: tuple[Hold, ...]) -> list[tuple[Cost, float]]:
    """Costs that levels above keep below a limit, of those that are sums over hosts."""
    found = [(cost_of(instance, hold.level), hold) for hold in holds if not hold.level.maximised]
    return [(cost, float(hold.limit)) for cost, hold in found if cost is not None]


def band(instance: Any, of: tuple[int, ...], low: Any, high: Any, evenness: float = 0.0) -> Cost:
    """By how much hosts are outside of a band of fullness, and a little for how full they are.

    Parameters
    ----------
    low, high : float or (n_resources,) arrays
        One entry for each of the resources `of`.
    evenness : float
        What the square of how full hosts are counts for beside what is outside of the band.
    """
    columns = np.array(of)
    room = instance.capacity[:, columns]
    per = np.divide(1.0, room, out=np.zeros(room.shape), where=room > 0)
    lowest = np.where(room > 0, low, 0.0)

    def cost(hosts: Any, load: IntArray) -> FloatArray:
        total = np.zeros(load.shape[:-1])
        for place, k in enumerate(of):
            full = load[..., k] * per[hosts, place]
            top = high if np.ndim(high) == 0 else high[place]
            total += np.maximum(full - top, 0.0) + np.maximum(lowest[hosts, place] - full, 0.0) + evenness * full**2
        return total

    return cost


def _goal_cost(instance: Any, goal: Any, bend: float) -> Cost | None:
    if goal.name == "fewest-hosts":
        costs, unit = goal.costs(instance)
        each = float(unit) * costs
        return lambda hosts, load: each[hosts] * (load[..., -1] > 0)
    if goal.name != "balance" or not goal.separable:
        return None
    stated = goal.stated(instance)
    if goal.kind == "fragments":
        return _fragments(instance, stated, bend)
    return (_above if goal.kind == "above" else _ratio)(instance, stated)


def _above(instance: Any, stated: Any) -> Cost:
    parts, level = above.levels(stated, instance)
    price = [float(p * parts) for p in above.prices(stated, instance, parts)]
    limit = level / parts

    def cost(hosts: Any, load: IntArray) -> FloatArray:
        total = np.zeros(load.shape[:-1])
        for place, k in enumerate(stated.of):
            total += price[place] * np.maximum(load[..., k] - limit[hosts, place], 0.0)
        return total

    return cost


def _ratio(instance: Any, stated: Any) -> Cost:
    one, other, unit = ratio.factors(stated, instance)
    first, second = stated.of
    per_first, per_second = float(unit * one), float(unit * other)
    room = instance.capacity

    def cost(hosts: Any, load: IntArray) -> FloatArray:
        free, beside = room[hosts, first] - load[..., first], room[hosts, second] - load[..., second]
        return np.asarray(np.maximum(per_first * free - per_second * beside, 0.0))

    return cost


def _fragments(instance: Any, stated: Any, bend: float) -> Cost:
    sizes, prices = fragments.sizes(stated, instance), fragments.prices(stated, instance)
    room = instance.capacity

    def cost(hosts: Any, load: IntArray) -> FloatArray:
        total = np.zeros(load.shape[:-1])
        for (k, size), price in zip(sizes, prices, strict=True):
            left = (room[hosts, k] - load[..., k]) % size
            total += float(price) * left * (1.0 - bend * left / size)
        return total

    return cost


def as_part(value: Fraction, level: GoalLevel) -> Fraction:
    """What a level of one goal has of it, without its weight."""
    return value / Fraction(str(level.terms[0][0]))
