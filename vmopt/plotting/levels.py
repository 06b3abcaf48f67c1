"""Levels: priorities in few groups."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vmopt.arrays import FloatArray, IntArray


class ColourLevels(NamedTuple):
    """Which level each value belongs to, and what the levels are called, the lowest first."""

    of: IntArray
    names: list[str]


def levels(values: FloatArray, most: int) -> ColourLevels:
    """Make a level of each value, or, of more than `most` values, ranges that hold about equally many.

    Examples
    --------
    >>> levels(np.array([5.0, 1.0, 5.0]), 3)
    ColourLevels(of=array([1, 0, 1]), names=['1', '5'])
    >>> levels(np.arange(1.0, 10.0), 3).names
    ['1 to 3', '4 to 6', '7 to 9']
    """
    distinct, of = np.unique(values, return_inverse=True)
    if len(distinct) <= most:
        return ColourLevels(of.ravel(), [f"{value:g}" for value in distinct])
    edges = np.unique(np.quantile(values, np.linspace(0, 1, most + 1), method="higher"))
    level_of = np.searchsorted(edges[1:-1], distinct, side="right")
    first = np.flatnonzero(np.diff(level_of, prepend=-1))
    last = np.append(first[1:], len(distinct)) - 1
    names = [f"{low:.3g} to {high:.3g}" for low, high in zip(distinct[first], distinct[last], strict=True)]
    return ColourLevels(level_of[of.ravel()], names)
