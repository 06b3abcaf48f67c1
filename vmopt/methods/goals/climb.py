"""Climb: level after level, each with a share of the time, each holding what those above have reached."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from vmopt.arrays import IntArray
from vmopt.goals.holds import holds_of
from vmopt.level_values import values_of
from vmopt.levels import Level
from vmopt.methods.goals import plan
from vmopt.methods.goals.stage import Stage
from vmopt.metrics import objective_of
from vmopt.model.goal_level import GoalLevel
from vmopt.options import Options
from vmopt.solution import Limit, Solution, Status

SHARE_OF_FIRST = 0.4
"""Part of the time for the utilisation at most where goals come after it; half of it where it is not asked for."""


def share_of_first(levels: Sequence[GoalLevel]) -> float:
    """Part of the time for finding a placement, and for the first level where that is the utilisation."""
    if not levels:
        return 1.0
    return SHARE_OF_FIRST if leads(levels) else SHARE_OF_FIRST / 2


def leads(levels: Sequence[GoalLevel]) -> bool:
    """Whether the first level is the utilisation alone."""
    return levels[0].maximised


def climbed(solution: Solution, method: str, options: Options, deadline: float) -> Solution:
    """The solution with all levels of its objective served, the first of which may be the utilisation that it has."""
    objective, instance = solution.instance.objective, solution.instance
    levels, slack = objective.goal_levels, objective.slack_of_levels
    if solution.status in (Status.INFEASIBLE, Status.NOT_FOUND):
        return solution
    host_index, limit = solution.host_index, solution.limit if leads(levels) else None
    rows = _first(solution) if leads(levels) else []
    for k in range(1 if rows else 0, len(levels)):
        begin = time.perf_counter()
        part = replace(options, time_limit=max(0.0, deadline - begin) / (len(levels) - k))
        stage = Stage(instance, part, levels[k], holds_of(instance, levels[:k], slack[:k], host_index), host_index)
        if limit is not Limit.INTERRUPTED:
            limit = _serve(stage, method) or limit
        host_index = stage.host_index
        rows.append(stage.as_level(time.perf_counter() - begin))
    return _with(solution, host_index, rows, limit)


def _serve(stage: Stage, method: str) -> Limit | None:
    """Search a level; tell why that stopped early."""
    try:
        plan.run(stage, method)
    except KeyboardInterrupt:
        return Limit.INTERRUPTED
    return None if stage.proven else stage.why_stopped


def _first(solution: Solution) -> list[Level]:
    """What the solution has of the utilisation: one level, or its tiers."""
    if solution.instance.tiers is not None:
        return list(solution.levels)
    return [Level(None, solution.objective, solution.certificate, solution.status, solution.solve_seconds)]


def _with(solution: Solution, host_index: IntArray, rows: list[Level], limit: Limit | None) -> Solution:
    """The solution with another placement and all of its levels."""
    instance = solution.instance
    proven = all(row.status is Status.OPTIMAL for row in rows)
    objective = objective_of(instance, host_index)
    certificate = replace(solution.certificate, value=max(solution.certificate.value, objective))
    return replace(
        solution,
        host_index=np.asarray(host_index),
        objective=objective,
        certificate=certificate,
        levels=tuple(_measured(solution, rows, host_index)),
        status=Status.OPTIMAL if proven else Status.FEASIBLE,
        limit=None if proven else limit,
    )


def _measured(solution: Solution, rows: list[Level], host_index: IntArray) -> list[Level]:
    """The rows with what the last placement has of them: those after them may have used their slack."""
    instance = solution.instance
    goals = instance.objective.goal_levels
    n_first = len(rows) - len(goals) + 1
    values = [float(level.value(instance, host_index)) for level in goals]
    if leads(goals) and instance.tiers is not None:
        first = [float(value) for value in values_of(instance, host_index)]
    elif leads(goals):
        first = [objective_of(instance, host_index)]
    else:
        first = values[:1]
    assert len(first) == n_first
    return [replace(row, value=value) for row, value in zip(rows, [*first, *values[1:]], strict=True)]


def with_placement(solution: Solution, host_index: IntArray, rows: list[Level], limit: Limit | None) -> Solution:
    """A solution of the same levels with another placement: the rows are measured anew, their bounds are taken."""
    return _with(solution, host_index, rows, limit)
