"""Latency among the levels of an objective: a price beside the utilisation, or the last level of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from vmopt.errors import InstanceError
from vmopt.model.goal_level import GoalLevel

LATENCY, UTILISATION = "latency", "utilisation"
BEFORE = (UTILISATION, "penalties")
"""Goals that moves of VMs to others' places leave as they are."""


def with_latency(levels: Sequence[GoalLevel], latency: Any) -> tuple[tuple[GoalLevel, ...], Any]:
    """Levels, and the latency that has a price: out of a sum with the utilisation, or as it is.

    A latency of weight 0 beside levels is the last of them.

    Raises
    ------
    InstanceError
        If latency is anywhere else, or has two weights.
    """
    levels = tuple(levels)
    if latency is not None and levels and [goal.name for goal in levels[0].goals] != [UTILISATION]:
        raise InstanceError("latency is given beside levels that do not begin with the utilisation: leave one out.")
    if latency is not None and len(levels) > 1:
        if getattr(latency, "weight", 0.0):
            raise InstanceError("latency has a weight, and there are levels after the utilisation: give it none.")
        levels, latency = (*levels, GoalLevel.of(latency)), None
    found = [(k, goal) for k, level in enumerate(levels) for goal in level.goals if goal.name == LATENCY]
    if not found:
        return levels, latency
    if latency is not None or len(found) > 1:
        raise InstanceError("an objective has one latency, as a level or as latency=: leave the other one out.")
    place, goal = found[0]
    if getattr(goal, "weight", 0.0):
        raise InstanceError("latency in a level has no weight of its own: write 0.5 * Latency(network, traffic).")
    if len(levels[place].goals) > 1:
        return _priced(levels)
    names = [each.name for level in levels[:place] for each in level.goals]
    if place != len(levels) - 1 or names[:1] != [UTILISATION] or not set(names) <= set(BEFORE):
        raise InstanceError("latency comes last, after the utilisation (and penalties), and after no other goal.")
    return levels, None


def _priced(levels: tuple[GoalLevel, ...]) -> tuple[tuple[GoalLevel, ...], Any]:
    """The utilisation as the only level, and the latency at its price."""
    by_name = {goal.name: (weight, goal) for weight, goal in levels[0].terms}
    if len(levels) > 1 or set(by_name) != {LATENCY, UTILISATION}:
        raise InstanceError(
            "latency is weighed against the utilisation alone, in the only level: Utilisation() + 0.5 * Latency(...)."
        )
    (price, latency), (per, utilisation) = by_name[LATENCY], by_name[UTILISATION]
    made: Any = replace(latency, weight=price / per)  # type: ignore[type-var]
    return (GoalLevel.of(utilisation),), made
