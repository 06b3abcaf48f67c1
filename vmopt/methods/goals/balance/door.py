"""The way in: exchanges for the levels that they serve."""

from __future__ import annotations

from typing import Any

from vmopt.methods.goals.balance import narrowing, sums
from vmopt.methods.goals.stage import Stage


def run(stage: Stage) -> None:
    """Exchange VMs for a level of balance; other levels are left to other searches."""
    goals: tuple[Any, ...] = stage.level.goals
    if stage.problem.elastic or stage.finished or not any(goal.name == "balance" for goal in goals):
        return
    if len(goals) == 1 and goals[0].kind in ("max", "spread"):
        narrowing.run(stage)
    else:
        sums.run(stage)
