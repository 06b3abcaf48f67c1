"""One column of amounts: its different numbers, each read once, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.model import readings
from vmopt.model.readings import Precision, Readings

BLOCK = 2**16
"""Numbers that are read at once: once some mean nothing simple, the rest need not be read."""


@dataclass(frozen=True)
class AmountColumn:
    """The different amounts of one table of one resource, and what they mean.

    Attributes
    ----------
    amount : (n,) float64 array
        In ascending order.
    of : (n_rows,) int array
        Which of them each row has.
    precision : Precision
    reading : Readings
        Denominators.
    whole : (n,) int64 array or None
        The amounts, where all are integers.
    """

    amount: FloatArray
    of: IntArray
    precision: Precision
    reading: Readings
    whole: IntArray | None

    @classmethod
    def of_numbers(cls, given: Any) -> AmountColumn:
        """Find the different numbers of a column, int64 or a float, and what they mean."""
        precision = readings.precision_of(given.dtype)
        different, of, count = np.unique(given, return_inverse=True, return_counts=True)
        amount = different.astype(np.float64)
        whole = different.astype(np.int64) if is_whole(different) else None
        return cls(amount, of.ravel(), precision, _read(amount, count, precision), whole)


def meant(column: Any) -> FloatArray:
    """Return the floats nearest to what the numbers of a column mean.

    Examples
    --------
    >>> meant(np.float32([0.1, 2])).tolist()
    [0.1, 2.0]
    """
    if is_whole(column):
        return np.asarray(column, dtype=np.float64)
    found = AmountColumn.of_numbers(column)
    q = found.reading.best
    nearest = np.divide(np.rint(found.amount * q), q, out=found.amount.copy(), where=q > 0)
    return nearest[found.of]


def is_whole(column: Any) -> bool:
    """Whether all numbers of a column are integers."""
    return column.dtype.kind == "i" or bool((np.rint(column) == column).all())


def _read(amount: FloatArray, count: IntArray, precision: Precision) -> Readings:
    """Read the different numbers, most frequent ones first, and stop once some mean nothing simple."""
    reading = Readings(*(np.zeros(len(amount), dtype=np.int64) for _ in Readings._fields))
    whole = np.rint(amount) == amount
    for kind in reading:
        kind[whole] = 1
    left = np.flatnonzero(~whole)
    left = left[np.argsort(-count[left], kind="stable")] if len(left) > BLOCK else left
    for start in range(0, len(left), BLOCK):
        block = left[start : start + BLOCK]
        for kind, found in zip(reading, readings.read(amount[block], precision), strict=True):
            kind[block] = found
        if not any(kind[block].all() for kind in reading):
            break
    return reading
