"""Resident: who belongs to the host that it runs on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from vmopt.arrays import BoolArray
from vmopt.rules.hard import hard_ones
from vmopt.rules.keep import Keep


@dataclass(frozen=True, eq=False, repr=False)
class Resident(Keep):
    """These VMs belong to the hosts that they run on: they do not move, as those of `Keep` do not.

    A host is emptied without them, and when it fails or is gone, so are they: `vmopt.evacuate`, `vmopt.headroom` and
    `vmopt.what_if` neither stop nor miss them.

    Known as pods of DaemonSets and static pods (Kubernetes), agents.

    Parameters
    ----------
    vms : names, patterns, Groups, or (n_vms,) bool array
    penalty : float, optional
        Makes the rule soft: what each VM of these costs on another host; they do not belong to theirs then.

    Examples
    --------
    >>> import vmopt
    >>> agents = vmopt.Resident("agent-*")
    >>> names = ["agent-0", "agent-1", "web"]
    >>> cluster = vmopt.Instance.from_arrays([[1]] * 3, [[2]] * 2, vm_names=names, current=[0, 1, 0], rules=[agents])
    >>> [vmopt.evacuate(cluster, "host-0").vm_name(action) for action in vmopt.evacuate(cluster, "host-0").actions]
    ['web']
    >>> vmopt.headroom(cluster).holds
    True
    """

    name: ClassVar[str] = "resident"


def residents(instance: Any) -> BoolArray:
    """Which VMs belong to the hosts that they run on now.

    Examples
    --------
    >>> import vmopt
    >>> rules = [Resident("vm-0")]
    >>> residents(vmopt.Instance.from_arrays([[1], [1]], [[2]], current=[0, 0], rules=rules)).tolist()
    [True, False]
    """
    found = np.zeros(instance.n_vms, dtype=bool)
    for here in hard_ones(instance, Resident):
        found |= here.group.inside
    return found


def residents_of(instance: Any, hosts: BoolArray) -> BoolArray:
    """Which VMs belong to some of the hosts."""
    found = residents(instance)
    if found.any():
        found &= np.append(hosts, False)[instance.current]
    return found
