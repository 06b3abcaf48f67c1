"""Allocations: what elastic VMs get beyond what they must, once and for all or anew at every event."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.model.instance import Instance
from vmopt.sharing import share
from vmopt.simulation.cluster import Cluster
from vmopt.simulation.journal import Event
from vmopt.simulation.kinds import EventKind

AT_START = "utilization"
"""How VMs that start on a host at the same moment share what it has free, where nothing is ever shared anew."""


class Allocations:
    """What running VMs get.

    Where nothing is elastic, they get their demand. Else a host that something has happened to is shared among its VMs
    by `vmopt.share`, weighted by priority, in whole units. Static: VMs share what is free when they start, and keep it
    until they leave or change. Dynamic: all VMs of the host share all that no VM must get.

    Attributes
    ----------
    given : (n_vms, n_resources) int64 array
        0 for VMs that do not run.
    """

    def __init__(self, cluster: Cluster, reallocate: str | None) -> None:
        self._cluster = cluster
        self._policy = reallocate
        self._host_before = cluster.host_of.copy()
        self._elastic = cluster.workload.instance.elastic
        self._factors = cluster.workload.instance.objective.factors(
            cluster.workload.instance.total, cluster.workload.instance.resources
        )
        self._weights = sharing_weights(cluster.workload.instance)
        self.given: IntArray = np.zeros_like(cluster.taken) if reallocate and self._elastic else cluster.taken

    def update(self, events: Sequence[Event]) -> None:
        """Share the hosts that these events concern."""
        if not self._elastic:
            return
        if self._policy is None:
            self._grant_to(
                {vm for _, kind, vm, host in events if kind in (EventKind.START, EventKind.CHANGE) and host >= 0}
            )
            return
        self.given[self._cluster.host_of < 0] = 0
        left = {int(self._host_before[vm]) for _, kind, vm, _ in events if kind == EventKind.MOVE}
        for host in sorted((left | {host for _, _, _, host in events}) - {-1}):
            self._share(host, self._cluster.on(host))
        self._host_before = self._cluster.host_of.copy()

    def worth(self, load: IntArray) -> tuple[float, float]:
        """Utilisation and weighted utilisation of the cluster: sums over what is given, in parts of its capacity."""
        cluster, instance = self._cluster, self._cluster.workload.instance
        running = cluster.running
        rows = cluster.row_of[running]
        given = self.given.sum(axis=0) if self._elastic else load
        weighted = float(instance.value[rows].sum())
        if self._elastic:
            missing = instance.demand[rows] - self.given[running]
            weighted -= float((instance.unit_value[rows] * missing).sum())
        return float(self._factors @ given), weighted

    def _grant_to(self, vms: set[int]) -> None:
        """Let VMs that have started or changed share what their hosts have free, where they are now."""
        fresh = np.array(sorted(vms), dtype=np.int64)
        host_of = self._cluster.host_of[fresh]
        for host in np.unique(host_of[host_of >= 0]).tolist():
            self._grant(host, fresh[host_of == host])

    def _grant(self, host: int, vms: IntArray) -> None:
        """Let VMs that have just started share what is free, for good."""
        if vms.size:
            reserved = self._cluster.workload.asked[self._cluster.row_of[vms]]
            capacity = self._cluster.free[host] + self._cluster.taken[vms].sum(axis=0)
            for vm, amount in zip(vms.tolist(), self._shared(capacity, vms, reserved, AT_START), strict=True):
                self._cluster.grant(vm, amount)

    def _share(self, host: int, vms: IntArray) -> None:
        if vms.size and self._policy is not None:
            capacity = self._cluster.workload.instance.capacity[host]
            self.given[vms] = self._shared(capacity, vms, self._cluster.taken[vms], self._policy)

    def _shared(self, capacity: IntArray, vms: IntArray, reserved: IntArray, policy: str) -> IntArray:
        instance, rows = self._cluster.workload.instance, self._cluster.row_of[vms]
        weights = self._weights[rows]
        shares = share(capacity, instance.demand[rows], weights=weights, reservation=reserved, policy=policy)
        return shares.whole_units()


def sharing_weights(instance: Instance) -> FloatArray:
    """Weight of each row: its priority, or where priorities are ranks the number of its level, 1 for the lowest.

    Policy ``utilization`` serves one weight after the other, so that it may be given ranks.
    """
    if are_weights(instance):
        return instance.priority
    return np.unique(instance.priority, return_inverse=True)[1].astype(np.float64) + 1.0


def are_weights(instance: Instance) -> bool:
    """Whether priorities can be taken for weights: all above 0, and no tiers."""
    return instance.objective.weighting != "tiers" and bool(instance.priority.min() > 0)
