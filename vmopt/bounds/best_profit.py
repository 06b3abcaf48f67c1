"""The best reduced value of VMs at prices: what each is worth, less what it pays, where that is most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.bounds.elastic_profit import elastic_profit
from vmopt.bounds.tolls import Tolls
from vmopt.model.classes import VMClasses
from vmopt.model.dominance import largest_by_price
from vmopt.model.fitting import fitting

CHUNK = 1 << 16
"""Pairs of a VM class and a host class that are looked at together."""


def best_profit(
    vms: VMClasses, capacity: IntArray, prices: FloatArray, tolls: Tolls | None = None
) -> tuple[FloatArray, FloatArray]:
    """Best of value less price over the host classes that each VM class fits, and the most that rounding may hide.

    Where hosts of a price are many, one roomy host of each price settles nearly every VM: a VM whose whole demand it
    holds gains nothing by going to another host of that price. Only what is left is compared with all hosts. Where
    there are tolls, hosts of a price are those that ask the same of every VM.

    Parameters
    ----------
    capacity, prices : (n_host_classes, n_resources) arrays
    tolls : Tolls, optional
        What rules add to the prices, and where they let nobody pay.

    Returns
    -------
    best, magnitude : (n_vm_classes,) arrays
        The best is minus infinity where a VM fits no host, and at least 0 where VMs are elastic; the magnitude is that
        of the numbers that were added up for it, 0 where nothing is paid.

    Examples
    --------
    >>> from vmopt.model.classes import classify_vms
    >>> vms = classify_vms(np.array([[4], [9]]), np.array([4.0, 5.0]))
    >>> best_profit(vms, np.array([[8], [6]]), np.array([[0.5], [0.5]]))[0].tolist()
    [-inf, 2.0]
    """
    so_far = np.full(len(vms), -np.inf), np.zeros(len(vms))
    if not len(capacity):
        return so_far
    told_apart = prices if tolls is None else np.column_stack([prices, tolls.alike])
    hosts = _Hosts(capacity, prices, tolls, vms.first if tolls else None)
    roomy = roomiest(capacity, told_apart)
    hosts.look(vms, np.arange(len(vms)), roomy, so_far)
    rest = _others(vms, capacity, roomy) if len(roomy) < len(capacity) else np.zeros(0, dtype=np.int64)
    if len(rest):
        every = largest_by_price(capacity, told_apart) if len(rest) > len(capacity) else np.arange(len(capacity))
        hosts.look(vms, rest, every, so_far)
    return so_far


def _others(vms: VMClasses, capacity: IntArray, roomy: IntArray) -> IntArray:
    """VM classes that some roomy host cannot hold whole, but that may fit some host."""
    least, most = capacity[roomy].min(axis=0), capacity.max(axis=0)
    held, hopeless = np.ones(len(vms), dtype=bool), np.zeros(len(vms), dtype=bool)
    for k in range(capacity.shape[1]):
        held &= vms.demand[:, k] <= least[k]
        hopeless |= (vms.least)[:, k] > most[k]
    return np.flatnonzero(~held & ~hopeless)


def roomiest(capacity: IntArray, prices: FloatArray) -> IntArray:
    """Of the host classes of each price the one that has most of what it has least of.

    Examples
    --------
    >>> roomiest(np.array([[9, 1], [5, 5], [2, 2]]), np.array([[1, 1], [1, 1], [0, 1]])).tolist()
    [1, 2]
    """
    room = (capacity / np.maximum(capacity.max(axis=0), 1)).min(axis=1)
    row = np.unique(prices, axis=0, return_inverse=True)[1].ravel()
    order = np.lexsort((-room, row))
    return np.sort(order[np.diff(row[order], prepend=-1) > 0])


def gain(vms: VMClasses, best: FloatArray, must: BoolArray | None) -> FloatArray:
    """What a VM of each class adds to a bound at its best: nothing where it pays more than it is worth, if it may stay.

    Parameters
    ----------
    best : (n_vm_classes,) array
        From `best_profit`.
    must : (n_vms,) bool array or None
        Who has to run, worth it or not; what fits no host adds nothing in any case.

    Examples
    --------
    >>> from vmopt.model.classes import each_vm
    >>> vms = each_vm(np.ones((3, 1), dtype=np.int64), np.ones(3))
    >>> gain(vms, np.array([2.0, -1.0, -1.0]), np.array([False, False, True])).tolist()
    [2.0, 0.0, -1.0]
    """
    if must is None:
        return np.maximum(best, 0.0)
    runs = must[vms.first] & np.isfinite(best)
    return np.where(runs, best, np.maximum(best, 0.0))


@dataclass(frozen=True, eq=False)
class _Hosts:
    """What host classes offer and charge; `member` is a VM of each class, where there are tolls."""

    capacity: IntArray
    prices: FloatArray
    tolls: Tolls | None
    member: IntArray | None

    def look(self, vms: VMClasses, which: IntArray, hosts: IntArray, so_far: tuple[FloatArray, FloatArray]) -> None:
        """Raise the best and the magnitude of some VM classes by what some host classes offer."""
        for part in _parts(len(which), len(hosts)):
            chosen = which[part]
            for known, found in zip(so_far, self._best_of(vms, chosen, hosts), strict=True):
                known[chosen] = np.maximum(known[chosen], found)

    def _best_of(self, vms: VMClasses, which: IntArray, hosts: IntArray) -> tuple[FloatArray, FloatArray]:
        demand, value = vms.demand[which], vms.value[which]
        capacity, prices = self.capacity[hosts], self.prices[hosts]
        toll = None if self.tolls is None or self.member is None else self.tolls.on(self.member[which], hosts)
        if vms.elastic:
            least, unit_value = vms.least[which], vms.unit_value[which]
            profit, size = elastic_profit(least, demand, value, unit_value, capacity, prices, toll)
            return profit, 2 * size
        cost, fits = demand @ prices.T, fitting(demand, capacity)
        if toll is not None:
            cost, fits = cost + toll, fits & np.isfinite(toll)
        paid = np.where(fits & (cost > 0), value[:, None] + cost, 0.0).max(axis=1)
        return np.where(fits, value[:, None] - cost, -np.inf).max(axis=1), paid


def _parts(n_vms: int, n_hosts: int) -> Iterator[slice]:
    step = max(1, CHUNK // n_hosts)
    return (slice(start, start + step) for start in range(0, n_vms, step))
