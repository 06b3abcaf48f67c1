"""Usable domains: those with a host that some VM of a group may run on, by the hard Fence, Ban and Empty beside a rule.

Capacity has no say, nor have other rules: a domain that is full, or too small, is one that a group may use. Here they
are found for methods; `vmopt.rules.open_to` finds them for checkers, so that the two can disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from vmopt.arrays import BoolArray, IntArray
from vmopt.rules.eligible import class_members
from vmopt.rules.fence import Eligibility
from vmopt.rules.in_force import InForce
from vmopt.rules.joined import joined


@dataclass(frozen=True, eq=False)
class Usable:
    """Domains by group.

    Attributes
    ----------
    kind : (n_groups,) int64 array
        Groups that may use the same domains are of one kind.
    domains : (n_kinds, n_domains) bool array
    """

    kind: IntArray
    domains: BoolArray

    @cached_property
    def number(self) -> IntArray:
        """How many domains each group may use, ``(n_groups,)``."""
        return np.asarray(self.domains.sum(axis=1, dtype=np.int64)[self.kind])

    def of(self, group: int) -> BoolArray:
        """Which domains one group may use, ``(n_domains,)``."""
        return np.asarray(self.domains[self.kind[group]])

    def among(self, group: IntArray, domain: IntArray) -> BoolArray:
        """Which of these pairs of a group and a domain are usable."""
        return np.asarray(self.domains[self.kind[group], domain])


def usable_domains(here: InForce) -> Usable:
    """Find the domains that each group of a rule may use, from a VM and a host of each class.

    Examples
    --------
    >>> import vmopt
    >>> even = vmopt.Skew([["vm-0"], ["vm-1"]], over="host")
    >>> rules = [even, vmopt.Fence("vm-0", "host-*"), vmopt.Ban("vm-1", "host-0")]
    >>> cluster = vmopt.Instance.from_arrays([[1], [1]], [[2], [2]], rules=rules)
    >>> usable = usable_domains(cluster.rules_in_force[0])
    >>> usable.of(0).tolist(), usable.of(1).tolist(), usable.number.tolist()
    ([True, True], [False, True], [2, 1])
    """
    bars = _bars_beside(here)
    if not bars:
        return Usable(np.zeros(len(here.group), dtype=np.int64), np.ones((1, len(here.domain)), dtype=bool))
    vm, host = class_members(here.instance)
    vm = vm[here.group.inside[vm]]
    closed = np.logical_or.reduce([rule.forbids(bar, vm, host) for rule, bar in bars])
    members = _incidence(here.group.of[vm], np.arange(len(vm)), (len(here.group), len(vm)))
    hosts, kind = np.unique((members @ (~closed).astype(np.int32)) > 0, axis=0, return_inverse=True)
    inside = np.flatnonzero(here.domain.inside)
    classes = here.instance.host_classes.of[inside]
    there = _incidence(classes, here.domain.of[inside], (len(host), len(here.domain)))
    return Usable(kind.ravel(), (hosts.astype(np.int32) @ there) > 0)


def _bars_beside(here: InForce) -> list[tuple[Eligibility, InForce]]:
    """Hard rules of the instance that close hosts to VMs, whoever else runs."""
    hard = [bar for bar in joined(here.instance) if isinstance(bar, InForce) and bar.penalty is None]
    return [(bar.rule, bar) for bar in hard if isinstance(bar.rule, Eligibility) and bar.rule.closes]


def _incidence(row: IntArray, column: IntArray, shape: tuple[int, int]) -> sparse.csr_array:
    return sparse.csr_array((np.ones(len(row), dtype=np.int32), (row, column)), shape=shape)
