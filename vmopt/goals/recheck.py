"""Recheck: what the proof of a level shows, worked out anew from the data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from vmopt import checks
from vmopt.bounds import (
    Counting,
    GoalPrices,
    HostPatterns,
    HostPrices,
    Leavers,
    MovePrices,
    Nature,
    PatternBound,
    Prices,
)
from vmopt.errors import PlacementError
from vmopt.goals.counting import counted
from vmopt.goals.holds import Hold, holds_of
from vmopt.goals.host_bound import verify_host_patterns, verify_host_prices
from vmopt.goals.leaving import leaving_cost
from vmopt.goals.move_bound import verify_move_prices
from vmopt.goals.price_proof import verify_goal_prices
from vmopt.host_index import to_host_index
from vmopt.model.goal_level import GoalLevel
from vmopt.model.instance import Instance, require_instance

Checker = Callable[[Instance, GoalLevel, Sequence[Hold], Any], Fraction | None]


def _nothing(instance: Instance, level: GoalLevel, holds: Sequence[Hold], proof: Nature) -> Fraction:
    """No cost is below 0."""
    if level.maximised or any(goal.maximised for goal in level.goals):
        raise PlacementError(f"nothing in the nature of {level} bounds it.")
    return Fraction(0)


def _of_one_goal(check: Callable[..., Fraction]) -> Checker:
    """Of a level that is one goal, times its weight."""

    def checked(instance: Instance, level: GoalLevel, holds: Sequence[Hold], proof: Any) -> Fraction:
        (weight, goal), *others = level.terms
        if others:
            raise PlacementError(f"a proof of one goal says nothing of {level}.")
        return Fraction(str(weight)) * check(instance, goal, holds, proof)

    return checked


CHECKERS: dict[type, Checker] = {
    Nature: _nothing,
    Counting: lambda instance, level, holds, _: counted(instance, level, holds),
    GoalPrices: verify_goal_prices,
    HostPrices: _of_one_goal(verify_host_prices),
    HostPatterns: _of_one_goal(verify_host_patterns),
    MovePrices: _of_one_goal(verify_move_prices),
    Leavers: _of_one_goal(lambda instance, goal, _, proof: leaving_cost(instance, goal)),
}
"""By kind of proof, who works out anew what it shows."""


def verify_goal_bound(instance: Instance, solution: Any, level: int) -> float:
    """Bound of a level of goals that its proof shows, given what the placement has of the levels above it.

    Parameters
    ----------
    instance : Instance
        Whose objective has levels.
    solution : Solution
        Of the instance.
    level : int
        Which level, from 0.

    Raises
    ------
    PlacementError
        If there is no such level, its proof has the wrong shape, or it is a claim, which nobody can recheck.

    Examples
    --------
    >>> import vmopt
    >>> goals = vmopt.Objective(levels=[vmopt.Utilisation(), vmopt.Balance("cpu", "above", level=0.9)])
    >>> cluster = vmopt.Instance.from_arrays([[4], [3]], [[8], [8]], resources=["cpu"], objective=goals)
    >>> verify_goal_bound(cluster, vmopt.solve(cluster), 1)
    0.0
    """
    goals = require_instance(instance).objective.goal_levels
    checks.integer(level, "level", 0, error=PlacementError)
    levels = getattr(solution, "levels", None)
    if not isinstance(levels, tuple):
        raise PlacementError(f"solution is {checks.shown(solution)}: give what vmopt.solve returned.")
    if not goals and any(row.priority is None for row in levels):
        raise PlacementError("the instance has no levels of goals: give the one that was solved, with its objective.")
    rows = rows_of(levels, len(goals))
    if not any(row is not None for row in rows):
        raise PlacementError(
            "there are no levels of goals: vmopt.verify_bound rechecks the bound of an objective alone."
        )
    if level >= len(goals) or rows[level] is None:
        raise PlacementError(f"level {level} is no level of goals: give a number from 0 to {len(goals) - 1}.")
    host_index = to_host_index(instance, solution, "solution")
    holds = holds_of(instance, goals[:level], instance.objective.slack_of_levels[:level], host_index)
    shown = proven(instance, goals[level], holds, rows[level].certificate.proof)
    if shown is None:
        raise PlacementError(f"the bound of level {level} {_elsewhere(rows[level])}")
    return float(shown)


def _elsewhere(row: Any) -> str:
    """Who rechecks the bound of a level whose proof says nothing of goals, if anybody can."""
    known = {Prices: "verify_bound", PatternBound: "verify_pattern_bound"}.get(type(row.certificate.proof))
    if known is None:
        return f"rests on a claim of {row.bound_by}: there is nothing to recheck."
    return f"is that of the objective, proven by {row.bound_by}: vmopt.{known} rechecks it."


def proven(instance: Instance, level: GoalLevel, holds: Sequence[Hold], proof: Any) -> Fraction | None:
    """What a proof shows; None for a claim.

    Raises
    ------
    PlacementError
        If it has the wrong shape.
    """
    checker = CHECKERS.get(type(proof))
    return None if checker is None else checker(instance, level, holds, proof)


def rows_of(levels: Sequence[Any], n_goals: int) -> list[Any]:
    """The row of each goal level; None for the first where tiers have rows of their own in its place."""
    own = [row for row in levels if row.priority is None]
    return [*[None] * (n_goals - len(own)), *own]
