"""Sums: a level that is a sum over hosts, lowered by rounds of exchanges that cool down, again and again."""

from __future__ import annotations

import numpy as np

from vmopt.methods.goals.balance import guided
from vmopt.methods.goals.balance.costs import Cost, cost_of, held_costs
from vmopt.methods.goals.balance.ground import Ground
from vmopt.methods.goals.balance.rounds import make_round
from vmopt.methods.goals.balance.walk import NOTICEABLE, Walk
from vmopt.methods.goals.stage import Stage

METHOD = "exchange"
ROUNDS = 600
"""In which a placement cools down."""
HEATS = (0.0, 0.25, 0.12, 0.06, 0.4)
"""What an exchange may cost at first, in parts of the mean of what hosts cost that cost anything, in turn."""
MOST_IN_VAIN = 10
PATIENCE = 3
"""Coolings in vain after which few hosts at a time are filled anew."""
HALF = 0.5
"""Part of the first heat, from which on placements may be the best."""
COLD = 0.1
"""Last part of the rounds, in which nothing may cost anything."""


def run(stage: Stage) -> None:
    """Exchange VMs until nothing more comes of it; nothing where the level is no sum over hosts."""
    cost, bent = (cost_of(stage.instance, stage.level, bent=bent) for bent in (False, True))
    if cost is None or bent is None:
        return
    in_vain, turn = 0, 0
    while not stage.finished and in_vain < MOST_IN_VAIN:
        improved = _Cooling(stage, cost, bent if in_vain % 2 else cost, turn).run(HEATS[turn % len(HEATS)])
        in_vain, turn = 0 if improved else in_vain + 1, turn + 1
        if in_vain == PATIENCE:
            guided.run(stage, cost)


class _Cooling:
    """Rounds that begin with the best placement, at a heat that goes down to nothing."""

    def __init__(self, stage: Stage, cost: Cost, bent: Cost, turn: int) -> None:
        self.stage, self.cost = stage, cost
        self.ground = Ground(stage.instance, stage.holds, stage.host_index)
        rng = np.random.default_rng([stage.options.seed, turn])
        self.walk = Walk(self.ground, bent, held_costs(stage.instance, stage.holds), rng)
        self.every = np.arange(len(self.ground.load))
        self.best = self.now()

    def now(self) -> float:
        """What all hosts cost."""
        return float(self.cost(self.every, self.ground.load).sum())

    def run(self, heat: float) -> bool:
        """Cool down; tell whether the placement got better."""
        costly, better = self.walk.costs[self.walk.costs > 0], False
        unit = float(costly.mean()) if len(costly) else 0.0
        for number in range(ROUNDS):
            if self.stage.finished or not self.walk.costs.any():
                break
            part = max(0.0, 1 - number / ROUNDS - COLD) / (1 - COLD)
            make_round(self.walk, max(heat * part**2, NOTICEABLE) * unit)
            if not heat or part < HALF or number == ROUNDS - 1:
                better |= self._offer()
        return self._offer() or better

    def _offer(self) -> bool:
        now = self.now()
        if now >= self.best - NOTICEABLE * self.best:
            return False
        self.best = now
        return self.stage.offer(self.ground.placement(), METHOD)
