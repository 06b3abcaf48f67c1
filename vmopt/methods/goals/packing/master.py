"""The covering master: patterns at the cost of their hosts, so that all runs that has to."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from ortools.math_opt.python import mathopt

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.errors import SolverError
from vmopt.methods.patterns.master import AS_IT_STANDS

MISSING = 4.0
"""What it costs to leave out a VM that must run, in parts of the dearest host: more than a host of its own."""


@dataclass(frozen=True, eq=False)
class Cover:
    """An optimum of the master program.

    Attributes
    ----------
    cost : float
    times : (n_patterns,) float64 array
        On how many hosts each pattern is used, fractions allowed.
    left_out : float
        How many VMs that must run do not.
    worth : (n_vm_classes,) float64 array
        What one more VM of the class to be run would cost; below 0 where running fewer would.
    per_host : (n_host_classes,) float64 array
        What one more host of the class would save.
    per_floor : (n_floors,) float64 array
    """

    cost: float
    times: FloatArray
    left_out: float
    worth: FloatArray
    per_host: FloatArray
    per_floor: FloatArray


@dataclass(frozen=True, eq=False)
class Need:
    """What has to be covered, and by how many hosts at most.

    Attributes
    ----------
    required, count : (n_vm_classes,) int64 arrays
        How many VMs must run, and how many may.
    hosts : (n_host_classes,) int64 array
    limit : (n_floors,) float64 array
    value : (n_floors, n_vm_classes) float64 array
    """

    required: IntArray
    count: IntArray
    hosts: IntArray
    limit: FloatArray
    value: FloatArray

    @classmethod
    def of_all(cls, supply: IntArray, hosts: IntArray) -> Need:
        """All of these VMs have to run."""
        return cls(supply, supply, hosts, np.zeros(0), np.zeros((0, len(supply))))


class CoverMaster:
    """Minimise ``sum_p cost[p] y[p]`` with all covered that is needed; grows by patterns."""

    def __init__(self, need: Need) -> None:
        self.model = mathopt.Model(name="cover")
        required, count = need.required.astype(float), need.count.astype(float)
        most = np.where(required >= count, math.inf, count)
        self.vm_rows = [
            self.model.add_linear_constraint(lb=low, ub=high)
            for low, high in zip(required.tolist(), most.tolist(), strict=True)
        ]
        self.host_rows = [self.model.add_linear_constraint(ub=float(n)) for n in need.hosts.tolist()]
        self.floor_rows = [self.model.add_linear_constraint(lb=low) for low in need.limit.tolist()]
        self.value, self.columns = need.value, list[mathopt.Variable]()
        whole = MISSING * max(float(need.hosts.sum()), 1.0)
        self.missing = [self._missing(row, 1.0, MISSING) for row in self.vm_rows]
        for row, limit in zip(self.floor_rows, need.limit.tolist(), strict=True):
            self.missing.append(self._missing(row, limit, whole))
        self.model.objective.is_maximize = False
        self.solver = self._fresh()

    def _missing(self, row: mathopt.LinearConstraint, part: float, cost: float) -> mathopt.Variable:
        """Column that stands in for a part of what a row needs."""
        column = self.model.add_variable(lb=0.0)
        self.model.objective.set_linear_coefficient(column, cost)
        row.set_coefficient(column, part)
        return column

    def add(self, host_class: int, counts: IntArray, cost: float) -> None:
        """Add patterns of one host class."""
        held = (counts @ self.value.T).tolist()
        for row, values in zip(counts, held, strict=True):
            column = self.model.add_variable(lb=0.0)
            self.columns.append(column)
            self.model.objective.set_linear_coefficient(column, cost)
            self.host_rows[host_class].set_coefficient(column, 1.0)
            for j in np.flatnonzero(row).tolist():
                self.vm_rows[j].set_coefficient(column, float(row[j]))
            for floor, value in zip(self.floor_rows, values, strict=True):
                floor.set_coefficient(column, value)

    def resize(self, supply: IntArray, hosts: IntArray) -> None:
        """Change how many VMs have to run, and how many hosts there are."""
        for row, n in zip(self.vm_rows, supply.tolist(), strict=True):
            row.lower_bound = float(n)
        for row, n in zip(self.host_rows, hosts.tolist(), strict=True):
            row.upper_bound = float(n)

    def select(self, keep: BoolArray) -> None:
        """Keep the patterns where `keep` is true."""
        for column, stays in zip(self.columns, keep.tolist(), strict=True):
            if not stays:
                self.model.delete_variable(column)
        self.columns = [column for column, stays in zip(self.columns, keep.tolist(), strict=True) if stays]

    def solve(self) -> Cover:
        """Solve the linear program from where it stands, or afresh if that fails."""
        try:
            result = self.solver.solve(params=AS_IT_STANDS)
        except Exception:
            self.solver = self._fresh()
            result = self.solver.solve(params=AS_IT_STANDS)
        if result.termination.reason != mathopt.TerminationReason.OPTIMAL:
            result = mathopt.solve(self.model, mathopt.SolverType.HIGHS)
        if result.termination.reason != mathopt.TerminationReason.OPTIMAL:
            raise SolverError(f"the covering program over patterns ended as {result.termination.reason.name}.")
        return Cover(
            cost=result.objective_value(),
            times=np.maximum(0.0, result.variable_values(self.columns)),
            left_out=float(np.sum(result.variable_values(self.missing))),
            worth=np.asarray(result.dual_values(self.vm_rows), dtype=np.float64),
            per_host=np.maximum(0.0, -np.asarray(result.dual_values(self.host_rows), dtype=np.float64)),
            per_floor=np.maximum(0.0, np.asarray(result.dual_values(self.floor_rows), dtype=np.float64)),
        )

    def _fresh(self) -> mathopt.IncrementalSolver:
        return mathopt.IncrementalSolver(self.model, mathopt.SolverType.GLOP)
