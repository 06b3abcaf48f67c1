"""Scaling for floating-point solvers."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from scipy import sparse

from tests.backends.programs import knapsack, program
from vmopt.backends import LPOptions, get
from vmopt.backends.scaling import common_divisors, scale


def test_points_and_bounds_survive() -> None:
    """Tests that scaling changes rows and objective by exact factors, and that bounds and prices come back."""
    given = program([1e-7, 3e-7], [[6 * 2.0**30, 2.0**31], [0.3, 1]], [-inf, 1], [2.0**34, inf], [0, 0], [9, 9], False)
    scaled = scale(given)
    factors = scaled.row_factors
    assert np.array_equal(scaled.program.matrix.toarray(), given.matrix.toarray() * factors[:, None])
    assert np.array_equal(scaled.program.row_upper, given.row_upper * factors)
    assert 512 < scaled.program.objective.max() <= 1024
    assert scaled.program.matrix.toarray()[0].tolist() == [3.0, 1.0]
    assert scaled.bound(scaled.program.value(np.ones(2))) == pytest.approx(given.value(np.ones(2)), rel=1e-15)
    prices = np.array([2.0, -1.0])
    reduced = given.objective - given.matrix.T @ scaled.prices(prices)
    expected = (scaled.program.objective - scaled.program.matrix.T @ prices) / scaled.objective_factor
    assert reduced == pytest.approx(expected)


def test_rows_without_divisor_are_shortened_by_powers_of_two() -> None:
    """Tests that bytes without a common divisor are brought below 2^20 without losing a digit."""
    given = knapsack([2**40 + 1, 2**39 + 3], 2**41, [1, 1])
    scaled = scale(given)
    factor = scaled.row_factors[0]
    assert np.log2(factor) == np.floor(np.log2(factor))
    assert abs(scaled.program.matrix.data).max() <= 2**20 + 1
    assert (scaled.program.matrix.data / factor).tolist() == given.matrix.data.tolist()


@pytest.mark.parametrize(
    "rows", [[[0, 0], [0, 0]], [[4, -6], [0, 0]], [[0.5, 2], [3, 0]], [[2.0**62, 2.0**61], [1, 1]]]
)
def test_divisors(rows: list[list[float]]) -> None:
    """Tests that a divisor divides every entry of its row, and is 1 where the row is empty or no integers."""
    matrix = sparse.csr_array(np.array(rows, dtype=float))
    divisors = common_divisors(matrix)
    assert (divisors >= 1).all()
    for row, divisor in zip(rows, divisors.tolist(), strict=True):
        assert divisor == 1 or all(value % divisor == 0 for value in row)
    assert common_divisors(sparse.csr_array([[4.0, -6.0]])).tolist() == [2]


@pytest.mark.parametrize("name", ["highs", "scip", "cbc", "cp-sat"])
def test_shares_of_a_cluster_and_bytes(name: str) -> None:
    """Tests values far below and amounts far above the tolerances of the solvers."""
    rng = np.random.default_rng(4)
    memory = rng.integers(1, 1000, 12) * 2**21
    shares = rng.integers(1, 100, 12) * 1e-9
    given = knapsack(memory, int(memory.sum() // 2), shares)
    points = (np.arange(2**12)[:, None] >> np.arange(12)) & 1
    best = (points @ shares)[points @ memory <= memory.sum() // 2].max()
    result = get(name).solve(given, LPOptions(gap=0.0))
    assert given.value(result.x) == pytest.approx(best, rel=1e-9)
    assert result.bound == pytest.approx(best, rel=1e-6)
