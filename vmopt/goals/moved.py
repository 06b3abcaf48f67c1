"""What a level costs at least if few VMs may move: each move saves no more than it can save anywhere.

A host that runs something is not in use any more once all that run there have moved, and not before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.goals.forced import forced
from vmopt.goals.holds import Hold
from vmopt.model.goal_level import GoalLevel
from vmopt.model.shapes import OF_MOVES, Excess, HostsInUse, LeftOver, Moves, Shape, alone, weighted
from vmopt.rules.most_moves import MostMoves


def after_moves(instance: Any, level: GoalLevel, holds: Sequence[Hold]) -> Fraction:
    """What runs now costs so much, less what the moves that are left can save; 0 where that is not known.

    Rules say how many VMs may move, and levels above what moves may cost. All VMs run now, and have to. Whatever else
    has moved before, a VM that changes host saves at most: of fragments a piece, and nothing where it asks for whole
    pieces; of what exceeds a level what it asks for itself; of a ratio by how much it asks for more of the one resource
    than of the other. All VMs of a host together save what the host costs. What saves most for its moves is taken to
    move, the last of it in part.

    Examples
    --------
    >>> import vmopt
    >>> rules = [vmopt.MustRun("vm-*"), vmopt.MostMoves(1)]
    >>> cluster = vmopt.Instance.from_arrays([[1]] * 4, [[4]] * 4, rules=rules, current=[0, 1, 2, 3])
    >>> after_moves(cluster, GoalLevel.of(vmopt.goals.Balance(kind="fragments", size=4)), ())
    Fraction(8, 1)
    """
    if not limits_moves(instance, holds):
        return Fraction(0)
    if instance.current is None or (instance.current < 0).any() or not forced(instance, holds).all():
        return Fraction(0)
    saved, budgets = Fraction(0), list(_budgets(instance, holds))
    for weight, shape in weighted(instance, level):
        most = _most_saved(instance, shape, budgets)
        if most is None:
            return Fraction(0)
        saved += weight * most
    return max(level.value(instance, instance.current) - saved, Fraction(0))


def limits_moves(instance: Any, holds: Sequence[Hold]) -> bool:
    """Whether rules or levels above leave only so many moves."""
    return any(True for _ in _budgets(instance, holds))


def _budgets(instance: Any, holds: Sequence[Hold]) -> Iterator[tuple[IntArray, int]]:
    """What moving each VM takes of a budget, and how much of that there is."""
    for here in instance.rules_in_force:
        if here.penalty is None and isinstance(here.rule, MostMoves) and here.rule.most is not None:
            yield np.ones(instance.n_vms, dtype=np.int64), here.rule.most
    for hold in holds:
        found = alone(instance, hold.level, Moves)
        if found is not None:
            weight, moves = found
            yield moves.cost, int(hold.limit / weight // moves.unit)


def _most_saved(instance: Any, shape: Shape | None, budgets: Sequence[tuple[IntArray, int]]) -> Fraction | None:
    """What moves within every budget save at most; None for shapes of which that is not known."""
    if isinstance(shape, HostsInUse):
        used = np.unique(instance.current)
        taken = [np.bincount(instance.current, cost, instance.n_hosts).astype(np.int64)[used] for cost, _ in budgets]
        units, unit = shape.cost[used], shape.unit
    else:
        each = _savings(instance, shape)
        if each is None:
            return None
        (units, unit), taken = each, [cost for cost, _ in budgets]
    return unit * min(
        _filled(units.tolist(), cost.tolist(), most) for cost, (_, most) in zip(taken, budgets, strict=True)
    )


def _filled(gains: list[int], costs: list[int], most: int) -> int:
    """Whole units that parts of these gain at most at no more than a cost (Dantzig 1957)."""
    total = Fraction(sum(gain for gain, cost in zip(gains, costs, strict=True) if not cost))
    left = Fraction(most)
    pairs = [(Fraction(gain, cost), cost) for gain, cost in zip(gains, costs, strict=True) if cost and gain > 0]
    for rate, cost in sorted(pairs, reverse=True):
        part = min(left, Fraction(cost))
        total, left = total + rate * part, left - part
        if not left:
            break
    return int(total // 1)


def _savings(instance: Any, shape: Shape | None) -> tuple[Any, Fraction] | None:
    """What each VM saves at most by a move, in whole numbers of a unit; None for other shapes."""
    if isinstance(shape, OF_MOVES):
        return np.zeros(instance.n_vms, dtype=np.int64), Fraction(1)
    if isinstance(shape, LeftOver):
        pieces = zip(shape.of, shape.size, strict=True)
        units = np.column_stack([(instance.demand[:, k] % size != 0).astype(object) * size for k, size in pieces])
    elif isinstance(shape, Excess):
        units = abs(instance.demand.astype(object) @ shape.factor.T.astype(object))
    else:
        return None
    unit = Fraction(1, int(np.lcm.reduce([each.denominator for each in shape.price], dtype=object)))
    return units @ np.array([int(each / unit) for each in shape.price], dtype=object), unit
