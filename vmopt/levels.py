"""Levels: what a placement is worth level by level, in exact arithmetic, and what can prove a bound of each."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from vmopt.allocation import best_allocation
from vmopt.model.instance import Instance
from vmopt.model.objective import FloatArray, IntArray
from vmopt.model.tiers import Tiers

if TYPE_CHECKING:
    from vmopt.solution import Status

DECIMALS = 10**6
"""Values of VMs' own are taken for the decimals they print as, up to so many parts of 1."""
EXACT_FLOAT = 2**53
MANTISSA, HALF = 53, 26
"""Bits of a double, and about half of them."""
Values = tuple[Fraction, ...]


@dataclass(frozen=True, eq=False)
class LevelBound:
    """Prices that bound the value of levels of priority, given what the levels above them have.

    Attributes
    ----------
    prices : (n_host_classes, n_resources) float64 array
    per_value : (n,) float64 array
        What a unit of value (see `vmopt.level_worth.worth_of`) in each of the first n levels counts for; the others
        count for nothing.
    per_vm : (n,) float64 array
        What each VM of a level counts for beyond that; above 0 only where the whole level runs.
    """

    prices: FloatArray
    per_value: FloatArray
    per_vm: FloatArray


@dataclass(frozen=True, eq=False)
class Level:
    """What a solution has of one level of priority, and what it could have there at most.

    Attributes
    ----------
    priority : int
    value : float
        Sum of the values of the level's placed VMs.
    bound : float
        No placement that has as much in every level above has more in this one; at least `value`.
    bound_by : str
        ``total`` where all VMs of the level would not be worth more, ``prices`` (checked by
        `vmopt.verify_level_bound`), ``patterns`` or the name of a backend.
    status : Status
        OPTIMAL where the gap is within the one requested, given the levels above.
    seconds : float
        Wall clock spent on it; levels that were solved together share their time.
    proof : LevelBound or None
        The prices that prove most.
    """

    priority: int
    value: float
    bound: float
    bound_by: str
    status: Status
    seconds: float
    proof: LevelBound | None = None

    @property
    def gap(self) -> float:
        """``(bound - value) / bound``; 0 when the bound is 0."""
        return (self.bound - self.value) / self.bound if self.bound > 0 else 0.0


def tiers_of(instance: Instance) -> Tiers:
    """Return the levels of an instance, one of all VMs where it has no tiers."""
    if instance.tiers is not None:
        return instance.tiers
    return Tiers(np.array([int(instance.priority[0])]), np.zeros(instance.n_vms, dtype=np.int64))


def values_of(instance: Instance, host_index: IntArray, allocation: IntArray | None = None) -> Values:
    """Value of each level, exact: shares are fractions of the cluster's capacity, and values decimals.

    Parameters
    ----------
    host_index : (n_vms,) int array
        Host of each VM, -1 where it runs nowhere.
    allocation : (n_vms, n_resources) int array, optional
        What elastic VMs get; default: the best for the placement.

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


def exact_factors(instance: Instance) -> list[Fraction]:
    """Share of the cluster that one unit of each resource is, as a fraction."""
    total = instance.total.tolist()
    weights = [Fraction(w) for w in instance.objective.weights_of(instance.resources).tolist()]
    whole = sum((w for w, t in zip(weights, total, strict=True) if t), Fraction(0))
    return [w / whole / t if t and whole else Fraction(0) for w, t in zip(weights, total, strict=True)]


def own_decimals(instance: Instance) -> IntArray | None:
    """Values of VMs' own in parts of 1 / DECIMALS, 0 where there is none; None where they are no such decimals."""
    if instance.own_value is None or instance.elastic:
        return None
    value = np.nan_to_num(instance.own_value)
    parts = np.rint(value * DECIMALS)
    exact = bool((parts / DECIMALS == value).all()) and parts.sum() < EXACT_FLOAT
    return parts.astype(np.int64) if exact else None


def _own_values(instance: Instance, amounts: IntArray, vms: IntArray, of: IntArray, n_levels: int) -> list[Fraction]:
    """Sum of values of VMs' own by level: of exact decimals where all are, else of the doubles as they are."""
    assert instance.own_value is not None
    parts = own_decimals(instance)
    if parts is not None:
        sums = np.zeros(n_levels, dtype=np.int64)
        np.add.at(sums, of[vms], parts[vms])
        return [Fraction(n, DECIMALS) for n in sums.tolist()]
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
