"""MustRun: VMs that have to be placed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.rules.base import BaseRule, InForce, domains_of, vms_in
from vmopt.rules.breach import Breach
from vmopt.rules.program import Cells, RuleRows, Slack
from vmopt.rules.selection import Grouping, Groups, Selected
from vmopt.rules.taken import Taken


@dataclass(frozen=True, eq=False, repr=False)
class MustRun(BaseRule):
    """These VMs are placed: ``sum_h x[i,h] = 1``. The only rule that can leave an instance without any placement.

    Known as running VMs that may not be evicted; Running (BtrPlace).

    Parameters
    ----------
    vms : names, patterns, Groups, or (n_vms,) bool array, Series, dict by name
    penalty : float, optional
        Makes the rule soft: what each of these VMs costs that runs nowhere, ``sum_i (1 - sum_h x[i,h])``.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[4], [3]], [[4]], value=[9, 1], rules=[vmopt.MustRun("vm-1")])
    >>> dict(vmopt.solve(cluster).placement)
    {'vm-1': 'host-0'}
    >>> soft = vmopt.MustRun("vm-1", penalty=3)
    >>> solution = vmopt.solve(vmopt.Instance.from_arrays([[4], [3]], [[4]], value=[9, 1], rules=[soft]))
    >>> dict(solution.placement), solution.objective
    ({'vm-0': 'host-0'}, 6.0)
    """

    name: ClassVar[str] = "must-run"
    lasts: ClassVar[bool] = False

    vms: Selected

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "vms", Groups.of(self.vms))

    def find(self, instance: Any) -> tuple[Grouping, Grouping, Grouping | None]:
        """Find the VMs."""
        return vms_in(instance, self.vms), domains_of(instance, None), None

    def concerns(self, here: InForce) -> BoolArray:
        """No VM."""
        return np.zeros(len(here.group.of), dtype=bool)

    def find_breaches(self, here: InForce, host_index: IntArray) -> Iterator[Breach]:
        """Find VMs that run nowhere."""
        left = np.flatnonzero((host_index < 0) & here.group.inside)
        if left.size:
            yield here.breach(None, None, left, 0)

    def violation(self, here: InForce, host_index: IntArray) -> float:
        """Count the VMs that run nowhere."""
        return float(((host_index < 0) & here.group.inside).sum())

    def translate(self, here: InForce, cells: Cells, rows: RuleRows) -> None:
        """``sum_h x[j,h] >= supply[j]`` for each class j; without a cell for any of them, no point is left."""
        classes = np.flatnonzero((here.group.of[cells.member] >= 0) & (cells.supply > 0))
        row = np.full(len(cells.supply), -1)
        row[classes] = np.arange(len(classes))
        cell = np.flatnonzero(row[cells.vm_class] >= 0)
        supply = cells.supply[classes]
        ones = np.ones(len(cell), dtype=np.int64)
        rows.at_least(row[cells.vm_class[cell]], cell, ones, supply, Slack.of(self.penalty, supply))

    def allows(self, here: InForce, vm: int, taken: Taken) -> BoolArray:
        """Any host will do."""
        return np.ones(len(here.domain.of), dtype=bool)

    def urgent(self, here: InForce) -> BoolArray | None:
        """These VMs."""
        return np.asarray(here.group.inside)

    def added(self, here: InForce, vm: int, taken: Taken) -> FloatArray:
        """One less, wherever it runs."""
        return np.full(len(here.domain.of), -1.0)
