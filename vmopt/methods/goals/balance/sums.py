"""Sums: a level that is a sum over hosts, lowered by rounds of exchanges that cool down, again and again."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import IntArray
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
COLD = 0.1
"""Last part of the rounds, in which nothing may cost anything."""


def run(stage: Stage) -> None:
    """Exchange VMs until nothing more comes of it; nothing where the level is no sum over hosts."""
    cost = cost_of(stage.instance, stage.level)
    if cost is None:
        return
    in_vain, turn = 0, 0
    while not stage.finished and in_vain < MOST_IN_VAIN:
        improved = _cool(stage, cost, HEATS[turn % len(HEATS)], turn)
        in_vain, turn = 0 if improved else in_vain + 1, turn + 1


def _cool(stage: Stage, cost: Cost, heat: float, turn: int) -> bool:
    """Cool the best placement down from a heat; tell whether it got better."""
    rng = np.random.default_rng([stage.options.seed, turn])
    ground = Ground(stage.instance, stage.holds, stage.host_index)
    walk = Walk(ground, cost, held_costs(stage.instance, stage.holds), rng)
    costly = walk.costs[walk.costs > 0]
    best, taken, unit = float(walk.costs.sum()), False, float(costly.mean()) if len(costly) else 0.0
    for number in range(ROUNDS):
        if stage.finished or not walk.costs.any():
            break
        part = max(0.0, 1 - number / ROUNDS - COLD) / (1 - COLD)
        make_round(walk, max(heat * part**2, NOTICEABLE) * unit)
        now = float(walk.costs.sum())
        if now < best - NOTICEABLE * best and (heat == 0.0 or part < 0.5):
            found: IntArray = ground.placement()
            best, taken = now, stage.offer(found, METHOD) or taken
    now = float(walk.costs.sum())
    return (now < best and stage.offer(ground.placement(), METHOD)) or taken
