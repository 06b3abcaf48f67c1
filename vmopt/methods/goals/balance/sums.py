"""Sums: a level that is a sum over hosts, lowered by exchanges at the hosts that cost most."""

from __future__ import annotations

import numpy as np

from vmopt.methods.goals.balance.costs import Cost, cost_of, held_costs
from vmopt.methods.goals.balance.ground import Ground
from vmopt.methods.goals.balance.walk import NOTICEABLE, Walk
from vmopt.methods.goals.stage import Stage

METHOD = "exchange"
MOST_IN_VAIN = 2_000
SIDEWAYS = 1e-12


def run(stage: Stage) -> None:
    """Exchange VMs until nothing more comes of it; nothing where the level is no sum over hosts."""
    cost = cost_of(stage.instance, stage.level)
    if cost is not None:
        _descend(stage, cost)


def _descend(stage: Stage, cost: Cost) -> None:
    rng = np.random.default_rng(stage.options.seed)
    ground = Ground(stage.instance, stage.holds, stage.host_index)
    walk = Walk(ground, cost, held_costs(stage.instance, stage.holds), rng)
    best, in_vain = float(walk.costs.sum()), 0
    stuck = np.zeros(len(walk.costs), dtype=bool)
    while not stage.finished and in_vain < MOST_IN_VAIN:
        weight = np.where(stuck, 0.0, walk.costs)
        if weight.sum() > SIDEWAYS:
            host = int(rng.choice(len(weight), p=weight / weight.sum()))
            stuck[host] = walk.step(host) is None
            if not stuck[host]:
                stuck[:] = False
            continue
        now = float(walk.costs.sum())
        if now < best - NOTICEABLE * abs(best):
            stage.offer(ground.placement(), METHOD)
            best, in_vain = now, 0
        in_vain += 1
        stuck[:] = False
        if not _sideways(walk, rng):
            break


def _sideways(walk: Walk, rng: np.random.Generator) -> bool:
    """Exchange VMs at some hosts at no cost, so that others come within reach."""
    weight = walk.costs + 0.01 * walk.costs.max(initial=0.0)
    if not weight.sum() > 0:
        return False
    hosts = rng.choice(len(weight), 4, p=weight / weight.sum())
    moved = [walk.step(int(host), -SIDEWAYS * walk.costs.max()) for host in hosts]
    return any(change is not None for change in moved) or len(weight) > len(moved)
