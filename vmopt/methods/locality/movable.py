"""The traffic of an instance as weights between the VMs that may move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from vmopt.arrays import FloatArray, IntArray
from vmopt.methods.locality.links import Links, links_of
from vmopt.methods.locality.ruled import guards_of
from vmopt.methods.locality.seating import Seating
from vmopt.model.instance import Instance
from vmopt.network.sites import Sites
from vmopt.network.traffic import Traffic


@dataclass(frozen=True, eq=False)
class MovableTraffic:
    """The VMs that may move, and who of them talks to whom.

    Attributes
    ----------
    instance : Instance
    vms : (n_items,) int64 array
        The VMs that may move.
    links : Links
        Weights are rates over a total, so that the cost of a seating is a mean latency in seconds.
    """

    instance: Instance
    vms: IntArray
    links: Links

    def seating(self, sites: Sites, host_index: IntArray) -> Seating:
        """The VMs at the hosts where they are; where the sites have a nowhere, the unplaced ones are there."""
        instance, at = self.instance, host_index[self.vms]
        capacity, worth = instance.capacity, np.zeros(len(self.vms))
        if sites.nowhere.any():
            capacity = np.vstack([capacity, instance.demand.sum(axis=0)])
            worth, at = instance.value[self.vms], np.where(at < 0, instance.n_hosts, at)
        guards = guards_of(instance, self.vms, nowhere=bool(sites.nowhere.any()))
        return Seating(sites, self.links, instance.demand[self.vms], capacity, at, worth, guards)

    def host_index(self, at: IntArray) -> IntArray:
        """The placement of a seating, ``(n_vms,)``."""
        host_index = np.full(self.instance.n_vms, -1, dtype=np.int64)
        host_index[self.vms] = np.where(at < self.instance.n_hosts, at, -1)
        return host_index


def traffic_of_placed(instance: Instance, host_index: IntArray, traffic: Traffic) -> MovableTraffic:
    """The placed VMs and the traffic between them; weights add up to one over the pairs."""
    vms = np.flatnonzero(host_index >= 0)
    item = np.full(instance.n_vms, -1)
    item[vms] = np.arange(len(vms))
    one, other = item[traffic.source], item[traffic.target]
    both = (one >= 0) & (other >= 0)
    rate = traffic.rate[both]
    return MovableTraffic(
        instance, vms, _links(len(vms), one[both], other[both], rate / max(rate.sum(), np.finfo(float).tiny))
    )


def traffic_of_all(instance: Instance, traffic: Traffic, weight: float) -> MovableTraffic:
    """All VMs and all traffic; weights add up to `weight` over the pairs."""
    part = traffic.rate * (weight / traffic.total)
    return MovableTraffic(
        instance, np.arange(instance.n_vms), _links(instance.n_vms, traffic.source, traffic.target, part)
    )


def _links(n_items: int, one: IntArray, other: IntArray, weight: FloatArray) -> Links:
    ends = (np.concatenate([one, other]), np.concatenate([other, one]))
    matrix = sparse.coo_array((np.concatenate([weight, weight]), ends), shape=(n_items, n_items)).tocsr()
    return links_of(matrix)
