"""The best that one host can hold, proven by a search of its own: the independent check of a pattern bound.

Nothing of the pricing that made the bound is used here. VM classes are decided one after the other, those that take
most capacity first. What the classes from j on can still earn is bounded by a dynamic program over cells of capacity
(`vmopt.bounds.knapsack_cells`). A partial pattern whose VMs do not land on the parts of the host is dropped
(`vmopt.bounds.landing_proof`). A partial pattern whose profit and that bound stay within what is stated is
dropped; where none is left, the statement is proven.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.bounds.knapsack_cells import CellTables
from vmopt.bounds.landing_proof import ANYTHING, EMPTY, NEVER, LandingStates

ENTRIES = 1 << 24
"""Numbers in all tables of the dynamic program."""
FEW_ENTRIES = 1 << 18
"""The same where no time is left: milliseconds, for a bound that is not as close."""
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
    reach: LandingStates | None = None,
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
    reach : LandingStates, optional
        What the parts of the host can land; what all of them have together bounds partial patterns too.

    Examples
    --------
    >>> vms = np.array([[4], [3]]), np.array([5.0, 3.5]), np.array([2, 9])
    >>> right = largest_profit(*vms, np.array([10]), 12.0, lambda: False)
    >>> wrong = largest_profit(*vms, np.array([10]), 9.0, lambda: False)
    >>> round(right.bound, 6), right.proven, round(wrong.bound, 6), wrong.proven
    (12.0, True, 12.0, True)
    """
    reach = LandingStates((), (), np.full(len(demand), -1)) if reach is None else reach
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
        reach: LandingStates,
        entries: int,
    ) -> None:
        price = _prices(demand, profit, most, capacity)
        order = np.argsort(-(demand @ price), kind="stable")
        self.demand, self.profit, self.most = demand[order], profit[order], most[order]
        self.capacity, self.reach = capacity, reach.chosen(order)
        self.tables = CellTables(self.demand, self.profit, self.most, capacity, price, entries)
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


def _prices(demand: IntArray, profit: FloatArray, most: IntArray, capacity: IntArray) -> FloatArray:
    """Prices of capacity in the linear relaxation: they only order classes and resources."""
    from scipy.optimize import linprog  # slow to load, and few who look at an answer prove it anew

    scale = np.maximum(capacity, 1)
    answer = linprog(-profit, (demand / scale).T, np.minimum(capacity, 1.0), bounds=[(0, n) for n in most.tolist()])
    if answer.status != 0:
        return np.asarray(1.0 / scale)
    return np.asarray(np.maximum(0.0, -answer.ineqlin.marginals) / scale)
