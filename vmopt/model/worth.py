"""Worth: what VMs are worth, exactly, as whole numbers of one unit.

Sums of doubles are rounded: with values a million million times each other a whole VM is lost in them. So what has to
be decided exactly is decided in these. A double counts as the decimal that it prints as, 0.1 as one tenth, and shares
are the fractions that they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import gcd, lcm

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.model.derived import Derived

MOST_CLASSES = 20_000
"""VM classes up to which the worth of each is worked out in fractions."""


@dataclass(frozen=True, eq=False)
class Worth:
    """What a VM of each class is worth: ``number[j] * unit``.

    Attributes
    ----------
    number : tuple of int
        For each VM class, without a common divisor.
    unit : Fraction
    total : int
        What all VMs together are worth, in units.
    """

    number: tuple[int, ...]
    unit: Fraction
    total: int

    def of(self, counts: IntArray) -> int:
        """Worth of some VMs of each class, in units."""
        return weighed(counts, self.number)

    def at_most(self, value: float) -> int:
        """Most units that are worth at most a value."""
        return int(Fraction(value) // self.unit)


def weighed(counts: IntArray, weights: tuple[int, ...]) -> int:
    """Sum of weights of any length, each times its count."""
    found = np.flatnonzero(counts)
    return sum(n * weights[j] for j, n in zip(found.tolist(), counts[found].tolist(), strict=True))


def worth_of(instance: Derived) -> Worth | None:
    """Work out what VMs are worth; None where VMs are elastic, latency or rules cost, classes are many, or all is 0.

    Examples
    --------
    >>> from vmopt.model import Instance
    >>> worth = worth_of(Instance.from_arrays([[1], [2]], [[3]], priority=[0.5, 0.1]))
    >>> worth.number, worth.unit
    ((5, 2), Fraction(1, 30))
    """
    return None if instance.objective.trades or instance.has_penalties else instance.once(worth_alone)


def worth_alone(instance: Derived) -> Worth | None:
    """Work out the same where latency or soft rules cost something besides, which it leaves out."""
    if instance.elastic or not instance.vm_classes.value.any():
        return None
    exact = class_fractions(instance)
    return None if exact is None else _in_units(exact, instance.vm_classes.count.tolist())


def class_fractions(instance: Derived) -> list[tuple[int, int]] | None:
    """What a VM of each class is worth as a fraction, not reduced; None where classes are many, or mix values."""
    classes = instance.vm_classes
    if len(classes) > MOST_CLASSES:
        return None
    weight, is_own = _weights(instance)
    first = instance.vm_classes.first
    shares, whole = _shares(instance, first)
    exact = [_exact(instance, share, whole, weight[vm], is_own[vm]) for share, vm in zip(shares, first, strict=True)]
    same = (weight == weight[first[classes.of]]) & (is_own == is_own[first[classes.of]])
    for vm in np.flatnonzero(~same).tolist():  # equal as doubles, perhaps not as what they stand for
        j = int(classes.of[vm])
        if Fraction(*_exact(instance, shares[j], whole, weight[vm], is_own[vm])) != Fraction(*exact[j]):
            return None
    return exact


def amount_fractions(instance: Derived, worth: list[tuple[int, int]]) -> list[list[Fraction]]:
    """What a unit of each resource adds in a VM of each class: its part of the share that the VM asks for."""
    vms = instance.vm_classes.first
    numbers, _ = _share_numbers(instance)
    shares, _ = _shares(instance, vms)
    return [
        [Fraction(value * n, of * share) if n and asked else Fraction(0) for n, asked in zip(numbers, row, strict=True)]
        for (value, of), share, row in zip(worth, shares, instance.demand[vms].tolist(), strict=True)
    ]


def _weights(instance: Derived) -> tuple[FloatArray, BoolArray]:
    """The double that each VM's value is made of, its own value or its priority, and which of them it is."""
    none = np.full(instance.n_vms, np.nan)
    own = none if instance.own_value is None else instance.own_value
    priority = instance.priority if instance.objective.weighting == "priority" else np.ones(instance.n_vms)
    is_own = ~np.isnan(own)
    return np.where(is_own, own, priority), is_own


def _shares(instance: Derived, vms: IntArray) -> tuple[list[int], int]:
    """Shares of some VMs as whole numbers, and how many of them are the whole cluster."""
    numbers, whole = _share_numbers(instance)
    rows = instance.demand[vms].tolist()
    return [sum(n * d for n, d in zip(numbers, row, strict=True)) for row in rows], whole


def _share_numbers(instance: Derived) -> tuple[list[int], int]:
    """The share that a unit of each resource is, in whole numbers, and how many of them are the whole cluster."""
    total = instance.total.tolist()
    given = instance.objective.weights_of(instance.resources).tolist()
    weights = [as_meant(w) if t > 0 else Fraction(0) for w, t in zip(given, total, strict=True)]
    if not any(weights):
        return [0] * len(total), 1
    factors = [w / (sum(weights) * t) if t > 0 else Fraction(0) for w, t in zip(weights, total, strict=True)]
    whole = lcm(*(factor.denominator for factor in factors))
    return [int(factor * whole) for factor in factors], whole


def _exact(instance: Derived, share: int, whole: int, weight: float, is_own: bool) -> tuple[int, int]:
    """Worth of a VM as a fraction, not reduced."""
    meant = as_meant(float(weight))
    if is_own:
        return meant.numerator, meant.denominator
    if instance.objective.weighting == "demand":
        return share**2, whole**2
    return meant.numerator * share, meant.denominator * whole


def _in_units(exact: list[tuple[int, int]], count: list[int]) -> Worth:
    common = lcm(*{denominator for _, denominator in exact})
    numbers = [numerator * (common // denominator) for numerator, denominator in exact]
    divisor = gcd(*numbers)
    number = tuple(n // divisor for n in numbers)
    return Worth(number, Fraction(divisor, common), sum(n * m for n, m in zip(number, count, strict=True)))


@cache
def as_meant(number: float) -> Fraction:
    """Return a double as the decimal that it prints as.

    Examples
    --------
    >>> as_meant(0.1)
    Fraction(1, 10)
    """
    return Fraction(repr(number))
