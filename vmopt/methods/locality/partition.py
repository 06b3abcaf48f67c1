"""Partition: a first seating by clusters of the traffic, host by host and rack by rack."""

from __future__ import annotations

import time

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.methods.locality.clusters import gather
from vmopt.methods.locality.parameters import DEFAULT, LocalityParameters
from vmopt.methods.locality.seating import Seating


def partition(seating: Seating, *, deadline: float, parameters: LocalityParameters = DEFAULT) -> IntArray | None:
    """Deal the seats of every kind anew, so that clusters of the traffic sit at one site, and related ones in one rack.

    A seat is where an item of a kind sits now: whoever takes it, the load of every site stays what it is.

    Returns
    -------
    (n_items,) int64 array or None
        Site of each item; None where the kinds are too many for it, or the time too short.
    """
    n_sites, n_kinds = len(seating.sites), int(seating.kind.max(initial=0)) + 1
    if n_sites * n_kinds > parameters.most_seats or n_kinds == len(seating):
        return None
    load = np.zeros_like(seating.free)
    np.add.at(load, seating.at, seating.demand)
    used = load.any(axis=1)
    most = load[used].mean(axis=0) if used.any() else load.mean(axis=0)
    near = gather(seating.links, seating.demand, most, parameters=parameters)
    per_rack = max(1.0, used.sum() / len(seating.sites.between))
    related = gather(seating.links, seating.demand, most * per_rack, near, parameters)
    seats = np.zeros((n_kinds, n_sites), dtype=np.int64)
    np.add.at(seats, (seating.kind, seating.at), 1)
    return _deal(seating, seats, _in_order(near, related), related, deadline, parameters.same_rack)


def _deal(
    seating: Seating,
    seats: IntArray,
    clusters: list[IntArray],
    related: IntArray,
    deadline: float,
    same_rack: float,
) -> IntArray | None:
    """Give every cluster the site with most of the seats it needs; who finds none there goes on to the next best."""
    at = np.full(len(seating), -1)
    rack = seating.sites.rack
    here = np.zeros((int(related.max()) + 1, len(seating.sites.between)))
    for items in clusters:
        if time.perf_counter() >= deadline:
            return None
        left, family = items, int(related[items[0]])
        while len(left):
            site = _best_site(seats, seating.kind[left], here[family][rack], same_rack)
            left, taken = _take(seats, site, left, seating.kind)
            at[taken] = site
            here[family, rack[site]] += len(taken)
    return at


def _in_order(near: IntArray, related: IntArray) -> list[IntArray]:
    """Items of each cluster: family by family, the largest families and clusters first."""
    size, family_size = np.bincount(near), np.bincount(related)
    order = np.lexsort((near, -size[near], related, -family_size[related]))
    edges = np.flatnonzero(np.diff(near[order]) | np.diff(related[order])) + 1
    return np.split(order, edges)


def _best_site(seats: IntArray, kind: IntArray, here: FloatArray, same_rack: float) -> int:
    kinds, need = np.unique(kind, return_counts=True)
    found = np.minimum(seats[kinds], need[:, None]).sum(axis=0)
    near = here / max(1.0, float(here.max()))
    return int(np.argmax(np.where(found > 0, found + same_rack * near, 0.0)))


def _take(seats: IntArray, site: int, items: IntArray, kind: IntArray) -> tuple[IntArray, IntArray]:
    """Seat items at a site as long as there are seats: those left over, and those seated."""
    order = items[np.argsort(kind[items], kind="stable")]
    kinds = kind[order]
    rank = np.arange(len(order)) - np.searchsorted(kinds, kinds)
    seated = rank < seats[kinds, site]
    np.subtract.at(seats[:, site], kinds[seated], 1)
    return order[~seated], order[seated]
