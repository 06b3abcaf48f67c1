"""Shapes say of a goal what it is: what they measure is its value, and a goal that says one is served."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np
import pytest

import vmopt
from tests.goals.draws import instance
from tests.patience import PATIENCE
from tests.rules.brute import fits, placements
from vmopt import Balance, FewestHosts, FewestMoves, Objective, Utilisation
from vmopt.errors import PlacementError
from vmopt.goals import BaseGoal, Distance, MovesOfGroup
from vmopt.goals.host_bound import verify_host_prices
from vmopt.methods.goals.balance.costs import cost_of
from vmopt.model.goal_level import GoalLevel
from vmopt.model.loads import loads
from vmopt.model.shapes import (
    Excess,
    Fullest,
    HostsInUse,
    LeftOver,
    MostOfGroup,
    Moves,
    Shape,
    Spread,
    Ways,
    Worth,
    alone,
    shapes_of,
)


def measured(cluster: Any, shape: Any, at: Any) -> Fraction | None:
    """What a placement has of a shape, from what the shape says and nothing else, one host and VM after the other."""
    held, room, total = loads(cluster.demand, at, cluster.n_hosts), cluster.capacity, Fraction(0)
    homes = [] if cluster.current is None else list(enumerate(cluster.current.tolist()))
    moved = [vm for vm, home in homes if home >= 0 and at[vm] != home]
    match shape:
        case HostsInUse():
            return sum((shape.unit * int(shape.cost[h]) for h in {h for h in at.tolist() if h >= 0}), total)
        case Excess():
            for h in range(cluster.n_hosts):
                for p, price in enumerate(shape.price):
                    total += price * max(0, int(held[h] @ shape.factor[p]) - int(shape.level[h, p]))
            return total
        case LeftOver():
            for k, size, price in zip(shape.of, shape.size, shape.price, strict=True):
                total += price * sum(int(room[h, k] - held[h, k]) % size for h in range(cluster.n_hosts))
            return total
        case Fullest() | Spread():
            found = [total]
            for k in shape.of:
                full = [Fraction(int(held[h, k]), int(room[h, k])) for h in range(cluster.n_hosts) if room[h, k]]
                found += [max(full) - (min(full) if isinstance(shape, Spread) else 0)] if full else []
            return max(found)
        case Moves():
            return sum((shape.unit * int(shape.cost[vm]) for vm in moved), total)
        case Ways():
            return sum((shape.unit * int(shape.cost[home, at[vm]]) for vm, home in homes if home >= 0 <= at[vm]), total)
        case MostOfGroup():
            groups = [int(shape.group[vm]) for vm in moved if shape.group[vm] >= 0]
            return Fraction(max(map(groups.count, groups), default=0))
    return None


def test_shapes_measure_what_goals_do() -> None:
    """Tests goals of random instances on all placements that fit."""
    met: dict[type, set[Fraction]] = {}
    for seed in range(150):
        cluster = instance(seed, vms=3)
        goals = [goal for level in cluster.objective.goal_levels for goal in level.goals]
        for goal in () if cluster.elastic else goals:
            shapes = shapes_of(cluster, goal)
            for at in map(np.array, filter(lambda at: fits(cluster, at), placements(cluster))) if shapes else ():
                found = [measured(cluster, shape, at) for shape in shapes]
                if None not in found:
                    assert sum(found) == goal.value(cluster, at), (seed, str(goal), at)
                    met.setdefault(type(shapes[0]), set()).update(found)
    telling = {kind for kind, found in met.items() if len(found) > 1}
    assert telling >= {HostsInUse, Excess, LeftOver, Fullest, Spread, Moves}


@pytest.mark.parametrize("goal", [FewestMoves("cpu"), MovesOfGroup("app"), Distance([[0, 1, 4], [2, 0, 3], [5, 1, 0]])])
def test_shapes_of_moves_measure_them(goal: Any) -> None:
    """Tests goals of moves."""
    cluster = vmopt.Instance.from_arrays(
        [[3], [2], [2], [1]],
        [[5], [4], [3]],
        resources=["cpu"],
        vm_labels=[{"app": "a"}, {"app": "a"}, {"app": "b"}, {}],
        current=[0, 0, 1, -1],
    )
    (shape,), values = shapes_of(cluster, goal), set()
    for at in map(np.array, filter(lambda at: fits(cluster, at), placements(cluster))):
        values.add(measured(cluster, shape, at))
        assert measured(cluster, shape, at) == goal.value(cluster, at)
    assert len(values) > 1


@dataclass(frozen=True)
class Powered(BaseGoal):
    """A goal that nobody has heard of: what is switched on, and what runs hot."""

    name: ClassVar[str] = "powered"
    hot: bool = False

    def _parts(self) -> GoalLevel:
        on = GoalLevel.of(FewestHosts(cost=[2, 2, 2, 2]))
        return on + Balance(kind="above", level=0.5) if self.hot else on

    def value(self, instance: Any, host_index: Any) -> Fraction:
        return self._parts().value(instance, np.asarray(host_index))

    def translate(self, instance: Any, cells: Any, rows: Any) -> Any:
        from vmopt.goals.sums import measure_of

        return measure_of(self._parts(), instance, cells, rows)

    def host_keys(self, instance: Any) -> Any:
        return tuple(key for goal in self._parts().goals for key in goal.host_keys(instance))

    def shapes(self, instance: Any) -> tuple[Shape, ...]:
        return tuple(shape for goal in self._parts().goals for shape in shapes_of(instance, goal))


def test_a_goal_of_a_known_shape_is_served_as_others_are() -> None:
    """Tests that prices prove its optimum, which the nature of costs does not, and are checked anew."""
    levels = [Utilisation(), Powered()]
    cluster = vmopt.Instance.from_arrays([[3], [3], [3]], [[4]] * 4, objective=Objective(levels=levels))
    row = vmopt.solve(cluster, threads=1, time_limit=PATIENCE).levels[1]
    assert (row.value, row.bound, row.status) == (6, 6, "optimal")
    assert row.bound_by == "prices"


def test_a_goal_of_two_shapes_is_the_sum_of_both_to_searches() -> None:
    """Tests what exchanges of VMs go by: what each host costs adds up to the value of the goal."""
    cluster = vmopt.Instance.from_arrays([[3], [2], [2]], [[4]] * 4)
    level, every = GoalLevel.of(Powered(hot=True)), np.arange(4)
    cost = cost_of(cluster, level)
    assert cost is not None
    for at in map(np.array, filter(lambda at: fits(cluster, at), placements(cluster))):
        held = np.column_stack([loads(cluster.demand, at, 4), np.bincount(at[at >= 0], minlength=4)])
        assert float(cost(every, held).sum()) == float(level.value(cluster, at))


def test_bounds_of_hosts_say_nothing_of_other_goals() -> None:
    """Tests a proof that is read for a goal that it cannot be of."""
    from vmopt.bounds import HostPrices

    cluster = vmopt.Instance.from_arrays([[3]], [[4]])
    with pytest.raises(PlacementError, match="says nothing of balance-max"):
        verify_host_prices(cluster, Balance(), (), HostPrices(np.zeros((1, 1)), np.zeros(0)))
    assert alone(cluster, GoalLevel.of(Utilisation()), Worth) is not None
