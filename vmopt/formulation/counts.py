"""Between a placement of VMs and counts of VM classes on hosts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vmopt.model.classes import VMClasses
from vmopt.model.objective import IntArray


class Counts(NamedTuple):
    """How many VMs of a class run on a host, for the pairs where any do; ordered by class, then host."""

    vm_class: IntArray
    host: IntArray
    number: IntArray


def to_counts(vms: VMClasses, host_index: IntArray) -> Counts:
    """Count the placed VMs by class and host.

    Examples
    --------
    >>> from vmopt.model.classes import classify_vms
    >>> vms = classify_vms(np.array([[4], [4], [4]]), np.array([1.0, 1.0, 1.0]))
    >>> [column.tolist() for column in to_counts(vms, np.array([0, 1, 0]))]
    [[0, 0], [0, 1], [2, 1]]
    """
    placed = host_index >= 0
    n_hosts = int(host_index.max(initial=0)) + 1
    pairs, count = np.unique(vms.of[placed] * n_hosts + host_index[placed], return_counts=True)
    return Counts(pairs // n_hosts, pairs % n_hosts, count.astype(np.int64))


def to_host_index(vms: VMClasses, vm_class: IntArray, host: IntArray, count: IntArray) -> IntArray:
    """Place the VMs of each class, in the order of the instance, on the hosts that the counts name.

    Parameters
    ----------
    vms : VMClasses
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
    members, starts = _by_class(vms)
    rank = np.arange(len(classes)) - np.searchsorted(classes, classes)
    kept = rank < vms.count[classes]
    host_index = np.full(len(vms.of), -1, dtype=np.int64)
    host_index[members[starts[classes[kept]] + rank[kept]]] = hosts[kept]
    return host_index


def _by_class(vm_classes: VMClasses) -> tuple[IntArray, IntArray]:
    """All VMs ordered by class, and where each class starts."""
    starts = np.concatenate([[0], np.cumsum(vm_classes.count)[:-1]])
    return np.argsort(vm_classes.of, kind="stable"), starts
