"""The pricing knapsack: the best patterns of one host class at given profits, with a proven bound.

A pattern takes ``a[j] <= limit[j]`` VMs of class j and fits one host: ``sum_j a[j] d[j,k] <= C[k]``. At prices ``mu``
of the host's resources its profit is

    sum_j a[j] r[j]  =  top - sum of losses - sum_k mu[k] slack[k],      top = mu @ C + sum of the best layers

where a layer is all classes of one demand, filled most profitable first, and its loss is what it falls short of its own
best. Layers are decided one by one. A partial pattern whose losses, with the slack that can no longer be filled, exceed
``top - threshold`` cannot beat the threshold and is dropped; of partial patterns with equal load the best is kept; and
if more than `beam` remain, the best are kept and the best one dropped goes into the bound. (A core algorithm for the
multi-dimensional knapsack: Balas and Zemel 1980, Pisinger 1997; with a beam.)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.methods.patterns.inside import Holding
from vmopt.model.classes import merge_rows
from vmopt.rules.inside.book import Stop

TOLERANCE = 1e-9
"""What a pattern must earn beyond the threshold, in units of about what a host earns: below, it is rounding."""
MAX_COPIES = 10**6
"""Copies of a class that asks for nothing."""


@dataclass(frozen=True, eq=False)
class Priced:
    """Patterns that beat the threshold, best first, and a bound that no pattern exceeds.

    Attributes
    ----------
    counts : (n_patterns, n_vm_classes) int64 array
    profit : (n_patterns,) float64 array
    bound : float
        Never below the threshold: patterns below it were not looked for.
    """

    counts: IntArray
    profit: FloatArray
    bound: float


class Knapsack:
    """What the knapsacks of one host class have in common.

    Parameters
    ----------
    demand : (n_vm_classes, n_resources) int64 array
    capacity : (n_resources,) int64 array
    merge : bool
        Whether classes of equal demand make one layer, which finds the best patterns but not every pattern.
    at_most : (n_vm_classes,) int64 array, optional
        How many of each class rules allow on a host; default: any number.
    holding : Holding, optional
        What the parts of a host can land; default: hosts have none.
    """

    def __init__(
        self,
        demand: IntArray,
        capacity: IntArray,
        *,
        merge: bool = True,
        at_most: IntArray | None = None,
        holding: Holding | None = None,
    ) -> None:
        self.demand, self.capacity, self.at_most, self.holding = demand, capacity, at_most, holding
        alike = demand if holding is None else np.column_stack([demand, holding.ask])
        self.group = merge_rows(alike)[1] if merge else np.arange(len(demand))
        copies = np.where(demand > 0, capacity // np.maximum(demand, 1), MAX_COPIES)
        self.copies = np.where((demand <= capacity).all(axis=1), copies.min(axis=1), 0)
        if holding is not None:
            self.copies = np.where(holding.alone, self.copies, 0)
        with np.errstate(over="ignore"):  # loads that differ may then have one number, and are not taken for equal
            self.radix = np.concatenate([[1], np.cumprod(capacity[:-1] + 1)])

    @property
    def most(self) -> IntArray:
        """How many VMs of each class fit a host by themselves and are allowed there."""
        return self.copies if self.at_most is None else np.minimum(self.copies, self.at_most)

    def unmerged(self) -> Knapsack:
        """The same knapsack, for finding every pattern: classes of equal demand are told apart."""
        return Knapsack(self.demand, self.capacity, merge=False, at_most=self.at_most, holding=self.holding)

    def relax(self, profit: FloatArray, limit: IntArray, least: float = TOLERANCE) -> RelaxedKnapsack | None:
        """Solve the linear relaxation and lay out the layers; None when no class earns more than `least`."""
        if self.holding is not None:
            self.holding.shelf.trim()
        most = np.minimum(limit, self.most)
        use = np.flatnonzero((profit > least) & (most > 0))
        if not len(use):
            return None
        use = use[np.lexsort((-profit[use], self.group[use]))]
        mu, held = self._prices(profit[use], self.demand[use], most[use])
        return RelaxedKnapsack(self, use, profit[use], most[use], mu, held)

    def _prices(self, profit: FloatArray, demand: IntArray, limit: IntArray) -> tuple[FloatArray, float]:
        """Dual values of capacity in the linear relaxation, where any of at least 0 are valid, and the VMs it takes."""
        from scipy.optimize import linprog  # slow to load, and not all that is loaded with this needs it

        scale = np.maximum(self.capacity, 1)
        result = linprog(
            -profit,
            A_ub=(demand / scale).T,
            b_ub=np.minimum(self.capacity, 1.0),
            bounds=[(0.0, most) for most in limit.tolist()],
            method="highs-ds",
        )
        if result.status != 0:
            return np.zeros(len(scale)), np.inf
        mu = np.asarray(np.maximum(0.0, -result.ineqlin.marginals) / scale)
        return mu, float(np.asarray(result.x).sum())


class RelaxedKnapsack:
    """A knapsack at given profits: its prices, its layers, its bound `top`, and the VMs `held` in its relaxation."""

    def __init__(
        self, knapsack: Knapsack, use: IntArray, profit: FloatArray, limit: IntArray, mu: FloatArray, held: float
    ) -> None:
        self.knapsack, self.use, self.profit, self.limit = knapsack, use, profit, limit
        self.mu, self.held = mu, held
        group = knapsack.group[use]
        self.start = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
        self.end = np.r_[self.start[1:], len(use)]
        self.demand = knapsack.demand[use][self.start]
        cost = self.demand @ mu
        copies = knapsack.copies[use][self.start]
        self.loss: list[FloatArray] = []
        best = np.zeros(len(cost))
        for j, (s, e) in enumerate(zip(self.start.tolist(), self.end.tolist(), strict=True)):
            unit = np.repeat(profit[s:e], limit[s:e])[: copies[j]]
            gain = np.concatenate([[0.0], np.cumsum(unit - cost[j])])
            best[j] = gain.max()
            self.loss.append(best[j] - gain)
        self.top = float(mu @ knapsack.capacity + best.sum())

    @cached_property
    def least_deviation(self) -> FloatArray:
        """Least loss of each layer for deviating from its best number."""
        return np.array([np.partition(loss, 1)[1] for loss in self.loss])

    def fits(self, units: IntArray) -> bool:
        """Whether a host holds so many VMs of each layer."""
        if ((units[:, None] * self.demand).sum(axis=0) > self.knapsack.capacity).any():
            return False
        return bool(self.states(self.counts(units[None]))[0] >= 0)

    def states(self, counts: IntArray, *, anew: bool = True, stop: Stop | None = None) -> IntArray:
        """What hosts hold with so many VMs of each class; 0 where they have no parts, -1 where these do not land."""
        holding = self.knapsack.holding
        return (
            np.zeros(len(counts), dtype=np.int64) if holding is None else holding.holding(counts, anew=anew, stop=stop)
        )

    def grown(self, states: IntArray, layer: IntArray, stop: Stop | None = None) -> IntArray:
        """Return the states with one VM more each, -1 where it does not land, or is not known to when it is stopped."""
        holding = self.knapsack.holding
        return states if holding is None else holding.grown(states, self.use[self.start[layer]], stop)

    def counts(self, units: IntArray) -> IntArray:
        """Patterns over VM classes from numbers per layer: the most profitable class of a layer first."""
        layer = np.repeat(np.arange(len(self.start)), self.end - self.start)
        before = np.cumsum(self.limit) - self.limit
        before -= before[self.start][layer]
        counts = np.zeros((len(units), len(self.knapsack.demand)), dtype=np.int64)
        counts[:, self.use] = np.clip(units[:, layer] - before, 0, self.limit)
        return counts


def nothing(knapsack: Knapsack, bound: float) -> Priced:
    """No pattern, and a bound."""
    return Priced(np.zeros((0, len(knapsack.demand)), dtype=np.int64), np.zeros(0), bound)
