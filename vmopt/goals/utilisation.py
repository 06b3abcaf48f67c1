"""Utilisation: that as much as possible runs, by priority, by demand, or tier by tier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from vmopt import metrics
from vmopt.arrays import FloatArray, IntArray
from vmopt.goals.base import BaseGoal
from vmopt.goals.class_values import class_values
from vmopt.goals.measure import Measure
from vmopt.goals.minorant import Minorant
from vmopt.goals.penalties import Penalties
from vmopt.goals.sums import added
from vmopt.level_values import values_of
from vmopt.model.objective import Objective, Weighting
from vmopt.model.shapes import Shape, Worth
from vmopt.model.worth import worth_alone
from vmopt.rules.program import Cells, RuleRows

STEPS = 2**40
"""How finely values are told apart that are not known exactly, in parts of all of them."""


def in_steps(value: FloatArray) -> tuple[IntArray, Fraction, Fraction]:
    """Values in whole steps, what a step is, and by how much the sum of any of them may be off.

    Examples
    --------
    >>> units, step, error = in_steps(np.array([1.0, 3.0]))
    >>> units.tolist(), step, error == 2 * step
    ([274877906944, 824633720832], Fraction(1, 274877906944), True)
    """
    total = float(value.sum())
    if not total:
        return np.zeros(len(value), dtype=np.int64), Fraction(1), Fraction(0)
    step = total / STEPS
    units = np.rint(value / step).astype(np.int64)
    return units, Fraction(step), Fraction(step) * int(np.count_nonzero(value))


@dataclass(frozen=True)
class Utilisation(BaseGoal):
    """``R = sum_i W[i] R[i] x[i]``, the goal that an objective has by itself: see `vmopt.Objective`.

    Parameters
    ----------
    weighting : {"priority", "demand", "tiers"}
    resource_weights : mapping of str to float, optional

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[4], [4]], [[8]], priority=[1, 3])
    >>> Utilisation().value(cluster, np.array([-1, 0]))
    Fraction(3, 2)
    """

    name: ClassVar[str] = "utilisation"
    maximised: ClassVar[bool] = True
    weighting: Weighting = "priority"
    resource_weights: Mapping[str, float] | None = None

    def __post_init__(self) -> None:
        made = Objective(self.weighting, self.resource_weights)
        object.__setattr__(self, "resource_weights", made.resource_weights and dict(made.resource_weights))

    def __hash__(self) -> int:
        return hash(Objective(self.weighting, self.resource_weights))

    def value(self, instance: Any, host_index: IntArray) -> Fraction:
        """Add up what the placed VMs are worth: all tiers together, where there are tiers."""
        host_index = np.asarray(host_index)
        worth = self._without_penalties(instance, host_index)
        charged = instance.has_penalties and instance.objective.weighting != "tiers"
        return worth - Penalties().value(instance, host_index) if charged else worth

    def _without_penalties(self, instance: Any, host_index: IntArray) -> Fraction:
        if instance.objective.weighting == "tiers":
            return sum(values_of(instance, host_index), Fraction(0))
        worth = instance.once(worth_alone)
        if worth is None:
            return Fraction(metrics.value_of(instance, host_index))
        counts = np.bincount(instance.vm_classes.of[host_index >= 0], minlength=len(instance.vm_classes))
        return worth.unit * worth.of(counts)  # type: ignore[no-any-return]

    def added(self, instance: Any, host_index: IntArray, vm: int) -> Sequence[Fraction]:
        """What the VM is worth, less what it breaks; where others then get less, that too."""
        if instance.elastic:
            return self._shared(instance, host_index, vm)
        alone = np.full(len(host_index), -1)
        nothing = self._without_penalties(instance, alone)
        alone[vm] = 0
        worth = self._without_penalties(instance, alone) - nothing
        if instance.objective.weighting == "tiers" or not instance.has_penalties:
            return [worth] * instance.n_hosts
        return [worth - lost for lost in Penalties().added(instance, host_index, vm)]

    def translate(self, instance: Any, cells: Cells, rows: RuleRows) -> Measure:
        """Count the VMs in the cells, and those outside, less what broken soft rules cost here."""
        if not instance.has_penalties:
            return self._worth(instance, cells)
        return added(
            [(Fraction(1), self._worth(instance, cells)), (Fraction(-1), Penalties().translate(instance, cells, rows))]
        )

    def shapes(self, instance: Any) -> tuple[Shape, ...]:
        """What runs is worth something."""
        return (Worth(),)

    def minorant(self, instance: Any) -> Minorant:
        """What runs counts against it in full: latency and broken rules only take from that."""
        return replace(Minorant.nothing(instance), vms=-class_values(instance, None))

    def _shared(self, instance: Any, host_index: IntArray, vm: int) -> Sequence[Fraction]:
        if instance.objective.weighting == "tiers":
            return super().added(instance, host_index, vm)
        worth = [Fraction(one) for one in metrics.value_added(instance, host_index, vm).tolist()]
        lost = Penalties().added(instance, host_index, vm) if instance.has_penalties else [Fraction(0)] * len(worth)
        return [a - b for a, b in zip(worth, lost, strict=True)]

    def _worth(self, instance: Any, cells: Cells) -> Measure:
        column = np.arange(len(cells))
        outside = np.flatnonzero(cells.outside >= 0)
        worth = instance.once(worth_alone)
        if worth is None or worth.total >= STEPS:
            units, unit, error = in_steps(instance.value)
            return Measure(unit, int(units[outside].sum()), column, units[cells.vm], error)
        number = np.array(worth.number, dtype=np.int64)[instance.vm_classes.of]
        return Measure(worth.unit, int(number[outside].sum()), column, number[cells.vm])
