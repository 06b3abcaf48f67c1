"""Which hosts matter when the question is whether a VM fits any of them."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import FloatArray, IntArray


def largest_by_price(capacity: IntArray, prices: FloatArray) -> IntArray:
    """Rows that decide what a VM is worth at best: of equal prices those that no other is as large as in everything.

    A VM that fits a host fits every larger one, and costs the same there if the prices are the same.

    Parameters
    ----------
    capacity : (n_host_classes, n_resources) int64 array
        All rows different.
    prices : (n_host_classes, n_resources) array

    Returns
    -------
    (n,) int64 array
        Indices of the rows, in ascending order.

    Examples
    --------
    >>> capacity = np.array([[8, 4], [6, 4], [2, 9], [1, 1]])
    >>> largest_by_price(capacity, np.zeros((4, 2))).tolist()
    [0, 2]
    >>> largest_by_price(capacity, np.array([[0, 0], [1, 0], [0, 0], [1, 0]])).tolist()
    [0, 1, 2]
    """
    group = np.unique(prices, axis=0, return_inverse=True)[1].ravel()
    kept = [largest(capacity, np.flatnonzero(group == g)) for g in range(int(group.max(initial=-1)) + 1)]
    return np.sort(np.concatenate(kept)) if kept else np.zeros(0, dtype=np.int64)


def largest(capacity: IntArray, rows: IntArray) -> IntArray:
    """Those of some rows of `capacity` that are not below another of them (the Pareto front)."""
    waiting = rows[np.argsort(-capacity[rows].astype(np.float64).sum(axis=1), kind="stable")]
    kept = []
    while len(waiting):
        first, waiting = waiting[0], waiting[1:]
        kept.append(first)
        waiting = waiting[(capacity[waiting] > capacity[first]).any(axis=1)]
    return np.array(kept, dtype=np.int64)
