"""Worth: what one more unit of capacity would bring, by prices that prove a bound."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.bounds import RulePrices
from vmopt.errors import VmoptError
from vmopt.solution import Solution
from vmopt.solving import relax

MOST_CLASSES = 12
NEGLIGIBLE = 1e-9


@dataclass(frozen=True)
class ResourceShare:
    """One resource's part in the worth of all capacity.

    Attributes
    ----------
    resource : str
    fraction : float
    """

    resource: str
    fraction: float


@dataclass(frozen=True)
class ClassPrice:
    """What one more unit of each resource would be worth, at most, in a host of one class.

    Attributes
    ----------
    host : str
        One of them.
    hosts : int
    prices : tuple of float
        By resource, in the user's own units.
    """

    host: str
    hosts: int
    prices: tuple[float, ...]


@dataclass(frozen=True)
class CapacityWorth:
    """What capacity is worth.

    Attributes
    ----------
    parts : tuple of ResourceShare
        The scarcest first.
    rows : tuple of ClassPrice
        The classes with the dearest capacity first.
    more : int
        How many classes are not shown.
    rules : RulePrices or None
    """

    parts: tuple[ResourceShare, ...]
    rows: tuple[ClassPrice, ...]
    more: int
    rules: RulePrices | None


def worth_of(solution: Solution, time_limit: float = 10.0) -> CapacityWorth | None:
    """Return the worth of capacity by the solution's prices, or where it has none by those of the relaxation.

    None where neither has any: of tiers, of goals, or for want of time.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[4], [4]], [[4]], value=[8, 8], resources=["cpu"])
    >>> [row] = worth_of(vmopt.solve(cluster)).rows
    >>> round(row.prices[0], 6)
    2.0
    """
    instance = solution.instance
    if instance.tiers is not None or instance.objective.goal_levels:
        return None
    prices, rules = solution.prices, solution.rule_prices
    if prices is None:
        try:
            relaxed = relax(instance, time_limit=time_limit)
        except VmoptError:
            return None
        prices, rules = relaxed.prices, relaxed.rule_prices
    return _worth(solution, prices, rules)


def _worth(solution: Solution, prices: FloatArray, rules: RulePrices | None) -> CapacityWorth:
    instance, classes = solution.instance, solution.instance.host_classes
    all_of = classes.count[:, None] * classes.capacity * prices
    prices = np.where(all_of > NEGLIGIBLE * abs(solution.bound), prices, 0.0)
    worth = np.where(prices > 0, all_of, 0.0).sum(axis=0)
    part = worth / (worth.sum() or 1.0)
    order = np.argsort(-part, kind="stable").tolist()
    first = classes.first
    dear = np.argsort(-all_of.sum(axis=1), kind="stable")[:MOST_CLASSES].tolist()
    own = prices * instance.scale
    return CapacityWorth(
        tuple(ResourceShare(instance.resources[k], float(part[k])) for k in order),
        tuple(
            ClassPrice(instance.host_names[int(first[c])], int(classes.count[c]), tuple(own[c].tolist())) for c in dear
        ),
        len(classes) - len(dear),
        rules,
    )
