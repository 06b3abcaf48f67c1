"""Prices bound levels of goals: never beyond what any placement has, and only with proofs that are whole."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import vmopt
from tests.goals.tiny import Case, cases
from tests.thorough import met
from vmopt import Balance, FewestHosts, MustRun
from vmopt.backends import registry
from vmopt.backends.base import LPOptions
from vmopt.bounds import GoalPrices
from vmopt.errors import PlacementError
from vmopt.formulation.goal_relaxation import goal_relaxation
from vmopt.goals.counting import counted
from vmopt.goals.price_proof import verify_goal_prices
from vmopt.model.goal_level import GoalLevel
from vmopt.model.shapes import Fullest, alone
from vmopt.problem import compile


def _proof(case: Case, below: Fraction | None = None) -> GoalPrices:
    relaxation = goal_relaxation(compile(case.instance), case.level, case.holds, below)
    prices = registry.get("glop").solve(relaxation.program, LPOptions(time_limit=10)).prices
    assert prices is not None
    return relaxation.proof(prices)


def _proven(case: Case, proof: GoalPrices) -> Fraction | None:
    return verify_goal_prices(case.instance, case.level, case.holds, proof)


def test_no_placement_is_beyond_what_prices_prove() -> None:
    """Tests kinds and sums of goals, alone and below others, against all placements; most bounds are what there is."""
    n_tight = n = 0
    for case in cases(range(met(300))):
        proof, rng = _proof(case), random.Random(case.seed)
        bound = _proven(case, proof)
        assert bound is not None
        assert not case.is_beyond(bound), (case.seed, str(case.level))
        n, n_tight = n + 1, n_tight + (bound == case.best)
        other = replace(proof, capacity=proof.capacity * 2 * rng.random(), holds=proof.holds * 2 * rng.random())
        bound = _proven(case, other)
        assert bound is None or not case.is_beyond(bound), (case.seed, str(case.level))
    assert n_tight > 0.7 * n


def test_no_placement_stays_below_what_is_proven_of_the_fullest_host() -> None:
    """Tests parts that are true, and parts that are not, which nothing proves."""
    n_proven = 0
    for case in cases(range(met(300))):
        if alone(case.instance, case.level, Fullest) is None:
            continue
        for part in (case.best, case.worst, case.best + Fraction(1, 24), case.best - Fraction(1, 40)):
            if part > 0:
                bound = _proven(case, _proof(case, part))
                assert bound is None or bound == part <= case.best, (case.seed, part)
                n_proven += bound is not None
    assert n_proven > met(20)


def test_no_placement_is_beyond_what_is_counted() -> None:
    """Tests fragments and spreads by whole numbers against all placements; some bounds are what there is."""
    n_tight = 0
    for case in cases(range(met(600))):
        least = counted(case.instance, case.level, case.holds)
        assert least == 0 or least <= case.best, (case.seed, str(case.level))
        n_tight += least == case.best > 0
    assert n_tight > met(5)


@pytest.fixture
def pair() -> vmopt.Instance:
    """Return two VMs that run, on two hosts that are alike."""
    return vmopt.Instance.from_arrays([[4], [4]], [[8], [8]], rules=[MustRun("vm-*")])


FULLEST = GoalLevel.of(Balance())
NONE = np.zeros(0)


@pytest.mark.parametrize(
    ("proof", "message"),
    [
        (GoalPrices(np.zeros((2, 1)), NONE, (np.ones(1),)), "prices have shape"),
        (GoalPrices(np.array([[-1.0]]), NONE, (np.ones(1),)), "at least 0"),
        (GoalPrices(np.array([[np.nan]]), NONE, (np.ones(1),)), "finite"),
        (GoalPrices(np.zeros((1, 1)), np.ones(1), (np.ones(1),)), "levels above have shape"),
        (GoalPrices(np.zeros((1, 1)), NONE, ()), "slopes of 0 goals, expected 1"),
        (GoalPrices(np.zeros((1, 1)), NONE, (np.full(1, 1.5),)), "add up to at most 1"),
        (GoalPrices(np.zeros((1, 1)), NONE, (-np.ones(1),)), "at least 0"),
        (GoalPrices(np.zeros((1, 1)), NONE, (), Fraction(0)), "above 0"),
    ],
)
def test_wrong_proofs_are_refused(pair: vmopt.Instance, proof: GoalPrices, message: str) -> None:
    """Tests shapes, signs, and slopes that add up to too much."""
    with pytest.raises(PlacementError, match=message):
        verify_goal_prices(pair, FULLEST, (), proof)


def test_only_a_fullest_host_stays_below_a_part(pair: vmopt.Instance) -> None:
    """Tests that a proof of another goal is refused, and that prices of nothing prove nothing."""
    below = GoalPrices(np.zeros((1, 1)), NONE, (), Fraction(1, 2))
    with pytest.raises(PlacementError, match="fullest host"):
        verify_goal_prices(pair, GoalLevel.of(FewestHosts()), (), below)
    assert verify_goal_prices(pair, FULLEST, (), below) == Fraction(1, 2), "no VM fits below a half of a host"
    assert verify_goal_prices(pair, FULLEST, (), replace(below, below=Fraction(5, 8))) is None


def test_exact_parts_are_told_apart(pair: vmopt.Instance) -> None:
    """Tests that hosts cannot stay below a half, but at it: a proof of a little more does not hold."""
    price = np.ones((1, 1))
    proofs = [GoalPrices(price, NONE, (), Fraction(1, 2) + Fraction(i, 10**12)) for i in (0, 1)]
    assert [verify_goal_prices(pair, FULLEST, (), proof) for proof in proofs] == [Fraction(1, 2), None]
    three = vmopt.Instance.from_arrays([[4]] * 3, [[8]] * 2, rules=[MustRun("vm-*")])
    proof = GoalPrices(price, NONE, (), Fraction(1))
    assert verify_goal_prices(three, FULLEST, (), proof) == 1, "two VMs share a host, or one would stand alone"


def test_zero_capacity_and_absent_resources() -> None:
    """Tests hosts without a resource, and a cluster without any of it."""
    objective = vmopt.Objective(levels=[Balance(["cpu", "gpu"], "spread"), Balance("gpu", "above", level=0.5)])
    cluster = vmopt.Instance.from_arrays(
        [[2, 0], [2, 1]], [[4, 0], [4, 2]], resources=["cpu", "gpu"], rules=[MustRun("vm-*")], objective=objective
    )
    solution = vmopt.solve(cluster, gap=0, time_limit=10)
    assert [level.value for level in solution.levels] == [0.0, 0.0]
    nothing = vmopt.Instance.from_arrays([[0]], [[0]], objective=vmopt.Objective(levels=[Balance()]))
    assert vmopt.solve(nothing, gap=0, time_limit=10).levels[0].bound == 0.0
