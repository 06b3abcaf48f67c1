"""Between a placement of VMs and counts of VM classes on hosts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vmopt.model.classes import VMClasses
from vmopt.model.instance import Instance
from vmopt.model.objective import IntArray


class Counts(NamedTuple):
    """How many VMs of a class run on a host, for the pairs where any do; ordered by class, then host."""

    vm_class: IntArray
    host: IntArray
    number: IntArray


def to_counts(instance: Instance, host_index: IntArray) -> Counts:
    """Count the placed VMs by class and host.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[4], [4], [4]], [[8], [8]])
    >>> [column.tolist() for column in to_counts(cluster, np.array([0, 1, 0]))]
    [[0, 0], [0, 1], [2, 1]]
    """
    placed = host_index >= 0
    key = instance.vm_classes.of[placed] * instance.n_hosts + host_index[placed]
    pairs, count = np.unique(key, return_counts=True)
    return Counts(pairs // instance.n_hosts, pairs % instance.n_hosts, count.astype(np.int64))


def to_host_index(instance: Instance, vm_class: IntArray, host: IntArray, count: IntArray) -> IntArray:
    """Place the VMs of each class, in the order of the instance, on the hosts that the counts name.

    Parameters
    ----------
    vm_class, host, count : (n,) int arrays
        Pairs in any order; counts beyond a class's supply are ignored.

    Returns
    -------
    (n_vms,) int array
        Host of each VM, -1 where it runs nowhere.
    """
    order = np.argsort(vm_class, kind="stable")
    some = order[count[order] > 0]
    hosts = np.repeat(host[some], count[some])
    classes = np.repeat(vm_class[some], count[some])
    vms, starts = _by_class(instance.vm_classes)
    rank = np.arange(len(classes)) - np.searchsorted(classes, classes)
    kept = rank < instance.vm_classes.count[classes]
    host_index = np.full(instance.n_vms, -1, dtype=np.int64)
    host_index[vms[starts[classes[kept]] + rank[kept]]] = hosts[kept]
    return host_index


def _by_class(vm_classes: VMClasses) -> tuple[IntArray, IntArray]:
    """All VMs ordered by class, and where each class starts."""
    starts = np.concatenate([[0], np.cumsum(vm_classes.count)[:-1]])
    return np.argsort(vm_classes.of, kind="stable"), starts
