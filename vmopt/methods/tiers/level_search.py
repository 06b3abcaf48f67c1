"""A search for one level of priority, or for a few of them, under what the levels above have."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vmopt import metrics
from vmopt.arrays import IntArray
from vmopt.bounds.level_worth import bounds_of_levels, combined
from vmopt.host_index import to_host_index
from vmopt.level_values import Values, values_of
from vmopt.methods.search import Search
from vmopt.methods.tiers.ladder import Ladder
from vmopt.methods.tiers.weights import Weights

NOTICEABLE = 1e-12
"""Part of the objective that counts as better: less is rounding."""
METHOD = "tiers"


class LevelSearch(Search):
    """A search of the combined objective that takes no placement which is worse level by level.

    Parameters
    ----------
    ladder : Ladder
        Its placement is where the search starts.
    level, last : int
        First and last of the levels that are searched.
    weights : Weights
    seconds : float
        Time limit.

    Attributes
    ----------
    best : (n_vms,) int64 array
        Best placement of the levels up to `last`, level by level; -1 for VMs of others, but where there are rules.
    values : tuple of Fraction
        Its values of these levels.
    misled : bool
        Whether a placement was offered that the weights call better and the levels do not: the search is over.
    """

    def __init__(self, ladder: Ladder, level: int, last: int, weights: Weights, seconds: float) -> None:
        part, self.vms = combined(ladder.instance, ladder.worth, weights.per_value, weights.per_vm)
        super().__init__(part, replace(ladder.options, time_limit=seconds, progress=None))
        self.ladder, self.level, self.last, self.weights = ladder, level, last, weights
        self.misled = False
        self.best = self._whole(ladder.host_index[self.vms])
        self.values: Values = values_of(ladder.instance, self.best)[: last + 1]
        self._known: tuple[float, Values, bool] | None = None
        if ladder.found:
            self.offer(ladder.host_index[self.vms], METHOD)
        self.options = replace(self.options, gap=self._gap())

    def offer(self, placement: IntArray, method: str) -> bool:
        """Take a placement if it is better, and no worse level by level."""
        host_index = to_host_index(self.instance, placement)
        whole = self._whole(host_index)
        values = values_of(self.ladder.instance, whole)[: self.last + 1]
        with self._lock:
            if values < self.values:
                self.misled |= self._looks_better(host_index) and not self.weights.strict
                return False
            first = not self.found
            taken = super().offer(host_index, method)
            if first or values > self.values:
                self.best, self.values = whole, values
            return taken

    @property
    def proven(self) -> bool:
        """Whether every level searched is within the requested gap of its bound."""
        if not self.found:
            return False
        if self._known is None or self._known[0] != self.bound or self._known[1] is not self.values:
            self._known = (self.bound, self.values, self._all_within())
        return self._known[2]

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to do, no time to do it, or the weights turned out too weak."""
        return self.misled or super().finished

    def _all_within(self) -> bool:
        ladder = self.ladder
        worth, steps, weights = ladder.worth, ladder.steps, self.weights
        bounds = bounds_of_levels(self.bound, weights.per_value, weights.per_vm, worth, steps, self.values)
        for level, (value, bound) in enumerate(zip(self.values, bounds, strict=True)):
            known = steps.totals[level] if bound is None else steps.down(level, bound)
            if level >= self.level and not ladder.reaches(value, known):
                return False
        return True

    def _gap(self) -> float:
        """Gap of the combined objective at which the levels are within the gap requested of each."""
        value = float(self.values[self.level] / self.ladder.worth.unit[self.level]) * float(
            self.weights.per_value[self.level]
        )
        return self.ladder.options.gap * value / self.objective if self.objective > 0 else 0.0

    def _looks_better(self, host_index: IntArray) -> bool:
        return metrics.objective_of(self.instance, host_index) > self.objective * (1 + NOTICEABLE)

    def _whole(self, host_index: IntArray) -> IntArray:
        whole = np.full(self.ladder.instance.n_vms, -1, dtype=np.int64)
        whole[self.vms] = host_index
        return whole
