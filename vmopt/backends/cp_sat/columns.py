"""Limits of the columns of an integer program, tightened by its rows."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.backends.cp_sat.rows import NO_LIMIT, IntegerRows, row_sums
from vmopt.errors import BackendError
from vmopt.formulation.linear_program import LinearProgram

PASSES = 3
SAFETY = 1e-9
LARGEST_VALUE = 2**40


def column_limits(program: LinearProgram, rows: IntegerRows) -> tuple[IntArray, IntArray]:
    """Whole limits of the columns, tightened by what the rows allow.

    A VM that asks for more than a host has is ruled out here: ``a x <= C`` with ``a > C`` and ``x >= 0`` makes x 0.

    Returns
    -------
    lower, upper : (n_columns,) int64 arrays
        1 and 0 in every column where the rows rule every point out.

    Raises
    ------
    BackendError
        If a column has no finite limits.

    Examples
    --------
    >>> from scipy import sparse
    >>> from vmopt.backends.cp_sat.rows import integer_rows
    >>> program = LinearProgram.with_upper_rows([1, 1], sparse.csr_array([[3, 9]]), [8], upper=[1e9, 1], integer=True)
    >>> column_limits(program, integer_rows(program))
    (array([0, 0]), array([2, 0]))
    """
    lower, upper = np.ceil(program.lower), np.floor(program.upper)
    for _ in range(PASSES):
        before = lower.copy(), upper.copy()
        lower, upper = _tightened(rows, rows.coefficients.astype(np.float64), rows.upper, lower, upper)
        lower, upper = _tightened(rows, -rows.coefficients.astype(np.float64), -rows.lower, lower, upper)
        crossed = bool((lower > upper).any())  # limits that cross say nothing about the others any more
        if crossed or (np.array_equal(before[0], lower) and np.array_equal(before[1], upper)):
            break
    if (lower > upper).any():
        return np.ones(len(lower), dtype=np.int64), np.zeros(len(upper), dtype=np.int64)
    unlimited = np.flatnonzero((np.abs(lower) > LARGEST_VALUE) | (np.abs(upper) > LARGEST_VALUE))
    if unlimited.size:
        raise BackendError(
            f"cp-sat needs finite limits, and column {unlimited[0]} has none: give it some, or take highs."
        )
    return lower.astype(np.int64), upper.astype(np.int64)


def _tightened(
    rows: IntegerRows, coefficients: FloatArray, row_upper: IntArray, lower: FloatArray, upper: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Apply ``coefficients @ x <= row_upper``, each column against the least that the others of its row can be.

    Floating point is good enough here: limits are loosened by more than any rounding error, so that no point is lost.
    """
    least = np.where(coefficients > 0, lower[rows.columns], upper[rows.columns])
    with np.errstate(invalid="ignore"):
        terms = coefficients * least
        size = row_sums(rows.indptr, np.abs(terms)) + np.abs(row_upper)
        slack = row_upper - row_sums(rows.indptr, terms) + SAFETY * size
        room = np.floor(np.repeat(slack, np.diff(rows.indptr)) / np.abs(coefficients) + SAFETY)
        limited = np.repeat(row_upper < NO_LIMIT, np.diff(rows.indptr)) & np.isfinite(room)
    up, down = limited & (coefficients > 0), limited & (coefficients < 0)
    lower, upper = lower.copy(), upper.copy()
    np.minimum.at(upper, rows.columns[up], least[up] + room[up])
    np.maximum.at(lower, rows.columns[down], least[down] - room[down])
    return lower, upper
