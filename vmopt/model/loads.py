"""Loads: amounts added up by the host that they are placed on."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import IntArray

EXACT = 2**53
"""Whole numbers up to which sums of doubles are exact."""


def loads(amounts: IntArray, host_index: IntArray, n_hosts: int) -> IntArray:
    """Sum of the amounts placed on each host, ``(n_hosts, n_resources)``.

    Parameters
    ----------
    amounts : (n_vms, n_resources) int array
    host_index : (n_vms,) int array
        Host of each VM, -1 where it runs nowhere.

    Examples
    --------
    >>> loads(np.array([[4], [3], [9]]), np.array([1, 1, -1]), 2).tolist()
    [[0], [7]]
    """
    place, n_resources = host_index + 1, amounts.shape[1]
    total = np.zeros((n_hosts + 1, n_resources), dtype=np.int64)
    if len(place) * max(int(amounts.max(initial=0)), -int(amounts.min(initial=0))) < EXACT:
        for k in range(n_resources):
            total[:, k] = np.bincount(place, amounts[:, k], n_hosts + 1)
    else:
        np.add.at(total, place, amounts)
    return total[1:]
