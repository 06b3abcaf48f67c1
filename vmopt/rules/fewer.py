"""Fewer: instances without some of their VMs, and without those that belong to hosts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.model.columns import frozen
from vmopt.model.instance import Instance
from vmopt.model.label_rows import kept_rows
from vmopt.model.rule import narrowed_rules
from vmopt.rules.hard import hard_ones
from vmopt.rules.must_run import MustRun
from vmopt.rules.resident import residents_of


def without_residents(instance: Instance, hosts: BoolArray) -> Instance:
    """Return an instance without the VMs that belong to some hosts (`vmopt.Resident`).

    They stay where latency between VMs counts: what they exchange has no other end.

    Examples
    --------
    >>> import vmopt
    >>> rules = [vmopt.Resident("vm-0"), vmopt.MustRun("vm-*")]
    >>> cluster = Instance.from_arrays([[1], [2]], [[4], [4]], current=[0, 0], rules=rules)
    >>> left = without_residents(cluster, np.array([True, False]))
    >>> list(left.vm_names), [str(rule) for rule in left.rules]
    (['vm-1'], ["MustRun(vms=Groups(['vm-*']))"])
    """
    gone = residents_of(instance, hosts)
    return instance if not gone.any() or instance.objective.latency is not None else without_vms(instance, gone)


def without_vms(instance: Instance, gone: BoolArray) -> Instance:
    """Return an instance without some of its VMs, whom its rules speak of no longer.

    Examples
    --------
    >>> without_vms(Instance.from_arrays([[4], [3]], [[8]]), np.array([True, False])).demand.tolist()
    [[3]]
    """
    return only_vms(instance, np.flatnonzero(~gone))


def only_vms(instance: Instance, kept: IntArray) -> Instance:
    """Return an instance of some of its VMs, and what its rules say of these.

    Examples
    --------
    >>> list(only_vms(Instance.from_arrays([[4], [3], [2]], [[8]]), np.array([0, 2])).vm_names)
    ['vm-0', 'vm-2']
    """
    columns: dict[str, Any] = {
        name: frozen(column[kept])
        for name in ("demand", "priority", "own_value", "is_container", "reservation", "current", "move_cost")
        if (column := getattr(instance, name)) is not None
    }
    return replace(
        instance,
        vm_names=instance.vm_names.kept(kept),
        vm_labels=kept_rows(instance.vm_labels, kept),
        rules=narrowed_rules(instance.rules, instance.vm_names, instance.vm_labels, kept),
        **columns,
    )


def free_to_stop(instance: Instance, vms: BoolArray) -> Instance:
    """Return an instance in which some VMs need not run.

    Examples
    --------
    >>> import vmopt
    >>> cluster = Instance.from_arrays([[1], [2]], [[4]], rules=[vmopt.MustRun("vm-*")])
    >>> [str(rule.vms) for rule in free_to_stop(cluster, np.array([True, False])).rules]
    ['Groups(1 of 2)']
    """
    must = {id(here.rule): here.group.inside & ~vms for here in hard_ones(instance, MustRun)}
    rules = (rule if id(rule) not in must else MustRun(must[id(rule)]) for rule in instance.rules)
    return replace(instance, rules=tuple(rules))
