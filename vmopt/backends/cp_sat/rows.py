"""The rows of a program as exact integers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from vmopt.arrays import FloatArray, IntArray
from vmopt.backends.scaling import common_divisors
from vmopt.errors import BackendError
from vmopt.formulation.linear_program import LinearProgram

NO_LIMIT = 2**62
DECIMALS = 6


@dataclass(frozen=True, eq=False)
class IntegerRows:
    """Rows ``lower <= coefficients @ x <= upper`` of integers, with the points of the rows they were made from.

    Attributes
    ----------
    indptr : (n_rows + 1,) int array
        Row i holds entries ``indptr[i]`` to ``indptr[i + 1]``.
    columns : (n_entries,) int array
    coefficients : (n_entries,) int64 array
        Without a common divisor in any row.
    lower, upper : (n_rows,) int64 array
        ``-NO_LIMIT`` and ``NO_LIMIT`` where a row has no such limit.
    """

    indptr: Any
    columns: Any
    coefficients: IntArray
    lower: IntArray
    upper: IntArray

    def entries(self, row: int) -> slice:
        """Return where the entries of a row are."""
        return slice(int(self.indptr[row]), int(self.indptr[row + 1]))

    def weight(self, size: FloatArray) -> FloatArray:
        """Sum of ``|coefficient| * size of the column`` of each row."""
        terms = np.abs(self.coefficients.astype(np.float64)) * size[self.columns]
        return row_sums(self.indptr, terms)


def row_sums(indptr: Any, terms: FloatArray) -> FloatArray:
    """Sum the entries of each row."""
    rows = np.repeat(np.arange(indptr.size - 1), np.diff(indptr))
    sums: FloatArray = np.bincount(rows, weights=terms, minlength=indptr.size - 1).astype(np.float64)
    return sums


def integer_rows(program: LinearProgram) -> IntegerRows:
    """Bring the rows of an integer program to integers.

    A row of decimals is multiplied by a power of ten; a limit between two integers moves to the inner one, which no
    integer point notices; every row is divided by its greatest common divisor.

    Raises
    ------
    BackendError
        If a coefficient has more than 6 decimals, or is too large.

    Examples
    --------
    >>> matrix = sparse.csr_array([[0.2, 0.4]])
    >>> program = LinearProgram.with_upper_rows([1, 1], matrix, [1.5], upper=[9, 9], integer=True)
    >>> rows = integer_rows(program)
    >>> rows.coefficients.tolist(), rows.upper.tolist()
    ([1, 2], [7])
    """
    matrix = sparse.csr_array(program.matrix, dtype=np.float64, copy=True)
    if (matrix.data != program.matrix.data).any():
        raise BackendError("the program holds integers beyond 2^53: state amounts in coarser units.")
    matrix.eliminate_zeros()
    decimals = _decimals_of_rows(matrix)
    power: FloatArray = 10.0 ** decimals.astype(np.float64)
    matrix.data = np.rint(matrix.data * np.repeat(power, np.diff(matrix.indptr)))
    if matrix.nnz and np.abs(matrix.data).max() >= NO_LIMIT:
        raise BackendError("cp-sat takes coefficients below 2^62: state amounts in coarser units, or take highs.")
    divisors = common_divisors(matrix)
    return IntegerRows(
        indptr=matrix.indptr,
        columns=matrix.indices,
        coefficients=matrix.data.astype(np.int64) // np.repeat(divisors, np.diff(matrix.indptr)),
        lower=-_upper_limits(-program.row_lower, power, divisors),
        upper=_upper_limits(program.row_upper, power, divisors),
    )


def _decimals_of_rows(matrix: Any) -> IntArray:
    """Fewest decimals that write every coefficient of a row exactly."""
    decimals = np.zeros(matrix.shape[0], dtype=np.int64)
    row_of = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    left = np.flatnonzero(matrix.data != np.rint(matrix.data))
    for count in range(1, DECIMALS + 1):
        if not left.size:
            break
        decimals[row_of[left]] = count
        values = matrix.data[left]
        left = left[np.rint(values * 10.0**count) / 10.0**count != values]
    if left.size:
        raise BackendError(
            f"cp-sat computes in integers: row {row_of[left[0]]} holds {float(matrix.data[left[0]])}, which has more "
            f"than {DECIMALS} decimals. Round the coefficients (demand up, capacity down), or take highs."
        )
    return decimals


def _upper_limits(limits: FloatArray, power: FloatArray, divisors: IntArray) -> IntArray:
    """Return the limits in the units of the integer rows, rounded down; beyond 2^62 there is none."""
    scaled = np.rint(limits * power)
    scaled = np.where(scaled / power == limits, scaled, np.floor(limits * power))
    finite = np.abs(scaled) < NO_LIMIT
    integers: IntArray = np.where(finite, scaled, 0).astype(np.int64) // divisors
    return np.where(finite, integers, np.where(scaled > 0, NO_LIMIT, -NO_LIMIT))
