"""Penalties: what broken soft rules cost, as a goal of a level of its own."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from vmopt import metrics
from vmopt.arrays import IntArray
from vmopt.goals.base import BaseGoal
from vmopt.goals.measure import Measure
from vmopt.rules.program import Cells, RuleRows

STEPS = 2**40


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
        return Fraction(metrics.penalty_of(instance, np.asarray(host_index)))

    def translate(self, instance: Any, cells: Cells, rows: RuleRows) -> Measure:
        """Write the soft rules once more, with their slacks: what these cost is what is broken, but for a constant."""
        own = RuleRows(rows.n_cells)
        for rule in instance.soft_rules:
            rule.translate(cells, own)
        shift = len(rows.own_upper)
        mine = rows.columns(own.own_upper)
        matrix = own.matrix().tocoo()
        column = np.where(matrix.col < rows.n_cells, matrix.col, matrix.col + shift)
        rows.add(matrix.row.astype(np.int64), column.astype(np.int64), matrix.data, *own.limits())
        cost = own.cost
        step = float(cost.sum()) / STEPS or 1.0
        weight = np.rint(cost / step).astype(np.int64)
        constant = round(metrics.penalty_of(instance, cells.outside) / step)
        every = np.append(np.arange(rows.n_cells), mine)
        return Measure(Fraction(step), constant, every, weight, Fraction(step) * (len(cost) + 1))
