"""Rows too long for floats: no solver may take a point that does not fit, or call the second best optimal."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from vmopt.backends import LPOptions, get
from vmopt.backends.short_rows import COARSEST, FINEST, shorten
from vmopt.formulation.linear_program import LinearProgram
from vmopt.status import Status

FLOATING = ["highs", "scip", "cbc"]


def knapsack(seed: int) -> LinearProgram:
    """Eight items of some billions on two rows; only the last digits tell what fits."""
    rng = np.random.default_rng(seed)
    weights = rng.integers(3, 6, (2, 8)) * 10**9 + rng.integers(0, 3, (2, 8))
    room = weights[:, rng.permutation(8)[:4]].sum(axis=1) - rng.integers(0, 2, 2)
    value = rng.integers(3, 9, 8)
    return LinearProgram.with_upper_rows(value, sparse.csr_array(weights), room, upper=np.ones(8), integer=True)


def optimum(program: LinearProgram) -> float:
    """Best of all points, in Python's integers."""
    rows, room = program.matrix.toarray().astype(int).tolist(), program.row_upper.astype(int).tolist()
    points = itertools.product((0, 1), repeat=program.n_columns)
    return max(
        float(program.objective @ np.array(x))
        for x in points
        if all(sum(a * b for a, b in zip(row, x, strict=True)) <= limit for row, limit in zip(rows, room, strict=True))
    )


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("backend", FLOATING)
def test_billions_are_exact(backend: str, seed: int) -> None:
    """Tests that a unit in billions is not lost to a tolerance: unsplit, HiGHS calls points optimal that are not."""
    program = knapsack(seed)
    result = get(backend).solve(program, LPOptions(gap=0.0))
    assert result.status is Status.OPTIMAL
    assert program.value(result.x) == optimum(program)
    assert program.violation(result.x) == 0
    assert result.bound == pytest.approx(optimum(program), rel=1e-6)


def test_split_rows_say_the_same() -> None:
    """Tests, over all points, that the split program has the points of the original and no others."""
    program = knapsack(0)
    short = shorten(program)
    assert short.program.n_rows > program.n_rows
    assert abs(short.program.matrix).max() < 1e9
    for point in itertools.product((0.0, 1.0), repeat=8):
        x = np.array(point)
        assert (program.violation(x) == 0) == (short.program.violation(short.complete(x)) == 0)


def test_tolerance_follows_the_rows() -> None:
    """Tests that short rows keep the usual tolerance, and that longer ones make it finer."""

    def of(weight: float) -> float:
        matrix = sparse.csr_array([[weight, weight + 1]])
        return shorten(
            LinearProgram.with_upper_rows([1, 1], matrix, [weight + 1], upper=[1, 1], integer=True)
        ).tolerance

    assert of(10.0) == COARSEST
    assert FINEST < of(1e6) < COARSEST
    assert of(1e12) == pytest.approx(FINEST)


def test_continuous_programs_stay_as_they_are() -> None:
    """Tests that nothing is split where columns are continuous."""
    program = LinearProgram.with_upper_rows([1.0], sparse.csr_array([[1e12]]), [1e12], upper=[1.0])
    assert shorten(program).program is program


@pytest.mark.parametrize("backend", ["highs", "scip", "cbc"])
def test_a_long_row_that_fixes_a_column_is_kept(backend: str) -> None:
    """Tests a row that leaves no room for one column beside another, which must be taken."""
    large = [761680723089.0, 436889983780.0, 371123265291.0]
    rows = sparse.csr_array([[1, 0, 0], large])
    given = LinearProgram(
        np.array([4.0, 2.0, 3.0]),
        rows,
        np.array([1, -np.inf]),
        np.array([1, 765856674984.0]),
        np.zeros(3),
        np.ones(3),
        np.ones(3, dtype=bool),
    )
    result = get(backend).solve(given, LPOptions(gap=0.0, time_limit=30.0))
    assert (result.status, result.x.tolist(), result.bound) == (Status.OPTIMAL, [1, 0, 0], 4.0)


@pytest.mark.parametrize("backend", FLOATING)
def test_a_row_that_misses_by_one_unit_in_millions_is_impossible(backend: str) -> None:
    """Tests that what integers rule out is no matter of a solver's tolerance."""
    rows = sparse.csr_array([[2_390_142]])
    program = LinearProgram.with_upper_rows([1.0], rows, [0.0], upper=[1.0], integer=True)
    program = replace(program, row_lower=np.array([2_390_143.0]), row_upper=np.array([np.inf]))
    assert shorten(program).impossible
    assert get(backend).solve(program, LPOptions()).status is Status.INFEASIBLE
