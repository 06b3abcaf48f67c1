"""The master program over patterns, kept in an incremental solver."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from ortools.math_opt.python import mathopt

from vmopt.arrays import FloatArray, IntArray
from vmopt.errors import SolverError

AS_IT_STANDS = mathopt.SolveParameters(presolve=mathopt.Emphasis.OFF)
"""Presolving would forget the basis, and every solve begin anew."""


@dataclass(frozen=True, eq=False)
class MasterSolution:
    """An optimum of the master program.

    Attributes
    ----------
    objective : float
    times : (n_patterns,) float64 array
        On how many hosts each pattern is used, fractions allowed.
    vm_prices : (n_vm_classes,) float64 array
    host_prices : (n_host_classes,) float64 array
    """

    objective: float
    times: FloatArray
    vm_prices: FloatArray
    host_prices: FloatArray


class Master:
    """Maximise ``sum_p value[p] y[p]`` over the VMs of each class and the hosts of each class; grows by patterns.

    Parameters
    ----------
    supply : (n_vm_classes,) int64 array
        VMs of each class.
    hosts : (n_host_classes,) int64 array
        Hosts of each class.
    """

    def __init__(self, supply: IntArray, hosts: IntArray) -> None:
        self.model = mathopt.Model(name="patterns")
        self.vm_rows = [self.model.add_linear_constraint(ub=float(n)) for n in supply.tolist()]
        self.host_rows = [self.model.add_linear_constraint(ub=float(n)) for n in hosts.tolist()]
        self.columns: list[mathopt.Variable] = []
        self.model.objective.is_maximize = True
        self.solver = self._fresh()

    def add(self, host_class: int, counts: IntArray, value: FloatArray) -> None:
        """Add patterns of one host class."""
        for row, worth in zip(counts, value.tolist(), strict=True):
            column = self.model.add_variable(lb=0.0, ub=math.inf)
            self.columns.append(column)
            self.model.objective.set_linear_coefficient(column, worth)
            self.host_rows[host_class].set_coefficient(column, 1.0)
            for j in np.flatnonzero(row).tolist():
                self.vm_rows[j].set_coefficient(column, float(row[j]))

    def resize(self, supply: IntArray, hosts: IntArray) -> None:
        """Change how many VMs and hosts there are."""
        for row, n in zip(self.vm_rows + self.host_rows, np.concatenate([supply, hosts]).tolist(), strict=True):
            row.upper_bound = float(n)

    def select(self, keep: FloatArray) -> None:
        """Keep the patterns where `keep` is true."""
        for column, stays in zip(self.columns, keep.tolist(), strict=True):
            if not stays:
                self.model.delete_variable(column)
        self.columns = [column for column, stays in zip(self.columns, keep.tolist(), strict=True) if stays]

    def solve(self) -> MasterSolution:
        """Solve the linear program from where it stands, or afresh if that fails."""
        try:
            result = self.solver.solve(params=AS_IT_STANDS)
        except Exception:
            self.solver = self._fresh()
            result = self.solver.solve(params=AS_IT_STANDS)
        if result.termination.reason != mathopt.TerminationReason.OPTIMAL:
            result = mathopt.solve(self.model, mathopt.SolverType.HIGHS)
        if result.termination.reason != mathopt.TerminationReason.OPTIMAL:
            raise SolverError(f"the master program over patterns ended as {result.termination.reason.name}.")
        return MasterSolution(
            objective=result.objective_value(),
            times=np.maximum(0.0, result.variable_values(self.columns)),
            vm_prices=np.maximum(0.0, result.dual_values(self.vm_rows)),
            host_prices=np.maximum(0.0, result.dual_values(self.host_rows)),
        )

    def _fresh(self) -> mathopt.IncrementalSolver:
        return mathopt.IncrementalSolver(self.model, mathopt.SolverType.GLOP)
