"""What a search takes over from a solution of before: its proofs, proven anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import vmopt
from tests.patience import PATIENCE
from vmopt import generate, verify_bound
from vmopt.bounds import Bound, Claim
from vmopt.bounds.pattern_bound import verify_pattern_bound

CLUSTER = generate("large", hosts=4, seed=2)
PROVEN = vmopt.solve(CLUSTER, method="column-generation", threads=1, time_limit=PATIENCE)
BALANCED = vmopt.Instance.from_arrays([[5, 1], [1, 5], [4, 2], [2, 3]] * 3, [[9, 9], [12, 10]])
PRICED = vmopt.solve(BALANCED, method="greedy-demand", threads=1)
PRICED = replace(PRICED, prices=vmopt.relax(BALANCED, threads=1).prices)


def again(instance: vmopt.Instance, start: vmopt.Solution) -> vmopt.Solution:
    """Return what a method without a bound of its own says."""
    return vmopt.solve(instance, method="greedy-demand", warm_start=start, threads=1)


def test_patterns_are_kept() -> None:
    """Tests that a bound by patterns is still there, with what proves it."""
    assert PROVEN.pattern_bound is not None
    solution = again(CLUSTER, PROVEN)
    assert solution.bound == PROVEN.bound
    assert solution.pattern_bound is not None
    assert verify_pattern_bound(CLUSTER, solution.pattern_bound) == pytest.approx(solution.bound)


def test_equal_data_are_enough() -> None:
    """Tests that the same instance, made again, keeps the bound."""
    assert again(CLUSTER.replace(), PROVEN).bound == PROVEN.bound


def test_prices_hold_for_other_data() -> None:
    """Tests that the prices of before prove a bound of the changed instance, each host class by its own prices."""
    changed = BALANCED.replace(capacity=BALANCED.capacity[::-1])
    solution = again(changed, PRICED)
    assert solution.bound_by == "prices"
    assert solution.bound == verify_bound(changed, solution.prices)
    assert solution.bound == pytest.approx(verify_bound(BALANCED, PRICED.prices))
    assert solution.bound < vmopt.solve(changed, method="greedy-demand", threads=1).bound


def test_prices_follow_the_unit() -> None:
    """Tests that prices are the same per unit of the user's own where the instance counts in finer ones."""
    finer = vmopt.Instance.from_arrays([*BALANCED.demand.tolist(), [0.5, 0.5]], BALANCED.capacity)
    assert (finer.scale > BALANCED.scale).all()
    solution = again(finer, PRICED)
    assert solution.prices is not None
    assert PRICED.prices is not None
    np.testing.assert_allclose(solution.prices * finer.scale, PRICED.prices * BALANCED.scale)


def test_patterns_of_other_data_are_not_believed() -> None:
    """Tests that what patterns proved of other data is left alone."""
    worth_more = CLUSTER.replace(priority=CLUSTER.priority * np.arange(1, CLUSTER.n_vms + 1))
    assert again(worth_more, PROVEN).bound_by == "prices"


def test_claims_are_kept_under_their_name() -> None:
    """Tests that a backend's claim stays a claim of that backend."""
    claimed = replace(PROVEN, certificate=Bound(PROVEN.objective, Claim("some-solver")))
    solution = again(CLUSTER, claimed)
    assert (solution.bound, solution.bound_by) == (PROVEN.objective, "some-solver")


def test_an_array_must_fit() -> None:
    """Tests that an array, which speaks of this instance alone, is not mended."""
    with pytest.raises(vmopt.OptionError, match="does not fit"):
        vmopt.solve(CLUSTER, warm_start=np.zeros(CLUSTER.n_vms, dtype=int))
