"""MovesOfGroup: no group of VMs is to be moved about more than the others."""

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
from vmopt.goals.whole_units import in_unit
from vmopt.model.shapes import MostOfGroup, Shape
from vmopt.rules.program import Cells, RuleRows
from vmopt.rules.selection import Groups


@dataclass(frozen=True)
class MovesOfGroup(BaseGoal):
    """The most moves that any group has: ``max_g sum_{i in g} [h'(i) != h(i)]`` over the VMs that run now.

    Known as ROADEF's service move cost, disruption budgets (Kubernetes).

    Parameters
    ----------
    label : str, default "service"
        VMs with the same value of this label are a group; those without it are in none.

    Examples
    --------
    >>> import vmopt
    >>> labels = [{"service": "a"}, {"service": "a"}, {"service": "b"}]
    >>> cluster = vmopt.Instance.from_arrays([[1]] * 3, [[3]] * 2, current=[0, 0, 0], vm_labels=labels)
    >>> MovesOfGroup().value(cluster, np.array([1, 1, 1]))
    Fraction(2, 1)
    """

    name: ClassVar[str] = "moves-of-group"
    separable: ClassVar[bool] = False
    label: str = "service"

    def __post_init__(self) -> None:
        checks.text(self.label, "label of MovesOfGroup", InstanceError, "the name of a label of VMs")

    def check(self, instance: Any) -> None:
        """Refuse an instance without that label, and one of which nobody says where its VMs run."""
        if instance.current is None:
            raise InstanceError(f"{self.name} needs to know where VMs run now: give the instance current=...")
        self.groups(instance)

    def groups(self, instance: Any) -> IntArray:
        """Group of each VM that runs now, -1 for none."""
        found: IntArray = instance.once(self._groups)
        return found

    def _groups(self, instance: Any) -> IntArray:
        of = Groups.labelled(self.label).among(instance.vm_names, instance.vm_labels, "VM").of
        return np.where(instance.current >= 0, of, -1)

    def value(self, instance: Any, host_index: IntArray) -> Fraction:
        """Count the moves of each group."""
        of = self.groups(instance)
        moved = of[(np.asarray(host_index) != instance.current) & (of >= 0)]
        return Fraction(int(np.bincount(moved).max(initial=0)))

    def added(self, instance: Any, host_index: IntArray, vm: int) -> Sequence[Fraction]:
        """Nothing but where it ran: one move less of its group."""
        home = instance.current[vm]
        saved = self.value(instance, np.where(np.arange(len(host_index)) == vm, home, host_index))
        here = np.arange(instance.n_hosts) == home
        return in_unit(np.where(here, int(saved - self.value(instance, host_index)), 0), Fraction(1))

    def shapes(self, instance: Any) -> tuple[Shape, ...]:
        """The most moves of a group."""
        return (MostOfGroup(self.groups(instance)),)

    def vm_keys(self, instance: Any) -> Sequence[IntArray]:
        """Tell the groups apart."""
        return (self.groups(instance),)

    def translate(self, instance: Any, cells: Cells, rows: RuleRows) -> Measure:
        """Write ``sum_{i in g} 1 <= most + stay[g]`` for each group g."""
        of = self.groups(instance)
        stay = StayCounts.written(instance, cells, rows)
        group_of = np.full(len(cells.member), -1, dtype=np.int64)
        group_of[instance.vm_classes.of] = of
        n = int(of.max(initial=-1)) + 1
        least = np.bincount(of[of >= 0], minlength=n)
        known = group_of[stay.fixed_class] >= 0
        np.subtract.at(least, group_of[stay.fixed_class][known], stay.fixed[known])
        most = rows.columns(np.array([max(int(least.max(initial=0)), 0)], dtype=np.int64))
        mine = np.flatnonzero(group_of[stay.vm_class] >= 0)
        each = np.arange(n)
        rows.at_least(
            np.concatenate([each, group_of[stay.vm_class][mine]]),
            np.concatenate([np.full(n, most[0]), stay.column[mine]]),
            np.ones(n + len(mine), dtype=np.int64),
            least.astype(np.float64),
        )
        return Measure(Fraction(1), 0, most, np.ones(1, dtype=np.int64))

    def __str__(self) -> str:
        return f"{self.name}({self.label})"
