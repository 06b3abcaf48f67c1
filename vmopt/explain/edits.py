"""Edits: instances with other hosts, VMs, demands and priorities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from vmopt.arrays import IntArray
from vmopt.errors import OptionError
from vmopt.explain.regroup import for_other_hosts, with_parts
from vmopt.explain.units import units
from vmopt.model import columns, rows
from vmopt.model.host import Host
from vmopt.model.instance import Instance
from vmopt.model.label_rows import kept_rows
from vmopt.model.names import Names


def with_hosts(instance: Instance, hosts: Sequence[Host]) -> Instance:
    """Return an instance with further hosts at its end; what they offer is rounded down to the instance's units.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[4]], [[8]], resources=["cpu"])
    >>> more = with_hosts(cluster, [Host("h2", {"cpu": 2.5})])
    >>> list(more.host_names), more.capacity.ravel().tolist()
    (['host-0', 'h2'], [8, 2])
    """
    given = rows.host_columns([replace(host, parts={}) for host in hosts], instance.resources)
    names = Names.given([*instance.host_names, *given["host_names"]], instance.n_hosts + len(hosts), "host")
    more = units(instance, "host", given["host_names"], given["capacity"])
    known = instance.host_labels or (MappingProxyType({}),) * instance.n_hosts
    labels = (*known, *(MappingProxyType(dict(row)) for row in given["host_labels"]))
    made = _with_hosts(instance, names, np.concatenate([instance.capacity, more]), labels, len(hosts))
    return replace(made, rules=with_parts(made, hosts)) if any(host.parts for host in hosts) else made


def without_hosts(instance: Instance, gone: Sequence[int]) -> Instance:
    """Return an instance without some of its hosts.

    Raises
    ------
    OptionError
        If none is left.

    Examples
    --------
    >>> list(without_hosts(Instance.from_arrays([[4]], [[8], [9]]), [0]).host_names)
    ['host-1']
    """
    kept = np.setdiff1d(np.arange(instance.n_hosts), gone)
    if not kept.size:
        raise OptionError("no host is left: leave one, or let hosts fail, which keeps them without capacity.")
    names, labels = instance.host_names.kept(kept), kept_rows(instance.host_labels, kept)
    return _with_hosts(instance, names, instance.capacity[kept], labels, 0, kept)


def resized(instance: Instance, vm: int, wanted: Mapping[str, float]) -> Instance:
    """Return an instance in which a VM asks for other amounts of some resources.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[4, 8]], [[8, 8]], resources=["cpu", "memory"])
    >>> resized(cluster, 0, {"cpu": 2}).demand.tolist()
    [[2, 8]]
    """
    unknown = [resource for resource in wanted if resource not in instance.resources]
    if unknown or not wanted:
        known = ", ".join(instance.resources)
        raise OptionError(f"demand names {unknown[:1] or 'no resource'}: the resources are {known}.")
    demand, reserved = instance.demand.copy(), instance.reserved.copy()
    inelastic = instance.demand[vm] == instance.reserved[vm]
    name = instance.vm_names[vm]
    for resource, amount in wanted.items():
        k = instance.resources.index(resource)
        row = [amount if n == k else 0 for n in range(len(instance.resources))]
        demand[vm, k] = units(instance, "VM", [name], [row])[0, k]
    reserved[vm] = np.where(inelastic, demand[vm], np.minimum(reserved[vm], demand[vm]))
    kept = columns.elastic(reserved, demand, instance.vm_names, instance.resources)
    return replace(instance, demand=columns.frozen(demand), reservation=kept)


def with_priority(instance: Instance, vm: int, priority: float) -> Instance:
    """Return an instance in which a VM has another priority, and no value of its own.

    Examples
    --------
    >>> with_priority(Instance.from_arrays([[4], [4]], [[8]]), 1, 5).value.tolist()
    [0.5, 2.5]
    """
    changed = instance.priority.tolist()
    changed[vm] = priority
    weights = columns.priorities(changed, instance.vm_names, instance.objective.weighting)
    own = instance.own_value
    if own is not None:
        own = own.copy()
        own[vm] = np.nan
        own = None if np.isnan(own).all() else columns.frozen(own)
    return replace(instance, priority=columns.frozen(weights), own_value=own)


def in_unit_of(before: Instance, after: Instance) -> Instance:
    """Return an instance whose VMs are worth the share of the cluster as it was before.

    Examples
    --------
    >>> before = Instance.from_arrays([[4]], [[8]])
    >>> in_unit_of(before, without_hosts(with_hosts(before, [Host("h2", {"resource-0": 2})]), [0])).value.tolist()
    [0.5]
    """
    if np.array_equal(before.total, after.total):
        return after
    share = before.objective.share(after.demand, before.total, before.resources)
    value = before.objective.value(share, after.priority)
    if after.own_value is not None:
        value = np.where(np.isnan(after.own_value), value, after.own_value)
    return replace(after, own_value=columns.frozen(value))


def _with_hosts(
    instance: Instance,
    names: Names,
    capacity: IntArray,
    labels: columns.Labels | None,
    n_new: int,
    kept: IntArray | None = None,
) -> Instance:
    kept = np.arange(instance.n_hosts) if kept is None else kept
    made = replace(
        instance,
        host_names=names,
        capacity=columns.frozen(capacity),
        host_labels=labels if labels and any(labels) else None,
        rules=for_other_hosts(instance, kept, n_new),
        current=_still_on(instance, kept),
    )
    made.check_objective()
    return made


def _still_on(instance: Instance, kept: IntArray) -> IntArray | None:
    """Where VMs run now, by the new positions of hosts: nowhere if theirs is gone."""
    if instance.current is None:
        return None
    position = np.full(instance.n_hosts + 1, -1)
    position[kept] = np.arange(len(kept))
    return columns.frozen(position[instance.current])
