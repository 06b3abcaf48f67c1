"""Bounds in doubles, widened by what tolerances and rounding may hide."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy import sparse

from vmopt.backends import LPOptions, registry
from vmopt.backends.checks import bound_from_prices
from vmopt.formulation.linear_program import LinearProgram

BACKENDS = ["cp-sat", "highs", "scip", "cbc"]


def near_2_to_the_40(seed: int, *, whole: bool, integer: bool = True) -> LinearProgram:
    """A knapsack of two resources with amounts just below 2^40."""
    rng = np.random.default_rng(seed)
    demand = rng.integers(2**39, 2**40, (2, 8))
    value = rng.integers(1, 2**20, 8) if whole else rng.uniform(1, 2, 8)
    rows = sparse.csr_array(demand.astype(float))
    return LinearProgram.with_upper_rows(value, rows, demand.sum(axis=1) // 2, upper=np.ones(8), integer=integer)


def optimum(program: LinearProgram) -> Fraction:
    """The optimum of a program of 8 booleans and whole rows, in exact arithmetic."""
    rows, limits = program.matrix.toarray().astype(int).tolist(), program.row_upper.astype(int).tolist()
    value = [Fraction(v) for v in program.objective.tolist()]
    chosen = [[j for j in range(8) if s >> j & 1] for s in range(256)]
    fit = [c for c in chosen if all(sum(row[j] for j in c) <= limit for row, limit in zip(rows, limits, strict=True))]
    return max(sum((value[j] for j in c), Fraction(0)) for c in fit)


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("backend", BACKENDS)
def test_no_bound_lies_below_the_optimum(backend: str, whole: bool) -> None:
    """Tests amounts near 2^40, to the last bit."""
    for seed in range(3):
        program = near_2_to_the_40(seed, whole=whole)
        result = registry.get(backend).solve(program, LPOptions(gap=0.0, time_limit=30.0))
        assert Fraction(result.bound) >= optimum(program)
        if whole:
            assert Fraction(result.bound) == optimum(program)


def test_bounds_by_prices_hold_whatever_is_lost_in_their_sums() -> None:
    """Tests prices of amounts near 2^40 against the same sum in fractions."""
    for seed in range(20):
        program = near_2_to_the_40(seed, whole=False, integer=False)
        prices = np.random.default_rng(seed).uniform(0, 2**-39, 2)
        rows = [[Fraction(a) for a in row] for row in program.matrix.toarray().tolist()]
        exact = [Fraction(y) for y in prices.tolist()]
        paid = sum(y * Fraction(b) for y, b in zip(exact, program.row_upper.tolist(), strict=True))
        for j, value in enumerate(program.objective.tolist()):
            paid += max(Fraction(0), Fraction(value) - sum(y * row[j] for y, row in zip(exact, rows, strict=True)))
        assert Fraction(bound_from_prices(program, prices)) >= paid
