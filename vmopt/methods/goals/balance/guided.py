"""Guided: few hosts filled anew by small programs, those that cost something together with others at random."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.methods.goals.balance.costs import Cost
from vmopt.methods.goals.refill import MOST_IN_VAIN, _Walk
from vmopt.methods.goals.stage import Stage
from vmopt.model.loads import loads


def run(stage: Stage, cost: Cost) -> None:
    """Refill hosts until the stage is finished, or too much was in vain."""
    walk = _Guided(stage)
    walk.cost = cost
    while not stage.finished and walk.in_vain < MOST_IN_VAIN:
        walk.step()


class _Guided(_Walk):
    """A refill that chooses hosts by what they cost."""

    cost: Cost

    def _interest(self) -> FloatArray:
        """Cost of each host, and a little for all others."""
        instance, host_index = self.stage.instance, self.stage.host_index
        held = loads(instance.demand, host_index, instance.n_hosts)
        number = np.bincount(host_index[host_index >= 0], minlength=instance.n_hosts)
        each = self.cost(np.arange(instance.n_hosts), np.column_stack([held, number]))
        return np.asarray(each + 1e-3 * each.mean() + 1e-12)

    def _choose(self, size: int) -> IntArray:
        weight = self._interest()
        n_costly = min(max(1, size // 2), int((weight > weight.mean()).sum()) or 1)
        first = self.rng.choice(len(weight), n_costly, replace=False, p=weight / weight.sum())
        others = np.setdiff1d(np.arange(len(weight)), first)
        return np.sort(np.append(self.rng.choice(others, size - len(first), replace=False), first)).astype(np.int64)
