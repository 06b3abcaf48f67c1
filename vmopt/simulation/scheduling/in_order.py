"""List policies: VMs start in an order, each on the fullest host that has room for it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.simulation.moment import Moment
from vmopt.simulation.openings import Openings

Key = Callable[[Moment, IntArray], FloatArray]
"""What VMs are sorted by, lowest first; equals go by arrival."""


class InOrder:
    """Start VMs in the order of a key; whoever does not fit is overtaken, or (``strict``) stops the queue.

    List scheduling (Graham, Bounds on multiprocessing timing anomalies, 1969) with best-fit.

    Parameters
    ----------
    name : str
    key : callable
    strict : bool
        Whether nobody may start before the first of the queue.

    Examples
    --------
    >>> InOrder("fcfs", by_arrival).window
    0.0
    """

    window = 0.0

    def __init__(self, name: str, key: Key, *, strict: bool = False) -> None:
        self.name = f"{name}:strict" if strict else name
        self._key = key
        self._strict = strict

    def decide(self, moment: Moment) -> None:
        """Go through the queue in order."""
        if self._strict:
            self._until_one_does_not_fit(moment)
        else:
            start_what_fits(moment, self._key)

    def _until_one_does_not_fit(self, moment: Moment) -> None:
        waiting = moment.cluster.waiting
        for vm in waiting[in_order(moment, waiting, self._key)].tolist():
            host = moment.best_fit(vm)
            if host < 0:
                return
            moment.start(vm, host)


def start_what_fits(moment: Moment, key: Key) -> None:
    """Start VMs in the order of a key until nothing fits any more."""
    openings = Openings(moment.cluster)
    queue = openings.among(moment.cluster.waiting)
    queue = queue[in_order(moment, queue, key)]
    while queue.size:
        vm = int(queue[0])
        host = moment.best_fit(vm)
        if host < 0:  # the rules leave it none with room, and VMs like it none either, whoever else starts now
            classes = moment.cluster.class_of(queue)
            queue = queue[classes != classes[0]]
            continue
        moment.start(vm, host)
        openings.filled(host)
        queue = openings.among(queue[1:])


def in_order(moment: Moment, vms: IntArray, key: Key) -> IntArray:
    """Positions of these VMs sorted by a key, then by arrival, then by index."""
    order: IntArray = np.lexsort((vms, moment.arrival(vms), key(moment, vms)))
    return order


def by_arrival(moment: Moment, vms: IntArray) -> FloatArray:
    """First come, first served."""
    return moment.arrival(vms)


def by_priority(moment: Moment, vms: IntArray) -> FloatArray:
    """Highest priority first."""
    return -moment.priority(vms)


def by_largest(moment: Moment, vms: IntArray) -> FloatArray:
    """Largest share of the cluster first."""
    return -moment.share(vms)


def by_smallest(moment: Moment, vms: IntArray) -> FloatArray:
    """Smallest share of the cluster first."""
    return moment.share(vms)
