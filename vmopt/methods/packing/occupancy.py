"""Occupancy: which VM classes run on which host, and how many; a placement as improvement searches want it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vmopt.arrays import IntArray
from vmopt.methods.packing.mobile import mobile_classes
from vmopt.problem import Problem


class Occupancy:
    """A placement counted by VM class, so that VMs which are alike are never told apart.

    Attributes
    ----------
    on : list of (n, 2) int64 arrays
        For each host the VM classes it runs and how many of each, one row a class.
    left : (n_vm_classes,) int64 array
        How many VMs of each class run nowhere.
    free : (n_hosts, n_resources) int64 array
        Capacity not in use.
    mobile : (n_vm_classes,) bool array
        VMs of which classes may change hosts with nobody asking: see `vmopt.methods.packing.mobile`.

    Examples
    --------
    >>> from vmopt.model import Instance
    >>> from vmopt.problem import compile
    >>> cluster = compile(Instance.from_arrays([[2], [2], [5]], [[4], [6]]))
    >>> occupancy = Occupancy(cluster, np.array([0, -1, 1]))
    >>> occupancy.free.ravel().tolist(), int(occupancy.left.sum())
    ([2, 1], 1)
    >>> occupancy.placement().tolist()
    [0, -1, 1]
    """

    def __init__(self, problem: Problem, host_index: IntArray) -> None:
        self.problem = problem
        self.vms = problem.vms
        self.mobile = mobile_classes(problem)
        vm_class, host, number = problem.dealer.count(host_index)
        order = np.argsort(host, kind="stable")
        rows, host = np.column_stack([vm_class, number])[order], host[order]
        self.on: list[IntArray] = np.split(rows, np.searchsorted(host, np.arange(1, problem.n_hosts)))
        self.left: IntArray = self.vms.count - np.bincount(vm_class, number, len(self.vms)).astype(np.int64)
        self.free: IntArray = problem.capacity.copy()
        np.subtract.at(self.free, host, self.vms.demand[rows[:, 0]] * rows[:, 1:])

    def refill(self, host: int, rows: IntArray) -> None:
        """Make `rows` what runs on a host; the caller looks after `left`."""
        self.on[host] = rows
        self.free[host] = self.problem.capacity[host] - rows[:, 1] @ self.vms.demand[rows[:, 0]]

    def refill_many(self, hosts: IntArray, position: IntArray, vm_class: IntArray, count: IntArray) -> None:
        """Make rows what runs on some hosts; each row names its host by its position among them, in ascending order."""
        rows = np.column_stack([vm_class, count])
        edges = np.searchsorted(position, np.arange(len(hosts) + 1)).tolist()
        for host, begin, end in zip(hosts.tolist(), edges[:-1], edges[1:], strict=True):
            self.on[host] = rows[begin:end]
        self.free[hosts] = self.problem.capacity[hosts]
        np.subtract.at(self.free, hosts[position], self.vms.demand[vm_class] * count[:, None])

    def immobile(self, hosts: IntArray) -> IntArray:
        """Return rows of what stays on these hosts, whatever is exchanged: position of the host, VM class, count."""
        on = [self.on[h] for h in hosts.tolist()]
        rows = np.column_stack([np.repeat(np.arange(len(on)), [len(r) for r in on]), np.concatenate(on)])
        return np.asarray(rows[~self.mobile[rows[:, 1]]])

    def gathered(self, hosts: Sequence[int]) -> IntArray:
        """Classes on these hosts together, with counts, ``(n, 2)``."""
        rows = np.concatenate([self.on[h] for h in hosts])
        classes, where = np.unique(rows[:, 0], return_inverse=True)
        return np.column_stack([classes, np.bincount(where, rows[:, 1], len(classes)).astype(np.int64)])

    def placement(self, on: Sequence[IntArray] | None = None) -> IntArray:
        """Host of each VM, -1 where it runs nowhere; of identical VMs the first ones in the instance are placed.

        Parameters
        ----------
        on : sequence of (n, 2) int64 arrays, optional
            What the hosts run; default: what they run now.
        """
        on = self.on if on is None else on
        rows = np.concatenate(on)
        host = np.repeat(np.arange(len(on)), [len(r) for r in on])
        return self.problem.dealer.deal(rows[:, 0], host, rows[:, 1])
