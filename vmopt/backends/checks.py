"""What is known of a point or of prices from the program alone, without trusting any solver."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.formulation.linear_program import LinearProgram

FEASIBILITY = 1e-6
EPSILON = float(np.finfo(np.float64).eps)


def nearest_point(program: LinearProgram, x: FloatArray) -> FloatArray:
    """Move a point to the limits of its columns, and to whole numbers where these are asked for.

    Solvers return 0.9999997 for 1; the point handed out says 1.
    """
    point = np.array(x, dtype=np.float64)
    point[program.integer] = np.rint(point[program.integer])
    return np.clip(point, program.lower, program.upper)


def is_feasible(program: LinearProgram, x: FloatArray) -> bool:
    """Whether a point keeps every limit: rows of integers exactly, other rows to 1e-6 of their size.

    Examples
    --------
    >>> from scipy import sparse
    >>> program = LinearProgram.with_upper_rows([1.0], sparse.csr_array([[10**9]]), [3e9], upper=[9.0], integer=True)
    >>> is_feasible(program, np.array([3.0])), is_feasible(program, np.array([4.0]))
    (True, False)
    """
    if x.shape != (program.n_columns,) or not np.isfinite(x).all():
        return False
    whole = np.abs(x - np.rint(x))[program.integer]
    if (whole > FEASIBILITY).any() or not _within(x, program.lower, program.upper, FEASIBILITY):
        return False
    return _within(program.matrix @ x, program.row_lower, program.row_upper, _row_tolerance(program, x))


def _within(values: FloatArray, lower: FloatArray, upper: FloatArray, tolerance: Any) -> bool:
    return bool((values >= lower - tolerance).all() and (values <= upper + tolerance).all())


def _row_tolerance(program: LinearProgram, x: FloatArray) -> FloatArray:
    """Tolerance of each row: relative to its terms, but below 1/2 where the activity can only be an integer."""
    magnitude = abs(program.matrix)
    tolerance: FloatArray = FEASIBILITY * np.maximum(1.0, magnitude @ np.abs(x))
    fractional = program.matrix.copy()
    fractional.data = (program.matrix.data != np.rint(program.matrix.data)).astype(np.float64)
    counts = fractional.sum(axis=1) + magnitude @ (~program.integer).astype(np.float64)
    return np.where(counts == 0, np.minimum(tolerance, 0.5), tolerance)


def bound_from_prices(program: LinearProgram, prices: FloatArray) -> float:
    """Upper bound of the objective that any prices prove, whatever tolerance the solver had.

    For every feasible x and every y, ``c @ x = y @ (A @ x) + (c - A.T @ y) @ x``. The first term is at most the sum
    over the rows of ``y_i * row_upper_i`` where y_i > 0 and ``y_i * row_lower_i`` where y_i < 0, the second is at most
    the same sum over the columns with the reduced profits ``c - A.T @ y``. Prices of the wrong sign on a one-sided row
    count as 0.

    Parameters
    ----------
    prices : (n_rows,) array

    Returns
    -------
    float
        Infinite where a column without upper limit has a positive reduced profit.

    Examples
    --------
    >>> from scipy import sparse
    >>> program = LinearProgram.with_upper_rows([3.0, 2.0], sparse.csr_array([[1.0, 1.0]]), [4.0], upper=[3.0, 3.0])
    >>> round(bound_from_prices(program, np.array([2.0])), 9), round(bound_from_prices(program, np.array([0.0])), 9)
    (11.0, 15.0)
    """
    signed = np.where(np.isinf(program.row_upper), np.minimum(prices, 0.0), prices)
    signed = np.where(np.isinf(program.row_lower), np.maximum(signed, 0.0), signed)
    reduced = program.objective - program.matrix.T @ signed
    bound = _most(signed, program.row_lower, program.row_upper) + _most(reduced, program.lower, program.upper)
    return bound + _rounding(program, signed, reduced) if np.isfinite(bound) else bound


def _rounding(program: LinearProgram, prices: FloatArray, reduced: FloatArray) -> float:
    """How far the sums that make a bound may be off: in doubles, terms that cancel leave the rounding of their size."""
    n = program.n_rows + program.n_columns + 2
    terms = np.abs(program.objective) + abs(program.matrix).T @ np.abs(prices)
    reach = np.where(reduced > 0, program.upper, program.lower)
    columns = terms * np.where(np.isfinite(reach), np.abs(reach), 0.0)
    limits = np.where(prices > 0, program.row_upper, program.row_lower)
    used = prices != 0
    return EPSILON * n * float(columns.sum() + np.abs(prices[used] * limits[used]).sum())


def _most(weights: FloatArray, lower: FloatArray, upper: FloatArray) -> float:
    """Largest ``weights @ v`` over ``lower <= v <= upper``."""
    limits = np.where(weights > 0, upper, lower)
    used = weights != 0
    return float(weights[used] @ limits[used])


def best_in_box(program: LinearProgram) -> float:
    """Largest objective within the limits of the columns alone, perhaps infinite."""
    return _most(program.objective, program.lower, program.upper)
