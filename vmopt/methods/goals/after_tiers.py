"""After tiers: soft rules decide among placements that have the same of every tier, which trade nothing for them."""

from __future__ import annotations

from dataclasses import replace

from vmopt.goals import Penalties, Utilisation
from vmopt.model.goal_level import GoalLevel
from vmopt.model.instance import Instance
from vmopt.solution import Solution
from vmopt.status import Status


def with_penalties(instance: Instance) -> Instance:
    """The instance with soft rules as the last level, where it has tiers and no level names them.

    With elastic VMs, which levels know no measure of, soft rules beside tiers decide nothing.

    Examples
    --------
    >>> import vmopt
    >>> soft = vmopt.Spread("vm-*", penalty=1)
    >>> cluster = vmopt.Instance.from_arrays([[1]], [[1]], rules=[soft], objective=vmopt.Objective("tiers"))
    >>> [str(level) for level in with_penalties(cluster).objective.levels]
    ['utilisation', 'penalties']
    """
    objective = instance.objective
    soft = objective.weighting == "tiers" and not objective.names("penalties") and not objective.names("latency")
    if not soft or instance.elastic or not any(rule.penalty for rule in instance.soft_rules):
        return instance
    levels = objective.goal_levels or (GoalLevel.of(Utilisation("tiers", objective.resource_weights)),)
    return replace(instance, objective=replace(objective, levels=(*levels, GoalLevel.of(Penalties()))))


def as_asked(solution: Solution, instance: Instance) -> Solution:
    """The solution with no more levels than the instance that was given has."""
    if solution.instance is instance:
        return solution
    names = {"utilisation", *map(str, instance.objective.goal_levels)}
    rows = tuple(row for row in solution.levels if row.goal in names)
    as_given = replace(solution, instance=instance, levels=rows)
    if solution.status in (Status.INFEASIBLE, Status.NOT_FOUND) or not rows:
        return as_given
    if any(row.status is not Status.OPTIMAL for row in rows):
        return replace(as_given, status=Status.FEASIBLE)
    return replace(as_given, status=Status.OPTIMAL, limit=None)
