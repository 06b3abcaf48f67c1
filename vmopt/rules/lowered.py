"""Lowering: what rules demand of each host by itself, said without them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from vmopt.rules.host_limits import host_limits
from vmopt.rules.inside import Inside
from vmopt.rules.spread import Spread


def lowered(instance: Any) -> Any:
    """Return the instance without rules, but for how many VMs of a size one host may run, and what its parts can land.

    Where rules let a host run only so many VMs of each of several groups, it runs no more VMs of their size than these
    numbers add up to. So every placement that keeps the rules is one of this instance too, and bounds of it hold. VMs
    that only rules told apart are alike in it. Where VMs are elastic their sizes are not known, and nothing is kept.
    What `Inside` says, it says of each host by itself: it stays as it is. Limits of single hosts that many VMs compete
    for are resources: see `host_limits`.

    Examples
    --------
    >>> import vmopt
    >>> groups = vmopt.Spread([["vm-0", "vm-1"], ["vm-2", "vm-3"]])
    >>> cluster = vmopt.Instance.from_arrays([[1]] * 4, [[4]], rules=[groups])
    >>> lowered(cluster).vm_classes.most.tolist()
    [2]
    """
    if not instance.rules:
        return instance
    return instance.once(_lowered)


def _lowered(instance: Any) -> Any:
    if instance.elastic:
        return instance.without_rules
    inside = tuple(rule for rule in instance.rules if isinstance(rule, Inside))
    if len(inside) == len(instance.rules):
        return instance
    plain, ruled = replace(instance, rules=inside) if inside else instance.without_rules, instance.vm_classes
    limits = host_limits(instance)
    if len(limits) and not instance.objective.goal_levels:
        plain = limits.on(plain)
    if ruled.most is None:
        return plain
    kind = plain.vm_classes.of[ruled.first]
    most = np.bincount(kind, ruled.most, len(plain.vm_classes)).astype(np.int64)
    if (most >= plain.vm_classes.count).all():
        return plain
    return replace(plain, rules=(*inside, Spread(plain.vm_classes.of, most=most)))
