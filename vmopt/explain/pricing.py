"""Sensitivity: what more capacity is worth, over which range that holds, and which host to buy next."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.errors import OptionError
from vmopt.explain.plain import Record
from vmopt.explain.purchases import Purchase, costs_of, purchases
from vmopt.explain.ranges import Resolver, price_range
from vmopt.model.instance import Instance
from vmopt.solution import Solution, require_solution
from vmopt.summary.figures import number
from vmopt.summary.layout import Table, printable, table_html, table_text


@dataclass(frozen=True)
class PriceRange(Record):
    """The price of a resource on the hosts of one class, and where it holds.

    Attributes
    ----------
    host : str
        The first host of the class.
    hosts : int
        How many there are.
    resource : str
    price : float
        What the objective gains by one unit more on one of them, at the margin of the relaxation.
    capacity : float
        What each has.
    least, most : float
        Between so much and so much on each of them, all changed alike, the price predicts the change of the
        relaxation's optimum within a tenth: found by solving it again, on a grid.
    at_least, at_most : float
        What the optimum was changed by at these two, when it was solved again.
    """

    host: str
    hosts: int
    resource: str
    price: float
    capacity: float
    least: float
    most: float
    at_least: float
    at_most: float

    def predicted(self, capacity: float) -> float:
        """What the price says that the objective changes by if each of the hosts has so much."""
        return self.price * self.hosts * (checks.between(capacity, "capacity", 0.0, inf, "an amount") - self.capacity)

    def __str__(self) -> str:
        kind = f"{self.host} and {self.hosts - 1:,} alike" if self.hosts > 1 else self.host
        said = f"one more of {self.resource} on {kind} is worth {number(self.price)}"
        return printable(f"{said}, from {number(self.least, 9)} to {number(self.most, 9)} on each")


@dataclass(frozen=True, repr=False)
class Sensitivity(Record):
    """What capacity is worth, and what to buy.

    Attributes
    ----------
    prices : tuple of PriceRange
        By host class and resource.
    purchases : tuple of Purchase
        A host more of each class, the most for its cost first.
    complete : bool
        Whether there was time for all ranges; one that was not looked for is as narrow as what is there.

    Examples
    --------
    >>> import vmopt
    >>> solution = vmopt.solve(vmopt.Instance.from_arrays([[5], [4]], [[5]], value=[5, 4]))
    >>> found = vmopt.sensitivity(solution)
    >>> [(each.resource, round(each.price, 6)) for each in found.prices], found.complete
    ([('resource-0', 1.0)], True)
    """

    prices: tuple[PriceRange, ...]
    purchases: tuple[Purchase, ...]
    complete: bool

    @property
    def advice(self) -> str:
        """Which host to buy next."""
        if not self.purchases:
            return "there was no time to find out"
        best = self.purchases[0]
        return str(best) if best.gain else "no host more gains anything: what is there is enough for fractions of VMs"

    @property
    def table(self) -> Table:
        """The prices as a table."""
        header = ("host", "hosts", "resource", "price", "has", "holds from", "to")
        rows = [
            (
                row.host,
                f"{row.hosts:,}",
                row.resource,
                number(row.price),
                *(number(amount, 9) for amount in (row.capacity, row.least, row.most)),
            )
            for row in self.prices
        ]
        return Table(header, rows)

    @property
    def purchase_table(self) -> Table:
        """The hosts to buy as a table."""
        rows = [(row.host, number(row.gain), number(row.cost), number(row.per_cost)) for row in self.purchases]
        return Table(("one more like", "gain", "cost", "gain per cost"), rows)

    def __str__(self) -> str:
        left = (
            "" if self.complete else "\n\nThere was no time for all ranges: those that are a point were not looked for."
        )
        return f"{table_text(self.table)}\n\n{table_text(self.purchase_table)}{left}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return table_html(self.table) + table_html(self.purchase_table)


def sensitivity(
    solution: Solution, costs: Mapping[str, float] | None = None, *, time_limit: float = 60.0
) -> Sensitivity:
    """Say for each resource and host class what more of it is worth, over which range, and which host to buy next.

    Prices are those of the class relaxation, solved anew with more and with less; values keep the unit of the solution,
    so that a VM is worth the share of the cluster as it was. A placement follows within its gap.

    Parameters
    ----------
    solution : Solution
    costs : mapping of host name to cost, optional
        What a host like the named one costs, in any unit; default: 1 each. Classes without a cost cost 1.
    time_limit : float
        Seconds; ranges that there is no time for are left a point.

    Raises
    ------
    OptionError
        If priorities are tiers, or the objective is of goals: their prices speak of one level only.
    SolverError
        If the relaxation cannot be solved.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[4]] * 3, [[8]], value=[3, 2, 1], resources=["cpu"])
    >>> found = sensitivity(vmopt.solve(cluster), {"host-0": 2})
    >>> print(found.prices[0])
    one more of cpu on host-0 is worth 0.25, from 8 to 12 on each
    >>> print(found.purchases[0])
    one more like host-0 gains 1, 0.5 per unit of its cost
    """
    instance = _plain(require_solution(solution).instance)
    seconds = checks.between(time_limit, "time_limit", 0.0, 1e9, "a number of seconds, at least 0")
    cost = costs_of(instance, costs)
    resolver = Resolver(instance, time.perf_counter() + seconds)
    bought = purchases(resolver, cost)
    rows = [_row(resolver, c, k) for c in range(len(instance.host_classes)) for k in range(len(instance.resources))]
    return Sensitivity(tuple(rows), bought, not resolver.late)


def _plain(instance: Instance) -> Instance:
    if instance.tiers is not None or instance.objective.goal_levels:
        raise OptionError("prices of capacity are of one objective: sensitivity takes no tiers and no levels of goals.")
    return instance


def _row(resolver: Resolver, host_class: int, k: int) -> PriceRange:
    instance = resolver.instance
    first = int(np.argmax(instance.host_classes.of == host_class))
    found = price_range(resolver, host_class, k)
    scale: Any = int(instance.scale[k])
    return PriceRange(
        host=instance.host_names[first],
        hosts=int(instance.host_classes.count[host_class]),
        resource=instance.resources[k],
        price=float(resolver.prices[host_class, k]) * scale,
        capacity=int(instance.capacity[first, k]) / scale,
        least=found.least / scale,
        most=found.most / scale,
        at_least=found.at_least,
        at_most=found.at_most,
    )
