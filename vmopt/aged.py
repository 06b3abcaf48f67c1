"""What runs on a cluster now, drawn at random: first filled, or left so by comings and goings."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import IntArray

ROUNDS = 6
"""How often VMs leave an aged cluster and others come."""
LEAVE = 0.4
"""Part of the VMs that leave in each round."""


def drawn_current(how: str, demand: IntArray, capacity: IntArray, rng: np.random.Generator) -> IntArray:
    """Draw where VMs run.

    Parameters
    ----------
    how : {"first-fit", "aged"}
        ``first-fit``: they came in their order, each to the first host that had room. ``aged``: they came in any order,
        to the first host of a random order each; then again and again many left, and came back elsewhere, so that what
        is free is in pieces.
    demand, capacity : int64 arrays

    Returns
    -------
    (n_vms,) int64 array
        -1 for a VM for which there was no room. No host has more than it can hold.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> drawn_current("first-fit", np.array([[3], [3], [2]]), np.array([[5], [4]]), rng).tolist()
    [0, 1, 0]
    """
    free, host_index = capacity.astype(np.int64).copy(), np.full(len(demand), -1, dtype=np.int64)
    everyone = np.arange(len(demand))
    if how == "first-fit":
        _arrive(everyone, demand, free, host_index, np.arange(len(capacity)))
        return host_index
    _arrive(rng.permutation(everyone), demand, free, host_index, rng.permutation(len(capacity)))
    for _ in range(ROUNDS):
        gone = np.flatnonzero((rng.random(len(demand)) < LEAVE) & (host_index >= 0))
        np.add.at(free, host_index[gone], demand[gone])
        host_index[gone] = -1
        waiting = rng.permutation(np.flatnonzero(host_index < 0))
        _arrive(waiting, demand, free, host_index, rng.permutation(len(capacity)))
    return host_index


def _arrive(vms: IntArray, demand: IntArray, free: IntArray, host_index: IntArray, order: IntArray) -> None:
    """Put each VM on the first host, in this order, that has room for it."""
    room = free[order].copy()
    for vm in vms.tolist():
        fits = (room >= demand[vm]).all(axis=1)
        place = int(np.argmax(fits))
        if fits[place]:
            room[place] -= demand[vm]
            host_index[vm] = order[place]
    free[order] = room
