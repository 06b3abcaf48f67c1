"""Steps: changes each of which lets a VM run beside what runs, the least of each kind."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vmopt import metrics
from vmopt.arrays import IntArray
from vmopt.explain.hosts import Hosts
from vmopt.explain.records import Step
from vmopt.explain.scene import Scene

MOST_TRIED = 200
"""Hosts that are tried for the best of them, where it matters to the objective which one it is."""


def placing(hosts: Hosts) -> Iterator[Step]:
    """Place the VM where it fits as things are, where the objective gains most.

    Examples
    --------
    >>> from vmopt.model import Instance
    >>> cluster = Instance.from_arrays([[4], [4]], [[8]], value=[3, 1])
    >>> step = next(placing(Hosts(Scene(cluster, np.array([0, -1])), 1)))
    >>> step.host, step.gain
    ('host-0', 1.0)
    """
    free = np.flatnonzero(hosts.free)
    if free.size:
        gains = gains_of(hosts.scene, hosts.vm, free[:MOST_TRIED])
        best = int(np.argmax(gains))
        name = hosts.scene.instance.host_names[int(free[best])]
        yield Step("place", host=name, gain=float(gains[best]), least=len(free) <= MOST_TRIED)


def gains_of(scene: Scene, vm: int, hosts: IntArray) -> IntArray:
    """What the objective changes by when a VM is placed on each of some hosts beside what runs."""
    instance = scene.instance
    if not (instance.has_penalties or instance.elastic or instance.objective.trades):
        return np.full(len(hosts), float(instance.value[vm]))
    now = metrics.objective_of(instance, scene.host_index)
    found = [metrics.objective_of(instance, scene.with_vm(vm, int(host))) - now for host in hosts]
    return np.array(found)


def more_capacity(hosts: Hosts) -> Iterator[Step]:
    """Give one host more of one resource, where rules allow the VM and nothing else is short."""
    scene, names = hosts.scene, hosts.scene.instance.resources
    only = (hosts.now < 0) & ((hosts.short > 0).sum(axis=1) == 1)
    for k in np.flatnonzero((hosts.short[only] > 0).any(axis=0)).tolist():
        mine = np.flatnonzero(only & (hosts.short[:, k] > 0))
        host = int(mine[np.argmin(hosts.short[mine, k])])
        amount = scene.own(hosts.short[host, k], k)
        yield Step("capacity", host=scene.instance.host_names[host], resource=names[k], amount=amount)


def dropped_rule(hosts: Hosts) -> Iterator[Step]:
    """Drop one rule, the only one that keeps the VM off a host with room for it."""
    against = np.zeros(len(hosts.now), dtype=np.int64)
    for _, mask in hosts.masks:
        against += ~mask
    room = ~hosts.short.any(axis=1) & (against == 1)
    for number, mask in hosts.masks:
        freed = np.flatnonzero(room & ~mask)
        if freed.size:
            host = hosts.scene.instance.host_names[int(freed[0])]
            yield Step("rule", host=host, rule=hosts.scene.rule(number), number=number)
