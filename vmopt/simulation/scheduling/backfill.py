"""Priority with conservative backfilling: who waits is promised a host and a time, and nobody may delay that."""

from __future__ import annotations

import numpy as np

from vmopt.model.objective import BoolArray, IntArray
from vmopt.simulation.kinds import State
from vmopt.simulation.moment import Moment
from vmopt.simulation.scheduling.in_order import by_priority, in_order
from vmopt.simulation.scheduling.promises import Promises, Releases

DEPTH = 64


class Backfill:
    """Start VMs by priority; the first of the queue that do not fit are promised the earliest room there will be.

    A VM may start before them only where it delays none of them: on a host without a promise, or if it ends before the
    promised time, or if there is room for both then (Mu'alem and Feitelson, Utilization, predictability, workloads, and
    user runtime estimates in scheduling the IBM SP2 with backfilling, 2001). Durations are known exactly, so promises
    are kept, unless somebody more important comes or a host fails.

    Two bounds keep decisions cheap: promises go to the first `depth` VMs of the queue, as in schedulers of
    supercomputers, and there is one promise to a host.

    Parameters
    ----------
    depth : int
    """

    name = "backfill"
    window = 0.0

    def __init__(self, depth: int = DEPTH) -> None:
        self._depth = depth
        self._promises: Promises | None = None
        self._surprises = 0

    def decide(self, moment: Moment) -> None:
        """Keep what is promised, give promises to those who are first now, and let others pass where they may."""
        promises = self._promises_now(moment)
        for vm in promises.due(moment.now):
            host = promises.drop(vm)
            if (moment.cluster.asked(vm) <= moment.cluster.room[host]).all():
                _start(moment, promises, vm, host)
        waiting = moment.cluster.waiting
        queue = waiting[in_order(moment, waiting, by_priority)]
        for vm in np.setdiff1d(promises.holders(), queue[: self._depth]).tolist():
            moment.cluster.dirty.add(promises.drop(vm))
        self._serve_the_first(moment, promises, queue[: self._depth])
        _let_pass(moment, promises, queue)

    def _promises_now(self, moment: Moment) -> Promises:
        """Return the promises; none are left after a surprise."""
        if self._promises is None or moment.surprises != self._surprises:
            n_hosts, n_resources = moment.cluster.room.shape
            self._promises = Promises(n_hosts, len(moment.cluster.row_of), n_resources)
            self._surprises = moment.surprises
            moment.cluster.dirty.update(range(n_hosts))
        return self._promises

    def _serve_the_first(self, moment: Moment, promises: Promises, first: IntArray) -> None:
        """Start or promise, in order; who comes later in the order gives way."""
        n_hosts = len(moment.cluster.room)
        releases: Releases | None = None
        for rank, vm in enumerate(first.tolist()):
            if promises.host_of[vm] >= 0:
                continue
            later = promises.of(first[rank + 1 :], n_hosts)
            host = _best_host(moment, promises, vm, later)
            if host >= 0:
                _start(moment, promises, vm, host)
                releases = None
                continue
            releases = releases or Releases(moment)
            promise = releases.earliest(moment.cluster.asked(vm), (promises.time == np.inf) | later)
            if promise is not None:
                promises.give(vm, promise)


def _let_pass(moment: Moment, promises: Promises, queue: IntArray) -> None:
    """Start whatever fits on a host with more room than before, or is new, and delays no promise."""
    cluster = moment.cluster
    hosts = sorted(cluster.dirty)
    able = np.array([vm in cluster.fresh for vm in queue.tolist()], dtype=bool)
    for host in hosts:
        able |= _may_start_on(moment, promises, queue, host)
    for vm in queue[able].tolist():
        if cluster.state[vm] == State.WAITING:
            host = _best_host(moment, promises, vm, None)
            if host >= 0:
                promises.drop(vm)
                _start(moment, promises, vm, host)


def _start(moment: Moment, promises: Promises, vm: int, host: int) -> None:
    moment.start(vm, host)
    promises.started(host, float(moment.ends[vm]), moment.cluster.taken[vm])


def _may_start_on(moment: Moment, promises: Promises, vms: IntArray, host: int) -> BoolArray:
    """Whether each of these VMs fits on a host now and delays no promise there."""
    cluster = moment.cluster
    asked = cluster.workload.asked[cluster.row_of[vms]]
    fits = (asked <= cluster.room[host]).all(axis=1)
    in_time = moment.now + moment.work_left[vms] <= promises.time[host]
    able: BoolArray = fits & (in_time | (asked <= promises.spare[host]).all(axis=1))
    return able


def _best_host(moment: Moment, promises: Promises, vm: int, ignoring: BoolArray | None) -> int:
    """Return the fullest host where a VM fits now and delays no promise but those ignored; -1 where there is none."""
    cluster, asked = moment.cluster, moment.cluster.asked(vm)
    fits = (asked <= cluster.room).all(axis=1)
    if not fits.any():
        return -1
    harmless = moment.now + moment.work_left[vm] <= promises.time
    harmless |= (asked <= promises.spare).all(axis=1)
    if ignoring is not None:
        harmless |= ignoring
    hosts = np.flatnonzero(fits & harmless)
    return int(hosts[cluster.slack[hosts].argmin()]) if hosts.size else -1
