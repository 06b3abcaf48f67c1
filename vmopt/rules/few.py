"""Few: a group of a few of many, of whom thousands of rules have one each."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.rules.selection import Grouping


class FewOf(Grouping):
    """One group, of which only the members are kept; its column is made whenever it is asked for.

    Parameters
    ----------
    number : int
        Number of VMs (or hosts).
    members : (n_members,) int64 array
        In ascending order.
    name : str

    Examples
    --------
    >>> few = FewOf(4, np.array([1, 3]), "web")
    >>> few.of.tolist(), few.inside.tolist(), few.holds(np.array([[0, 1], [3, 3]])).tolist()
    ([-1, 0, -1, 0], [False, True, False, True], [[False, True], [True, True]])
    """

    def __init__(self, number: int, members: IntArray, name: str) -> None:
        for attribute, given in (("_number", number), ("_members", members), ("names", (name,))):
            object.__setattr__(self, attribute, given)

    _number: int
    _members: IntArray

    @property
    def of(self) -> Any:
        """Group of each VM (or host): 0, or -1 for none."""
        column = np.full(self._number, -1, dtype=np.int8)
        column[self._members] = 0
        return column

    @property
    def anybody(self) -> IntArray:
        """The members."""
        return self._members

    def holds(self, rows: IntArray) -> BoolArray:
        """Tell which of these are members."""
        return np.isin(rows, self._members)
