"""Units: the objective in whole numbers, also where VMs are elastic and where it costs to break rules."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.model.instance import Instance
from vmopt.model.worth import amount_fractions, class_fractions, weighed
from vmopt.rules.counted import counted

MOST_BITS = 4096
"""Length of numbers up to which elastic VMs are counted in whole units: every share they ask for may divide them."""
MARGIN = Fraction(1, 2**46)
"""Part by which a bound in doubles may lie below the truth: values are rounded, and so are their sums."""


@dataclass(frozen=True, eq=False)
class Units:
    """The objective as a multiple of one unit: what placed VMs are worth, less what they miss and what is broken.

    Attributes
    ----------
    unit : Fraction
    vm : tuple of int
        For a VM of each class that gets all it asks for.
    amount : tuple of tuple of int
        For a unit of each resource in a VM of each class; empty where nothing is elastic.
    penalty : tuple of int
        For a unit of violation of each `counted` rule.
    total : int
        For all VMs together.
    """

    unit: Fraction
    vm: tuple[int, ...]
    amount: tuple[tuple[int, ...], ...]
    penalty: tuple[int, ...]
    total: int

    def count(self, instance: Instance, host_index: IntArray, allocation: IntArray | None = None) -> int:
        """What a placement has."""
        placed, n_classes = host_index >= 0, len(self.vm)
        of = instance.vm_classes.of[placed]
        units = weighed(np.bincount(of, minlength=n_classes), self.vm)
        if self.amount and allocation is not None:
            units -= self._missing(of, (instance.demand - allocation)[placed])
        rules = instance.once(counted) if self.penalty else ()
        for each, rule in zip(self.penalty, rules, strict=True):
            units -= each * rule.broken(host_index)
        return units

    def _missing(self, of: IntArray, missing: IntArray) -> int:
        """What VMs of these classes fall short of what they ask for; those that get all of it cost no time here."""
        vm, resource = np.nonzero(missing)
        short = np.zeros((len(self.vm), missing.shape[1]), dtype=np.int64)
        np.add.at(short, (of[vm], resource), missing[vm, resource])
        some = zip(*np.nonzero(short), strict=True)
        return sum(int(short[j, k]) * self.amount[j][k] for j, k in some)

    def at_most(self, bound: float) -> int:
        """Most units within a bound in doubles, and what rounding may hide of it.

        Where something is taken off, sums may be much smaller than what is added up in them.
        """
        of = abs(Fraction(bound))
        if self.amount or self.penalty:
            of += self.total * self.unit
        return int((Fraction(bound) + MARGIN * of) // self.unit)


def units_of(instance: Instance) -> Units | None:
    """Work out the units; None where latency costs, classes are many, or nothing is worth anything.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[4], [2]], [[3]], value=[8, 3], reservation=[[1], [2]])
    >>> units = units_of(cluster)
    >>> units.vm, units.amount, units.count(cluster, np.array([0, -1]), np.array([[3], [0]]))
    ((16, 6), ((4,), (3,)), 12)
    """
    if not (instance.elastic or instance.has_penalties):
        worth = instance.worth
        return None if worth is None else Units(worth.unit, worth.number, (), (), worth.total)
    if instance.objective.trades or instance.tiers is not None:
        return None
    fractions = class_fractions(instance)
    if fractions is None:
        return None
    values = [Fraction(*one) for one in fractions]
    amounts = amount_fractions(instance, fractions) if instance.elastic else []
    prices = [rule.price for rule in instance.once(counted)] if instance.has_penalties else []
    unit = _common([*values, *(one for row in amounts for one in row), *prices])
    return None if unit is None else _in(unit, values, amounts, prices, instance.vm_classes.count)


def _in(unit: Fraction, values: Any, amounts: Any, prices: Any, n: IntArray) -> Units:
    vm = tuple(int(value / unit) for value in values)
    amount = tuple(tuple(int(one / unit) for one in row) for row in amounts)
    total = sum(k * each for k, each in zip(n.tolist(), vm, strict=True))
    return Units(unit, vm, amount, tuple(int(price / unit) for price in prices), total)


def _common(numbers: list[Fraction]) -> Fraction | None:
    """The largest unit that all are multiples of; None where that is too fine, or all are 0."""
    parts = 1
    for denominator in {number.denominator for number in numbers}:
        parts = lcm(parts, denominator)
        if parts.bit_length() > MOST_BITS:
            return None
    common = gcd(*(number.numerator * (parts // number.denominator) for number in numbers))
    return Fraction(common, parts) if common else None
