"""FewestHosts: run on as few hosts as can be, or on the cheapest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, lcm
from typing import Any, ClassVar

import numpy as np

from vmopt import checks
from vmopt.arrays import IntArray
from vmopt.errors import InstanceError
from vmopt.goals.base import BaseGoal
from vmopt.goals.measure import Measure
from vmopt.goals.minorant import Minorant
from vmopt.goals.whole_units import in_unit
from vmopt.model.index_labels import by_place, has_index
from vmopt.model.shapes import HostsInUse, Shape
from vmopt.rules.eligible import class_members
from vmopt.rules.program import Cells, RuleRows

EXACT = 2**53


@dataclass(frozen=True)
class FewestHosts(BaseGoal):
    """Sum of the costs of the hosts that run anything: ``sum_h cost[h] [n(h) > 0]``.

    Known as bin packing where all VMs run and hosts are alike, with several resources as vector packing; in OptaPlanner
    as cloud balancing, in BtrPlace as the number of online nodes.

    Parameters
    ----------
    cost : str, mapping or sequence, optional
        What a host costs while it runs anything, at least 0: the name of a host label that holds it, a mapping of host
        name to cost, or one number a host. Default: 1 each.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[4], [3], [1]], [[5], [8]])
    >>> FewestHosts().value(cluster, np.array([1, 1, 0])), FewestHosts(cost=[1, 2.5]).value(cluster, [1, 1, 1])
    (Fraction(2, 1), Fraction(5, 2))
    """

    name: ClassVar[str] = "fewest-hosts"
    cost: str | Mapping[str, float] | Sequence[float] | None = None

    def __post_init__(self) -> None:
        if self.cost is None or isinstance(self.cost, str):
            return
        if has_index(self.cost) and all(isinstance(name, str) for name in self.cost.index):  # type: ignore[union-attr]
            object.__setattr__(self, "cost", self.cost.to_dict())  # type: ignore[union-attr]
        by_place(self.cost, "cost", "the hosts")
        if isinstance(self.cost, Mapping):
            object.__setattr__(self, "cost", tuple((str(name), _cost(value)) for name, value in self.cost.items()))
            return
        try:
            costs = tuple(_cost(value) for value in self.cost)
        except TypeError:
            given = type(self.cost).__name__
            raise InstanceError(f"cost is of type {given}: give a label, a mapping or one number a host.") from None
        object.__setattr__(self, "cost", costs)

    def check(self, instance: Any) -> None:
        """Refuse an instance whose hosts do not all have a cost."""
        self.costs(instance)

    def costs(self, instance: Any) -> tuple[IntArray, Fraction]:
        """What each host costs, ``(n_hosts,)``, in whole numbers of the unit that comes with them.

        Raises
        ------
        InstanceError
            If a host has none, or it is no finite number of at least 0.
        """
        found: tuple[IntArray, Fraction] = instance.once(self._costs)
        return found

    def _costs(self, instance: Any) -> tuple[IntArray, Fraction]:
        return _in_units(_listed(self.cost, instance))

    def value(self, instance: Any, host_index: IntArray) -> Fraction:
        """Add up what the hosts in use cost."""
        host_index = np.asarray(host_index)
        cost, unit = self.costs(instance)
        return unit * int(cost[np.unique(host_index[host_index >= 0])].sum())

    def added(self, instance: Any, host_index: IntArray, vm: int) -> Sequence[Fraction]:
        """What hosts cost that run nothing yet."""
        cost, unit = self.costs(instance)
        idle = np.ones(len(cost), dtype=bool)
        idle[host_index[host_index >= 0]] = False
        return in_unit(np.where(idle, cost, 0), unit)

    def host_keys(self, instance: Any) -> Sequence[IntArray]:
        """Tell hosts apart by their costs."""
        cost = self.costs(instance)[0]
        return (cost,) if np.ptp(cost) else ()

    def facts(self, instance: Any) -> Sequence[str]:
        """The costs that are labels: of what size they are as well, where all of them are equal."""
        cost, unit = self.costs(instance)
        return (str(unit), *map(str, np.unique(cost))) if isinstance(self.cost, str) else ()

    def translate(self, instance: Any, cells: Cells, rows: RuleRows) -> Measure:
        """Write a column a host that is 1 if any of its cells is above 0; hosts with VMs outside are in use."""
        cost, unit = self.costs(instance)
        used = np.zeros(len(cost), dtype=bool)
        used[cells.outside[cells.outside >= 0]] = True
        cell = np.flatnonzero(~used[cells.host] & (cost[cells.host] > 0))
        host, of = np.unique(cells.host[cell], return_inverse=True)
        on = rows.columns(np.ones(len(host), dtype=np.int64))
        each, ones = np.arange(len(cell)), np.ones(len(cell), dtype=np.int64)
        rows.at_most(
            np.concatenate([each, each]),
            np.concatenate([cell, on[of.ravel()]]),
            np.concatenate([ones, -np.minimum(cells.upper, cells.supply[cells.vm_class])[cell]]),
            np.zeros(len(cell)),
        )
        return Measure(unit, int(cost[used].sum()), on, cost[host])

    def shapes(self, instance: Any) -> tuple[Shape, ...]:
        """Costs of hosts in use."""
        return (HostsInUse(*self.costs(instance)),)

    def minorant(self, instance: Any) -> Minorant:
        """Count the hosts in use of each class."""
        (cost, unit), nothing = self.costs(instance), Minorant.nothing(instance)
        each = float(unit) * cost[class_members(instance)[1]]
        return replace(nothing, columns=np.append(nothing.columns[: -len(each) or None], each))

    def __str__(self) -> str:
        if self.cost is None:
            return self.name
        return f"{self.name}({self.cost if isinstance(self.cost, str) else 'own costs'})"


def _cost(value: Any) -> float:
    if not checks.is_number(value) or not 0 <= float(value) < EXACT:
        raise InstanceError(f"a host costs {checks.shown(value)}: give a number from 0 to below 2^53.")
    return float(value)


def _listed(cost: Any, instance: Any) -> list[float]:
    """Cost of each host of an instance, as given."""
    names = list(instance.host_names)
    if cost is None:
        return [1.0] * len(names)
    if isinstance(cost, str):
        labels: Any = instance.host_labels or ({},) * len(names)
        return [_from_label(row, cost, name) for row, name in zip(labels, names, strict=True)]
    if cost and isinstance(cost[0], tuple):
        given = dict(cost)
        missing = next((name for name in names if name not in given), None)
        if missing is not None:
            raise InstanceError(f"host {missing!r} has no cost: give one for each host.")
        return [given[name] for name in names]
    if len(cost) != len(names):
        raise InstanceError(f"there are {len(cost)} costs for {len(names)} hosts: give one for each host.")
    return list(cost)


def _from_label(labels: Mapping[str, str], key: str, name: str) -> float:
    if key not in labels:
        raise InstanceError(f"host {name!r} has no label {key!r} to read its cost from.")
    try:
        return _cost(float(labels[key]))
    except ValueError:
        raise InstanceError(f"label {key!r} of host {name!r} is {labels[key]!r}: its cost is no number.") from None


def _in_units(costs: list[float]) -> tuple[IntArray, Fraction]:
    """Costs as whole numbers without a common divisor; doubles count as the decimals that they print as.

    Raises
    ------
    InstanceError
        If they have so many digits that their sum is none of doubles.
    """
    exact = [Fraction(str(cost)) for cost in costs]
    parts = lcm(*(cost.denominator for cost in exact))
    whole = [int(cost * parts) for cost in exact]
    common = gcd(*whole) or 1
    if sum(whole) // common >= EXACT:
        raise InstanceError("the costs of hosts have too many digits to be added up exactly: round them.")
    return np.array([number // common for number in whole], dtype=np.int64), Fraction(common, parts)
