"""The master program over patterns, kept in an incremental solver."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.backends.incremental import Column, IncrementalProgram


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
        self.program = IncrementalProgram("patterns", maximise=True)
        self.vm_rows = self.program.rows((-math.inf, float(n)) for n in supply.tolist())
        self.host_rows = self.program.rows((-math.inf, float(n)) for n in hosts.tolist())
        self.columns: list[Column] = []

    def add(self, host_class: int, counts: IntArray, value: FloatArray) -> None:
        """Add patterns of one host class."""
        host = self.host_rows[host_class]
        for row, worth in zip(counts, value.tolist(), strict=True):
            held = np.flatnonzero(row).tolist()
            rows, entries = [self.vm_rows[j] for j in held], [float(row[j]) for j in held]
            self.columns.append(self.program.column(worth, [host, *rows], [1.0, *entries]))

    def resize(self, supply: IntArray, hosts: IntArray) -> None:
        """Change how many VMs and hosts there are."""
        for row, n in zip(self.vm_rows + self.host_rows, np.concatenate([supply, hosts]).tolist(), strict=True):
            self.program.limit(row, upper=float(n))

    def select(self, keep: FloatArray) -> None:
        """Keep the patterns where `keep` is true."""
        for column, stays in zip(self.columns, keep.tolist(), strict=True):
            if not stays:
                self.program.drop(column)
        self.columns = [column for column, stays in zip(self.columns, keep.tolist(), strict=True) if stays]

    def solve(self) -> MasterSolution:
        """Solve the linear program from where it stands, or afresh if that fails."""
        found = self.program.solve()
        return MasterSolution(
            objective=found.objective,
            times=np.maximum(0.0, found.values(self.columns)),
            vm_prices=np.maximum(0.0, found.prices(self.vm_rows)),
            host_prices=np.maximum(0.0, found.prices(self.host_rows)),
        )
