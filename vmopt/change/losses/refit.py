"""A first glance: victims start again where they fit best, the largest first."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import IntArray
from vmopt.change.losses.afterwards import Afterwards
from vmopt.rules import InForce, Taken


def refitted(after: Afterwards) -> IntArray:
    """Place the victims beside the survivors, as far as they fit.

    Returns
    -------
    (n_vms,) int64 array
        -1 for VMs that are not protected, and for those without room.
    """
    instance, found, free = after.instance, after.survivors.copy(), after.free.copy()
    rules = [rule for rule in after.ruled.rules_in_force if isinstance(rule, InForce)] if instance.rules else []
    taken = [rule.counting(found) for rule in rules]
    weight = 1 / np.maximum(instance.total, 1)
    size = (instance.reserved[after.victims] * weight).max(axis=1, initial=0.0)
    for vm in after.victims[np.argsort(-size, kind="stable")].tolist():
        open_ = (free >= instance.reserved[vm]).all(axis=1) & ~after.lost
        for rule, counts in zip(rules, taken, strict=True):
            if open_.any() and rule.concerns[vm]:
                open_ &= rule.allows(vm, counts)
        hosts = np.flatnonzero(open_)
        if len(hosts):
            _put(vm, int(hosts[np.argmin((free[hosts] * weight).sum(axis=1))]), found, free, instance.reserved, taken)
    return found


def _put(vm: int, host: int, found: IntArray, free: IntArray, amounts: IntArray, taken: list[Taken]) -> None:
    found[vm] = host
    free[host] -= amounts[vm]
    for counts in taken:
        counts.add(np.array([vm]))
