"""Several levels in one objective, and what a bound of it says of each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, lcm
from operator import mul
from typing import Any

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.level_values import EXACT_FLOAT, Values, exact_factors, own_parts, tiers_of, totals_of
from vmopt.model.columns import frozen
from vmopt.model.instance import Instance
from vmopt.model.names import Names
from vmopt.model.objective import Objective
from vmopt.model.tiers import Tiers

ROUNDING = 64 * float(np.finfo(np.float64).eps)
"""More than what the rounding of values and weights can add up to, in parts of a bound."""


@dataclass(frozen=True, eq=False)
class LevelWorth:
    """Values of VMs in the largest units, one a level, in which they are integers, where those below 2^53 do.

    Attributes
    ----------
    value : (n_vms,) float64 array
    unit : tuple of Fraction
        Value of one unit in each level; 1 where values are as they are.
    whole : bool
        Whether all values are integers, and all their sums exact.
    """

    value: FloatArray
    unit: Values
    whole: bool


def worth_of(instance: Instance) -> LevelWorth:
    """Bring the values of an instance to integers, if that can be.

    Examples
    --------
    >>> worth = worth_of(Instance.from_arrays([[1], [2], [3]], [[12]]))
    >>> worth.value.tolist(), worth.unit
    ([1.0, 2.0, 3.0], (Fraction(1, 12),))
    """
    tiers = tiers_of(instance)
    as_it_is = LevelWorth(instance.value, (Fraction(1),) * len(tiers), whole=False)
    own = own_parts(instance)
    if instance.elastic or (own is None and instance.own_value is not None):
        return as_it_is
    plain = np.ones(instance.n_vms, dtype=bool) if instance.own_value is None else np.isnan(instance.own_value)
    asked = np.zeros((len(tiers), len(instance.resources)), dtype=np.int64)
    np.add.at(asked, tiers.of[plain], instance.demand[plain])
    common, most = np.zeros((2, len(tiers)), dtype=np.int64)
    if own is not None:
        np.gcd.at(common, tiers.of, own.number)
        np.add.at(most, tiers.of, own.number)
    of_one = 1 if own is None else own.of_one
    rows = zip(asked.tolist(), common.tolist(), most.tolist(), strict=True)
    scaled = [_in_integers(instance, *row, of_one) for row in rows]
    if any(level is None for level in scaled):
        return as_it_is
    parts = [level[0] for level in scaled if level is not None]
    each = np.array([level[1] for level in scaled if level is not None], dtype=np.int64)
    value = (instance.demand * each[tiers.of]).sum(axis=1)
    if own is not None:
        step = np.maximum(common, 1)
        per_step = np.array([n * p // of_one for n, p in zip(step.tolist(), parts, strict=True)], dtype=np.int64)
        value = np.where(plain, value, own.number // step[tiers.of] * per_step[tiers.of])
    return _in_largest_units(value, parts, tiers)


def _in_integers(
    instance: Instance, asked: list[int], step: int, own: int, of_one: int
) -> tuple[int, list[int]] | None:
    """In how many parts of 1 the values of a level are integers, and those of a unit of each resource; None: too many.

    Parameters
    ----------
    asked : list of int
        Sum of the demands of VMs without a value of their own.
    step, own : int
        Greatest common divisor, and sum, of the values of VMs' own.
    of_one : int
        Parts of 1 that these are given in.
    """
    shares = exact_factors(instance)
    factors = [factor if wanted else Fraction(0) for factor, wanted in zip(shares, asked, strict=True)]
    parts = lcm(Fraction(step, of_one).denominator, *(factor.denominator for factor in factors))
    each = [int(factor * parts) for factor in factors]
    return None if sum(map(mul, each, asked)) + own * parts // of_one >= EXACT_FLOAT else (parts, each)


def _in_largest_units(value: IntArray, parts: list[int], tiers: Tiers) -> LevelWorth:
    """Divide the integers of each level, in so many parts of 1, by what they have in common."""
    common = np.zeros(len(tiers), dtype=np.int64)
    np.gcd.at(common, tiers.of, value)
    common = np.maximum(common, 1)
    unit = tuple(Fraction(n, p) for n, p in zip(common.tolist(), parts, strict=True))
    return LevelWorth((value // common[tiers.of]).astype(np.float64), unit, whole=True)


def combined(
    instance: Instance, worth: LevelWorth, per_value: FloatArray, per_vm: FloatArray
) -> tuple[Instance, IntArray]:
    """The first levels as an instance of one objective: each VM counts for ``per_value * worth + per_vm``.

    VMs that are worth nothing count for nothing. Where there are rules, so do the VMs of other levels, which are there
    all the same: a rule may ask for them beside those of a higher level.

    Parameters
    ----------
    per_value, per_vm : (n,) float64 arrays
        For the first n levels; VMs of other levels are not there, but where there are rules.

    Returns
    -------
    instance : Instance
        Its priorities are the ranks of the levels, 1 for the last, so that what goes by priority goes by level.
    vms : (n_vms_there,) int64 array
        Which VMs of the instance are there.
    """
    of, n = tiers_of(instance).of, len(per_value)
    vms = np.flatnonzero((of < n) | bool(instance.rules))
    level, value = np.minimum(of[vms], n - 1), worth.value[vms]
    counted = np.where((value > 0) & (of[vms] < n), per_value[level] * value + per_vm[level], 0.0)
    if instance.rules:
        return _with_rules(instance, frozen(counted), frozen(np.maximum(n - of, 0).astype(np.float64))), vms
    part = Instance(
        demand=frozen(instance.demand[vms]),
        capacity=instance.capacity,
        priority=frozen((n - level).astype(np.float64)),
        own_value=frozen(counted),
        resources=instance.resources,
        scale=instance.scale,
        vm_names=Names.counted("vm", len(vms)),
        host_names=instance.host_names,
        is_container=None,
        vm_labels=None,
        host_labels=None,
        objective=Objective("priority", instance.objective.resource_weights),
        reservation=frozen(instance.reserved[vms]) if instance.elastic else None,
    )
    return part, vms


def _with_rules(instance: Instance, value: FloatArray, priority: FloatArray) -> Instance:
    """The same VMs and rules, with these values; soft rules cost nothing, as tiers trade nothing."""
    objective = Objective("priority", instance.objective.resource_weights)
    both: Any = zip(instance.rules, instance.rules_in_force, strict=True)
    rules = tuple(replace(rule, penalty=0.0) if here.penalty else rule for rule, here in both)
    return replace(instance, own_value=value, priority=priority, objective=objective, rules=rules)


@dataclass(frozen=True, eq=False)
class Steps:
    """What the value of each level can be: 0, or from `least` on, in multiples of `step` (0: any).

    Attributes
    ----------
    totals : tuple of Fraction
        Value of each level if all of it ran.
    count : (n_levels,) int64 array
        VMs of each level that are worth something.
    least, most, step : tuples of Fraction
        `most` is the largest value of a VM.
    """

    totals: Values
    count: IntArray
    least: Values
    most: Values
    step: Values

    @classmethod
    def of(cls, instance: Instance, worth: LevelWorth) -> Steps:
        """Find them; the steps are known where values are integers, or count what VMs get."""
        tiers = tiers_of(instance)
        worthy = worth.value > 0
        count = np.bincount(tiers.of[worthy], minlength=len(tiers))
        least = np.full(len(tiers), np.inf)
        largest = np.zeros(len(tiers))
        np.maximum.at(largest, tiers.of, worth.value)
        if not instance.elastic:
            np.minimum.at(least, tiers.of[worthy], worth.value[worthy])
        known = np.where(np.isfinite(least), least, 0.0).tolist()
        return cls(
            totals=totals_of(instance),
            count=count,
            least=tuple(Fraction(value) * unit for value, unit in zip(known, worth.unit, strict=True)),
            most=tuple(Fraction(value) * unit for value, unit in zip(largest.tolist(), worth.unit, strict=True)),
            step=worth.unit if worth.whole else _steps_of_amounts(instance, tiers),
        )

    def down(self, level: int, bound: Fraction) -> Fraction:
        """Lower a bound to the largest value that the level can have, at most all of it."""
        if bound >= self.totals[level]:
            return self.totals[level]
        if bound * (1 + Fraction(ROUNDING)) < self.least[level]:
            return Fraction(0)
        step = self.step[level]
        return bound // step * step if step else bound


def _steps_of_amounts(instance: Instance, tiers: Tiers) -> Values:
    """Steps of levels where elastic VMs count by what they get, unit by unit; 0 where values are VMs' own."""
    if not instance.elastic:
        return (Fraction(0),) * len(tiers)
    factors = exact_factors(instance)
    parts = lcm(*(factor.denominator for factor in factors))
    step = Fraction(gcd(*(int(factor * parts) for factor in factors)), parts)
    own = np.zeros(instance.n_vms, dtype=bool) if instance.own_value is None else ~np.isnan(instance.own_value)
    valued = set(tiers.of[own].tolist())
    return tuple(Fraction(0) if level in valued else step for level in range(len(tiers)))


def bounds_of_levels(
    bound: float, per_value: FloatArray, per_vm: FloatArray, worth: LevelWorth, steps: Steps, values: Sequence[Fraction]
) -> Iterator[Fraction | None]:
    """What a bound B of the combined objective says of each of its levels, one after the other; None for nothing.

    With weights w and values V, whatever has ``v_k >= V_k`` in all levels k above l has at most
    ``(B - sum_(k<l) w_k V_k) / w_l`` in level l (Lagrangian duality: any weights of at least 0 are valid). What a VM
    of a level counts for beyond its value is taken off where the whole level runs, as then it has to run here too.

    Parameters
    ----------
    bound : float
        Of the instance that `combined` makes.
    values : sequence of Fraction
        Of the levels, `V`.
    """
    exact = worth.whole and bound < EXACT_FLOAT and not (per_value % 1).any() and not (per_vm % 1).any()
    room = Fraction(bound) * (1 if exact else 1 + Fraction(ROUNDING))
    known = True
    for level, (weight, each) in enumerate(zip(per_value.tolist(), per_vm.tolist(), strict=True)):
        yield max(room, Fraction(0)) / Fraction(weight) * worth.unit[level] if known and weight > 0 else None
        room -= Fraction(weight) * values[level] / worth.unit[level]
        if each:
            known = known and values[level] == steps.totals[level]
            room -= Fraction(each) * int(steps.count[level])
