"""Closer: less latency as the last level, by exchanges that leave all levels above as they are."""

from __future__ import annotations

import time

from vmopt.arrays import IntArray
from vmopt.methods.goals.stage import Stage
from vmopt.methods.locality.localise import search
from vmopt.methods.locality.movable import traffic_of_placed
from vmopt.network.latency import Latency
from vmopt.network.sites import sites_of

METHOD = "localise"


def run(stage: Stage) -> None:
    """Search exchanges of places between VMs that run: the same run, and rules are broken as they were."""
    goal = stage.level.goals[0]
    assert isinstance(goal, Latency)
    if stage.finished:
        return
    movable = traffic_of_placed(stage.instance, stage.host_index, goal.traffic)
    seating = movable.seating(sites_of(stage.instance, goal.network), stage.host_index)
    before, best = float(seating.cost()[0]), seating.at.copy()

    def tell(at: IntArray, cost: float) -> None:
        nonlocal before, best
        if cost < before:
            before, best = cost, at.copy()

    deadline = time.perf_counter() + stage.remaining
    search(seating, seed=stage.options.seed, deadline=deadline, told=tell)
    stage.offer(movable.host_index(best), METHOD)
