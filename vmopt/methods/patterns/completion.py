"""What a partial pattern can still earn: a dynamic program over capacity in coarse cells.

Demands are rounded down to whole cells of the two dearest resources and the others are left out, which only makes more
fit: the table bounds the profit of every completion (a state-space relaxation: Christofides, Mingozzi and Toth 1981).
The linear relaxation bounds it as well; the lower one counts. Where a host holds few VMs, cells lose little and the
table sees what prices per unit cannot: that the last third of a host may fit nothing.
"""

from __future__ import annotations

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.methods.patterns.parameters import CELLS, Fineness

ROUNDING = 2.0**-23
"""Most that single precision loses for each VM, relative to the greatest entry of the table."""


class Completion:
    """Bounds on what VMs ``j, j + 1, ...`` of a list can earn in some slack.

    Parameters
    ----------
    demand : (n, n_resources) int64 array
    profit : (n,) float64 array
    capacity : (n_resources,) int64 array
        No slack exceeds it.
    mu : (n_resources,) float64 array
        Prices of the capacity.
    fineness : Fineness

    Examples
    --------
    >>> table = Completion(np.array([[6], [5]]), np.array([6.0, 5.0]), np.array([10]), np.array([1.0]))
    >>> table.bound(np.array([0, 1, 1]), np.array([[10], [10], [4]])).round(2).tolist()
    [6.0, 5.0, 0.0]
    """

    def __init__(
        self, demand: IntArray, profit: FloatArray, capacity: IntArray, mu: FloatArray, fineness: Fineness = CELLS
    ) -> None:
        n = len(profit)
        self.mu = mu
        self.above_prices = np.append(np.cumsum(np.maximum(profit - demand @ mu, 0.0)[::-1])[::-1], 0.0)
        self.dearest = np.argsort(-mu * capacity, kind="stable")[:2]
        finest = fineness.finest if len(self.dearest) == 2 else fineness.finest_line
        most = (fineness.entries / (n + 1)) ** (1 / len(self.dearest)) - 1
        self.cells = np.maximum(1, np.minimum(min(finest, int(most)), capacity[self.dearest]))
        self.capacity = np.maximum(capacity[self.dearest], 1)
        self.stride = np.cumprod(np.append(1, self.cells[:0:-1] + 1))[::-1]
        self.table = self._fill(self._cells(demand), profit).reshape(n + 1, -1)
        self.margin = n * ROUNDING * float(self.table[0, -1])

    def bound(self, begin: IntArray, slack: IntArray) -> FloatArray:
        """Most that VMs from `begin` on can earn in `slack`.

        Parameters
        ----------
        begin : (m,) int64 array
        slack : (m, n_resources) int64 array
        """
        by_cells = self.table[begin, self._cells(slack) @ self.stride] + self.margin
        return np.asarray(np.minimum(by_cells, slack @ self.mu + self.above_prices[begin]))

    def end(self, begin: IntArray, slack: IntArray, goal: FloatArray) -> IntArray:
        """First VM from which on all VMs together cannot earn the goal any more, at least `begin`."""
        low, high = begin, np.full(len(begin), len(self.table) - 1)
        cells = self._cells(slack) @ self.stride
        while (low < high).any():
            middle = (low + high) // 2
            enough = (self.table[middle, cells] + self.margin > goal) & (low < high)
            low, high = np.where(enough, middle + 1, low), np.where(enough, high, middle)
        return low

    def _cells(self, amount: IntArray) -> IntArray:
        return amount[:, self.dearest] * self.cells // self.capacity

    def _fill(self, cells: IntArray, profit: FloatArray) -> FloatArray:
        """Best profit of the VMs from each on, for every number of cells."""
        shape = tuple((self.cells + 1).tolist())
        table = np.zeros((len(profit) + 1, *shape), dtype=np.float32)
        for j in range(len(profit) - 1, -1, -1):
            table[j] = table[j + 1]
            with_it = tuple(slice(a, None) for a in cells[j].tolist())
            before = tuple(slice(None, top - a) for a, top in zip(cells[j].tolist(), shape, strict=True))
            np.maximum(table[j][with_it], table[j + 1][before] + np.float32(profit[j]), out=table[j][with_it])
        return table
