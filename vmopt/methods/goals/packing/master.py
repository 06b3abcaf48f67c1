"""The covering master: patterns at the cost of their hosts, so that all runs that has to."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.backends.incremental import Column, IncrementalProgram, Row

MISSING = 4.0
"""What it costs to leave one out, in hosts: so much that nothing is left out that can be covered."""
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
class Requirement:
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
    def of_all(cls, supply: IntArray, hosts: IntArray) -> Requirement:
        """All of these VMs have to run."""
        return cls(supply, supply, hosts, np.zeros(0), np.zeros((0, len(supply))))


class CoverMaster:
    """Minimise ``sum_p cost[p] y[p]`` with all covered that is needed; grows by patterns."""

    def __init__(self, need: Requirement) -> None:
        self.program = IncrementalProgram("covering patterns", maximise=False)
        required, count = need.required.astype(float), need.count.astype(float)
        most = np.where(required >= count, math.inf, count)
        self.vm_rows = self.program.rows(zip(required.tolist(), most.tolist(), strict=True))
        self.host_rows = self.program.rows((-math.inf, float(n)) for n in need.hosts.tolist())
        self.floor_rows = self.program.rows((low, math.inf) for low in need.limit.tolist())
        self.value, self.columns = need.value, list[Column]()
        whole = MISSING * max(float(need.hosts.sum()), 1.0)
        self.missing = [self._missing(row, 1.0, MISSING) for row in self.vm_rows]
        for row, limit in zip(self.floor_rows, need.limit.tolist(), strict=True):
            self.missing.append(self._missing(row, limit, whole))

    def _missing(self, row: Row, part: float, cost: float) -> Column:
        """Column that stands in for a part of what a row needs."""
        return self.program.column(cost, [row], [part])

    def add(self, host_class: int, counts: IntArray, cost: float) -> None:
        """Add patterns of one host class."""
        held, host = (counts @ self.value.T).tolist(), self.host_rows[host_class]
        for row, values in zip(counts, held, strict=True):
            classes = np.flatnonzero(row).tolist()
            rows = [host, *(self.vm_rows[j] for j in classes), *self.floor_rows]
            entries = [1.0, *(float(row[j]) for j in classes), *values]
            self.columns.append(self.program.column(cost, rows, entries))

    def resize(self, supply: IntArray, hosts: IntArray) -> None:
        """Change how many VMs have to run, and how many hosts there are."""
        for row, n in zip(self.vm_rows, supply.tolist(), strict=True):
            self.program.limit(row, lower=float(n))
        for row, n in zip(self.host_rows, hosts.tolist(), strict=True):
            self.program.limit(row, upper=float(n))

    def select(self, keep: BoolArray) -> None:
        """Keep the patterns where `keep` is true."""
        for column, stays in zip(self.columns, keep.tolist(), strict=True):
            if not stays:
                self.program.drop(column)
        self.columns = [column for column, stays in zip(self.columns, keep.tolist(), strict=True) if stays]

    def solve(self) -> Cover:
        """Solve the linear program from where it stands, or afresh if that fails."""
        found = self.program.solve()
        return Cover(
            cost=found.objective,
            times=np.maximum(0.0, found.values(self.columns)),
            left_out=float(found.values(self.missing).sum()),
            worth=found.prices(self.vm_rows),
            per_host=np.maximum(0.0, -found.prices(self.host_rows)),
            per_floor=np.maximum(0.0, found.prices(self.floor_rows)),
        )
