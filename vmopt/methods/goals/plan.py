"""Plan: which searches serve a level, in the order in which they pay."""

from __future__ import annotations

import numpy as np

from vmopt.formulation.assignment import assignment_size
from vmopt.methods.goals import closer, refill, whole
from vmopt.methods.goals.stage import Stage
from vmopt.solution import Limit

SMALL = 2_000
"""VM classes times hosts up to which the whole level is one program."""


def run(stage: Stage, method: str) -> None:
    """Serve a level; greedy baselines leave it as it comes."""
    if stage.finished or method.startswith("greedy"):
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
    small = assignment_size(stage.problem) <= SMALL
    if small:
        with stage.within(0.3):
            whole.run(stage)
    if not stage.finished and stage.limit is not Limit.INTERRUPTED:
        stage.limit = None
        with stage.within(0.5 if small else 1.0):
            refill.run(stage)
    if small and not stage.finished and stage.limit is not Limit.INTERRUPTED:
        whole.run(stage)
