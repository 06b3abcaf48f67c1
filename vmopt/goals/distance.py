"""Distance: how far VMs move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from vmopt.arrays import IntArray
from vmopt.errors import InstanceError
from vmopt.goals.base import BaseGoal
from vmopt.goals.measure import Measure
from vmopt.goals.whole_units import in_unit, in_units
from vmopt.model.index_labels import by_place
from vmopt.model.shapes import Shape, Ways
from vmopt.rules.program import Cells, RuleRows


@dataclass(frozen=True)
class Distance(BaseGoal):
    """Sum of what the ways cost that VMs go: ``sum_i cost[h(i), h'(i)]`` over the VMs that run now and run then.

    Known as ROADEF's machine move cost, inter-rack or inter-site migration cost.

    Parameters
    ----------
    cost : (n_hosts, n_hosts) table
        From each host to each other; to itself it is 0.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[1]] * 2, [[3]] * 2, current=[0, 1])
    >>> Distance([[0, 3], [5, 0]]).value(cluster, np.array([1, 1]))
    Fraction(3, 1)
    """

    name: ClassVar[str] = "distance"
    separable: ClassVar[bool] = True
    cost: Any = ()

    def __post_init__(self) -> None:
        by_place(self.cost, "cost of Distance", "the hosts")
        try:
            table = np.asarray(self.cost, dtype=np.float64)
        except (TypeError, ValueError):
            table = np.zeros(0)
        if table.ndim != 2 or table.shape[0] != table.shape[1] or not np.isfinite(table).all() or (table < 0).any():
            raise InstanceError("cost of Distance is no square table of finite numbers of at least 0: a row a host.")
        if np.diag(table).any():
            raise InstanceError("cost of Distance is above 0 for VMs that stay where they are: give 0 there.")
        object.__setattr__(self, "cost", tuple(map(tuple, table.tolist())))

    def check(self, instance: Any) -> None:
        """Refuse an instance with another number of hosts, and one of which nobody says where its VMs run."""
        if instance.current is None:
            raise InstanceError(f"{self.name} needs to know where VMs run now: give the instance current=...")
        if len(self.cost) != instance.n_hosts:
            raise InstanceError(f"{self.name} has costs of {len(self.cost)} hosts, but there are {instance.n_hosts}.")

    def costs(self, instance: Any) -> tuple[IntArray, Fraction]:
        """The table in whole numbers of the unit beside it."""
        found: tuple[IntArray, Fraction] = instance.once(self._costs)
        return found

    def _costs(self, instance: Any) -> tuple[IntArray, Fraction]:
        n = len(self.cost)
        flat, unit = in_units(np.array(self.cost, dtype=np.float64).ravel(), "cost of Distance")
        return flat.reshape(n, n), unit

    def value(self, instance: Any, host_index: IntArray) -> Fraction:
        """Add up the ways."""
        cost, unit = self.costs(instance)
        host_index = np.asarray(host_index)
        both = (instance.current >= 0) & (host_index >= 0)
        return unit * int(cost[instance.current[both], host_index[both]].sum())

    def added(self, instance: Any, host_index: IntArray, vm: int) -> Sequence[Fraction]:
        """The way to each host from where it runs now."""
        (cost, unit), home = self.costs(instance), int(instance.current[vm])
        return in_unit(cost[home] if home >= 0 else np.zeros(instance.n_hosts, dtype=np.int64), unit)

    def shapes(self, instance: Any) -> tuple[Shape, ...]:
        """Costs of ways."""
        return (Ways(*self.costs(instance)),)

    def vm_keys(self, instance: Any) -> Sequence[IntArray]:
        """Tell VMs apart by where they run now."""
        return (instance.current,)

    def host_keys(self, instance: Any) -> Sequence[IntArray]:
        """Tell hosts apart to which ways differ."""
        cost, _ = self.costs(instance)
        return (np.unique(cost, axis=1, return_inverse=True)[1].ravel(),)

    def translate(self, instance: Any, cells: Cells, rows: RuleRows) -> Measure:
        """Weigh each cell by the way to it."""
        cost, unit = self.costs(instance)
        home, away = instance.current[cells.vm], cells.outside
        weight = np.where(home >= 0, cost[home, cells.host], 0)
        gone = np.flatnonzero((away >= 0) & (instance.current >= 0))
        constant = int(cost[instance.current[gone], away[gone]].sum())
        cell = np.flatnonzero(weight)
        return Measure(unit, constant, cell, weight[cell])

    def __str__(self) -> str:
        return self.name
