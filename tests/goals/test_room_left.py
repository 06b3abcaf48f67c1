"""Room that levels above leave on hosts: every placement that keeps them fits it, however many of them cut it."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np

import vmopt
from tests.rules.brute import fits, placements
from vmopt import Balance, Utilisation
from vmopt.bounds import MovePrices
from vmopt.goals.forced import capacity_left, room_left
from vmopt.goals.holds import holds_of
from vmopt.goals.move_bound import verify_move_prices
from vmopt.model.goal_level import GoalLevel
from vmopt.model.loads import loads
from vmopt.model.shapes import Fullest

KINDS = (Balance("cpu"), Balance("cpu", "spread"), Balance(), Balance(kind="spread"))


def test_two_levels_cut_the_capacity_and_not_what_the_other_has_left() -> None:
    """Tests a spread of a third and a fullest host of a half: half of six is three, and two thirds of six are more."""
    cluster = vmopt.Instance.from_arrays([[3], [1], [0]], [[6], [6]], resources=["cpu"])
    levels = [GoalLevel.of(Balance(kind="spread")), GoalLevel.of(Balance())]
    holds = holds_of(cluster, levels, [0.0, 0.0], np.array([0, 1, -1]))
    assert room_left(cluster, holds).tolist() == [[3]]
    assert capacity_left(cluster, holds[1:], (Fullest((0,)), Fraction(5, 6))).tolist() == [[3]]


def test_all_that_keeps_two_levels_fits_what_they_leave() -> None:
    """Tests pairs of balances on all placements of random instances in which all VMs run."""
    n_tight = n = 0
    for seed in range(60):
        dice = random.Random(seed)
        cluster = vmopt.Instance.from_arrays(
            [[dice.randint(0, 4), dice.randint(0, 3)] for _ in range(4)],
            [[dice.randint(4, 9), dice.randint(4, 9)] for _ in range(3)],
            resources=["cpu", "memory"],
            rules=[vmopt.MustRun("*")],
        )
        all_run = [np.array(at) for at in placements(cluster) if fits(cluster, at) and min(at) >= 0]
        if not all_run:
            continue
        levels = [GoalLevel.of(goal) for goal in dice.sample(KINDS, 2)]
        holds = holds_of(cluster, levels, [0.0, 0.1], dice.choice(all_run))
        room = room_left(cluster, holds)[cluster.host_classes.of]
        for at in all_run:
            if all(hold.keeps(cluster, at) for hold in holds):
                held = loads(cluster.demand, at, cluster.n_hosts)
                assert (held <= room).all(), (seed, list(map(str, levels)), at)
                n, n_tight = n + 1, n_tight + bool((held == room).any())
    assert n_tight > n / 4 > 50


def test_moves_are_bounded_by_no_more_than_there_are_below_two_balances() -> None:
    """Tests prices at which a VM that may stay was said to have to leave."""
    levels = [GoalLevel.of(goal) for goal in (Utilisation(), Balance("cpu", "spread"), Balance("cpu"))]
    cluster = vmopt.Instance.from_arrays(
        [[3], [1]], [[6], [6]], resources=["cpu"], current=[1, 1], move_cost=[0.1, 0.0], priority=[3, 1]
    )
    holds = holds_of(cluster, levels, [0.0, 0.0, 0.0], np.array([0, 1]))
    proof = MovePrices(np.array([[0.0], [1 / 3]]), np.zeros(1), None)
    assert verify_move_prices(cluster, vmopt.FewestMoves(), holds, proof) == 0
