"""Dealer: between a placement of VMs and counts of VM classes on hosts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from vmopt.arrays import IntArray
from vmopt.model.classes import HostClasses, VMClasses


class ClassCounts(NamedTuple):
    """How many VMs of a class run on a host, for pairs where any do: three ``(n,)`` int64 arrays.

    Examples
    --------
    >>> import numpy as np
    >>> import vmopt
    >>> from vmopt.problem import compile
    >>> dealer = compile(vmopt.Instance.from_arrays([[4], [4], [3]], [[8], [8]])).dealer
    >>> counts = dealer.count(np.array([0, 0, 1]))
    >>> counts.vm_class.tolist(), counts.host.tolist(), counts.number.tolist()
    ([0, 1], [0, 1], [2, 1])
    """

    vm_class: IntArray
    host: IntArray
    number: IntArray


@dataclass(frozen=True, eq=False)
class Dealer:
    """Methods decide how many VMs of a class run on a host; the dealer says which. VMs of a class are alike.

    Examples
    --------
    >>> from vmopt.model import Instance
    >>> vms = Instance.from_arrays([[4], [3], [4], [4]], [[8], [8]]).vm_classes
    >>> dealer = Dealer(vms)
    >>> counts = dealer.count(np.array([0, 1, -1, 1]))
    >>> [column.tolist() for column in counts]
    [[0, 0, 1], [0, 1, 1], [1, 1, 1]]
    >>> dealer.deal(*counts).tolist()
    [0, 1, 1, -1]
    """

    vms: VMClasses

    def count(self, host_index: IntArray) -> ClassCounts:
        """Count the placed VMs by class and host, in ascending order of both."""
        placed = host_index >= 0
        n_hosts = int(host_index.max(initial=0)) + 1
        pairs, number = np.unique(self.vms.of[placed] * n_hosts + host_index[placed], return_counts=True)
        return ClassCounts(pairs // n_hosts, pairs % n_hosts, number.astype(np.int64))

    def deal(self, vm_class: IntArray, host: IntArray, number: IntArray) -> IntArray:
        """Place the VMs of each class, in the order of the instance, on the hosts that the counts name.

        Parameters
        ----------
        vm_class, host, number : (n,) int arrays
            Pairs in any order; of a class, first come is first served, and numbers beyond its supply are ignored.

        Returns
        -------
        (n_vms,) int64 array
            Host of each VM, -1 where it runs nowhere.
        """
        order = np.argsort(vm_class, kind="stable")
        some = order[number[order] > 0]
        hosts, classes = np.repeat(host[some], number[some]), np.repeat(vm_class[some], number[some])
        rank = np.arange(len(classes)) - np.searchsorted(classes, classes)
        kept = rank < self.vms.count[classes]
        host_index = np.full(len(self.vms.of), -1, dtype=np.int64)
        host_index[self._by_class[self._starts[classes[kept]] + rank[kept]]] = hosts[kept]
        return host_index

    def deal_patterns(self, hosts: HostClasses, host_class: IntArray, counts: IntArray, times: IntArray) -> IntArray:
        """Use each pattern on so many hosts of its class, which are taken in order.

        Parameters
        ----------
        host_class : (n,) int array
        counts : (n, n_vm_classes) int array
        times : (n,) int array

        Returns
        -------
        (n_vms,) int64 array
            Host of each VM, -1 where it runs nowhere.

        Examples
        --------
        >>> from vmopt.model import Instance
        >>> cluster = Instance.from_arrays([[4], [4], [4]], [[8], [8]])
        >>> one_each = np.array([0]), np.array([[1]]), np.array([2])
        >>> Dealer(cluster.vm_classes).deal_patterns(cluster.host_classes, *one_each).tolist()
        [0, 1, -1]
        """
        order = np.argsort(host_class, kind="stable")
        used = np.cumsum(times[order]) - times[order]
        taken = np.bincount(host_class, times, len(hosts)).astype(np.int64)
        first = np.empty(len(times), dtype=np.int64)
        first[order] = used + (np.cumsum(hosts.count) - hosts.count - np.cumsum(taken) + taken)[host_class[order]]
        pattern, vm_class = np.nonzero(counts)
        times_of = times[pattern]
        nth = np.arange(times_of.sum()) - np.repeat(np.cumsum(times_of) - times_of, times_of)
        host = np.argsort(hosts.of, kind="stable")[np.repeat(first[pattern], times_of) + nth]
        return self.deal(np.repeat(vm_class, times_of), host, np.repeat(counts[pattern, vm_class], times_of))

    @cached_property
    def _by_class(self) -> IntArray:
        """All VMs, class by class."""
        return np.argsort(self.vms.of, kind="stable")

    @cached_property
    def _starts(self) -> IntArray:
        """Where each class starts among them."""
        return np.concatenate([[0], np.cumsum(self.vms.count)[:-1]]).astype(np.int64)
