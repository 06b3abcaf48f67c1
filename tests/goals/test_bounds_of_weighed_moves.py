"""Bounds of levels that weigh loads against moves: never above the best of all placements."""

from itertools import product

import numpy as np
import pytest

import vmopt
from vmopt.goals import Balance, Distance, FewestMoves
from vmopt.methods.goals import leave_or_pay
from vmopt.methods.goals.aggregate import aggregate
from vmopt.methods.goals.bounds import take
from vmopt.methods.goals.stage import Stage
from vmopt.options import Options, checked_limits

WAYS = Distance([[0, 1, 4], [2, 0, 3], [5, 1, 0]])
LEVELS = {
    "above": Balance({"cpu": 2.0, "memory": 0.5}, "above", level=0.5) + 1.5 * FewestMoves() + WAYS,
    "ratio": Balance(("cpu", "memory"), "ratio", target=2) + FewestMoves(),
}


def stage_of(seed, level):
    rng = np.random.default_rng(seed)
    cluster = vmopt.Instance.from_arrays(
        rng.integers(1, 5, (5, 2)),
        rng.integers(5, 10, (3, 2)),
        resources=("cpu", "memory"),
        current=rng.integers(-1, 3, 5),
        move_cost=rng.integers(0, 4, 5),
        rules=[vmopt.MustRun("vm-*")],
        objective=vmopt.Objective(levels=[level]),
    )
    values = {
        tuple(each): level.value(cluster, np.array(each))
        for each in product(range(3), repeat=5)
        if not vmopt.verify(cluster, np.array(each))
    }
    if not values:
        return None
    worst = max(values, key=values.get)
    options = Options(None, *checked_limits(60, 0.0, 0, 1), None)
    return Stage(cluster, options, cluster.objective.goal_levels[0], (), np.array(worst)), min(values.values())


@pytest.mark.parametrize("name", LEVELS)
@pytest.mark.parametrize("seed", range(12))
def test_they_are_bounds(seed, name):
    made = stage_of(seed, LEVELS[name])
    if made is None:
        pytest.skip("nothing fits")
    stage, best = made
    leave_or_pay.run(stage)
    assert stage.bound <= best
    proof = aggregate(stage)
    if proof is not None:
        take(stage, proof)
    assert stage.bound <= best


def test_a_host_pays_or_somebody_leaves():
    level = Balance(kind="above", level=0.5) + 3 * FewestMoves()
    cluster = vmopt.Instance.from_arrays([[4], [4], [1]], [[8], [8]], current=[0, 0, 1], rules=[vmopt.MustRun("vm-*")])
    options = Options(None, *checked_limits(60, 0.0, 0, 1), None)
    stage = Stage(cluster, options, level, (), cluster.current)
    leave_or_pay.run(stage)
    assert stage.bound == 3  # 4 too much, or one that leaves
    take(stage, aggregate(stage))
    assert stage.bound == 3  # 9 of 8 in all


def test_what_exceeds_in_sum_is_known_at_once():
    level = Balance(kind="above", level=0.25) + FewestMoves()
    cluster = vmopt.Instance.from_arrays([[4], [4]], [[8], [8]], current=[0, 1], rules=[vmopt.MustRun("vm-*")])
    options = Options(None, *checked_limits(60, 0.0, 0, 1), None)
    stage = Stage(cluster, options, level, (), cluster.current)
    take(stage, aggregate(stage))
    assert stage.bound == 4 == stage.value
