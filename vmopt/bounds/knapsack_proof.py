"""The best that one host can hold, proven by a search of its own: the independent check of a pattern bound.

Nothing of the pricing that made the bound is used here. VM classes are decided one after the other, those that take
most capacity first. What the classes from j on can still earn is bounded by a dynamic program over cells of capacity,

    T[j](q) = max_n  n profit[j] + T[j+1](q - floor(n d[j] / w)),      0 <= n <= most[j]

where w is the width of a cell: floors add up to no more than the floor of the sum, so that T bounds from above (a
relaxation of the recursion of Bellman 1957). A partial pattern whose VMs do not land on the parts of the host is
dropped (`vmopt.bounds.landing_proof`). A partial pattern whose profit and T stay within what is stated is
dropped; where none is left, the statement is proven.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.bounds.landing_proof import ANYTHING, EMPTY, NEVER, Reach

ENTRIES = 1 << 24
"""Numbers in all tables of the dynamic program."""
FEW_ENTRIES = 1 << 18
"""The same where no time is left: milliseconds, for a bound that is not as close."""
MOST_RESOURCES = 3
"""Resources that cells are made of; the others are looked at only when VMs are put together."""
CHUNK = 4096
"""Partial patterns that are looked at together: an array, not a number, at each step."""
TOLERANCE = 1e-9
"""What is stated may be this much too low, in parts of it."""
ROUNDING = 1e-12
"""Sums of profits are exact to this part."""


@dataclass(frozen=True)
class Largest:
    """What came of a search: no pattern earns more than `bound`.

    It is `proven` where the search came to its end, and what earns more than was stated is known to land.
    """

    bound: float
    proven: bool


def largest_profit(
    demand: IntArray,
    profit: FloatArray,
    most: IntArray,
    capacity: IntArray,
    stated: float,
    stop: Callable[[], bool],
    reach: Reach | None = None,
) -> Largest:
    """Prove that no pattern earns more than `stated`, or find what the best one earns.

    Parameters
    ----------
    demand : (n, n_resources) int64 array
    profit : (n,) float64 array
    most : (n,) int64 array
        VMs of each class that there are.
    capacity : (n_resources,) int64 array
    stated : float
        What the profit is said to be at most.
    stop : callable
        Whether to give up; then the bound is what the dynamic program proves.
    reach : Reach, optional
        What the parts of the host can land; what all of them have together bounds partial patterns too.

    Examples
    --------
    >>> vms = np.array([[4], [3]]), np.array([5.0, 3.5]), np.array([2, 9])
    >>> right = largest_profit(*vms, np.array([10]), 12.0, lambda: False)
    >>> wrong = largest_profit(*vms, np.array([10]), 9.0, lambda: False)
    >>> round(right.bound, 6), right.proven, round(wrong.bound, 6), wrong.proven
    (12.0, True, 12.0, True)
    """
    reach = Reach((), (), np.full(len(demand), -1)) if reach is None else reach
    asked, offered = reach.totals()
    demand, capacity = np.hstack([demand, asked]), np.concatenate([capacity, offered])
    fits = np.where(demand > 0, capacity // np.maximum(demand, 1), np.iinfo(np.int64).max).min(axis=1)
    use = np.flatnonzero((profit > 0) & (fits > 0) & (most > 0))
    if not len(use):
        return Largest(max(stated, 0.0), True)
    entries = FEW_ENTRIES if stop() else ENTRIES
    tree = _Tree(demand[use], profit[use], np.minimum(most, fits)[use], capacity, stated, reach.chosen(use), entries)
    done = tree.top <= tree.best or tree.search(stop)
    highest = tree.best if done else max(tree.top, tree.best)
    return Largest(float(highest) * (1 + ROUNDING), done and tree.lands)


class _Tree:
    """Partial patterns: profit, capacity left, what their VMs leave of parts, and the class from which they go on."""

    def __init__(
        self,
        demand: IntArray,
        profit: FloatArray,
        most: IntArray,
        capacity: IntArray,
        stated: float,
        reach: Reach,
        entries: int,
    ) -> None:
        price = _prices(demand, profit, most, capacity)
        order = np.argsort(-(demand @ price), kind="stable")
        self.demand, self.profit, self.most = demand[order], profit[order], most[order]
        self.capacity, self.reach = capacity, reach.chosen(order)
        self.tables = _Tables(self.demand, self.profit, self.most, capacity, price, entries)
        self.best = stated + TOLERANCE * abs(stated)
        self.lands = True
        self.top = float(self.tables.bound(np.zeros(1, dtype=np.int64), capacity[None])[0])

    def search(self, stop: Callable[[], bool]) -> bool:
        """Look through all partial patterns that may earn more than the best; tell whether it came to the end."""
        nothing = np.zeros(1, dtype=np.int64)
        stack = [_Partial(np.zeros(1), self.capacity[None], nothing + EMPTY, nothing)]
        while stack:
            if stop():
                return False
            partial = stack.pop()
            begin = partial.begin
            end = self.tables.end(begin, partial.left, self.best - partial.earned)
            parent = np.repeat(np.arange(len(begin)), end - begin)
            first = np.cumsum(end - begin) - (end - begin)
            klass = np.arange(len(parent)) - np.repeat(first - begin, end - begin)
            for part in np.array_split(np.arange(len(parent)), ceil(len(parent) / (CHUNK * 64)) or 1):
                child = self._children(partial.chosen(parent[part])._replace(begin=klass[part]), stop)
                if child is None:
                    return False
                stack += self._pieces(child)
        return True

    def _children(self, partial: _Partial, stop: Callable[[], bool]) -> _Partial | None:
        """Add one, two, ... VMs of a class, stated as `begin`, to each; keep what may still earn more than the best.

        None where it was stopped.
        """
        found = [partial.chosen(np.zeros(0, dtype=np.int64))]
        n = 0
        while len(partial.begin):
            if stop():
                return None
            n += 1
            earned, left, state, klass = partial
            left = left - self.demand[klass]
            fits = np.flatnonzero((left >= 0).all(axis=1) & (n <= self.most[klass]))
            state = self.reach.grown(state[fits], klass[fits], stop)
            fits, state = fits[state != NEVER], state[state != NEVER]
            klass = klass[fits]
            partial = _Partial(earned[fits] + self.profit[klass], left[fits], state, klass)
            self._take_best(partial)
            found.append(partial._replace(begin=klass + 1))
        every = _Partial._make(np.concatenate(column) for column in zip(*found, strict=True))
        return every.chosen(np.flatnonzero(every.earned + self.tables.bound(every.begin, every.left) > self.best))

    def _take_best(self, partial: _Partial) -> None:
        """Remember the most that any earns, and whether those that do are known to land."""
        most = float(partial.earned.max(initial=0.0))
        if most > self.best:
            self.best = most
            self.lands = bool((partial.state[partial.earned == most] != ANYTHING).any())

    def _pieces(self, partial: _Partial) -> list[_Partial]:
        """Pieces of bounded size, the most profitable one last: it is looked at next."""
        order = np.argsort(partial.earned, kind="stable")
        return [partial.chosen(order[i : i + CHUNK]) for i in range(0, len(order), CHUNK)]


class _Partial(NamedTuple):
    earned: FloatArray
    left: IntArray
    state: IntArray
    begin: IntArray

    def chosen(self, some: IntArray) -> _Partial:
        return _Partial._make(column[some] for column in self)


class _Tables:
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


def _prices(demand: IntArray, profit: FloatArray, most: IntArray, capacity: IntArray) -> FloatArray:
    """Prices of capacity in the linear relaxation: they only order classes and resources."""
    from scipy.optimize import linprog  # slow to load, and few who look at an answer prove it anew

    scale = np.maximum(capacity, 1)
    answer = linprog(-profit, (demand / scale).T, np.minimum(capacity, 1.0), bounds=[(0, n) for n in most.tolist()])
    if answer.status != 0:
        return np.asarray(1.0 / scale)
    return np.asarray(np.maximum(0.0, -answer.ineqlin.marginals) / scale)
