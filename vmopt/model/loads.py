"""Loads: amounts added up by the host that they are placed on."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import IntArray

SHORT = 2**16
"""Hosts up to which their numbers are so short that they are sorted digit by digit, in a fraction of the time."""


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
    placed = np.flatnonzero(host_index >= 0)
    host = host_index[placed].astype(np.uint16 if n_hosts <= SHORT else np.int64)
    order = placed[np.argsort(host, kind="stable")]
    total = np.zeros((len(order) + 1, amounts.shape[1]), dtype=np.int64)
    np.cumsum(amounts[order], axis=0, out=total[1:])
    edges = np.searchsorted(host_index[order], np.arange(n_hosts + 1))
    return np.asarray(np.diff(total[edges], axis=0))
