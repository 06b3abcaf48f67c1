"""Purchases: what one more host of each class gains, for its cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vmopt import checks
from vmopt.arrays import FloatArray
from vmopt.errors import OptionError
from vmopt.explain import edits
from vmopt.explain.plain import Record
from vmopt.explain.ranges import Resolver
from vmopt.explain.scene import position
from vmopt.model.host import Host
from vmopt.model.instance import Instance
from vmopt.summary.figures import number
from vmopt.summary.layout import printable


@dataclass(frozen=True)
class Purchase(Record):
    """One more host of a class.

    Attributes
    ----------
    host : str
        The one that it is like.
    gain : float
        What the relaxation's optimum gains, solved again with it.
    predicted : float
        What its capacity is worth at the prices: never less.
    cost : float
    """

    host: str
    gain: float
    predicted: float
    cost: float

    @property
    def per_cost(self) -> float:
        """Gain per unit of cost."""
        return self.gain / self.cost

    def __str__(self) -> str:
        return printable(
            f"one more like {self.host} gains {number(self.gain)}, {number(self.per_cost)} per unit of its cost"
        )


def costs_of(instance: Instance, costs: Mapping[str, float] | None) -> FloatArray:
    """Cost of a host of each class: 1 where none is given.

    Raises
    ------
    OptionError
        If there is no such host, or a cost is not above 0.

    Examples
    --------
    >>> costs_of(Instance.from_arrays([[4]], [[8], [4], [4]]), {"host-2": 3}).tolist()
    [1.0, 3.0]
    """
    cost = np.ones(len(instance.host_classes))
    given = {} if costs is None else checks.mapping(costs, "costs", "host names to costs")
    for name, amount in given.items():
        if not checks.finite(amount) or amount <= 0:
            raise OptionError(f"a host like {name!r} costs {checks.shown(amount)}: give a number above 0.")
        cost[instance.host_classes.of[position(name, instance.host_names, "host")]] = amount
    return cost


def purchases(resolver: Resolver, cost: FloatArray) -> tuple[Purchase, ...]:
    """Solve again with one more host of each class, and order them by what they gain for their cost."""
    instance = resolver.instance
    found = []
    for c in range(len(instance.host_classes)):
        first = int(np.argmax(instance.host_classes.of == c))
        gain = resolver.change(edits.with_hosts(instance, [_like(instance, first)]))
        if gain is None:
            break
        predicted = float(instance.host_classes.capacity[c] @ resolver.prices[c])
        found.append(Purchase(instance.host_names[first], resolver.whole(gain), predicted, float(cost[c])))
    return tuple(sorted(found, key=lambda one: (-one.per_cost, one.cost)))


def _like(instance: Instance, host: int) -> Host:
    """A host of a new name with the capacity, labels and parts of another."""
    amounts = instance.capacity[host] / instance.scale
    name = f"one more like {instance.host_names[host]}"
    while name in instance.host_names.index_of:
        name += "'"
    labels = None if instance.host_labels is None else dict(instance.host_labels[host])
    return Host(
        name,
        dict(zip(instance.resources, amounts.tolist(), strict=True)),
        labels=labels or {},
        parts=instance.host(host).parts,
    )
