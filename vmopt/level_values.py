"""What a placement is worth level by level, in exact arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import gcd, isnan
from typing import NamedTuple

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.elastic.allocation import best_allocation
from vmopt.model.instance import Instance
from vmopt.model.tiers import Tiers

MOST_DECIMALS, MOST_BITS = 15, 1000
"""Parts of 1 that values of VMs' own are looked for in: in so many decimals, or bits behind the point."""
FEW = 64
"""Values that are tried before all are."""
EXACT_FLOAT = 2**53
MANTISSA, HALF = 53, 26
"""Bits of a double, and about half of them."""
Values = tuple[Fraction, ...]


def tiers_of(instance: Instance) -> Tiers:
    """Return the levels of an instance, one of all VMs where it has no tiers."""
    if instance.tiers is not None:
        return instance.tiers
    return Tiers(np.array([int(instance.priority[0])]), np.zeros(instance.n_vms, dtype=np.int64))


def values_of(instance: Instance, host_index: IntArray, allocation: IntArray | None = None) -> Values:
    """Value of each level, exact: shares are fractions of the cluster's capacity, and values decimals.

    Parameters are those of `vmopt.metrics.objective_of`, which has the sum of all levels in doubles.

    Examples
    --------
    >>> from vmopt.model import Objective
    >>> cluster = Instance.from_arrays([[1], [2], [3]], [[10]], priority=[0, 0, 7], objective=Objective("tiers"))
    >>> values_of(cluster, np.array([0, 0, -1]))
    (Fraction(0, 1), Fraction(3, 10))
    """
    of, n_levels = tiers_of(instance).of, len(tiers_of(instance))
    amounts = best_allocation(instance, host_index) if allocation is None else allocation
    placed = host_index >= 0
    own = np.zeros(len(placed), dtype=bool) if instance.own_value is None else ~np.isnan(instance.own_value)
    plain = np.flatnonzero(placed & ~own)
    sums = [Fraction(0)] * n_levels
    for k, factor in enumerate(exact_factors(instance)):
        if factor:
            asked = np.zeros(n_levels, dtype=np.int64)
            np.add.at(asked, of[plain], amounts[plain, k])
            sums = [have + factor * more for have, more in zip(sums, asked.tolist(), strict=True)]
    if own.any():
        more = _own_values(instance, amounts, np.flatnonzero(placed & own), of, n_levels)
        sums = [have + value for have, value in zip(sums, more, strict=True)]
    return tuple(sums)


def totals_of(instance: Instance) -> Values:
    """Value of each level if all of it ran."""
    return values_of(instance, np.zeros(instance.n_vms, dtype=np.int64), instance.demand)


def exact_values(instance: Instance, vms: IntArray) -> list[Fraction]:
    """Value of some VMs, none of them elastic, each as `values_of` counts it."""
    rows = instance.demand[vms].tolist()
    factors = exact_factors(instance)
    shares = [sum((f * d for f, d in zip(factors, row, strict=True)), Fraction(0)) for row in rows]
    if instance.own_value is None:
        return shares
    parts, own = own_parts(instance), instance.own_value[vms].tolist()
    meant = own if parts is None else [Fraction(n, parts.of_one) for n in parts.number[vms].tolist()]
    return [share if isnan(o) else Fraction(m) for share, o, m in zip(shares, own, meant, strict=True)]


def exact_factors(instance: Instance) -> list[Fraction]:
    """Share of the cluster that one unit of each resource is, as a fraction."""
    total = instance.total.tolist()
    weights = [Fraction(w) for w in instance.objective.weights_of(instance.resources).tolist()]
    whole = sum((w for w, t in zip(weights, total, strict=True) if t), Fraction(0))
    return [w / whole / t if t and whole else Fraction(0) for w, t in zip(weights, total, strict=True)]


class Parts(NamedTuple):
    """Values of VMs' own as whole numbers of parts of 1, 0 where there is none."""

    number: IntArray
    of_one: int


def own_parts(instance: Instance) -> Parts | None:
    """Values of VMs' own in the largest parts in which they are whole; None where their sum is none in doubles.

    Examples
    --------
    >>> own_parts(Instance.from_arrays([[1], [2]], [[3]], value=[0.5, 1 / 512]))
    Parts(number=array([256,   1]), of_one=512)
    """
    if instance.own_value is None or instance.elastic:
        return None
    value = np.nan_to_num(instance.own_value)
    for scale in _scales(value):
        if not (_are_whole(value[:FEW], scale) and _are_whole(value, scale)):
            continue
        number = np.rint(value * float(scale))
        if number.sum() < EXACT_FLOAT:
            whole = number.astype(np.int64)
            common = gcd(scale, int(np.gcd.reduce(whole)))
            return Parts(whole // common, scale // common)
    return None


def _are_whole(value: FloatArray, scale: int) -> bool:
    return bool((np.rint(value * float(scale)) / float(scale) == value).all())


def _scales(value: FloatArray) -> Iterator[int]:
    """Powers of ten, as values are the decimals that they print as, and the power of two in which doubles are whole."""
    largest = float(value.max(initial=0.0))
    yield from (10**digits for digits in range(MOST_DECIMALS + 1) if largest * 10**digits < EXACT_FLOAT)
    mantissa, exponent = np.frexp(value[value > 0])
    whole = np.ldexp(mantissa, MANTISSA).astype(np.int64)
    lowest = exponent - MANTISSA + np.log2(whole & -whole).astype(np.int64)
    bits = max(0, -int(lowest.min(initial=0)))
    if bits <= MOST_BITS and largest < 2.0 ** (MANTISSA - bits):
        yield 2**bits


def _own_values(instance: Instance, amounts: IntArray, vms: IntArray, of: IntArray, n_levels: int) -> list[Fraction]:
    """Sum of values of VMs' own by level: of exact decimals where all are, else of the doubles as they are."""
    assert instance.own_value is not None
    parts = own_parts(instance)
    if parts is not None:
        sums = np.zeros(n_levels, dtype=np.int64)
        np.add.at(sums, of[vms], parts.number[vms])
        return [Fraction(n, parts.of_one) for n in sums.tolist()]
    value, missing = instance.own_value[vms], instance.demand[vms] - amounts[vms]
    rows = np.column_stack([value, -instance.unit_value[vms] * missing])
    order = np.argsort(of[vms], kind="stable")
    groups = np.split(rows[order], np.searchsorted(of[vms][order], np.arange(1, n_levels)))
    return [exact_sum(group.ravel()) for group in groups]


def exact_sum(value: FloatArray) -> Fraction:
    """Sum of doubles without any rounding: of the integers that they are at each power of 2.

    A sum that is rounded may be that of a level that runs in full although one of its VMs, worth little, is left out.

    Examples
    --------
    >>> exact_sum(np.array([1e30, 0.5, -1e30, 0.25]))
    Fraction(3, 4)
    """
    mantissa, exponent = np.frexp(value)
    whole = np.ldexp(mantissa, MANTISSA).astype(np.int64)
    powers, of = np.unique(exponent, return_inverse=True)
    high, low = np.zeros((2, len(powers)), dtype=np.int64)  # apart, so that a million of them do not overflow
    np.add.at(high, of, whole >> HALF)
    np.add.at(low, of, whole & ((1 << HALF) - 1))
    sums = zip(powers.tolist(), high.tolist(), low.tolist(), strict=True)
    return sum((((h << HALF) + lo) * Fraction(2) ** (power - MANTISSA) for power, h, lo in sums), Fraction(0))
