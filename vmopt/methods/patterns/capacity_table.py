"""The pricing knapsacks of all host classes by one dynamic program over amounts of capacity.

Where demands and capacities are small whole numbers, there are few amounts of capacity ``q``, and

    T(q) = most that VMs with demands of at most q together are worth

is exact for every one of them (Bellman 1957; Gilmore and Gomory 1966 for many rolls). What a VM is worth is the same
on all hosts, so one table holds the optimum of every host class, where a search each would repeat most of its work.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class CapacityTableParameters:
    """Up to which size a table is quicker than a search for each host class."""

    most_cells: int = 200_000
    """Amounts of capacity: a pass over so many takes a millisecond."""
    most_entries: int = 200_000_000
    """Amounts of capacity times bundles of VMs: a byte each, and a second for all."""
    least_classes: int = 4
    """Host classes from which on one table for all pays: with fewer, searches that stop early are as quick."""


DEFAULT = CapacityTableParameters()


@dataclass(frozen=True, eq=False)
class BestPatterns:
    """The best pattern of each host class and what it is worth.

    Attributes
    ----------
    counts : (n_host_classes, n_vm_classes) int64 array
    worth : (n_host_classes,) float64 array
    """

    counts: IntArray
    worth: FloatArray


class CapacityTable:
    """The table for given demands and capacities.

    Parameters
    ----------
    demand : (n_vm_classes, n_resources) int64 array
    capacity : (n_host_classes, n_resources) int64 array
    at_most : (n_vm_classes,) int64 array, optional
        How many of each class one host may run; default: any number.

    Examples
    --------
    >>> table = CapacityTable(np.array([[3], [2]]), np.array([[7], [4]]))
    >>> best = table.best(np.array([5.0, 3.0]), np.array([1, 9]))
    >>> best.counts.tolist(), best.worth.tolist()
    ([[1, 2], [0, 2]], [11.0, 6.0])
    """

    def __init__(self, demand: IntArray, capacity: IntArray, at_most: IntArray | None = None) -> None:
        common = np.gcd.reduce(demand, axis=0)
        step = np.where(common > 0, common, capacity.max(axis=0) + 1)
        longest_last = np.argsort(capacity.max(axis=0) // step, kind="stable")
        self.demand, self.capacity = (demand // step)[:, longest_last], (capacity // step)[:, longest_last]
        self.at_most = at_most
        self.shape = tuple((self.capacity.max(axis=0) + 1).tolist())  # passes run along the longest axis
        self.stride = np.array([prod(self.shape[k + 1 :]) for k in range(len(self.shape))])
        self.usable: BoolArray = np.any([(self.demand <= row).all(axis=1) for row in self.capacity], axis=0)

    @classmethod
    def where_quick(
        cls,
        demand: IntArray,
        capacity: IntArray,
        at_most: IntArray | None,
        supply: IntArray,
        parameters: CapacityTableParameters = DEFAULT,
    ) -> CapacityTable | None:
        """Make the table where it is quicker than a search for each host class, else None."""
        if len(capacity) < parameters.least_classes or not len(demand):
            return None
        table = cls(demand, capacity, at_most)
        n_cells = prod(table.shape)
        if n_cells > parameters.most_cells:
            return None
        n_bundles = sum(1 for _ in table._bundles(np.ones(len(demand)), supply))
        return table if n_cells * n_bundles <= parameters.most_entries else None

    def best(self, worth: FloatArray, supply: IntArray) -> BestPatterns:
        """Find the best pattern of each host class.

        Parameters
        ----------
        worth : (n_vm_classes,) float64 array
            Of a VM of each class; what is worth nothing is left out.
        supply : (n_vm_classes,) int64 array
            VMs of each class that there are.
        """
        bundles = list(self._bundles(worth, supply))
        table, taken = np.zeros(self.shape), np.zeros((len(bundles), *self.shape), dtype=bool)
        for took, (j, n) in zip(taken, bundles, strict=True):
            asked = n * self.demand[j]
            here = tuple(slice(a, None) for a in asked.tolist())
            there = tuple(slice(None, top - a) for a, top in zip(asked.tolist(), self.shape, strict=True))
            with_it = table[there] + n * worth[j]
            np.greater(with_it, table[here], out=took[here])
            np.maximum(with_it, table[here], out=table[here])
        cell = self.capacity @ self.stride
        return BestPatterns(self._counts(taken.reshape(len(bundles), -1), bundles, cell), table.reshape(-1)[cell])

    def _counts(self, taken: BoolArray, bundles: list[tuple[int, int]], cell: IntArray) -> IntArray:
        """Patterns that end in these cells: the bundles that were taken on the way there, last first."""
        counts = np.zeros((len(cell), len(self.demand)), dtype=np.int64)
        size = self.demand @ self.stride
        cell = cell.copy()
        for took, (j, n) in zip(taken[::-1], bundles[::-1], strict=True):
            with_it = took[cell]
            counts[:, j] += n * with_it
            cell -= n * size[j] * with_it
        return counts

    def _bundles(self, worth: FloatArray, supply: IntArray) -> Iterator[tuple[int, int]]:
        """VM classes by 1, 2, 4, ... VMs at a time, and the rest: every number up to the most is a sum of them."""
        top = np.array(self.shape) - 1
        for j in np.flatnonzero((worth > 0) & self.usable & (supply > 0)).tolist():
            asked = self.demand[j] > 0
            left = int((top[asked] // self.demand[j, asked]).min(initial=supply[j]))
            left = left if self.at_most is None else min(left, int(self.at_most[j]))
            n = 1
            while left > 0:
                yield j, min(n, left)
                left, n = left - n, 2 * n
