"""Sums: a level that is a sum over hosts, lowered by rounds of exchanges that cool down, again and again."""

from __future__ import annotations

import numpy as np

from vmopt.methods.goals.balance import guided
from vmopt.methods.goals.balance.costs import Cost, cost_of, held_costs
from vmopt.methods.goals.balance.ground import Ground
from vmopt.methods.goals.balance.parameters import SUM, SumParameters
from vmopt.methods.goals.balance.rounds import make_round
from vmopt.methods.goals.balance.walk import NOTICEABLE, Walk
from vmopt.methods.goals.parameters import DEFAULT, RefillParameters
from vmopt.methods.goals.stage import Stage

METHOD = "exchange"


def run(stage: Stage, parameters: SumParameters = SUM, refilled: RefillParameters = DEFAULT.refill) -> None:
    """Exchange VMs until nothing more comes of it; nothing where the level is no sum over hosts."""
    cost, bent = (cost_of(stage.instance, stage.level, bend=bend) for bend in (0.0, parameters.bend))
    if cost is None or bent is None:
        return
    in_vain, turn = 0, 0
    while not stage.finished and in_vain < parameters.most_in_vain:
        cooling = _Cooling(stage, cost, bent if in_vain % 2 else cost, turn, parameters)
        improved = cooling.run(parameters.heats[turn % len(parameters.heats)])
        in_vain, turn = 0 if improved else in_vain + 1, turn + 1
        if in_vain == parameters.patience:
            guided.run(stage, cost, refilled)


class _Cooling:
    """Rounds that begin with the best placement, at a heat that goes down to nothing."""

    def __init__(self, stage: Stage, cost: Cost, bent: Cost, turn: int, parameters: SumParameters) -> None:
        self.stage, self.cost, self.parameters = stage, cost, parameters
        self.ground = Ground(stage.instance, stage.holds, stage.host_index)
        rng = np.random.default_rng([stage.options.seed, turn])
        self.walk = Walk(self.ground, bent, held_costs(stage.instance, stage.holds), rng, parameters.walk)
        self.every = np.arange(len(self.ground.load))
        self.best = self.now()

    def now(self) -> float:
        """What all hosts cost."""
        return float(self.cost(self.every, self.ground.load).sum())

    def run(self, heat: float) -> bool:
        """Cool down; tell whether the placement got better."""
        costly, better = self.walk.costs[self.walk.costs > 0], False
        unit = float(costly.mean()) if len(costly) else 0.0
        n, cold = self.parameters.rounds, self.parameters.cold
        for number in range(n):
            if self.stage.finished or not self.walk.costs.any():
                break
            part = max(0.0, 1 - number / n - cold) / (1 - cold)
            make_round(self.walk, max(heat * part**2, NOTICEABLE) * unit)
            if not heat or part < self.parameters.half or number == n - 1:
                better |= self._offer()
        return self._offer() or better

    def _offer(self) -> bool:
        now = self.now()
        if now >= self.best - NOTICEABLE * self.best:
            return False
        self.best = now
        return self.stage.offer(self.ground.placement(), METHOD)
