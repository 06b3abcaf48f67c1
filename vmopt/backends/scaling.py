"""Coefficients of a size that floating-point solvers are made for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse

from vmopt.arrays import FloatArray, IntArray
from vmopt.formulation.linear_program import LinearProgram

OBJECTIVE_SIZE = 2.0**10
ROW_SIZE = 2.0**20
LARGEST_INTEGER = 2.0**62


@dataclass(frozen=True, eq=False)
class Scaled:
    """A program with the same points as another, its objective and rows multiplied by positive numbers.

    Solvers compare reduced profits, gaps and row activities with fixed tolerances such as 1e-6. The share of one VM is
    often smaller than that and a capacity in bytes a million million times larger, so both are brought to a size where
    these tolerances are harmless. Powers of two and common divisors leave every coefficient exact.

    Attributes
    ----------
    program : LinearProgram
    objective_factor : float
    row_factors : (n_rows,) float64 array
    """

    program: LinearProgram
    objective_factor: float
    row_factors: FloatArray

    def bound(self, scaled_bound: float) -> float:
        """Return a bound of the scaled objective as a bound of the original one."""
        return scaled_bound / self.objective_factor

    def prices(self, scaled_prices: FloatArray) -> FloatArray:
        """Return dual values of the scaled rows as dual values of the original ones."""
        return scaled_prices * self.row_factors / self.objective_factor


def scale(program: LinearProgram) -> Scaled:
    """Scale a program for floating-point solvers.

    Examples
    --------
    >>> from scipy import sparse
    >>> program = LinearProgram.with_upper_rows([2.0**-20], sparse.csr_array([[3 * 2.0**30]]), [2.0**33], upper=[5.0])
    >>> scaled = scale(program)
    >>> scaled.program.objective.tolist(), scaled.program.matrix.data.tolist()
    ([1024.0], [1.0])
    """
    factor = power_of_two(OBJECTIVE_SIZE / float(np.abs(program.objective).max(initial=0.0) or OBJECTIVE_SIZE))
    matrix = sparse.csr_array(program.matrix, dtype=np.float64)
    divided = matrix.copy()
    rows = 1.0 / common_divisors(matrix)
    divided.data = matrix.data * np.repeat(rows, np.diff(matrix.indptr))
    largest = abs(divided).max(axis=1).toarray() if divided.nnz else np.zeros(program.n_rows)
    rows = rows * power_of_two(np.minimum(1.0, ROW_SIZE / np.maximum(largest, 1.0)))
    matrix.data = matrix.data * np.repeat(rows, np.diff(matrix.indptr))
    scaled = replace(
        program,
        objective=program.objective * factor,
        matrix=matrix,
        row_lower=program.row_lower * rows,
        row_upper=program.row_upper * rows,
    )
    return Scaled(scaled, float(factor), rows)


def power_of_two(number: Any) -> Any:
    """Return the largest power of two that is at most a positive number, element by element."""
    return 2.0 ** np.floor(np.log2(number))


def common_divisors(matrix: Any) -> IntArray:
    """Greatest common divisor of each row of a csr_array, 1 for rows that are empty or hold anything but integers.

    Examples
    --------
    >>> common_divisors(sparse.csr_array([[4.0, 6.0], [0.5, 1.0], [0.0, 0.0]])).tolist()
    [2, 1, 1]
    """
    size = np.diff(matrix.indptr)
    divisors = np.ones(matrix.shape[0], dtype=np.int64)
    filled = size > 0
    starts = matrix.indptr[:-1][filled]
    if not starts.size:
        return divisors
    data = np.abs(np.asarray(matrix.data))
    odd = (data != np.rint(data)) | (data >= LARGEST_INTEGER)
    integers = np.where(odd, 1, data).astype(np.int64)
    divisors[filled] = np.maximum(1, np.gcd.reduceat(integers, starts))
    return divisors
