"""The objective of a program as integers, and what the rounding may hide."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vmopt.arrays import FloatArray, IntArray

LARGEST_SUM = 2.0**50
LARGEST_EXPONENT = 1000.0
DECIMALS = 9


@dataclass(frozen=True, eq=False)
class IntegerObjective:
    """Integers close to ``factor`` times the objective.

    Attributes
    ----------
    coefficients : (n_columns,) int64 array
    factor : float
    error : float
        No point is worth more than ``(its integer objective + error) / factor``; 0 where the integers are exact.
    """

    coefficients: IntArray
    factor: float
    error: float

    def bound(self, integer_bound: float) -> float:
        """Return a bound of the integer objective as a bound of the objective."""
        bound = (integer_bound + self.error) / self.factor
        return bound if self.error == 0 else float(np.nextafter(bound, np.inf))


def integer_objective(objective: FloatArray, lower: IntArray, upper: IntArray) -> IntegerObjective:
    """Scale an objective to integers whose sum over the largest point is below 2^50, exactly where that can be.

    Parameters
    ----------
    objective : (n_columns,) array
    lower, upper : (n_columns,) int64 arrays
        Limits of the columns.

    Examples
    --------
    >>> integer_objective(np.array([0.25, 1.5]), np.zeros(2, int), np.ones(2, int))
    IntegerObjective(coefficients=array([ 25, 150]), factor=100.0, error=0.0)
    >>> integer_objective(np.array([1 / 3]), np.zeros(1, int), np.ones(1, int)).error <= 0.5
    True
    """
    size = np.maximum(np.abs(lower), np.abs(upper)).astype(np.float64)
    objective = np.where(size > 0, objective, 0.0)
    total = float(np.abs(objective) @ size)
    for decimals in range(DECIMALS + 1):
        factor = 10.0**decimals
        integers = np.rint(objective * factor)
        if total * factor < LARGEST_SUM and (integers / factor == objective).all():
            return IntegerObjective(integers.astype(np.int64), factor, 0.0)
    factor = float(2.0 ** min(np.floor(np.log2(LARGEST_SUM / total)), LARGEST_EXPONENT))
    exact = objective * factor
    integers = np.rint(exact)
    lost = exact - integers
    error = float(np.maximum(lost * lower, lost * upper).sum())
    return IntegerObjective(integers.astype(np.int64), factor, error)
