"""Who fits where, by amounts alone."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import BoolArray, IntArray


def fitting(least: IntArray, capacity: IntArray) -> BoolArray:
    """Which rows of `least` are within which rows of `capacity`, ``(len(least), len(capacity))``.

    Examples
    --------
    >>> fitting(np.array([[1, 2], [3, 1]]), np.array([[2, 2], [4, 1]])).tolist()
    [[True, False], [False, True]]
    """
    fits = np.ones((len(least), len(capacity)), dtype=bool)
    for k in range(capacity.shape[1]):
        fits &= least[:, k, None] <= capacity[:, k]
    return fits
