"""Priority with ageing: whoever waits becomes more important, and nobody waits for ever."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.simulation.kinds import VMState
from vmopt.simulation.moment import Moment
from vmopt.simulation.scheduling.in_order import in_order, start_what_fits

SECONDS_PER_LEVEL = 3600.0
LAST_END = float(np.finfo(np.float64).max)
"""A time at which whatever ever ends has ended."""


class PriorityAgeing:
    """Priority that grows by 1 for every hour in the queue, and a host kept for whoever outranks all that may come.

    Ageing alone does not save a large VM: small ones take every piece of room before there is enough of it. So when the
    aged priority of the first VM of the queue exceeds the highest of all requests by 1, it gets a host to itself: the
    one that lacks least. Nobody else starts there, so that it empties as VMs end. Every VM becomes the first in time,
    one after the other, hence no VM with finite company waits for ever.

    Parameters
    ----------
    seconds_per_level : float
        Seconds in the queue that are worth 1 of priority.
    """

    name = "priority-ageing"
    window = 0.0

    def __init__(self, seconds_per_level: float = SECONDS_PER_LEVEL) -> None:
        self._seconds_per_level = seconds_per_level
        self._protected = -1

    def decide(self, moment: Moment) -> None:
        """Serve the protected VM, then the queue in order, then see who needs protection."""
        cluster = moment.cluster
        if self._protected >= 0:
            self._serve(moment)
        start_what_fits(moment, self._key)
        if self._protected < 0 and (oldest := self._outranks_all(moment)) >= 0:
            host = _least_lacking(moment, oldest)
            if host >= 0:
                self._protected = oldest
                cluster.hold(host)

    def _key(self, moment: Moment, vms: IntArray) -> FloatArray:
        return -(moment.priority(vms) + moment.waited(vms) / self._seconds_per_level)

    def _serve(self, moment: Moment) -> None:
        """Start the protected VM if its host, or another, has room; give up a host that has closed."""
        cluster, vm, host = moment.cluster, self._protected, moment.cluster.held
        if cluster.state[vm] == VMState.WAITING and host is not None and cluster.open[host]:
            asked = cluster.asked(vm)
            if (asked <= cluster.free[host]).all() and cluster.allowed(vm)[host]:
                cluster.hold(None)
                moment.start(vm, host)
            elif (asked <= _capacity(moment, host)).all() and moment.allowed_at(vm, LAST_END)[host]:
                return
        cluster.hold(None)
        self._protected = -1

    def _outranks_all(self, moment: Moment) -> int:
        """Return the first VM of the queue if it outranks whatever may still come, else -1."""
        waiting = moment.cluster.waiting
        if not waiting.size:
            return -1
        first = waiting[in_order(moment, waiting, self._key)[:1]]
        outranks = -self._key(moment, first)[0] >= moment.instance.priority.max() + 1
        return int(first[0]) if outranks else -1


def _capacity(moment: Moment, host: int) -> IntArray:
    row: IntArray = moment.instance.capacity[host]
    return row


def _least_lacking(moment: Moment, vm: int) -> int:
    """Return the open host that lacks the smallest part of its capacity to have room for a VM, -1 if none ever will."""
    cluster, capacity = moment.cluster, moment.instance.capacity
    asked = cluster.asked(vm)
    large = (capacity >= asked).all(axis=1)
    hosts = np.flatnonzero(cluster.open & large & moment.allowed_at(vm, LAST_END))
    if not hosts.size:
        return -1
    lacking = np.maximum(asked - cluster.free[hosts], 0) / np.maximum(capacity[hosts], 1)
    return int(hosts[lacking.max(axis=1).argmin()])
