"""How many of a group fit: the smallest first."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import IntArray

ANY = 2**62
"""No limit."""


def fitting(of: IntArray, weight: IntArray, room: IntArray) -> IntArray:
    """At most how many of each group have weights that add up to no more than its room; ANY where all do.

    Parameters
    ----------
    of : (n,) int64 array
        Group of each, -1 for none.
    weight : (n,) int64 array
    room : (n_groups,) int64 array

    Examples
    --------
    >>> fitting(np.array([0, 0, 0, 1]), np.array([5, 1, 2, 4]), np.array([4, 4])).tolist() == [2, ANY]
    True
    """
    inside = of >= 0
    total = np.zeros(len(room), dtype=np.int64)
    np.add.at(total, of[inside], weight[inside])
    tight = total > room
    most = np.where(tight, 0, ANY)
    if tight.any():
        members = np.flatnonzero(np.append(tight, False)[of])
        order = members[np.lexsort((weight[members], of[members]))]
        group, running = of[order], np.cumsum(weight[order])
        first = np.searchsorted(group, group)
        running -= np.where(first > 0, running[first - 1], 0)
        number = np.bincount(group[running <= room[group]], minlength=len(room))
        most[tight] = number[tight]
    return most
