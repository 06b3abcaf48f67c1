"""Costs as whole numbers of one unit."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.errors import InstanceError

EXACT = 2**53


def in_units(costs: Sequence[float] | FloatArray, what: str) -> tuple[IntArray, Fraction]:
    """Costs as whole numbers without a common divisor; doubles count as the decimals that they print as.

    Raises
    ------
    InstanceError
        If they have so many digits that their sum is none of doubles.

    Examples
    --------
    >>> in_units([0.1, 0.25], "cost")
    (array([2, 5]), Fraction(1, 20))
    """
    given = np.asarray(costs, dtype=np.float64)
    if _are_whole(given):
        whole = given.astype(np.int64)
        common = int(np.gcd.reduce(whole)) or 1
        return whole // common, Fraction(common)
    values, of = np.unique(given, return_inverse=True)
    known = [Fraction(str(cost)) for cost in values.tolist()]
    parts = lcm(*(cost.denominator for cost in known))
    parts_of = [int(exact * parts) for exact in known]
    common = gcd(*parts_of) or 1
    if sum(n * each for n, each in zip(np.bincount(of).tolist(), parts_of, strict=True)) // common >= EXACT:
        raise InstanceError(f"{what} has too many digits to be added up exactly: round it.")
    return np.array([each // common for each in parts_of], dtype=np.int64)[of], Fraction(common, parts)


def in_unit(numbers: IntArray, unit: Fraction) -> list[Fraction]:
    """Whole numbers of a unit as fractions.

    Examples
    --------
    >>> in_unit(np.array([2, 0]), Fraction(1, 20))
    [Fraction(1, 10), Fraction(0, 1)]
    """
    known, of = np.unique(numbers, return_inverse=True)
    exact = [unit * int(number) for number in known.tolist()]
    return [exact[place] for place in of.ravel().tolist()]


def _are_whole(costs: FloatArray) -> bool:
    """Whether all are whole numbers with an exact sum: ways between hosts are millions, and mostly so."""
    if not costs.size:
        return False
    return bool(costs.min() >= 0 and costs.max() < EXACT / costs.size and (costs == np.rint(costs)).all())
