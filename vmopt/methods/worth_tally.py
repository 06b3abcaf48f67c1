"""WorthTally: what the best placement reaches and what any could, in whole units of worth: no rounding decides."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite

import numpy as np

from vmopt.arrays import IntArray
from vmopt.bounds.recheck import MARGIN
from vmopt.problem import Problem


class WorthTally:
    """Counts in units of worth.

    Parameters
    ----------
    problem : Problem
        One whose worth is known.

    Attributes
    ----------
    reached : int
        Worth of the best placement.
    most : int
        No placement is worth more.

    Examples
    --------
    >>> from vmopt.model import Instance
    >>> from vmopt.problem import compile
    >>> tally = WorthTally(compile(Instance.from_arrays([[4], [5], [3]], [[8]], value=[4e9, 5e9, 1])))
    >>> tally.count(np.array([-1, 0, 0])), tally.lower(5e9 + 1), tally.most
    (5000000001, True, 5000000001)
    """

    def __init__(self, problem: Problem) -> None:
        assert problem.worth is not None
        self.worth = problem.worth
        self._classes = problem.vms
        self.reached = 0
        self.most = self.worth.total

    def count(self, host_index: IntArray) -> int:
        """Worth of a placement."""
        placed = self._classes.of[host_index >= 0]
        return self.worth.of(np.bincount(placed, minlength=len(self._classes)))

    def lower(self, bound: float) -> bool:
        """Take a bound in doubles if it is lower; tell whether it was."""
        return isfinite(bound) and self.lower_to(self.worth.at_most(bound, MARGIN))

    def lower_to(self, most: int) -> bool:
        """Take a bound in units if it is lower, but for what is reached; tell whether it was."""
        most = max(most, self.reached)
        if most >= self.most:
            return False
        self.most = most
        return True

    def within(self, gap: float) -> bool:
        """Whether what is reached is within a relative gap of the most."""
        return self.most - self.reached <= Fraction(gap) * self.most

    @property
    def bound(self) -> float:
        """The most, as a double that is not below it."""
        exact = self.most * self.worth.unit
        bound = float(exact)
        return bound if Fraction(bound) >= exact else float(np.nextafter(bound, np.inf))
