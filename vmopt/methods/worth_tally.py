"""WorthTally: what the best placement reaches and what any could, in whole units: no rounding decides."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite

import numpy as np

from vmopt.arrays import IntArray
from vmopt.model.instance import Instance
from vmopt.problem.units import Units


class WorthTally:
    """Counts in units of the objective.

    Parameters
    ----------
    instance : Instance
    units : Units
        Of the instance.

    Attributes
    ----------
    reached : int
        What the best placement has.
    most : int
        No placement has more.

    Examples
    --------
    >>> from vmopt.problem.units import units_of
    >>> cluster = Instance.from_arrays([[4], [5], [3]], [[8]], value=[4e9, 5e9, 1])
    >>> tally = WorthTally(cluster, units_of(cluster))
    >>> tally.count(np.array([-1, 0, 0])), tally.lower(5e9 + 1), tally.most
    (5000000001, True, 5000000001)
    """

    def __init__(self, instance: Instance, units: Units) -> None:
        self.instance, self.units = instance, units
        self.reached = 0
        self.most = units.total

    def count(self, host_index: IntArray, allocation: IntArray | None = None) -> int:
        """What a placement has."""
        return self.units.count(self.instance, host_index, allocation)

    def lower(self, bound: float) -> bool:
        """Take a bound in doubles if it is lower; tell whether it was."""
        return isfinite(bound) and self.lower_to(self.units.at_most(bound))

    def lower_to(self, most: int) -> bool:
        """Take a bound in units if it is lower, but for what is reached; tell whether it was."""
        most = max(most, self.reached)
        if most >= self.most:
            return False
        self.most = most
        return True

    def within(self, gap: float) -> bool:
        """Whether what is reached is within a relative gap of the most."""
        return self.most - self.reached <= Fraction(gap) * abs(self.most)

    @property
    def bound(self) -> float:
        """The most, as a double that is not below it."""
        exact = self.most * self.units.unit
        bound = float(exact)
        return bound if Fraction(bound) >= exact else float(np.nextafter(bound, np.inf))
