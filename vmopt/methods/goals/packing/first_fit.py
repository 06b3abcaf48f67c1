"""Greedy packing: first-fit and best-fit decreasing by several sizes, and host by host by the dot product.

Sizes and the dot product as in Panigrahy, Talwar, Uyeda and Wieder (2011), "Heuristics for vector bin packing".
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.methods.first_fit import first_fit
from vmopt.methods.goals.packing.ground import Ground
from vmopt.methods.goals.packing.relaxed import METHOD, Relaxed
from vmopt.methods.goals.stage import Stage

MOST_LOOKS = 30_000_000
"""VMs times hosts up to which best-fit is tried, and VMs times VM classes up to which the dot product is."""


def run(stage: Stage, ground: Ground, relaxed: Relaxed) -> None:
    """Offer what each of them finds, until the stage is finished."""
    vms = np.flatnonzero(stage.host_index >= 0)
    demand, hosts = stage.problem.least[vms], opening_order(stage, ground, relaxed)
    capacity = stage.problem.capacity[hosts]
    for found in _packings(demand, capacity, _sizes(demand, capacity, relaxed, ground)):
        if stage.finished:
            return
        if (found >= 0).all():
            placement = np.full(stage.problem.n_vms, -1, dtype=np.int64)
            placement[vms] = hosts[found]
            stage.offer(placement, METHOD)


def opening_order(stage: Stage, ground: Ground, relaxed: Relaxed) -> IntArray:
    """Hosts in the order in which they are opened: those that the relaxation uses, then the cheapest."""
    worth = (relaxed.prices.max(axis=0) * ground.capacity).sum(axis=1)
    rate = ground.cost / np.maximum(worth, 1e-12)
    of = stage.problem.hosts.of
    rank = _rank_in_class(of)
    beyond = rank >= np.ceil(relaxed.in_use - 1e-9)[of]
    return np.lexsort((rank, -worth[of] * ~beyond, rate[of] * beyond, beyond))


def first_fit_decreasing(demand: IntArray, capacity: IntArray, size: FloatArray) -> IntArray:
    """The largest VM first, each on the first host that has room for it.

    Parameters
    ----------
    demand : (n, n_resources) int64 array
    capacity : (n_hosts, n_resources) int64 array
    size : (n,) float64 array

    Returns
    -------
    (n,) int64 array
        Row of `capacity` for each VM, -1 where no host has room.

    Examples
    --------
    >>> demand = np.array([[2], [6], [4], [5]])
    >>> first_fit_decreasing(demand, np.array([[9]] * 3), demand[:, 0] * 1.0).tolist()
    [0, 0, 1, 1]
    """
    order = np.lexsort((*demand.T[::-1], -size))
    where = np.empty(len(order), dtype=np.int64)
    where[order] = first_fit(demand[order], capacity.copy())
    return where


def best_fit_decreasing(demand: IntArray, capacity: IntArray, size: FloatArray, weight: FloatArray) -> IntArray:
    """The largest VM first, each on the open host with the least left by weight; if none has room, the next opens.

    Examples
    --------
    >>> demand = np.array([[6], [5], [3], [4]])
    >>> best_fit_decreasing(demand, np.array([[9]] * 3), demand[:, 0] * 1.0, np.ones(1)).tolist()
    [0, 1, 0, 1]
    """
    free, n_open = capacity.astype(np.int64).copy(), 0
    slack = (free * weight).sum(axis=1)
    where = np.full(len(demand), -1, dtype=np.int64)
    for vm in np.lexsort((*demand.T[::-1], -size)).tolist():
        asked = demand[vm]
        fits = np.flatnonzero((free[:n_open] >= asked).all(axis=1))
        if fits.size:
            host = int(fits[slack[fits].argmin()])
        else:
            later = np.flatnonzero((free[n_open:] >= asked).all(axis=1))
            if not later.size:
                continue
            host = n_open + int(later[0])
            n_open = host + 1
        where[vm] = host
        free[host] -= asked
        slack[host] -= asked @ weight
    return where


def dot_product(demand: IntArray, capacity: IntArray, weight: FloatArray) -> IntArray:
    """Host by host, the VM next whose demand points most towards what is left there.

    Examples
    --------
    >>> dot_product(np.array([[3, 1], [1, 3], [2, 2]]), np.array([[4, 4]] * 2), np.ones(2)).tolist()
    [0, 0, 1]
    """
    where = np.full(len(demand), -1, dtype=np.int64)
    waiting, part = np.ones(len(demand), dtype=bool), demand * weight**2
    for host, room in enumerate(capacity.astype(np.int64)):
        left = room.copy()
        able = np.flatnonzero(waiting & (demand <= left).all(axis=1))
        while able.size:
            vm = able[(part[able] @ left).argmax()]
            where[vm], waiting[vm] = host, False
            left -= demand[vm]
            able = able[(demand[able] <= left).all(axis=1) & (able != vm)]
        if not waiting.any():
            break
    return where


def _packings(demand: IntArray, capacity: IntArray, weights: list[FloatArray]) -> Iterator[IntArray]:
    """Packings by each heuristic and size; where there is much, only the quick ones."""
    quick = len(demand) * len(capacity) <= MOST_LOOKS
    for weight in weights:
        size = demand @ weight
        yield first_fit_decreasing(demand, capacity, size)
        if quick:
            yield best_fit_decreasing(demand, capacity, size, weight)
    largest = (demand * weights[0]).max(axis=1)
    yield first_fit_decreasing(demand, capacity, largest)
    if len(demand) ** 2 <= MOST_LOOKS:
        for weight in weights:
            yield dot_product(demand, capacity, weight)


def _sizes(demand: IntArray, capacity: IntArray, relaxed: Relaxed, ground: Ground) -> list[FloatArray]:
    """Weights of resources: alike, by how scarce they are, and by their prices."""
    plain = 1.0 / np.maximum(capacity.max(axis=0, initial=1), 1)
    scarce = plain * demand.sum(axis=0) / np.maximum(capacity.sum(axis=0), 1)
    dear = (relaxed.prices * ground.hosts[:, None]).sum(axis=0)
    return [weight for weight in (plain, scarce, dear) if weight.any()]


def _rank_in_class(of: IntArray) -> IntArray:
    """Rank of each host among those of its class."""
    order = np.argsort(of, kind="stable")
    rank = np.empty(len(of), dtype=np.int64)
    rank[order] = np.arange(len(of)) - np.searchsorted(of[order], of[order])
    return rank
