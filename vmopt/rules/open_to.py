"""Domains that are open to groups, for checkers: what is usable, host by host, from the rules as they are stated."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.rules.fence import Eligibility
from vmopt.rules.in_force import InForce
from vmopt.rules.usable import Usable


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
    bars, inside, hosts = _bars_of(here.instance), here.group.inside, np.flatnonzero(here.domain.inside)
    sort = np.zeros(len(inside), dtype=np.int64)
    for bar in bars:
        sort = np.unique(2 * sort + bar.group.inside, return_inverse=True)[1].ravel()
    _, first = np.unique(sort, return_index=True)
    opened = np.array([_open(bars, vm, hosts) for vm in first.tolist()]).reshape(len(first), len(hosts))
    has = np.zeros((len(here.group), len(first)), dtype=bool)
    has[here.group.of[inside], sort[inside]] = True
    mixes, kind = np.unique(has, axis=0, return_inverse=True)
    domains = np.zeros((len(mixes), len(here.domain)), dtype=bool)
    for number, mix in enumerate(mixes):
        domains[number, here.domain.of[hosts[opened[mix].any(axis=0)]]] = True
    return Usable(kind.ravel(), domains)


def _open(bars: list[InForce], vm: int, hosts: IntArray) -> BoolArray:
    """Which of these hosts may run a VM."""
    opened = np.ones(len(hosts), dtype=bool)
    for bar in bars:
        assert isinstance(bar.rule, Eligibility)
        opened &= ~bar.rule.banned(bar, np.full(len(hosts), vm), hosts)
    return opened


def _bars_of(instance: Any) -> list[InForce]:
    return [rule.on(instance) for rule in instance.rules if isinstance(rule, Eligibility) and rule.penalty is None]
