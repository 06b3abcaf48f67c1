"""Whom a rule speaks of in an instance, groups of VMs and domains of hosts, and how many of them are where."""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property
from typing import Any

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.model.classes import members_of
from vmopt.model.once import MadeOnce
from vmopt.rules.counts import Counts, count
from vmopt.rules.selection import Grouping


class Scope(MadeOnce):
    """Groups and domains in an instance, whatever is said of them."""

    instance: Any
    group: Grouping
    domain: Grouping
    other: Grouping | None

    @property
    @abstractmethod
    def by_host(self) -> bool:
        """Whether each host is a domain."""

    @property
    @abstractmethod
    def weight(self) -> IntArray:
        """What each VM counts for."""

    @property
    def vm_set(self) -> IntArray | None:
        """The few VMs that it tells from all others, and not from each other; None where `vm_keys` say whom it does."""
        return None

    @property
    def host_set(self) -> IntArray | None:
        """The few hosts, likewise."""
        return None

    @cached_property
    def members(self) -> list[IntArray]:
        """VMs of each group."""
        return members_of(self.group.of, len(self.group))

    def counts(self, host_index: IntArray) -> Counts:
        """Count the VMs of the groups in the domains."""
        return count(self.group, self.domain, host_index)

    def placed(self, host_index: IntArray, group: int, *, other: bool = False) -> IntArray:
        """VMs of a group that run somewhere."""
        members = (self._other_members if other else self.members)[group]
        return np.asarray(members[host_index[members] >= 0])

    def by_domain(self, host_index: IntArray, vms: IntArray) -> IntArray:
        """Number of these placed VMs in each domain, ``(n_domains,)``."""
        where = self.domain.of[host_index[vms]]
        return np.bincount(where[where >= 0], minlength=len(self.domain))

    def n_placed(self, host_index: IntArray) -> IntArray:
        """Number of VMs of each group that run, in a domain or not, ``(n_groups,)``."""
        of = self.group.of[host_index >= 0]
        return np.bincount(of[of >= 0], minlength=len(self.group))

    def where(self, domains: BoolArray, elsewhere: bool) -> BoolArray:
        """Hosts of the domains that are true; `elsewhere` for hosts that are in none."""
        if self.by_host:
            return domains
        return np.append(domains, elsewhere)[self.domain.of]

    def on_hosts(self, of_domains: IntArray | BoolArray, elsewhere: float) -> FloatArray:
        """What is there of the domain of each host; `elsewhere` for hosts that are in none."""
        return np.append(of_domains, float(elsewhere))[self.domain.of]

    @cached_property
    def sizes(self) -> IntArray:
        """Number of VMs of each group."""
        return np.bincount(self.group.of[self.group.of >= 0], minlength=len(self.group))

    @cached_property
    def _other_members(self) -> list[IntArray]:
        assert self.other is not None
        return members_of(self.other.of, len(self.other))
