"""What a machine reassignment problem costs, as goals, and what holds while processes move."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.goals import Balance, Distance, FewestMoves, MovesOfGroup
from vmopt.model.goal import Goal
from vmopt.model.goal_level import GoalLevel
from vmopt.model.objective import Objective
from vmopt.rules import MustRun, Transient

SERVICE = "service"


def now_and_costs(
    resources: IntArray,
    machines: IntArray,
    processes: IntArray,
    balance: IntArray,
    weights: IntArray,
    current: IntArray,
) -> dict[str, Any]:
    """What an instance is told beside capacities and services: arguments of `Instance.from_arrays`.

    Parameters
    ----------
    resources : (n_resources, 2) int64 array
        Whether it is transient, and what a unit above the safety capacity costs.
    machines, processes : int64 arrays
        As they stand in the file.
    balance : (n, 4) int64 array
        Two resources, the target, the weight.
    weights : (3,) int64 array
        Of moves by process, service and machine.
    current : (n_processes,) int64 array

    Examples
    --------
    >>> now = now_and_costs(
    ...     np.array([[1, 5]]), np.array([[0, 0, 9, 4, 0]]), np.array([[0, 2, 7]]), np.zeros((0, 4), dtype=int),
    ...     np.array([1, 10, 100]), np.array([0]),
    ... )
    >>> str(now["objective"].goal_levels[0]), now["transient"], now["move_cost"].tolist()
    ('balance-above(resource-0) + fewest-moves + 10 moves-of-group(service) + 100 distance', ('resource-0',), [7])
    """
    n = len(resources)
    names = [f"resource-{k}" for k in range(n)]
    transient = tuple(name for name, (moving, _) in zip(names, resources.tolist(), strict=True) if moving)
    terms = _loads(names, resources[:, 1], machines[:, 2 + n : 2 + 2 * n])
    terms += [
        (float(weight), Balance((names[one], names[other]), "ratio", target=target))
        for one, other, target, weight in balance.tolist()
        if weight and target
    ]
    moves: list[Goal] = [FewestMoves(), MovesOfGroup(SERVICE), Distance(machines[:, 2 + 2 * n :])]
    terms += [(float(weight), goal) for weight, goal in zip(weights.tolist(), moves, strict=True) if weight]
    level = GoalLevel(tuple(terms)) if terms else GoalLevel.of(FewestMoves())
    everyone = np.ones(len(processes), dtype=bool)
    return {
        "resources": names,
        "current": current,
        "move_cost": processes[:, -1],
        "transient": transient,
        "objective": Objective(levels=[level]),
        "rules": [MustRun(everyone), *([Transient()] if transient else [])],
    }


def _loads(names: list[str], cost: IntArray, safety: IntArray) -> list[tuple[float, Goal]]:
    """What exceeds safety capacities, of the resources of which that costs anything."""
    dear = np.flatnonzero(cost)
    if not dear.size:
        return []
    return [(1.0, Balance({names[k]: float(cost[k]) for k in dear}, "above", level=safety[:, dear]))]
