"""Keeper: makes promises to the first of a queue, keeps them, and lets others pass where they delay none."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.simulation.kinds import VMState
from vmopt.simulation.moment import Moment
from vmopt.simulation.scheduling import foresight
from vmopt.simulation.scheduling.promises import Promise, Promises, Releases

DEPTH = 64


class Keeper:
    """The promises of one simulation.

    Two bounds keep decisions cheap: promises go to the first `depth` VMs of the queue, as in schedulers of
    supercomputers, and there is one promise to a host.

    Parameters
    ----------
    depth : int
    """

    def __init__(self, depth: int = DEPTH) -> None:
        self.promises = Promises(0, 0, 0)
        self._depth = depth
        self._surprises = -1

    def keep(self, moment: Moment) -> None:
        """Start those whose time has come; after a surprise, forget all promises instead."""
        cluster = moment.cluster
        if moment.surprises != self._surprises:
            n_hosts, n_resources = cluster.room.shape
            self.promises = Promises(n_hosts, len(cluster.row_of), n_resources)
            self._surprises = moment.surprises
            cluster.dirty.update(range(n_hosts))
        for vm in self.promises.due(moment.now):
            host = self.promises.drop(vm)
            if cluster.taking(vm)[host]:
                self._start(moment, vm, host)

    def forget_all_but(self, moment: Moment, queue: IntArray) -> None:
        """Take back what is promised to VMs that are not among the first of the queue any more."""
        for vm in np.setdiff1d(self.promises.holders(), queue[: self._depth]).tolist():
            moment.cluster.dirty.add(self.promises.drop(vm))

    def serve_the_first(self, moment: Moment, queue: IntArray) -> None:
        """Start or promise, in order; who comes later in the order gives way."""
        promises, n_hosts = self.promises, len(moment.cluster.room)
        first = queue[: self._depth]
        releases: Releases | None = None
        for rank, vm in enumerate(first.tolist()):
            if promises.host_of[vm] >= 0:
                continue
            later = promises.of(first[rank + 1 :], n_hosts)
            host = self._best_host(moment, vm, later)
            if host >= 0:
                self._start(moment, vm, host)
                releases = None
                continue
            releases = releases or Releases(moment)
            promise = self._earliest(moment, releases, vm, (promises.time == np.inf) | later)
            if promise is not None:
                promises.give(vm, promise)

    def let_pass(self, moment: Moment, queue: IntArray) -> None:
        """Start whatever fits on a host with more room than before, or is new, and delays no promise."""
        cluster = moment.cluster
        able = np.isin(queue, np.fromiter(cluster.fresh, dtype=np.int64, count=len(cluster.fresh)))
        for host in sorted(cluster.dirty):
            able |= self._may_start_on(moment, queue, host)
        for vm in queue[able].tolist():
            if cluster.state[vm] == VMState.WAITING:
                host = self._best_host(moment, vm, None)
                if host >= 0:
                    self.promises.drop(vm)
                    self._start(moment, vm, host)

    def started(self, moment: Moment, vm: int, host: int) -> None:
        """Note that a VM has started on a host."""
        self.promises.started(host, float(moment.ends[vm]), moment.cluster.taken[vm])

    @staticmethod
    def _earliest(moment: Moment, releases: Releases, vm: int, allowed: BoolArray) -> Promise | None:
        cluster = moment.cluster
        if cluster.ruling.concerns(int(cluster.row_of[vm])):
            return foresight.earliest(moment, vm, allowed)
        return releases.earliest(cluster.asked(vm), allowed)

    def _start(self, moment: Moment, vm: int, host: int) -> None:
        moment.start(vm, host)
        self.started(moment, vm, host)

    def _may_start_on(self, moment: Moment, vms: IntArray, host: int) -> BoolArray:
        """Whether each of these VMs fits on a host now and delays no promise there."""
        cluster, promises = moment.cluster, self.promises
        asked = cluster.workload.asked[cluster.row_of[vms]]
        fits = (asked <= cluster.room[host]).all(axis=1)
        in_time = moment.now + moment.work_left[vms] <= promises.time[host]
        able: BoolArray = fits & (in_time | (asked <= promises.spare[host]).all(axis=1))
        return able

    def _best_host(self, moment: Moment, vm: int, ignoring: BoolArray | None) -> int:
        """Return the fullest host where a VM fits now and delays no promise but those ignored; -1 if there is none."""
        cluster, promises, asked = moment.cluster, self.promises, moment.cluster.asked(vm)
        fits = cluster.taking(vm)
        if not fits.any():
            return -1
        harmless = moment.now + moment.work_left[vm] <= promises.time
        harmless |= (asked <= promises.spare).all(axis=1)
        if ignoring is not None:
            harmless |= ignoring
        return cluster.fullest(vm, np.flatnonzero(fits & harmless))
