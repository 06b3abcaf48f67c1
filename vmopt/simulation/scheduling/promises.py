"""Promises: who has been promised which host from when on, and what that leaves to others."""

from __future__ import annotations

from math import inf
from typing import NamedTuple

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.simulation.moment import Moment

PLENTY = np.iinfo(np.int64).max


class Promise(NamedTuple):
    """A host, the time from which a VM may have it, and what the host will have left then."""

    host: int
    time: float
    spare: IntArray


class Promises:
    """At most one promise to a host and to a VM.

    Attributes
    ----------
    host_of : (n_vms,) int64 array
        The host each VM is promised, -1 where none is.
    time : (n_hosts,) float64 array
        From when on each host is promised; infinite where it is not.
    spare : (n_hosts, n_resources) int64 array
        What will be left of each host once the promise is kept: who runs beyond that time must fit in there.
    """

    def __init__(self, n_hosts: int, n_vms: int, n_resources: int) -> None:
        self.host_of: IntArray = np.full(n_vms, -1, dtype=np.int64)
        self.time: FloatArray = np.full(n_hosts, inf)
        self.spare: IntArray = np.full((n_hosts, n_resources), PLENTY, dtype=np.int64)

    def holders(self) -> IntArray:
        """VMs that have been promised a host."""
        return np.flatnonzero(self.host_of >= 0)

    def due(self, now: float) -> list[int]:
        """VMs whose time has come."""
        holders = self.holders()
        vms: list[int] = holders[self.time[self.host_of[holders]] <= now].tolist()
        return vms

    def give(self, vm: int, promise: Promise) -> None:
        """Promise a host to a VM; whoever had been promised it goes without."""
        self.drop_host(promise.host)
        self.host_of[vm], self.time[promise.host] = promise.host, promise.time
        self.spare[promise.host] = promise.spare

    def drop(self, vm: int) -> int:
        """Take a promise back; return its host, -1 if there was none."""
        host = int(self.host_of[vm])
        if host >= 0:
            self.host_of[vm], self.time[host], self.spare[host] = -1, inf, PLENTY
        return host

    def drop_host(self, host: int) -> None:
        """Take back what was promised of a host."""
        for vm in np.flatnonzero(self.host_of == host).tolist():
            self.drop(vm)

    def of(self, vms: IntArray, n_hosts: int) -> BoolArray:
        """Mask of the hosts that are promised to these VMs."""
        mask = np.zeros(n_hosts + 1, dtype=bool)
        mask[self.host_of[vms]] = True
        return mask[:-1]

    def delayed_by(self, host: int, end: float, taken: IntArray) -> bool:
        """Whether a VM that runs on a host until `end` would delay what is promised there."""
        return bool(end > self.time[host] and (taken > self.spare[host]).any())

    def started(self, host: int, end: float, taken: IntArray) -> None:
        """Note a VM that runs on a host until `end`; what it delays is taken back."""
        if self.delayed_by(host, end, taken):
            self.drop_host(host)
        elif end > self.time[host]:
            self.spare[host] -= taken


class Releases:
    """What each host will have free after each end of a VM that runs now."""

    def __init__(self, moment: Moment) -> None:
        cluster = moment.cluster
        running = cluster.running[np.isfinite(moment.ends[cluster.running])]
        running = running[cluster.open[cluster.host_of[running]]]
        order = running[np.lexsort((moment.ends[running], cluster.host_of[running]))]
        self._host: IntArray = cluster.host_of[order]
        self._end: FloatArray = moment.ends[order]
        released = np.cumsum(cluster.taken[order], axis=0)
        first = np.searchsorted(self._host, self._host)
        before = np.vstack([np.zeros_like(released[:1]), released])[first]
        self._free: IntArray = cluster.free[self._host] + released - before

    def earliest(self, asked: IntArray, allowed: BoolArray) -> Promise | None:
        """Return the earliest room for what is asked on an allowed host, None if there will be none."""
        fits = allowed[self._host]
        for k in np.flatnonzero(asked):
            fits &= self._free[:, k] >= asked[k]
        rows = np.flatnonzero(fits)
        if not rows.size:
            return None
        row = int(rows[self._end[rows].argmin()])
        host, time = int(self._host[row]), float(self._end[row])
        last = int(np.flatnonzero((self._host == host) & (self._end <= time))[-1])
        return Promise(host, time, self._free[last] - asked)
