"""Plan: which searches serve a level, in the order in which they pay."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from vmopt.formulation.assignment import assignment_size
from vmopt.methods.change import fewest
from vmopt.methods.goals import bounds, closer, refill, whole
from vmopt.methods.goals.balance import narrowing, sums
from vmopt.methods.goals.stage import Stage
from vmopt.solution import Limit

SMALL = 2_000
"""VM classes times hosts up to which the whole level is one program."""


def run(stage: Stage, method: str) -> None:
    """Serve a level; greedy baselines leave it as it comes, and only learn how good that is."""
    if stage.finished:
        return
    if method.startswith("greedy"):
        bounds.run(stage)
        return
    if stage.level.goals[0].name == "latency":
        closer.run(stage)
        return
    nobody = np.full(stage.instance.n_vms, -1, dtype=np.int64)
    if stage.suggest(nobody, method) and stage.finished:
        return
    if method == "exact":
        whole.run(stage)
        return
    if stage.level.names("fewest-moves"):
        fewest.run(stage)
    with stage.within(0.3):
        bounds.run(stage)
    with stage.within(0.7):
        exchange(stage)
    if stage.finished:
        return
    small = assignment_size(stage.problem) <= SMALL
    if small:
        with stage.within(0.3):
            whole.run(stage)
    if not stage.finished and stage.limit is not Limit.INTERRUPTED:
        stage.limit = None
        with stage.within(0.5 if small else 1.0):
            refill.run(stage, partial(fewest.interest, stage) if stage.level.names("fewest-moves") else None)
    if small and not stage.finished and stage.limit is not Limit.INTERRUPTED:
        whole.run(stage)


def exchange(stage: Stage) -> None:
    """Exchange VMs for a level with a balance; other levels are left to other searches."""
    goals: tuple[Any, ...] = stage.level.goals
    if stage.problem.elastic or stage.finished or not any(goal.name == "balance" for goal in goals):
        return
    if len(goals) == 1 and goals[0].kind in ("max", "spread"):
        narrowing.run(stage)
    else:
        sums.run(stage)
