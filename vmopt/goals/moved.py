"""What a level costs at least if few VMs may move: each move saves no more than it can save anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from vmopt.goals.balance import above, fragments, ratio
from vmopt.goals.forced import forced
from vmopt.goals.holds import Hold
from vmopt.model.goal_level import GoalLevel
from vmopt.rules.most_moves import MostMoves

COSTS_OF_MOVES = ("fewest-moves", "moves-of-group", "distance")
"""Goals that no move makes better."""


def after_moves(instance: Any, level: GoalLevel, holds: Sequence[Hold]) -> Fraction:
    """What runs now costs so much, less what the moves that rules permit can save; 0 where that is not known.

    All VMs run now, and have to. Whatever else has moved before, a VM that changes host saves at most: of fragments a
    piece, and nothing where it asks for whole pieces; of what exceeds a level what it asks for itself; of a ratio by
    how much it asks for more of the one resource than of the other. Those that can save most are taken to move.

    Examples
    --------
    >>> import vmopt
    >>> rules = [vmopt.MustRun("vm-*"), vmopt.MostMoves(1)]
    >>> cluster = vmopt.Instance.from_arrays([[1]] * 4, [[4]] * 4, rules=rules, current=[0, 1, 2, 3])
    >>> after_moves(cluster, GoalLevel.of(vmopt.goals.Balance(kind="fragments", size=4)), ())
    Fraction(8, 1)
    """
    most = _budget(instance)
    if most is None or instance.current is None or (instance.current < 0).any() or not forced(instance, holds).all():
        return Fraction(0)
    saved = Fraction(0)
    for weight, goal in level.terms:
        each = _savings(instance, goal)
        if each is None:
            return Fraction(0)
        units, unit = each
        saved += Fraction(str(weight)) * unit * sum(sorted(units.tolist(), reverse=True)[:most])
    return max(level.value(instance, instance.current) - saved, Fraction(0))


def _budget(instance: Any) -> int | None:
    """How many moves hard rules permit in all."""
    rules = [here.rule for here in instance.rules_in_force if here.penalty is None]
    return min((rule.most for rule in rules if isinstance(rule, MostMoves) and rule.most is not None), default=None)


def _savings(instance: Any, goal: Any) -> tuple[Any, Fraction] | None:
    """What each VM saves at most by a move, in whole numbers of a unit; None for goals of another kind."""
    if goal.name in COSTS_OF_MOVES:
        return np.zeros(instance.n_vms, dtype=np.int64), Fraction(1)
    kind, demand = getattr(goal, "kind", None), instance.demand.astype(object)
    if kind not in ("fragments", "above", "ratio"):
        return None
    stated = goal.stated(instance)
    if kind == "ratio":
        one, other, unit = ratio.factors(stated, instance)
        return abs(demand[:, stated.of[0]] * one - demand[:, stated.of[1]] * other), unit
    if kind == "fragments":
        sizes, price = fragments.sizes(stated, instance), fragments.prices(stated, instance)
        units = np.column_stack([(instance.demand[:, k] % size != 0).astype(object) * size for k, size in sizes])
    else:
        parts, _ = above.levels(stated, instance)
        price, units = above.prices(stated, instance, parts), demand[:, stated.of] * parts
    unit = Fraction(1, int(np.lcm.reduce([each.denominator for each in price], dtype=object)))
    return units @ np.array([int(each / unit) for each in price], dtype=object), unit
