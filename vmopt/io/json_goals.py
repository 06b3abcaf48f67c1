"""Levels of goals in JSON: the name of each, its weight, and its parameters by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vmopt.errors import FileError, InstanceError
from vmopt.goals.catalogue import GOALS, goal_called, made, stated
from vmopt.io.json_file import Fields
from vmopt.model.goal_level import GoalLevel

GOAL, WEIGHT = "goal", "weight"
NUMBER = (int, float)


def goal_levels_document(levels: Sequence[GoalLevel]) -> list[list[dict[str, Any]]]:
    """What a file holds of levels: what is as it is by default is left out.

    Raises
    ------
    FileError
        If a goal is none of `vmopt.goals`.

    Examples
    --------
    >>> from vmopt.goals import Balance, FewestHosts
    >>> goal_levels_document([GoalLevel.of(FewestHosts("power")), 2 * Balance("cpu")])
    [[{'goal': 'fewest-hosts', 'cost': 'power'}], [{'goal': 'balance', 'weight': 2.0, 'resources': 'cpu'}]]
    """
    try:
        return [[_document(weight, goal) for weight, goal in level.terms] for level in levels]
    except InstanceError as error:
        raise FileError(f"a file cannot hold this goal: {error}") from None


def read_goal_levels(given: list[Any], where: str) -> list[GoalLevel]:
    """Read what `goal_levels_document` makes.

    Raises
    ------
    FileError
        If a goal or a parameter is unknown, or of the wrong type: file and goal are named.
    """
    return [_level(level, f"{where}[{position}]") for position, level in enumerate(given)]


def _document(weight: float, goal: Any) -> dict[str, Any]:
    return {GOAL: goal.name, **({} if weight == 1 else {WEIGHT: weight}), **stated(goal)}


def _level(given: Any, where: str) -> GoalLevel:
    if type(given) is not list or not given:
        raise FileError(f"{where} is no level: expected an array of goals.")
    terms = [_term(Fields(term, f"{where}[{position}]")) for position, term in enumerate(given)]
    try:
        return GoalLevel(tuple(terms))
    except InstanceError as error:
        raise FileError(f"{where}: {error}") from None


def _term(fields: Fields) -> tuple[float, Any]:
    name, weight = fields.take(GOAL, str), fields.take(WEIGHT, *NUMBER, default=1.0)
    try:
        return float(weight), made(_kind(name), fields.rest())
    except InstanceError as error:
        raise FileError(f"{fields.where}: {error}") from None


def _kind(name: str) -> Any:
    """Look a goal up; text may be careless of the case, files are not."""
    found = goal_called(name)
    if name not in GOALS:
        raise InstanceError(f"a file calls this goal {found.name!r}.")
    return found
