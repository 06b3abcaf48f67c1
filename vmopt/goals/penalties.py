"""Penalties: what broken soft rules cost, as a goal of a level of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from vmopt.arrays import IntArray
from vmopt.goals.base import BaseGoal
from vmopt.goals.measure import Measure
from vmopt.goals.sums import added
from vmopt.goals.whole_units import in_unit
from vmopt.rules.counted import Counted, counted
from vmopt.rules.program import Cells, RuleRows


@dataclass(frozen=True)
class Penalties(BaseGoal):
    """``sum_r penalty[r] * violation[r]`` over the soft rules; where no level names it, the utilisation loses it.

    Examples
    --------
    >>> import vmopt
    >>> soft = vmopt.Spread("vm-*", penalty=2.5)
    >>> goals = vmopt.Objective(levels=[vmopt.Utilisation(), Penalties()])
    >>> cluster = vmopt.Instance.from_arrays([[1]] * 3, [[9]], rules=[soft], objective=goals)
    >>> Penalties().value(cluster, np.array([0, 0, 0]))
    Fraction(5, 1)
    """

    name: ClassVar[str] = "penalties"

    def value(self, instance: Any, host_index: IntArray) -> Fraction:
        """Add up what is broken, by what it costs."""
        placed = np.asarray(host_index)
        return sum((one.price * one.broken(placed) for one in instance.once(counted)), Fraction(0))

    def added(self, instance: Any, host_index: IntArray, vm: int) -> Sequence[Fraction]:
        """What is broken more, by what it costs."""
        total = [Fraction(0)] * instance.n_hosts
        for one in instance.once(counted):
            broken = np.rint(one.rule.added(vm, one.rule.counting(host_index)) * one.units).astype(np.int64)
            total = [a + b for a, b in zip(total, in_unit(broken, one.price), strict=True)]
        return total

    def translate(self, instance: Any, cells: Cells, rows: RuleRows) -> Measure:
        """Write the soft rules once more, with their slacks, which are what is broken but for a constant."""
        parts = [(one.price, _translate(one, cells, rows)) for one in instance.once(counted)]
        none = np.zeros(0, dtype=np.int64)
        return added(parts) if parts else Measure(Fraction(1), 0, none, none)


def _translate(one: Counted, cells: Cells, rows: RuleRows) -> Measure:
    """Write the rows of a rule, and count what they are exceeded by."""
    own = RuleRows(rows.n_cells)
    one.rule.translate(cells, own)
    cost = np.rint(own.cost).astype(np.int64)
    whole = int(cells.supply.sum()) == len(cells.outside)
    constant = 0 if whole else one.broken(cells.outside) - _least(own)
    shift = len(rows.own_upper)
    rows.columns(own.own_upper)
    matrix = own.matrix().tocoo()
    column = np.where(matrix.col < rows.n_cells, matrix.col, matrix.col + shift)
    rows.add(matrix.row.astype(np.int64), column.astype(np.int64), matrix.data, *own.limits())
    charged = np.flatnonzero(cost)
    return Measure(Fraction(1), constant, np.where(charged < rows.n_cells, charged, charged + shift), cost[charged])


def _least(own: RuleRows) -> int:
    """The least that slacks add up to while nothing is in the cells."""
    n, (lower, upper), cost = own.n_cells, own.limits(), own.cost
    if not cost[n:].any() or not ((lower > 0) | (upper < 0)).any():
        return 0
    from scipy.optimize import Bounds, LinearConstraint, milp  # slow to load, and few clusters need it

    rows = LinearConstraint(own.matrix()[:, n:].astype(np.float64), lower, upper)
    solved = milp(
        cost[n:], constraints=rows, bounds=Bounds(0, own.own_upper), integrality=np.ones(len(cost) - n, dtype=np.int64)
    )
    return 0 if solved.x is None else int(np.rint(solved.fun))
