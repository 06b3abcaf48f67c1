"""Levels and slack of an objective as people write them."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

from vmopt import checks
from vmopt.errors import InstanceError
from vmopt.model.goal_level import GoalLevel
from vmopt.model.index_labels import by_place

UTILISATION = "utilisation"


def read_levels(given: Any) -> tuple[GoalLevel, ...]:
    """Take a sequence of goals and sums of goals.

    Raises
    ------
    InstanceError
        If it is something else, or one goal is in two levels.
    """
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise InstanceError(f"levels is {checks.shown(given)}: give a list of goals, such as [FewestHosts()].")
    levels = tuple(_unweighted(GoalLevel.of(level)) for level in given)
    names = [str(goal) for level in levels for goal in level.goals]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InstanceError(f"goal {twice} is in two levels: the first one decides, leave the other out.")
    return levels


def _unweighted(level: GoalLevel) -> GoalLevel:
    """The utilisation alone without a weight, which would weigh it against nothing."""
    alone = len(level.terms) == 1 and level.goals[0].name == UTILISATION
    return GoalLevel.of(level.goals[0]) if alone else level


def utilisation_of(levels: Sequence[GoalLevel]) -> tuple[Any, Any] | None:
    """Weighting and weights of the utilisation among the goals, where there is one.

    Raises
    ------
    InstanceError
        If there are two, or tiers anywhere but in the first level.
    """
    found: list[Any] = [goal for level in levels for goal in level.goals if goal.name == UTILISATION]
    if len(found) > 1:
        raise InstanceError("an objective has one utilisation, of one weighting: leave the other out.")
    if found and found[0].weighting == "tiers" and levels[0].goals != (found[0],):
        raise InstanceError(
            "tiers are served one after the other, and no sum of them: let them be the first level, alone."
        )
    return (found[0].weighting, found[0].resource_weights) if found else None


def only_utilisation(levels: Sequence[GoalLevel]) -> bool:
    """Whether there is nothing but what an objective has by itself."""
    return len(levels) == 1 and levels[0].goals[0].name == UTILISATION and len(levels[0].goals) == 1


def checked_slack(given: Any, n_levels: int) -> tuple[float, ...]:
    """Slack of each level.

    Raises
    ------
    InstanceError
        If it is no number of at least 0, or there is more of it than levels.
    """
    by_place(given, "slack", "the levels")
    listed = [given] * n_levels if checks.is_number(given) else checks.listed(given, "slack", InstanceError, "numbers")
    wrong = next((x for x in listed if not checks.is_number(x) or not isfinite(x) or x < 0), None)
    if wrong is not None or (checks.is_number(given) and not isfinite(given)):
        raise InstanceError(f"slack is {checks.shown(given)}: give numbers of at least 0, in parts of what is reached.")
    if checks.is_number(given) and given and not n_levels:
        raise InstanceError(
            f"slack is {given}, but there are no levels that could lose anything: give levels, or no slack."
        )
    if len(listed) > n_levels:
        raise InstanceError(f"there are {len(listed)} slacks for {n_levels} levels: give at most one for each.")
    return tuple(float(x) for x in listed) + (0.0,) * (n_levels - len(listed))
