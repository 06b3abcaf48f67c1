"""Domains that are open to groups, for checkers: what is usable, host by host, from the rules as they are stated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.rules.fence import Eligibility
from vmopt.rules.in_force import InForce
from vmopt.rules.usable import Usable


@dataclass(frozen=True, eq=False)
class OpenHosts:
    """Which hosts are open to whom: VMs that every bar treats alike are of one sort.

    Attributes
    ----------
    sort : (n_vms,) int64 array
    hosts : (n_sorts, n_hosts) bool array
    """

    sort: IntArray
    hosts: BoolArray


def domains_open_to(here: InForce) -> Usable:
    """Find the domains with a host that some VM of a group may run on, by each hard Fence, Ban and Empty.

    Examples
    --------
    >>> import vmopt
    >>> rules = [vmopt.Skew("vm-*", over="host"), vmopt.Empty("host-1")]
    >>> cluster = vmopt.Instance.from_arrays([[1], [1]], [[2], [2]], rules=rules)
    >>> domains_open_to(cluster.rules_in_force[0]).of(0).tolist()
    [True, False]
    """
    openings: OpenHosts = here.instance.once(_openings)
    inside, hosts = here.group.inside, np.flatnonzero(here.domain.inside)
    sorts, of = np.unique(openings.sort[inside], return_inverse=True)
    has = np.zeros((len(here.group), len(sorts)), dtype=bool)
    has[here.group.of[inside], of.ravel()] = True
    mixes, kind = np.unique(has, axis=0, return_inverse=True)
    domains = np.zeros((len(mixes), len(here.domain)), dtype=bool)
    for number, mix in enumerate(mixes):
        opened = openings.hosts[sorts[mix]][:, hosts].any(axis=0)
        domains[number, here.domain.of[hosts[opened]]] = True
    return Usable(kind.ravel(), domains)


def _openings(instance: Any) -> OpenHosts:
    """Find the sorts of VMs and their hosts, once for all rules that ask."""
    sort, hosts = np.zeros(instance.n_vms, dtype=np.int64), np.arange(instance.n_hosts)
    bars = [rule for rule in instance.rules_in_force if _is_bar(rule)]
    for bar in bars:
        sort = np.unique(2 * sort + bar.group.inside, return_inverse=True)[1].ravel()
    _, first = np.unique(sort, return_index=True)
    opened = np.ones((len(first), len(hosts)), dtype=bool)
    for bar in bars:
        opened &= ~bar.rule.banned(bar, first[:, None], hosts[None, :])
    return OpenHosts(sort, opened)


def _is_bar(here: Any) -> bool:
    """Whether a rule closes hosts to VMs, whoever else runs."""
    hard = isinstance(here, InForce) and here.penalty is None
    return hard and isinstance(here.rule, Eligibility) and here.rule.closes
