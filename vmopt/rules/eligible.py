"""Eligibility: which VM classes rules let run on which host classes, and who has to run."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.rules.joined import joined


def eligible(instance: Any, vm: IntArray | None = None) -> BoolArray | None:
    """Which VM classes may run on which host classes, capacity apart; None where rules forbid nothing of the sort.

    That is what `Fence`, `Ban` and `Empty` say, and rules that keep their VMs off hosts that are in no domain.

    Parameters
    ----------
    instance : Instance
    vm : (n_vm_classes,) int64 array, optional
        A VM of each class; default: of those of the instance.

    Returns
    -------
    (n_vm_classes, n_host_classes) bool array or None

    Examples
    --------
    >>> import vmopt
    >>> fence = vmopt.Fence("vm-1", "host-0")
    >>> eligible(vmopt.Instance.from_arrays([[2], [1]], [[5], [4]], rules=[fence])).tolist()
    [[True, True], [True, False]]
    """
    members, host = class_members(instance)
    vm = members if vm is None else vm
    allowed = np.ones((len(vm), len(host)), dtype=bool)
    for rule in joined(instance):
        some = np.flatnonzero(rule.concerns[vm])  # of many rules, most speak of a few classes each
        forbidden = rule.forbids(vm[some], host) if some.size else None
        if forbidden is not None:
            allowed[some] &= ~forbidden
    return None if allowed.all() else allowed


def must_run(instance: Any) -> BoolArray | None:
    """Which VMs run in every placement that keeps the rules, ``(n_vms,)``; None where nobody has to.

    Examples
    --------
    >>> import vmopt
    >>> must_run(vmopt.Instance.from_arrays([[2], [1]], [[5]], rules=[vmopt.MustRun("vm-1")])).tolist()
    [False, True]
    """
    found = [rule.must_run for rule in instance.rules_in_force if rule.must_run is not None]
    return np.logical_or.reduce(found) if found else None


def class_members(instance: Any) -> tuple[IntArray, IntArray]:
    """Return a VM of each VM class and a host of each host class: rules tell no members of a class apart."""
    return instance.once(_class_members)  # type: ignore[no-any-return]


def _class_members(instance: Any) -> tuple[IntArray, IntArray]:
    vm, host = (classes.first for classes in (instance.vm_classes, instance.host_classes))
    return vm.astype(np.int64), host.astype(np.int64)
