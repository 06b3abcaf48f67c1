"""What a host in use leaves over at least when what is free is cut into pieces, by what it holds."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.goals.reachable import reachable, step_of

ROUNDING = 2.0**-50
"""Part of the terms of a line that it is lowered by, more than rounding can raise it."""


def least_left_over(instance: Any, k: int, size: int) -> list[FloatArray]:
    """Lines that nothing stays below, of each host class: the lower convex hull over all loads that there can be.

    Returns
    -------
    list of (n_lines, 2) float64 arrays
        A host in use that holds `load` leaves over at least ``a + b * load``, for each row (a, b).

    Examples
    --------
    >>> import vmopt
    >>> [lines] = least_left_over(vmopt.Instance.from_arrays([[4], [6], [6]], [[19]]), 0, 8)  # loads 4, 6, 10, 12, 16
    >>> lines.round(3).tolist()  # 7, 5, 1, 7, 3 are left over
    [[11.0, -1.0], [-2.333, 0.333]]
    """
    loads, step = reachable(instance)[k], step_of(instance, k)
    asks = instance.demand[:, k] > 0
    return [_lines(int(room), size, loads, step, asks.all()) for room in instance.host_classes.capacity[:, k]]


def _lines(room: int, size: int, loads: IntArray | None, step: int, all_ask: bool) -> FloatArray:
    if loads is None:  # any multiple of the step may be a load
        return np.array([[float(room % int(np.gcd(step, size))), 0.0]])
    load = loads[int(all_ask) : int(np.searchsorted(loads, room, side="right"))]
    if not len(load):
        return np.zeros((1, 2))  # nobody fits, so that no host is in use
    load, left = _ends(load, (room - load) % size)
    corner = _lower_hull(load.tolist(), left.tolist())
    at, height = load[corner].astype(np.float64), left[corner].astype(np.float64)
    slope = np.diff(height) / np.diff(at) if len(corner) > 1 else np.zeros(1)
    under = height - slope[:, None] * at - ROUNDING * (height + np.abs(slope[:, None]) * at)
    return np.column_stack([under.min(axis=1), slope])


def _ends(load: IntArray, left: IntArray) -> tuple[IntArray, IntArray]:
    """Of the loads that leave over the same, the first and the last: only they can be corners of a hull."""
    first = np.unique(left, return_index=True)[1]
    last = len(left) - 1 - np.unique(left[::-1], return_index=True)[1]
    kept = np.union1d(first, last)
    return load[kept], left[kept]


def _lower_hull(x: list[int], y: list[int]) -> list[int]:
    """Corners of the lower convex hull of points in order of x (Andrew 1979)."""
    hull: list[int] = []
    for i in range(len(x)):
        while len(hull) > 1 and _turns_right(x, y, hull[-2], hull[-1], i):
            hull.pop()
        hull.append(i)
    return hull


def _turns_right(x: list[int], y: list[int], a: int, b: int, c: int) -> bool:
    return (x[b] - x[a]) * (y[c] - y[a]) <= (y[b] - y[a]) * (x[c] - x[a])
