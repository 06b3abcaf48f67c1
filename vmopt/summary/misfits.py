"""VMs that no host could take even if it were empty, and what they lack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vmopt.plurals import count
from vmopt.summary.figures import number
from vmopt.summary.layout import Fact

if TYPE_CHECKING:
    from vmopt.arrays import IntArray
    from vmopt.model.instance import Instance

MOST_NAMES = 3


def misfits(instance: Instance, vms: IntArray) -> IntArray:
    """Return those of some VMs that fit no host, even an empty one.

    Examples
    --------
    >>> from vmopt.model.instance import Instance
    >>> misfits(Instance.from_arrays([[4], [9]], [[8], [2]]), np.array([0, 1])).tolist()
    [1]
    """
    capacity = instance.host_classes.capacity
    left = vms
    for host in capacity[np.argsort(-capacity.astype(np.float64).sum(axis=1), kind="stable")]:
        if not left.size:
            break
        left = left[(instance.reserved[left] > host).any(axis=1)]
    return left


def misfits_of(instance: Instance, vms: IntArray) -> list[Fact]:
    """Count and name those of some VMs that fit no host, each with what it lacks."""
    none = misfits(instance, vms)
    if not none.size:
        return []
    named = "; ".join(f"{instance.vm_names[vm]} ({_lack(instance, vm)})" for vm in none[:MOST_NAMES].tolist())
    more = f"; and {none.size - MOST_NAMES:,} more" if none.size > MOST_NAMES else ""
    return [Fact("fit no host", f"{count(none.size, 'VM')}, not even an empty one: {named}{more}")]


def _lack(instance: Instance, vm: int) -> str:
    """Name the resources of which no host offers enough."""
    most = instance.host_classes.capacity.max(axis=0, initial=0)
    short = [
        f"{name} {number(asked / scale)}, at most {number(offered / scale)} on a host"
        for name, asked, offered, scale in zip(
            instance.resources, instance.reserved[vm].tolist(), most.tolist(), instance.scale.tolist(), strict=True
        )
        if asked > offered
    ]
    return ", ".join(short) or f"no host offers enough of {' and '.join(instance.resources)} at once"
