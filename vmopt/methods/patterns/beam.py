"""The search inside the pricing knapsack: layers decided one by one, a beam of partial patterns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.methods.patterns.knapsack import TOLERANCE, Priced, RelaxedKnapsack, nothing
from vmopt.methods.patterns.parameters import PricingEffort

NEVER = 2**60
"""More than any host has: what asks for so much fits nowhere."""


@dataclass(frozen=True, eq=False)
class LayerOrder:
    """Which layers are free, in which order, and what is known of those not yet decided.

    Attributes
    ----------
    gap : float
        A pattern may lose this much against `RelaxedKnapsack.top` and still beat the threshold.
    low, high : (n_layers,) int64 arrays
        Numbers a layer may take; equal where it is fixed.
    order : (n_free,) int64 array
    rest : (n_free + 1, n_resources) int64 array
        Most that the layers from here on can still add.
    least : (n_free + 1, n_resources) int64 array
        Least that one more VM of those layers asks for.
    forgone : (n_free + 1,) float64 array
        Loss of those layers if nothing more is added.
    dropped : float
        Least loss of what the plan leaves out.
    """

    gap: float
    low: IntArray
    high: IntArray
    order: IntArray
    rest: IntArray
    least: IntArray
    forgone: FloatArray
    dropped: float


def explore(relaxed: RelaxedKnapsack, threshold: float, effort: PricingEffort, stop: Callable[[], bool]) -> Priced:
    """Find patterns worth more than `threshold`, and a bound on all patterns, or `threshold` where that is higher.

    Stopped early, it finds nothing and proves no more than the relaxation does.

    Examples
    --------
    >>> from vmopt.methods.patterns.knapsack import Knapsack
    >>> relaxed = Knapsack(np.array([[3], [2]]), np.array([7])).relax(np.array([5.0, 3.0]), np.array([9, 9]))
    >>> found = explore(relaxed, 0.0, PricingEffort(beam=100, core=100), lambda: False)
    >>> found.counts[0].tolist(), found.profit.round(6)[0].item(), round(found.bound, 6)
    ([1, 2], 11.0, 11.0)
    """
    gap = relaxed.top - threshold
    if gap <= 0:
        return nothing(relaxed.knapsack, relaxed.top)
    plan = make_plan(relaxed, gap, effort.core, effort.big_first)
    if not relaxed.fits(plan.low):
        return nothing(relaxed.knapsack, threshold)
    beam = Beam(relaxed, plan, effort)
    for step in range(len(plan.order)):
        beam.decide(step, stop)
        if stop() or (effort.every and beam.dropped < gap):
            return nothing(relaxed.knapsack, relaxed.top)
    beam.trim(len(plan.order))
    loss, node = beam.finished()
    profit = relaxed.top - loss
    bound = max(threshold, relaxed.top - beam.dropped, float(profit.max(initial=threshold)))
    best = np.flatnonzero(profit > threshold + TOLERANCE)
    best = best[np.argsort(-profit[best], kind="stable")][: None if effort.every else effort.candidates]
    if not len(best):
        return nothing(relaxed.knapsack, bound)
    counts = relaxed.counts(beam.units(node[best]))
    pick = select(relaxed, counts, effort, stop)
    if effort.every and stop():
        return nothing(relaxed.knapsack, relaxed.top)
    return Priced(counts[pick], profit[best][pick], bound)


def make_plan(relaxed: RelaxedKnapsack, gap: float, core: int, big_first: float) -> LayerOrder:
    """Fix the layers that cannot deviate, order the others: those that lose most by deviating, and large VMs, first."""
    within = [np.flatnonzero(loss <= gap) for loss in relaxed.loss]
    low = np.array([t[0] for t in within])
    high = np.array([t[-1] for t in within])
    free = np.flatnonzero(high > low)
    dropped = np.inf
    if len(free) > core:
        by_swing = free[np.argsort(-relaxed.least_deviation[free], kind="stable")]
        out = by_swing[: len(free) - core]
        kept_low = low.copy()
        kept_low[out] = [int(np.argmin(relaxed.loss[j])) for j in out]
        if relaxed.fits(kept_low):
            low, free, dropped = kept_low, by_swing[len(out) :], float(relaxed.least_deviation[out].min())
            high[out] = low[out]
    size = (relaxed.demand / np.maximum(relaxed.knapsack.capacity, 1)).sum(axis=1)
    order = free[np.argsort(-relaxed.least_deviation[free] / gap - big_first * size[free], kind="stable")]
    demand = relaxed.demand[order]
    none = np.zeros((1, demand.shape[1]), dtype=np.int64)
    more = (high - low)[order][:, None] * demand
    forgone = np.array([relaxed.loss[j][low[j]] for j in order])
    return LayerOrder(
        gap=gap,
        low=low,
        high=high,
        order=order,
        rest=np.concatenate([np.cumsum(more[::-1], axis=0)[::-1], none]),
        least=np.concatenate([np.minimum.accumulate(demand[::-1], axis=0)[::-1], none + NEVER]),
        forgone=np.concatenate([np.cumsum(forgone[::-1])[::-1], [0.0]]),
        dropped=dropped,
    )


class Beam:
    """Partial patterns: their load, their loss, and how they came about."""

    def __init__(self, relaxed: RelaxedKnapsack, plan: LayerOrder, effort: PricingEffort) -> None:
        self.relaxed, self.plan, self.width, self.effort = relaxed, plan, effort.beam, effort
        self.capacity, self.mu = relaxed.knapsack.capacity[:, None], relaxed.mu
        fixed = np.setdiff1d(np.arange(len(plan.low)), plan.order)
        self.load = (plan.low[:, None] * relaxed.demand).sum(axis=0)[:, None]  # (n_resources, n_partial)
        self.loss = np.array([sum(float(relaxed.loss[j][plan.low[j]]) for j in fixed)], dtype=np.float64)
        self.landing = effort.landing and relaxed.knapsack.holding is not None
        self.state = relaxed.states(relaxed.counts(plan.low[None]))
        self.node = np.zeros(1, dtype=np.int64)
        self.dropped = plan.dropped
        self.n_nodes = 1
        self.steps = [(self.node - 1, self.node - 1, self.node)]
        self.done: list[tuple[FloatArray, IntArray]] = []
        self.random = np.random.default_rng(0)

    def decide(self, step: int, stop: Callable[[], bool]) -> None:
        """Add every allowed number of the next layer to every partial pattern."""
        j = self.plan.order[step]
        loss, low = self.relaxed.loss[j], self.plan.low[j]
        more = np.arange(1, self.plan.high[j] - low + 1)
        new_load = self.load[:, :, None] + self.relaxed.demand[j][:, None, None] * more
        new_loss = self.loss[:, None] + loss[low + more]
        fits = (new_load <= self.capacity[:, :, None]).all(axis=0)
        states = self._grown(j, fits & (new_loss <= self.plan.gap), stop)
        parent, take = np.nonzero(states >= 0)
        self.loss += loss[low]
        if len(parent):
            self.load = np.concatenate([self.load, new_load[:, parent, take]], axis=1)
            self.loss = np.concatenate([self.loss, new_loss[parent, take]])
            self.state = np.concatenate([self.state, states[parent, take]])
            made = np.arange(self.n_nodes, self.n_nodes + len(parent))
            self.steps.append((self.node[parent], np.full(len(parent), j), more[take]))
            self.node = np.concatenate([self.node, made])
            self.n_nodes += len(parent)
        if len(self.loss) > 2 * self.width or len(more) > 1:
            self.trim(step + 1)

    def _grown(self, layer: int, fits: BoolArray, stop: Callable[[], bool]) -> IntArray:
        """States with more VMs of a layer, ``(n_partial, n_more)``; -1 where they do not fit."""
        if not self.landing:
            return np.where(fits, self.state[:, None], -1)
        found, so_far = np.full(fits.shape, -1, dtype=np.int64), self.state
        for more in range(fits.shape[1]):
            some = np.flatnonzero(fits[:, more:].any(axis=1) & (so_far >= 0))
            after = np.full(len(so_far), -1, dtype=np.int64)
            after[some] = self.relaxed.grown(so_far[some], np.full(len(some), layer), stop)
            found[:, more] = np.where(fits[:, more], after, -1)
            so_far = after
        return found

    def trim(self, step: int) -> None:
        """Put aside the patterns that nothing more fits, drop those that cannot beat the threshold, keep the best."""
        plan = self.plan
        slack = self.capacity - self.load
        shut = (slack < plan.least[step][:, None]).any(axis=0)
        if shut.any():
            loss = self.loss[shut] + plan.forgone[step] + self.mu @ slack[:, shut]
            good = loss < plan.gap
            self.done.append((loss[good], self.node[shut][good]))
        least_loss = self.loss + self.mu @ np.maximum(slack - plan.rest[step][:, None], 0)
        keep = np.flatnonzero(~shut & (least_loss <= plan.gap))
        keep = self._distinct(keep)
        if len(keep) > self.width:
            rank = least_loss[keep] + plan.gap * 1e-6 * self.random.random(len(keep))
            part = np.argpartition(rank, self.width)
            self.dropped = min(self.dropped, float(least_loss[keep[part[self.width :]]].min()))
            keep = keep[part[: self.width]]
        self.load, self.loss = self.load[:, keep], self.loss[keep]
        self.node, self.state = self.node[keep], self.state[keep]

    def _distinct(self, keep: IntArray) -> IntArray:
        """Of patterns with equal load that hold the same, the one that loses least."""
        radix = self.relaxed.knapsack.radix
        if self.effort.every or len(keep) < self.effort.few:
            return keep
        told = np.vstack([self.state[keep], self.load[:, keep]])
        order = np.lexsort((self.loss[keep], told[0], radix @ told[1:]))
        first = np.r_[True, (np.diff(told[:, order]) != 0).any(axis=0)]
        return keep if first.all() else keep[order[first]]

    def finished(self) -> tuple[FloatArray, IntArray]:
        """Loss and node of every complete pattern that beats the threshold."""
        if not self.done:
            return np.zeros(0), np.zeros(0, dtype=np.int64)
        return np.concatenate([loss for loss, _ in self.done]), np.concatenate([node for _, node in self.done])

    def units(self, node: IntArray) -> IntArray:
        """Numbers per layer of complete patterns, followed back to the start."""
        parent, layer, take = (np.concatenate(column) for column in zip(*self.steps, strict=True))
        units = np.tile(self.plan.low, (len(node), 1))
        row = np.arange(len(node))
        while len(row):
            row, node = row[node > 0], node[node > 0]
            units[row, layer[node]] += take[node]
            node = parent[node]
        return units


def select(relaxed: RelaxedKnapsack, counts: IntArray, effort: PricingEffort, stop: Callable[[], bool]) -> IntArray:
    """Choose some patterns that land, given best first; all are looked at where none of a choice lands.

    Unless partial patterns were looked at, it is enough that VMs land one beside the other.
    """
    if effort.every:
        return np.flatnonzero(relaxed.states(counts, stop=stop) >= 0)
    pick = diverse(counts, effort.keep)
    if relaxed.knapsack.holding is None:
        return pick
    landing = pick[relaxed.states(counts[pick], anew=effort.landing, stop=stop) >= 0]
    if len(landing):
        return landing
    every = np.flatnonzero(relaxed.states(counts, anew=effort.landing, stop=stop) >= 0)
    return np.asarray(every[diverse(counts[every], effort.keep)]) if len(every) else every


def diverse(counts: IntArray, keep: int) -> IntArray:
    """Choose patterns, given best first: for every VM class the best that has it, and the four best."""
    has = counts > 0
    first = has.argmax(axis=0)[has.any(axis=0)]
    return np.union1d(first, np.arange(min(len(counts), 4)))[:keep]
