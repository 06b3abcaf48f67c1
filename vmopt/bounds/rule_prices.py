"""Prices of rules: what a unit of each limit of theirs costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.checks import shown
from vmopt.errors import PlacementError
from vmopt.rules.eligible import class_members
from vmopt.rules.in_force import InForce


class RulePrice(NamedTuple):
    """The price of one limit, in words and in the user's own units.

    Attributes
    ----------
    rule : str
    group : str
        Whose VMs.
    domain : str
        Where.
    limit : float
        What the rule lets them add up to there.
    price : float
        What one more unit of the limit would be worth, at most: a VM, or a unit of the resource.
    """

    rule: str
    group: str
    domain: str
    limit: float
    price: float


@dataclass(frozen=True, eq=False)
class RulePrices:
    """Prices of limits that rules set, a row for each limit: the rule, a group of its VMs, and a domain.

    Attributes
    ----------
    rule : (n,) int64 array
        Position of the rule in the instance's; limits that follow from rules are counted behind them.
    group : (n,) int64 array
        Number of the group of VMs.
    domain : (n,) int64 array
        Number of the domain; where each host is a domain, of the host class, all hosts of which have one price.
    price : (n,) float64 array
        At least 0, for a unit of weight: a VM, or an integer unit of the resource.

    Examples
    --------
    >>> import vmopt
    >>> quota = vmopt.Quota(5, resource="cpu", of=["vm-0", "vm-1"])
    >>> cluster = vmopt.Instance.from_arrays([[4], [4], [2]], [[20]], value=[8, 4, 1], resources=["cpu"], rules=[quota])
    >>> [row] = vmopt.relax(cluster).rule_prices.table(cluster)
    >>> row.group, row.domain, row.limit, round(row.price, 6)
    ('vm-0, vm-1', 'the cluster', 5.0, 1.0)
    """

    rule: IntArray
    group: IntArray
    domain: IntArray
    price: FloatArray

    def __len__(self) -> int:
        return len(self.price)

    def kept(self, rows: BoolArray) -> RulePrices:
        """Keep some of the prices."""
        return RulePrices(self.rule[rows], self.group[rows], self.domain[rows], self.price[rows])

    def table(self, instance: Any) -> list[RulePrice]:
        """Say what each price is for, in the user's own units.

        Raises
        ------
        PlacementError
            If the prices are not of rules of this instance.
        """
        check_rule_prices(instance, self)
        return [self._row(instance, row) for row in range(len(self))]

    def _row(self, instance: Any, row: int) -> RulePrice:
        here, g, d = instance.limits_in_force[int(self.rule[row])], int(self.group[row]), int(self.domain[row])
        units = here.units_per
        at = class_members(instance)[1][[d]] if here.by_host else np.array([d])
        limit = int(here.most_at(np.array([g]), at)[0])
        if here.by_host:
            count, like = int(instance.host_classes.count[d]), instance.host_names[int(at[0])]
            domain, limit = like if count == 1 else f"{count:,} hosts like {like}", limit * count
        else:
            domain = here.domain.names[d]
        return RulePrice(str(here.rule), here.group.names[g], domain, limit / units, float(self.price[row]) * units)


def check_rule_prices(instance: Any, given: Any) -> None:
    """Refuse what are no prices of rules of an instance.

    Raises
    ------
    PlacementError
        If a price is negative, or of no limit that there is.
    """
    if not isinstance(given, RulePrices):
        raise PlacementError(f"rule_prices is {shown(given)}: give RulePrices, or None.")
    columns = [np.asarray(column) for column in (given.rule, given.group, given.domain, given.price)]
    if any(column.shape != columns[0].shape or column.ndim != 1 for column in columns):
        raise PlacementError("the prices of rules have columns rule, group, domain and price of different lengths.")
    if any(column.size and column.dtype.kind not in "iu" for column in columns[:3]):
        raise PlacementError("rule, group and domain of the prices of rules are whole numbers.")
    if not np.isfinite(columns[3]).all() or (columns[3] < 0).any():
        raise PlacementError("prices of rules must be finite and at least 0.")
    for r in np.unique(columns[0]).tolist():
        mine = columns[0] == r
        _check_limits(instance, r, columns[1][mine], columns[2][mine])


def _check_limits(instance: Any, r: int, group: IntArray, domain: IntArray) -> None:
    """Refuse limits that a rule does not set."""
    rules = instance.limits_in_force
    here: InForce | None = rules[r] if 0 <= r < len(rules) else None
    if here is None or here.most_in_domain is None:
        why = "there is no such rule" if here is None else "it sets no limit that bounds know"
        raise PlacementError(f"a price is of rule number {r}, but {why}.")
    n_domains = len(instance.host_classes) if here.by_host else len(here.domain)
    for what, numbers, there_are in (("group", group, len(here.group)), ("domain", domain, n_domains)):
        if numbers.min() < 0 or numbers.max() >= there_are:
            raise PlacementError(f"a price is of a {what} of rule number {r} that is not there: it has {there_are}.")
