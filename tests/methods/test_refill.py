"""The sub-problem of the neighbourhood search, against all fillings there are."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vmopt.backends.small import Effort
from vmopt.methods.packing.refill import MAX_ROW_SUM, Refill, safe_row, solve

EFFORT = Effort(0, 60.0, 60.0)


def drawn(seed: int) -> Refill:
    """Draw three classes for two hosts; what runs there now is the first VM that fits."""
    rng = np.random.default_rng(seed)
    demand, capacity = rng.integers(1, 6, (3, 2)), rng.integers(5, 10, (2, 2))
    supply = rng.integers(1, 4, 3)
    start = np.zeros((3, 2), dtype=np.int64)
    start[0, 0] = (demand[0] <= capacity[0]).all()
    return Refill(
        demand=demand,
        value=rng.uniform(1, 9, 3),
        supply=supply,
        least=np.array([start[0, 0] * rng.integers(0, 2), 0, 0]),
        capacity=capacity,
        allowed=(rng.random((3, 2)) < 0.8) | (start > 0),
        start=start,
        loss=30.0,
        room=demand @ (0.5 / capacity[0]),
        most=rng.integers(1, 4, 3) if seed % 2 else None,
    )


def fillings(problem: Refill) -> list[np.ndarray]:
    """All that keep supply, capacity and what else is demanded."""
    most = problem.supply if problem.most is None else np.minimum(problem.supply, problem.most)
    ranges = [range(int(most[j]) + 1) for j in range(3) for _ in range(2)]
    every = [np.array(cells).reshape(3, 2) for cells in product(*ranges)]
    return [counts for counts in every if keeps(problem, counts)]


def keeps(problem: Refill, counts: np.ndarray) -> bool:
    per_class = counts.sum(axis=1)
    within = (per_class <= problem.supply).all() and (per_class >= problem.least).all()
    most = problem.most is None or (counts <= problem.most[:, None]).all()
    fits = (counts.T @ problem.demand <= problem.capacity).all()
    return bool(within and most and fits and not counts[~problem.allowed].any())


@pytest.mark.parametrize("seed", range(12))
def test_the_best_filling_is_found_and_proven(seed: int) -> None:
    """Tests every demand on a filling, and its value against all others, to the steps that are told apart."""
    problem = drawn(seed)
    best = max(float(counts.sum(axis=1) @ problem.value) for counts in fillings(problem))
    found = solve(problem, EFFORT)
    assert found.proven
    assert found.counts is not None
    assert keeps(problem, found.counts)
    assert float(found.counts.sum(axis=1) @ problem.value) == pytest.approx(best, abs=problem.loss / 100)


def of_twos(**more: object) -> Refill:
    """Two VMs that ask for 2, both on the first of two hosts."""
    whole = Refill(
        demand=np.array([[2]]),
        value=np.array([3.0]),
        supply=np.array([2]),
        least=np.array([0]),
        capacity=np.array([[4], [4]]),
        allowed=np.ones((1, 2), dtype=bool),
        start=np.array([[2, 0]]),
        loss=1.0,
        room=np.array([0.5]),
    )
    return replace(whole, **more)


def test_where_nothing_is_at_stake_the_first_host_is_left_empty() -> None:
    """Tests that of fillings worth the same the one is taken that brings free capacity together on the first host."""
    found = solve(of_twos(), EFFORT)
    assert found.counts is not None
    assert found.counts.tolist() == [[0, 2]]


def test_what_cannot_be_filled_is_told() -> None:
    """Tests that there are no counts where more has to run than there is room for."""
    assert solve(of_twos(supply=np.array([5]), least=np.array([5])), EFFORT).counts is None


@given(st.lists(st.tuples(st.integers(1, 2**40), st.integers(1, 50)), min_size=1, max_size=6), st.integers(0, 2**45))
@settings(deadline=None)
def test_a_row_that_is_shrunk_lets_nothing_through(cells: list[tuple[int, int]], room: int) -> None:
    """Tests that whatever the smaller row allows the row allows, and that its sum is small enough."""
    asked, most = (np.array(column, dtype=np.int64) for column in zip(*cells, strict=True))
    smaller, left = safe_row(asked, most, room)
    assert int(smaller @ most) <= MAX_ROW_SUM
    rng = np.random.default_rng(0)
    for _ in range(20):
        counts = rng.integers(0, most + 1)
        assert int(smaller @ counts) > left or int(asked @ counts) <= room
