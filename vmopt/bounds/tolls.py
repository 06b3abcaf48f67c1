"""Tolls: what rules add to the prices of capacity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.bounds.rule_prices import RulePrices, check_rule_prices
from vmopt.rules.eligible import class_members
from vmopt.rules.in_force import InForce
from vmopt.rules.joined import joined


@dataclass(frozen=True, eq=False)
class _Priced:
    """The prices of one rule: `row` tells each group its row of `price`, the last of which is of no price."""

    here: InForce
    row: IntArray
    price: FloatArray

    def on(self, vm: IntArray, host_class: IntArray) -> FloatArray:
        """What these VMs pay on hosts of these classes."""
        row = self.row[self.here.group.of[vm]]
        paid = np.zeros((len(vm), len(host_class)))
        pays = np.flatnonzero(row < len(self.price) - 1)
        paid[pays] = self.here.weight[vm[pays], None] * self.price[row[pays]][:, host_class]
        return paid


@dataclass(frozen=True, eq=False)
class Tolls:
    """What VMs pay to rules where they run, beside the prices of capacity; infinite where a rule forbids it.

    For prices ``nu[r] >= 0`` of limits ``sum_i a[r,i] x[i] <= b[r]``, a VM on a host pays ``sum_r a[r,i] nu[r]`` over
    the limits that count it there, and all limits together earn ``b @ nu``.

    Attributes
    ----------
    earned : (n_prices,) array
        What each limit earns at its price, all of it used.
    n_terms : int
        How many numbers a toll is the sum of, at most.
    alike : (n_host_classes,) int array
        Host classes of one number have one toll for every VM.

    Examples
    --------
    >>> import vmopt
    >>> rules = [vmopt.Ban("vm-0", "host-0"), vmopt.Quota(1, resource=None)]
    >>> cluster = vmopt.Instance.from_arrays([[2], [1]], [[5], [4]], rules=rules)
    >>> price = RulePrices(np.array([1]), np.array([0]), np.array([0]), np.array([0.5]))
    >>> tolls = Tolls.of(cluster, price)
    >>> tolls.on(np.array([0, 1]), np.array([0, 1])).tolist(), tolls.earned.tolist()
    ([[inf, 0.5], [0.5, 0.5]], [0.5])
    """

    earned: FloatArray
    alike: IntArray
    _host: IntArray
    _forbidding: tuple[InForce, ...]
    _priced: tuple[_Priced, ...]

    @classmethod
    def of(cls, instance: Any, prices: RulePrices | None = None) -> Tolls | None:
        """Find the tolls at prices of rules; None where no rule forbids a host to a VM, or has a price.

        Raises
        ------
        PlacementError
            If the prices are none, or not of this instance.
        """
        host, nobody = class_members(instance)[1], np.zeros(0, dtype=np.int64)
        rules: Any = joined(instance)
        forbidding = tuple(rule for rule in rules if rule.forbids(nobody, nobody) is not None)
        earned, priced = np.zeros(0), tuple[_Priced, ...]()
        if prices is not None:
            check_rule_prices(instance, prices)
            earned = _earned(instance, prices)
            priced = tuple(_priced(instance, int(r), prices) for r in np.unique(prices.rule))
        if not (forbidding or priced):
            return None
        keys = [_told_apart(rule, host)[None, :].astype(np.float64) for rule in forbidding]
        keys += [paying.price for paying in priced]
        alike = np.unique(np.concatenate(keys), axis=1, return_inverse=True)[1].ravel()
        return cls(earned, alike.astype(np.int64), host, forbidding, priced)

    @property
    def n_terms(self) -> int:
        """How many numbers a toll is the sum of, at most."""
        return len(self._priced)

    def on(self, vm: IntArray, host_class: IntArray) -> FloatArray:
        """Toll of each of these VMs on hosts of each of these classes, ``(len(vm), len(host_class))``."""
        toll = np.zeros((len(vm), len(host_class)))
        for rule in self._priced:
            toll += rule.on(vm, host_class)
        for forbidding in self._forbidding:
            forbidden = forbidding.forbids(vm, self._host[host_class])
            assert forbidden is not None
            toll[forbidden] = np.inf
        return toll


def _told_apart(rule: InForce, host: IntArray) -> IntArray:
    """Hosts that a rule may forbid to different VMs."""
    domain = rule.domain.of[host]
    return (domain >= 0).astype(np.int64) if rule.rule.domains_alike else domain


def _earned(instance: Any, prices: RulePrices) -> FloatArray:
    earned = np.zeros(len(prices))
    for r in np.unique(prices.rule).tolist():
        here, mine = instance.limits_in_force[r], np.flatnonzero(prices.rule == r)
        at = class_members(instance)[1][prices.domain[mine]] if here.by_host else prices.domain[mine]
        limit = here.most_at(prices.group[mine], at).astype(np.float64)
        copies = instance.host_classes.count[prices.domain[mine]] if here.by_host else 1
        earned[mine] = limit * copies * prices.price[mine]
    return earned


def _priced(instance: Any, r: int, prices: RulePrices) -> _Priced:
    """Lay out the prices of one rule by group and host class."""
    here, mine = instance.limits_in_force[r], np.flatnonzero(prices.rule == r)
    host = class_members(instance)[1]
    groups, at = np.unique(prices.group[mine], return_inverse=True)
    n_domains = len(host) if here.by_host else len(here.domain)
    by_domain = np.zeros((len(groups) + 1, n_domains + 1))
    np.add.at(by_domain, (at.ravel(), prices.domain[mine]), prices.price[mine])
    row = np.full(len(here.group) + 1, len(groups))
    row[groups] = np.arange(len(groups))
    return _Priced(here, row, by_domain[:, np.arange(len(host)) if here.by_host else here.domain.of[host]])
