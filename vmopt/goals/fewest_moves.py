"""FewestMoves: leave running VMs where they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from vmopt import checks
from vmopt.arrays import IntArray
from vmopt.errors import InstanceError
from vmopt.goals.base import BaseGoal
from vmopt.goals.measure import Measure
from vmopt.goals.stay_counts import StayCounts
from vmopt.goals.whole_units import in_unit, in_units
from vmopt.model.shapes import Moves, Shape
from vmopt.rules.program import Cells, RuleRows


@dataclass(frozen=True)
class FewestMoves(BaseGoal):
    """Sum of the costs of the VMs that run now and change host, or stop: ``sum_i cost[i] [h'(i) != h(i)]``.

    Known as the migration cost (VMware DRS, Rebalancer's move minimisation, ROADEF's process move cost), minMTTR
    (BtrPlace), the Kubernetes descheduler's evictions.

    Parameters
    ----------
    cost : str, optional
        The resource whose demand a move costs, such as memory. Default: the instance's `move_cost`, 1 each where it
        has none.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[4], [3]], [[8], [8]], current=[0, 1], resources=["memory"])
    >>> FewestMoves().value(cluster, np.array([1, 1])), FewestMoves("memory").value(cluster, np.array([1, 1]))
    (Fraction(1, 1), Fraction(4, 1))
    """

    name: ClassVar[str] = "fewest-moves"
    separable: ClassVar[bool] = True
    cost: str | None = None

    def __post_init__(self) -> None:
        if self.cost is not None:
            checks.text(self.cost, "cost of FewestMoves", InstanceError, "the name of a resource, or None")

    def check(self, instance: Any) -> None:
        """Refuse an instance without the resource, and one of which nobody says where its VMs run."""
        if instance.current is None:
            raise InstanceError("fewest-moves needs to know where VMs run now: give the instance current=...")
        if self.cost is not None and self.cost not in instance.resources:
            known = ", ".join(instance.resources)
            raise InstanceError(f"fewest-moves speaks of resource {self.cost!r}, but the resources are {known}.")

    def costs(self, instance: Any) -> tuple[IntArray, Fraction]:
        """What moving each VM costs, ``(n_vms,)``, in whole numbers of the unit beside them; 0 for idle ones."""
        found: tuple[IntArray, Fraction] = instance.once(self._costs)
        return found

    def _costs(self, instance: Any) -> tuple[IntArray, Fraction]:
        if self.cost is None:
            return in_units(instance.moved_cost.tolist(), "move_cost")
        k = instance.resources.index(self.cost)
        return np.where(instance.current >= 0, instance.demand[:, k], 0), Fraction(1, int(instance.scale[k]))

    def value(self, instance: Any, host_index: IntArray) -> Fraction:
        """Add up what the moves cost."""
        cost, unit = self.costs(instance)
        moved = (instance.current >= 0) & (np.asarray(host_index) != instance.current)
        return unit * int(cost[moved].sum())

    def added(self, instance: Any, host_index: IntArray, vm: int) -> Sequence[Fraction]:
        """One that ran and stops costs as much as one that moves: nothing changes but where it ran."""
        cost, unit = self.costs(instance)
        here = np.arange(instance.n_hosts) == instance.current[vm]
        return in_unit(np.where(here, -cost[vm], 0), unit)

    def shapes(self, instance: Any) -> tuple[Shape, ...]:
        """Costs of moves."""
        return (Moves(*self.costs(instance)),)

    def vm_keys(self, instance: Any) -> Sequence[IntArray]:
        """Tell VMs apart that cost differently, and those that run from those that do not."""
        return (self.costs(instance)[0], (instance.current >= 0).astype(np.int64))

    def translate(self, instance: Any, cells: Cells, rows: RuleRows) -> Measure:
        """Write for each class and host how many can stay: as many as were there, and are there."""
        cost, unit = self.costs(instance)
        stay = StayCounts.written(instance, cells, rows)
        dearest = np.zeros(len(cells.member), dtype=np.int64)  # where no level names moves, a class has VMs of any cost
        np.maximum.at(dearest, instance.vm_classes.of, cost)
        fixed = int((dearest[stay.fixed_class] * stay.fixed).sum())
        constant = int(cost[instance.current >= 0].sum()) - fixed
        return Measure(unit, constant, stay.column, -dearest[stay.vm_class])

    def __str__(self) -> str:
        return self.name if self.cost is None else f"{self.name}({self.cost})"
