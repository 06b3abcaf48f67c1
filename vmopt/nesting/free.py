"""What is decided anew in containers in VMs on hosts, while all else stays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vmopt.arrays import IntArray
from vmopt.nesting.nested import Nested
from vmopt.nesting.prices import most_open

Answer = tuple[tuple[tuple[int, int], ...], IntArray]
"""Flavour and host of each VM that is open, and the VM of each container, -1 where it does not run."""


@dataclass(frozen=True, eq=False)
class Free:
    """Hosts whose VMs are opened anew, and the containers that may run in them.

    Attributes
    ----------
    hosts : (n_free_hosts,) int64 array
        In ascending order.
    containers : (n_free_containers,) int64 array
    outside : (n_containers,) int64 array
        Host of each container that stays where it is, -1 for all others.
    left : (n_flavors,) int64 array
        VMs of each flavour that may be opened beside those of other hosts.
    """

    hosts: IntArray
    containers: IntArray
    outside: IntArray
    left: IntArray

    @classmethod
    def all(cls, nested: Nested) -> Free:
        """Everything is."""
        n = nested.cluster.n_vms
        nowhere = np.full(n, -1, dtype=np.int64)
        return cls(np.arange(nested.cluster.n_hosts), np.arange(n), nowhere, most_open(nested))

    @classmethod
    def some(cls, nested: Nested, answer: Answer, hosts: IntArray, waiting: IntArray) -> Free:
        """Some hosts of an answer are, with the containers on them and some that do not run."""
        vms, vm_of = answer
        flavor, host = np.array(vms, dtype=np.int64).reshape(-1, 2).T
        stays = ~np.isin(host, hosts)
        runs = vm_of >= 0
        outside = np.full(len(vm_of), -1, dtype=np.int64)
        outside[runs] = np.where(stays[vm_of[runs]], host[vm_of[runs]], -1)
        inside = np.flatnonzero(runs & (outside < 0))
        used = np.bincount(flavor[stays], minlength=len(nested.flavors))
        left = np.maximum(most_open(nested) - used, 0)
        return cls(np.sort(hosts), np.union1d(inside, waiting), outside, left)

    def is_all(self, nested: Nested) -> bool:
        """Whether nothing stays."""
        return len(self.hosts) == nested.cluster.n_hosts and len(self.containers) == nested.cluster.n_vms

    def supply(self, nested: Nested) -> IntArray:
        """Free containers of each class."""
        classes = nested.cluster.vm_classes
        return np.bincount(classes.of[self.containers], minlength=len(classes))

    def joined(self, before: Answer, part: Answer) -> Answer:
        """Return the answer before, with what is free as in another one."""
        vms, vm_of = before
        kept = [vm for vm, (_, host) in enumerate(vms) if host not in set(self.hosts.tolist())]
        number = np.full(len(vms) + 1, -1, dtype=np.int64)
        number[kept] = np.arange(len(kept))
        found = number[vm_of]
        runs = part[1] >= 0
        found[runs] = part[1][runs] + len(kept)
        return (*(vms[vm] for vm in kept), *part[0]), found
