"""Lowering: what rules demand of each host by itself, said without them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from vmopt.rules.spread import Spread


def lowered(instance: Any) -> Any:
    """Return the instance without rules, but for how many VMs of a size one host may run.

    Where rules let a host run only so many VMs of each of several groups, it runs no more VMs of their size than these
    numbers add up to. So every placement that keeps the rules is one of this instance too, and bounds of it hold. VMs
    that only rules told apart are alike in it. Where VMs are elastic their sizes are not known, and nothing is kept.

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
    plain, ruled = instance.without_rules, instance.vm_classes
    if ruled.most is None or instance.elastic:
        return plain
    kind = plain.vm_classes.of[np.unique(ruled.of, return_index=True)[1]]
    most = np.bincount(kind, ruled.most, len(plain.vm_classes)).astype(np.int64)
    if (most >= plain.vm_classes.count).all():
        return plain
    return replace(plain, rules=(Spread(plain.vm_classes.of, most=most),))
