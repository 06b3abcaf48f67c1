"""The dynamic program over cells of capacity that bounds what a partial pattern can still earn.

    T[j](q) = max_n  n profit[j] + T[j+1](q - floor(n d[j] / w)),      0 <= n <= most[j]

where w is the width of a cell: floors add up to no more than the floor of the sum, so that T bounds from above (a
relaxation of the recursion of Bellman 1957).
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

import numpy as np

from vmopt.arrays import FloatArray, IntArray

MOST_RESOURCES = 3
"""Resources that cells are made of; the others are looked at only when VMs are put together."""


class CellTables:
    """The dynamic program: for each class, what the classes from there on can earn in so many cells."""

    def __init__(
        self,
        demand: IntArray,
        profit: FloatArray,
        most: IntArray,
        capacity: IntArray,
        price: FloatArray,
        entries: int,
    ) -> None:
        scarce = np.argsort(-(price * capacity), kind="stable")[:MOST_RESOURCES]
        self.resources = scarce[: max(1, int((price * capacity > 0).sum()))]
        self.width = _widths(demand[:, self.resources], capacity[self.resources], entries // (len(profit) + 1))
        self.shape = tuple((capacity[self.resources] // self.width + 1).tolist())
        table = np.zeros((len(profit) + 1, *self.shape))
        for j in range(len(profit) - 1, -1, -1):
            table[j] = table[j + 1]
            for n in _powers(int(most[j])):
                cells = (n * demand[j, self.resources] // self.width).tolist()
                here = tuple(slice(c, None) for c in cells)
                there = tuple(slice(0, max(size - c, 0)) for c, size in zip(cells, self.shape, strict=True))
                np.maximum(table[j][here], table[j][there] + n * profit[j], out=table[j][here])
        self.flat = table.reshape(len(profit) + 1, -1)

    def bound(self, begin: IntArray, left: IntArray) -> FloatArray:
        """What can still be earned at most, by classes from `begin` on in the capacity left."""
        return np.asarray(self.flat[begin, self._cell(left)])

    def end(self, begin: IntArray, left: IntArray, need: FloatArray) -> IntArray:
        """First class from which on no more than `need` can be earned: bisection, as the tables fall with the class."""
        cell = self._cell(left)
        low, high = begin.copy(), np.full(len(begin), len(self.flat) - 1)
        while (low < high).any():
            middle = (low + high) // 2
            more = self.flat[middle, cell] > need
            low, high = np.where(more & (low < high), middle + 1, low), np.where(more, high, middle)
        return low

    def _cell(self, left: IntArray) -> IntArray:
        cells = left[:, self.resources] // self.width
        cell: IntArray = np.ravel_multi_index(tuple(cells.T), self.shape)
        return cell


def _powers(most: int) -> Iterator[int]:
    """Numbers of which every number up to `most` is a sum, and none beyond: 1, 2, 4, ..., and the rest."""
    n = 1
    while most > 0:
        yield min(n, most)
        most, n = most - n, 2 * n


def _widths(demand: IntArray, capacity: IntArray, cells: int) -> IntArray:
    """Widths of cells: exact where there are few, else all resources with about as many."""
    exact = np.maximum(np.gcd.reduce(demand, axis=0), 1)
    width = exact.copy()
    free = list(np.argsort(capacity / exact))
    for i, k in enumerate(free):
        each = max(cells ** (1 / (len(free) - i)), 1.0)
        width[k] = max(exact[k], ceil((capacity[k] + 1) / each))
        cells = max(int(cells // (capacity[k] // width[k] + 1)), 1)
    return np.asarray(width)
