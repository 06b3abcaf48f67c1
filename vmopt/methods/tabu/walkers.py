"""Walkers: many placements that change by one VM a step, all at once.

A walker adds the most profitable VM that fits somewhere, and where none fits it takes out the least profitable one.
What was added or taken out stays so for some steps: it is tabu (Glover 1989; with adding and dropping in turns at the
edge of what fits, Glover and Kochenberger 1996). Profit is the value less the price of what is asked for; every walker
has prices of its own, a little off the ones given, so that they go different ways.
"""

from __future__ import annotations

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.methods.tabu.parameters import DEFAULT, TabuParameters
from vmopt.methods.tabu.tabu_problem import TabuProblem

SHORT = 2**30
"""Capacity below which 32 bits hold the load of two placements together."""
NEVER = np.float32(3e38)
"""Beyond every profit: what may not be chosen."""


class Walkers:
    """Placements of the VMs in doubt, and the best of each walker.

    Attributes
    ----------
    on : (n_walkers, n_hosts, n) bool array
        Which VM runs where.
    best : (n_walkers,) array
        Value of the best placement of each walker.
    best_at : (n_walkers, n) int64 array
        That placement: the host of each VM, -1 for none.
    """

    def __init__(self, ground: TabuProblem, rng: np.random.Generator, parameters: TabuParameters = DEFAULT) -> None:
        self.ground, self.rng, self.parameters = ground, rng, parameters
        n_hosts, n_resources = ground.room.shape
        n = len(ground.vms)
        size = int(np.clip(parameters.cells // max(1, n * n_hosts * n_resources), parameters.fewest, parameters.most))
        exact = np.int32 if ground.problem.total.max(initial=0) < SHORT else np.int64
        self._demand = np.ascontiguousarray(ground.demand.T.astype(exact))
        self._room = ground.room.astype(exact)
        self._each = np.arange(size)
        self.on = np.zeros((size, n_hosts, n), dtype=bool)
        self.slack = np.repeat(self._room[None], size, axis=0)
        self.value = np.zeros(size)
        self.best, self.best_at = np.zeros(size), np.full((size, n), -1, dtype=np.int64)
        self.profit = self._profits(size)
        self.until = np.zeros(self.on.shape, dtype=np.int32)
        self.improved = np.zeros(size, dtype=np.int64)
        self.steps = 0

    def step(self) -> None:
        """Add or take out one VM, in every placement."""
        self.steps += 1
        free = self.until <= self.steps
        fits = free & ~self.on.any(axis=1, keepdims=True)
        for k, asked in enumerate(self._demand):
            fits &= asked <= self.slack[:, :, k, None]
        size = len(self._each)
        entering = np.where(fits, self.profit, -NEVER).reshape(size, -1)
        cell = entering.argmax(axis=1)
        adds = entering[self._each, cell] > -NEVER
        leaving = np.where(self.on & free, self.profit, NEVER).reshape(size, -1)
        out = leaving.argmin(axis=1)
        moves = adds | (leaving[self._each, out] < NEVER)
        self._move(np.where(adds, cell, out), adds, moves)
        self._remember()

    def restart(self) -> None:
        """Send the walkers that found nothing for long to a mixture of the best placements of two, with new prices.

        Of walkers with the same best placement, all but one forget it and begin with nothing.
        """
        stuck = np.flatnonzero(self.steps - self.improved > self.parameters.patience)
        if not len(stuck):
            return
        self.profit[stuck] = self._profits(len(stuck))
        one, other = self.best_at[self.good(len(stuck))], self.best_at[self.good(len(stuck))]
        at = np.where(self.rng.random(one.shape) < self.parameters.mix, one, other)
        again = np.isin(stuck, self._repeating())
        self.best[stuck[again]], at[again] = 0.0, -1
        self.go_to(stuck, at)

    def _repeating(self) -> IntArray:
        """Walkers whose best placement is also that of one before them."""
        first = np.unique(self.best_at, axis=0, return_index=True)[1]
        return np.setdiff1d(self._each, first)

    def go_to(self, walkers: IntArray, at: IntArray) -> None:
        """Let walkers go on from placements of the VMs in doubt, ``(n_walkers, n)``, with nothing tabu."""
        self.on[walkers] = at[:, None, :] == np.arange(self.on.shape[1])[:, None]
        self.slack[walkers] = self._room - self.on[walkers] @ self._demand.T
        self.value[walkers] = (at >= 0) @ self.ground.value
        self.until[walkers] = 0
        self.improved[walkers] = self.steps
        self._remember()

    def good(self, size: int) -> IntArray:
        """Choose walkers by their best placements, the better of two drawn each time."""
        one, other = self.rng.integers(len(self._each), size=(2, size))
        return np.asarray(np.where(self.best[one] >= self.best[other], one, other))

    def _move(self, cell: IntArray, adds: BoolArray, moves: BoolArray) -> None:
        walker, cell, adds = self._each[moves], cell[moves], adds[moves]
        host, vm = np.divmod(cell, self.on.shape[2])
        sign = np.where(adds, 1, -1)
        self.on[walker, host, vm] = adds
        self.slack[walker, host] -= sign[:, None].astype(self.slack.dtype) * self._demand[:, vm].T
        self.value[walker] += sign * self.ground.value[vm]
        kept = (
            self.rng.integers(*kept, size=len(walker)) for kept in (self.parameters.kept_in, self.parameters.kept_out)
        )
        self.until[walker, host, vm] = self.steps + np.where(adds, *kept)

    def _remember(self) -> None:
        better = np.flatnonzero(self.value > self.best * (1 + 1e-12))
        better = better[(self.slack[better] >= 0).all(axis=(1, 2))]
        if len(better):
            self.best[better], self.improved[better] = self.value[better], self.steps
            on = self.on[better]
            self.best_at[better] = np.where(on.any(axis=1), on.argmax(axis=1), -1)

    def _profits(self, size: int) -> FloatArray:
        """Profit of every VM on every host at prices a little off, ``(size, n_hosts, n)``."""
        ground = self.ground
        prices = ground.prices * self.rng.lognormal(0.0, self.parameters.spread, (size, *ground.prices.shape))
        scale = max(float(ground.value.max(initial=0.0)), np.finfo(np.float64).tiny)
        profit = (ground.value - prices @ ground.demand.T) / scale
        return np.asarray(profit.astype(np.float32))
