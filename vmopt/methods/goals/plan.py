"""Plan: which searches serve a level, in the order in which they pay."""

from __future__ import annotations

from vmopt.formulation.assignment import assignment_size
from vmopt.methods.goals import refill, whole
from vmopt.methods.goals.packing import run as packing
from vmopt.methods.goals.packing.ground import Ground
from vmopt.methods.goals.stage import Stage
from vmopt.solution import Limit

SMALL = 2_000
"""VM classes times hosts up to which the whole level is one program."""


def run(stage: Stage, method: str) -> None:
    """Serve a level; greedy baselines leave it as it comes."""
    if stage.finished or method.startswith("greedy"):
        return
    if method == "exact":
        whole.run(stage)
        return
    ground = Ground.of(stage)
    if ground is not None:
        with stage.within(0.8 if ground.alone else 0.3):
            packing.run(stage, ground)
        if stage.finished or stage.limit is Limit.INTERRUPTED:
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
