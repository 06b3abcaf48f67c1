"""What a host costs by what it holds: the levels that are sums over hosts, and bands that hosts are to stay in."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.goals.holds import Hold
from vmopt.model.goal_level import GoalLevel
from vmopt.model.shapes import Excess, HostsInUse, LeftOver, Shape, weighted

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
    for weight, shape in weighted(instance, level):
        part = _shape_cost(instance, shape, bend)
        if part is None:
            return None
        parts.append((float(weight), part))

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


def _shape_cost(instance: Any, shape: Shape | None, bend: float) -> Cost | None:
    match shape:
        case HostsInUse():
            each = float(shape.unit) * shape.cost
            return lambda hosts, load: np.asarray(each[hosts] * (load[..., -1] > 0))
        case Excess():
            return _excess(shape)
        case LeftOver():
            return _left_over(instance, shape, bend)
    return None


def _excess(shape: Excess) -> Cost:
    price = [float(each) for each in shape.price]
    asks = [[(k, int(row[k])) for k in np.flatnonzero(row).tolist()] for row in shape.factor]

    def cost(hosts: Any, load: IntArray) -> FloatArray:
        total = np.zeros(load.shape[:-1])
        for place, asked in enumerate(asks):
            over = sum((load[..., k] * factor for k, factor in asked), -shape.level[hosts, place])
            total += price[place] * np.maximum(over, 0)
        return total

    return cost


def _left_over(instance: Any, shape: LeftOver, bend: float) -> Cost:
    room, pieces = instance.capacity, list(zip(shape.of, shape.size, map(float, shape.price), strict=True))

    def cost(hosts: Any, load: IntArray) -> FloatArray:
        total = np.zeros(load.shape[:-1])
        for k, size, price in pieces:
            left = (room[hosts, k] - load[..., k]) % size
            total += price * left * (1.0 - bend * left / size)
        return total

    return cost


def as_part(value: Fraction, level: GoalLevel) -> Fraction:
    """What a level of one goal has of it, without its weight."""
    return value / Fraction(str(level.terms[0][0]))
