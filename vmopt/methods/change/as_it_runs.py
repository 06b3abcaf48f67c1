"""As it runs: who runs is settled, and where is decided anew from what runs now.

A search that fills hosts anew is right about who should run and says nothing about where: hardly a host holds what it
held. Of those that run most did before, and may stay; for the few that did not, others make room.
"""

from __future__ import annotations

import time

import numpy as np

from vmopt.methods.change.make_room import with_room
from vmopt.methods.change.parameters import DEFAULT, ChangeParameters
from vmopt.methods.goals.stage import Stage
from vmopt.methods.repair import repair

AS_IT_RUNS = "as-it-runs"


def run(stage: Stage, parameters: ChangeParameters = DEFAULT) -> None:
    """Offer a placement of the VMs that run in the best one, moved from where they run now as little as can be.

    At first others make room as they may, which takes little time, then with as few moves as can be. Where some find no
    room, others are drawn to make it, so often; placements that lack one VM are worth less.
    """
    problem, current = stage.problem, stage.instance.current
    if current is None or stage.finished:
        return
    runs = problem.stay(stage.host_index) >= 0
    wanted = np.flatnonzero(runs)
    stop = time.perf_counter() + stage.remaining
    home = repair(problem, np.where(runs, current, -1))
    for seed in range(parameters.draws):
        gap = 0.0 if seed else parameters.loosely
        found = with_room(problem, home, wanted, stop, seed, gap)
        if found is not None and np.count_nonzero(found >= 0) == len(wanted):  # who of a class does may differ
            stage.suggest(found, AS_IT_RUNS)
            if not gap or np.array_equal(found[home >= 0], home[home >= 0]):  # or nobody had to make room
                return
