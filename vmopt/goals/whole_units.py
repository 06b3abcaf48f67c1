"""Costs as whole numbers of one unit."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm

import numpy as np

from vmopt.arrays import IntArray
from vmopt.errors import InstanceError

EXACT = 2**53


def in_units(costs: Sequence[float], what: str) -> tuple[IntArray, Fraction]:
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
    known = {cost: Fraction(str(cost)) for cost in set(costs)}
    parts = lcm(*(cost.denominator for cost in known.values()))
    whole = {cost: int(exact * parts) for cost, exact in known.items()}
    common = gcd(*whole.values()) or 1
    if sum(whole[cost] for cost in costs) // common >= EXACT:
        raise InstanceError(f"{what} has too many digits to be added up exactly: round it.")
    return np.array([whole[cost] // common for cost in costs], dtype=np.int64), Fraction(common, parts)


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
