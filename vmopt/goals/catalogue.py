"""The goals by name, with what there is to know of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from difflib import get_close_matches
from typing import Any

from vmopt.errors import InstanceError
from vmopt.goals.balance import Balance
from vmopt.goals.base import BaseGoal
from vmopt.goals.distance import Distance
from vmopt.goals.fewest_hosts import FewestHosts
from vmopt.goals.fewest_moves import FewestMoves
from vmopt.goals.moves_of_group import MovesOfGroup
from vmopt.goals.penalties import Penalties
from vmopt.goals.utilisation import Utilisation

GOALS: dict[str, type[BaseGoal]] = {
    goal.name: goal for goal in (Utilisation, FewestHosts, Balance, FewestMoves, MovesOfGroup, Distance, Penalties)
}


@dataclass(frozen=True)
class GoalInfo:
    """What there is to know of a goal.

    Attributes
    ----------
    name : str
    parameters : mapping of str to object
        With their defaults.
    summary : str
        What it means, in one line.
    text : str
        The whole docstring.
    """

    name: str
    parameters: Mapping[str, Any]
    summary: str
    text: str

    @property
    def form(self) -> str:
        """How it is written as text."""
        given = ", ".join(f"{name}={default}" for name, default in self.parameters.items())
        return f"{self.name}({given})" if given else self.name


def parameters_of(goal: type[BaseGoal]) -> dict[str, Any]:
    """Parameters of a goal, with their defaults.

    Examples
    --------
    >>> parameters_of(FewestHosts)
    {'cost': None}
    """
    return {field.name: None if field.default is MISSING else field.default for field in fields(goal)}


def stated(goal: BaseGoal) -> dict[str, Any]:
    """What a goal says beyond its defaults.

    Raises
    ------
    InstanceError
        If it is a goal of one's own, which nobody could read again.

    Examples
    --------
    >>> stated(Balance("cpu", "above", level=0.7))
    {'resources': 'cpu', 'kind': 'above', 'level': 0.7}
    """
    kind = GOALS.get(goal.name)
    if kind is not type(goal):
        raise InstanceError(f"{type(goal).__name__} is none of {', '.join(GOALS)}: only these can be written.")
    given = ((name, getattr(goal, name), default) for name, default in parameters_of(kind).items())
    return {name: _plain(value) for name, value, default in given if value != default}


def info_of(goal: type[BaseGoal]) -> GoalInfo:
    """Return what there is to know of a goal."""
    text = re.sub(r"\n    ", "\n", goal.__doc__ or "").strip().replace("``", "`")
    summary = " ".join(text.partition("\n\n")[0].split())
    return GoalInfo(goal.name, parameters_of(goal), summary, text)


def catalogue() -> tuple[GoalInfo, ...]:
    """All goals.

    Examples
    --------
    >>> [info.name for info in catalogue()][:3]
    ['utilisation', 'fewest-hosts', 'balance']
    """
    return tuple(info_of(goal) for goal in GOALS.values())


def goal_called(name: str) -> type[BaseGoal]:
    """Look a goal up, whatever the case; ``-`` and ``_`` make no difference.

    Raises
    ------
    InstanceError
        If there is none.

    Examples
    --------
    >>> goal_called("FewestHosts").name
    'fewest-hosts'
    """
    known = {_bare(key): goal for key, goal in GOALS.items()}
    if _bare(name) in known:
        return known[_bare(name)]
    close = get_close_matches(_bare(name), known, 1)
    hint = f" (did you mean {known[close[0]].name!r}?)" if close else ""
    raise InstanceError(f"there is no goal {name!r}{hint}: use one of {', '.join(GOALS)}.")


def made(goal: type[BaseGoal], given: Mapping[str, Any]) -> BaseGoal:
    """Make a goal of parameters by name.

    Raises
    ------
    InstanceError
        If one is unknown, or not what it should be.
    """
    known = parameters_of(goal)
    for name in given:
        if name not in known:
            takes = f"it takes {', '.join(known)}" if known else "it takes none"
            raise InstanceError(f"{goal.name} has no parameter {name!r}: {takes}.")
    return goal(**given)


def _bare(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")


def _plain(value: Any) -> Any:
    """Pairs of names and numbers as a mapping, or as what they were short for; tables as lists."""
    if not isinstance(value, tuple):
        return dict(value) if isinstance(value, Mapping) else value
    if value and all(isinstance(pair, tuple) and isinstance(pair[0], str) for pair in value):
        if all(weight == 1.0 for _, weight in value):
            return value[0][0] if len(value) == 1 else [name for name, _ in value]
        return dict(value)
    return [_plain(part) for part in value]
