"""The search inside the pricing knapsack where a host holds few VMs: one more VM at a time, large VMs first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.methods.patterns.beam import make_plan, select
from vmopt.methods.patterns.completion import Completion
from vmopt.methods.patterns.knapsack import TOLERANCE, Priced, RelaxedKnapsack, nothing
from vmopt.methods.patterns.parameters import PricingEffort


@dataclass(frozen=True, eq=False)
class PatternVMs:
    """The VMs that a pattern may hold, one by one, large ones first; those of a layer in a row.

    Attributes
    ----------
    layer : (n,) int64 array
    first : (n,) bool array
        Whether it is the first of its layer; any other comes only right after the one before it.
    demand : (n, n_resources) int64 array
    profit : (n,) float64 array
    """

    layer: IntArray
    first: BoolArray
    demand: IntArray
    profit: FloatArray


def branch(relaxed: RelaxedKnapsack, threshold: float, effort: PricingEffort, stop: Callable[[], bool]) -> Priced:
    """Find patterns worth more than `threshold`, and a bound on all patterns, or `threshold` where that is higher.

    At most `effort.width` partial patterns of every number of VMs go on, those of the highest bounds. Stopped early, it
    finds nothing and proves no more than the relaxation does.

    Examples
    --------
    >>> from vmopt.methods.patterns.knapsack import Knapsack
    >>> relaxed = Knapsack(np.array([[3], [2]]), np.array([7])).relax(np.array([5.0, 3.0]), np.array([9, 9]))
    >>> found = branch(relaxed, 0.0, PricingEffort(beam=0, core=0, width=100), lambda: False)
    >>> found.counts[0].tolist(), found.profit.round(6)[0].item(), round(found.bound, 6)
    ([1, 2], 11.0, 11.0)
    """
    gap = relaxed.top - threshold
    if gap <= 0:
        return nothing(relaxed.knapsack, relaxed.top)
    low, units = _units(relaxed, gap, effort)
    if not relaxed.fits(low):
        return nothing(relaxed.knapsack, threshold)
    tree = Tree(relaxed, low, units, threshold, effort)
    while tree.grow(stop):
        pass
    if tree.stopped:
        return nothing(relaxed.knapsack, relaxed.top)
    profit, chosen = tree.found()
    bound = max(threshold, tree.dropped, float(profit.max(initial=threshold)))
    best = np.argsort(-profit, kind="stable")[: effort.candidates]
    if not len(best):
        return nothing(relaxed.knapsack, bound)
    counts = relaxed.counts(chosen[best])
    pick = select(relaxed, counts, effort, stop)
    return Priced(counts[pick], profit[best][pick], bound)


class Front(NamedTuple):
    """Partial patterns with one more VM: from which one, which VM, load, profit, what it can come to."""

    parent: IntArray
    unit: IntArray
    load: IntArray
    profit: FloatArray
    bound: FloatArray

    def joined(self, other: Front) -> Front:
        """Both together."""
        return Front._make(np.concatenate(pair) for pair in zip(self, other, strict=True))

    def chosen(self, index: IntArray | BoolArray) -> Front:
        """Some of them."""
        return Front._make(column[index] for column in self)


class Tree:
    """Partial patterns of one size: their load, profit, last VM and VMs; and the whole patterns found on the way."""

    def __init__(
        self, relaxed: RelaxedKnapsack, low: IntArray, units: PatternVMs, threshold: float, effort: PricingEffort
    ) -> None:
        self.relaxed, self.low, self.units, self.threshold = relaxed, low, units, threshold
        self.effort = effort
        self.capacity = relaxed.knapsack.capacity
        self.completion = Completion(units.demand, units.profit, self.capacity, relaxed.mu, effort.cells)
        self.load = (low[:, None] * relaxed.demand).sum(axis=0)[None]
        self.last, self.held = np.full(1, -1), np.zeros((1, 0), dtype=np.int64)
        self.profit = np.array([_profit_of(relaxed, low)])
        self.dropped, self.stopped = -np.inf, False
        self.whole: list[tuple[FloatArray, IntArray]] = []
        self._take(self.profit, self.held)

    def grow(self, stop: Callable[[], bool]) -> bool:
        """Add one more VM to every partial pattern, in all promising ways; tell whether any is left."""
        step = max(1, self.effort.pairs // max(1, len(self.units.profit)))
        front: Front | None = None
        for begin in range(0, len(self.profit), step):
            self.stopped = stop()
            if self.stopped:
                return False
            children = self._children(slice(begin, begin + step))
            front = self._narrow(children if front is None else front.joined(children))
        assert front is not None
        self.held = np.column_stack([self.held[front.parent], front.unit])
        self.load, self.profit, self.last = front.load, front.profit, front.unit
        return len(self.profit) > 0

    def found(self) -> tuple[FloatArray, IntArray]:
        """Profit of every whole pattern kept, and its numbers per layer."""
        rows = [np.tile(self.low, (len(held), 1)) for _, held in self.whole]
        for row, (_, held) in zip(rows, self.whole, strict=True):
            np.add.at(row, (np.arange(len(held))[:, None], self.units.layer[held]), 1)
        return np.concatenate([profit for profit, _ in self.whole]), np.concatenate(rows)

    def _narrow(self, front: Front) -> Front:
        """Keep the most promising."""
        width = self.effort.width
        if len(front.bound) <= width:
            return front
        best = np.argpartition(-front.bound, width)
        self.dropped = max(self.dropped, float(front.bound[best[width]]))
        return front.chosen(best[:width])

    def _children(self, part: slice) -> Front:
        """All ways to add one VM to some partial patterns that may come to more than the threshold."""
        units, begin = self.units, self.last[part] + 1
        slack = self.capacity - self.load[part]
        end = self.completion.end(begin, slack, self.threshold - self.profit[part])
        parent = np.repeat(np.arange(len(begin)), end - begin)
        unit = np.arange(len(parent)) + np.repeat(begin - np.append(0, np.cumsum(end - begin)[:-1]), end - begin)
        left = slack[parent] - units.demand[unit]
        fits = (left >= 0).all(axis=1) & (units.first[unit] | (unit == begin[parent]))
        parent, unit, left = parent[fits], unit[fits], left[fits]
        profit = self.profit[part][parent] + units.profit[unit]
        bound = profit + self.completion.bound(unit + 1, left)
        keep = np.flatnonzero(bound > self.threshold + TOLERANCE)
        parent, unit, left, profit, bound = parent[keep], unit[keep], left[keep], profit[keep], bound[keep]
        self._take(profit, np.column_stack([self.held[part][parent], unit]))
        keep = bound > self.threshold + TOLERANCE
        return Front(parent + part.start, unit, self.capacity - left, profit, bound).chosen(keep)

    def _take(self, profit: FloatArray, held: IntArray) -> None:
        """Keep the patterns that beat the threshold, and raise it so far that no more than enough do."""
        beats = profit > self.threshold + TOLERANCE
        self.whole.append((profit[beats], held[beats]))
        every = np.concatenate([profit for profit, _ in self.whole])
        if len(every) > self.effort.candidates:
            self.threshold = float(np.partition(every, -self.effort.candidates)[-self.effort.candidates])
            better = [profit >= self.threshold for profit, _ in self.whole]
            self.whole = [(p[b], h[b]) for (p, h), b in zip(self.whole, better, strict=True)]


def _units(relaxed: RelaxedKnapsack, gap: float, effort: PricingEffort) -> tuple[IntArray, PatternVMs]:
    """Numbers that every layer takes at least, and the VMs that may come on top."""
    plan = make_plan(relaxed, gap, len(relaxed.start), effort.big_first)
    cost = relaxed.demand @ relaxed.mu
    order = plan.order[np.argsort(-cost[plan.order], kind="stable")]
    more = (plan.high - plan.low)[order]
    gains = [-np.diff(relaxed.loss[j][plan.low[j] : plan.high[j] + 1]) + cost[j] for j in order.tolist()]
    layer = np.repeat(order, more)
    first = np.r_[True, layer[1:] != layer[:-1]][: len(layer)]
    return plan.low, PatternVMs(layer, first, relaxed.demand[layer], np.concatenate([*gains, np.zeros(0)]))


def _profit_of(relaxed: RelaxedKnapsack, units: IntArray) -> float:
    """Profit of the pattern with these numbers per layer."""
    cost = relaxed.demand @ relaxed.mu
    return float(sum(loss[0] - loss[n] + n * c for loss, n, c in zip(relaxed.loss, units, cost, strict=True)))
