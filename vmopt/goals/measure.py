"""Measure: a goal as a linear form over the columns of a program, in whole numbers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from vmopt.arrays import IntArray


@dataclass(frozen=True, eq=False)
class Measure:
    """``value = unit * (constant + sum_c weight[c] * x[c])`` over some columns of a program.

    Attributes
    ----------
    unit : Fraction
        Above 0.
    constant : int
        What the VMs outside of the cells make of it.
    column, weight : (n,) int64 arrays
    error : Fraction
        No placement has less than the least value of the form minus this: 0 where the form is exact.

    Examples
    --------
    >>> two = Measure(Fraction(1, 2), 3, np.array([0, 1]), np.array([1, -1]))
    >>> two.of(np.array([4, 1]))
    Fraction(3, 1)
    """

    unit: Fraction
    constant: int
    column: IntArray
    weight: IntArray
    error: Fraction = Fraction(0)

    def of(self, x: IntArray) -> Fraction:
        """Value at a point."""
        return self.unit * (self.constant + int(self.weight @ np.rint(x[self.column]).astype(np.int64)))

    def dense(self, n_columns: int) -> IntArray:
        """Weights of all columns."""
        weights = np.zeros(n_columns, dtype=np.int64)
        np.add.at(weights, self.column, self.weight)
        return weights
