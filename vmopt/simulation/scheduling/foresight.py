"""Foresight under rules: when a VM will have room on a host that may run it, as far as the ends of what runs tell."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.simulation.moment import Moment
from vmopt.simulation.scheduling.promises import Promise

NOBODY = -1
"""What a host has to spare for VMs that would run beyond a promise, where any of them might be against the rules."""


def earliest(moment: Moment, vm: int, allowed: BoolArray) -> Promise | None:
    """Return the earliest room for a VM on an allowed host that the rules leave to it, None if there will be none.

    Whoever ends makes room, and breaks no rule by that: what a host can take at some time it can take at any later one,
    if nobody else starts. So the times are halved until one is left.

    Parameters
    ----------
    moment : Moment
    vm : int
    allowed : (n_hosts,) bool array
    """
    cluster = moment.cluster
    running = cluster.running
    times = np.unique(moment.ends[running][np.isfinite(moment.ends[running])])
    if not times.size or not _hosts_at(moment, vm, allowed, times[-1]).size:
        return None
    low, high = 0, len(times) - 1
    while low < high:
        middle = (low + high) // 2
        if _hosts_at(moment, vm, allowed, times[middle]).size:
            high = middle
        else:
            low = middle + 1
    time = float(times[low])
    host = cluster.fullest(vm, _hosts_at(moment, vm, allowed, time))
    spare = _free_at(moment, time)[host] - cluster.asked(vm)
    if not cluster.allowed(vm)[host]:  # whoever starts there now might be as much against it as who runs there
        spare = np.full_like(spare, NOBODY)
    return Promise(host, time, spare)


def _hosts_at(moment: Moment, vm: int, allowed: BoolArray, time: float) -> IntArray:
    fits = (_free_at(moment, time) >= moment.cluster.asked(vm)).all(axis=1)
    return np.flatnonzero(fits & allowed & moment.cluster.open & moment.allowed_at(vm, time))


def _free_at(moment: Moment, time: float) -> IntArray:
    cluster = moment.cluster
    free, running = cluster.free.copy(), cluster.running
    over = running[moment.ends[running] <= time]
    np.add.at(free, cluster.host_of[over], cluster.taken[over])
    return free
