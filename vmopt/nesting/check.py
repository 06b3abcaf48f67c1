"""Checks VMs, and containers inside of them, from the data alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.arrays import IntArray
from vmopt.errors import OptionError
from vmopt.nesting.nested import Nested, require_nested
from vmopt.plurals import count, plural
from vmopt.rules.broken import breaches_of


def verify_nest(nested: Nested, vms: Sequence[tuple[int, int]], vm_of: Sequence[int] | IntArray) -> tuple[str, ...]:
    """Check capacities inside VMs and of hosts, how many VMs are open of each flavour, and rules.

    Parameters
    ----------
    nested : Nested
    vms : sequence of (flavor, host)
        Positions of both, for each VM that is open.
    vm_of : sequence of int
        VM of each container, -1 where it does not run.

    Returns
    -------
    tuple of str
        What is violated, in words; empty when nothing is.

    Examples
    --------
    >>> from vmopt.model import VM, Host
    >>> from vmopt.nesting import Flavor
    >>> nested = Nested.of([VM("a", {"cpu": 3})], [Flavor("s", {"cpu": 2})], [Host("h", {"cpu": 9})])
    >>> verify_nest(nested, [(0, 0)], [0])
    ("VM 0 of flavor 's' has 2 of cpu, but 3 runs in it",)
    """
    cluster, found = require_nested(nested).cluster, list[str]()
    vms, where = _opened(nested, vms), checks.host_indices(vm_of, "vm_of", cluster.n_vms, len(vms)).tolist()
    used = [[0] * len(cluster.resources) for _ in vms]
    taken = [[0] * len(cluster.resources) for _ in range(cluster.n_hosts)]
    for container, vm in enumerate(where):
        if vm >= 0:
            used[vm] = [a + b for a, b in zip(used[vm], nested.demand[container].tolist(), strict=True)]
    for flavor, host in vms:
        taken[host] = [a + b for a, b in zip(taken[host], nested.size[flavor].tolist(), strict=True)]
    for k, resource in enumerate(cluster.resources):
        for vm, (flavor, _) in enumerate(vms):
            room, name = int(nested.inside[flavor, k]), nested.flavors[flavor].name
            if used[vm][k] > room:
                found.append(f"VM {vm} of flavor {name!r} has {room} of {resource}, but {used[vm][k]} runs in it")
        for host in range(cluster.n_hosts):
            room = int(nested.capacity[host, k])
            if taken[host][k] > room:
                name = cluster.host_names[host]
                found.append(f"host {name!r} has {room} of {resource}, but its VMs take {taken[host][k]}")
    for number, flavor_of in enumerate(nested.flavors):
        n_open = sum(flavor == number for flavor, _ in vms)
        if flavor_of.most is not None and n_open > flavor_of.most:
            open_now = f"{count(n_open, 'VM')} of flavor {flavor_of.name!r} {plural(n_open, 'is', 'are')} open"
            found.append(f"{open_now}, at most {flavor_of.most} may be")
    host_index = np.array([vms[vm][1] if vm >= 0 else -1 for vm in where], dtype=np.int64)
    return (*found, *map(str, breaches_of(cluster, host_index)))


def _opened(nested: Nested, given: Any) -> list[tuple[int, int]]:
    """Flavour and host of each VM that is open."""
    table = np.asarray(checks.listed(given, "vms", what="a list of (flavor, host)") or np.zeros((0, 2), dtype=np.int64))
    least, most = np.zeros(2, dtype=np.int64), np.array([len(nested.flavors), nested.cluster.n_hosts])
    fits = table.ndim == 2 and table.shape[1] == 2 and table.dtype.kind in "iu"
    if not fits or not ((table >= least) & (table < most)).all():
        raise OptionError(f"vms is {checks.shown(given)}: give (flavor, host) for each, positions of both.")
    return [(flavor, host) for flavor, host in table.tolist()]
