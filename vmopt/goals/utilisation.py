"""Utilisation: that as much as possible runs, by priority, by demand, or tier by tier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from vmopt import metrics
from vmopt.arrays import IntArray
from vmopt.goals.base import BaseGoal
from vmopt.goals.class_values import class_values
from vmopt.goals.measure import Measure
from vmopt.goals.minorant import Minorant
from vmopt.goals.penalties import Penalties
from vmopt.goals.sums import added
from vmopt.level_values import values_of
from vmopt.model.objective import Objective, Weighting
from vmopt.rules.program import Cells, RuleRows

STEPS = 2**40
"""How finely values are told apart that are not known exactly, in parts of all of them."""


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
        if instance.objective.weighting == "tiers":
            return sum(values_of(instance, host_index), Fraction(0))
        if instance.worth is None:
            return Fraction(metrics.objective_of(instance, host_index))
        counts = np.bincount(instance.vm_classes.of[host_index >= 0], minlength=len(instance.vm_classes))
        return instance.worth.unit * instance.worth.of(counts)  # type: ignore[no-any-return]

    def translate(self, instance: Any, cells: Cells, rows: RuleRows) -> Measure:
        """Count the VMs in the cells, and those outside, less what broken soft rules cost here."""
        if not instance.has_penalties:
            return self._worth(instance, cells)
        return added(
            [(Fraction(1), self._worth(instance, cells)), (Fraction(-1), Penalties().translate(instance, cells, rows))]
        )

    def minorant(self, instance: Any) -> Minorant:
        """What runs counts against it in full: latency and broken rules only take from that."""
        return replace(Minorant.nothing(instance), vms=-class_values(instance, None))

    def _worth(self, instance: Any, cells: Cells) -> Measure:
        column = np.arange(len(cells))
        outside = np.flatnonzero(cells.outside >= 0)
        if instance.worth is None or instance.worth.total >= STEPS:
            value = instance.value
            step = float(value.sum()) / STEPS or 1.0
            units = np.rint(value / step).astype(np.int64)
            return Measure(
                Fraction(step), int(units[outside].sum()), column, units[cells.vm], Fraction(step) * len(value)
            )
        number = np.array(instance.worth.number, dtype=np.int64)[instance.vm_classes.of]
        return Measure(instance.worth.unit, int(number[outside].sum()), column, number[cells.vm])
