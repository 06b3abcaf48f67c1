"""Guests: further VMs in an instance, given as VMs, as demands, or as more of the kind of one that is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.arrays import IntArray
from vmopt.errors import OptionError
from vmopt.explain.regroup import for_more_vms, with_pieces
from vmopt.explain.scene import vm_at
from vmopt.explain.talks import TalksTo, objective_with
from vmopt.explain.units import units
from vmopt.model import columns, rows
from vmopt.model.instance import Instance
from vmopt.model.names import Names
from vmopt.model.vm import VM
from vmopt.rules.fence import Ban

NEW = "new"
CLOSED = "closed-to-new"
"""Label of hosts that take nothing new, as imports of clusters give it."""


def with_vms(instance: Instance, vms: Sequence[VM], talks_to: TalksTo | None = None) -> Instance:
    """Return an instance with further VMs at its end.

    What they ask for is rounded up to the instance's units; rules take them in by their names and labels, and hosts
    with a label ``closed-to-new``, such as cordoned nodes of an import, take none of them. Where latency
    counts, they talk to those whom `talks_to` names for each of them, or to nobody.

    Raises
    ------
    InstanceError
        As for `Instance.from_rows`.
    NetworkError, OptionError
        If `talks_to` makes no sense.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[4]], [[8]], resources=["cpu"])
    >>> more = with_vms(cluster, [VM("db", {"cpu": 2.5})])
    >>> more.vm_names[1], more.demand.tolist(), more.share.tolist()
    ('db', [[4], [3]], [0.5, 0.375])
    """
    talking = {} if talks_to is None else checks.mapping(talks_to, "talks_to", "names of VMs to what they exchange")
    given = rows.to_columns([instance.host(0)], vms, instance.resources)
    new, least = given["vm_names"], given["reservation"]
    names = Names.given([*instance.vm_names, *new], instance.n_vms + len(vms), "VM")
    demand = units(instance, "VM", new, given["demand"])
    reserved = demand if least is None else units(instance, "VM", new, least)
    mine = Names.given(new, len(vms), "VM")
    weights = columns.priorities(np.array(given["priority"]), mine, instance.objective.weighting)
    values = np.array([np.nan if value is None else float(value) for value in given["value"] or [None] * len(vms)])
    rules = (
        *with_pieces(instance, for_more_vms(instance, given["vm_names"], None), vms),
        *_kept_out(instance, new),
    )
    labels = [dict(row) for row in given["vm_labels"]]
    made = _extended(instance, names, demand, reserved, weights, values, given["is_container"], labels, rules)
    if talking:
        made = replace(made, objective=objective_with(instance.objective, names, new, talking))
        made.check_objective()
    return made


def _kept_out(instance: Instance, new: Sequence[str]) -> list[Ban]:
    """Keep new VMs off hosts that are closed to them."""
    closed = np.array([CLOSED in labels for labels in instance.host_labels or ()], dtype=bool)
    return [Ban(list(new), closed)] if len(new) and closed.any() else []


def with_clones(instance: Instance, vm: int, n: int) -> Instance:
    """Return an instance with so many more VMs like one, in the same groups of all rules.

    Examples
    --------
    >>> more = with_clones(Instance.from_arrays([[4]], [[8]], vm_names=["web"]), 0, 2)
    >>> list(more.vm_names), more.demand.ravel().tolist()
    (['web', 'web+1', 'web+2'], [4, 4, 4])
    """
    taken = instance.vm_names.index_of
    marks = ("+" * k for k in range(1, instance.n_vms + 2))
    called = ([f"{instance.vm_names[vm]}{mark}{k}" for k in range(1, n + 1)] for mark in marks)
    new = next(names for names in called if taken.keys().isdisjoint(names))
    names = Names.given([*instance.vm_names, *new], instance.n_vms + n, "VM")
    own = np.nan if instance.own_value is None else float(instance.own_value[vm])
    container = instance.is_container is not None and bool(instance.is_container[vm])
    labels = [dict(instance.vm_labels[vm])] * n if instance.vm_labels else [{}] * n
    return _extended(
        instance,
        names,
        np.repeat(instance.demand[[vm]], n, axis=0),
        np.repeat(instance.reserved[[vm]], n, axis=0),
        np.full(n, float(instance.priority[vm])),
        np.full(n, own),
        np.full(n, container),
        labels,
        for_more_vms(instance, new, vm),
    )


def guest(instance: Instance, vm: Any, talks_to: Mapping[str, float] | None = None) -> tuple[Instance, int]:
    """Return the instance with a VM, and its position: one that is there, a new one, or one with these demands.

    Raises
    ------
    OptionError, InstanceError
        If it is none of these, or cannot be.
    """
    talking = {} if talks_to is None else checks.mapping(talks_to, "talks_to", "names of VMs to bit/s")
    if isinstance(vm, Mapping):
        name = next(
            name for k in range(instance.n_vms + 1) if (name := NEW + "'" * k) not in instance.vm_names.index_of
        )
        vm = VM(name, vm)
    if isinstance(vm, VM):
        if vm.name in instance.vm_names.index_of:
            raise OptionError(f"there is a VM {vm.name!r} already: give its name, or give the new one another.")
        return with_vms(instance, [vm], {vm.name: talking} if talking else None), instance.n_vms
    if talking:
        raise OptionError(f"whom {vm!r} talks to is in the instance already: give talks_to for a new VM alone.")
    return instance, vm_at(instance, vm)


def _extended(
    instance: Instance,
    names: Names,
    demand: IntArray,
    reserved: IntArray,
    priority: Any,
    value: Any,
    container: Any,
    labels: list[dict[str, str]],
    rules: Any,
) -> Instance:
    own = np.full(instance.n_vms, np.nan) if instance.own_value is None else instance.own_value
    own = np.append(own, value)
    flags = np.zeros(instance.n_vms, dtype=bool) if instance.is_container is None else instance.is_container
    flags = np.append(flags, container)
    known = instance.vm_labels or (MappingProxyType({}),) * instance.n_vms
    every = (*known, *map(MappingProxyType, labels))
    stretched = np.concatenate([instance.reserved, reserved])
    wanted = np.concatenate([instance.demand, demand])
    made = replace(
        instance,
        demand=columns.frozen(wanted),
        priority=columns.frozen(np.append(instance.priority, priority)),
        own_value=None if np.isnan(own).all() else columns.frozen(own),
        vm_names=names,
        is_container=columns.frozen(flags) if flags.any() else None,
        vm_labels=every if any(every) else None,
        reservation=None if np.array_equal(stretched, wanted) else columns.frozen(stretched),
        objective=objective_with(instance.objective, names, (), {}),
        rules=rules,
        current=_followed_by(instance.current, len(demand), -1),
        move_cost=_followed_by(instance.move_cost, len(demand), 1),
    )
    made.check_objective()
    return made


def _followed_by(column: Any, n: int, filler: int) -> Any:
    """A column with the same for further VMs, which run nowhere yet; None stays None."""
    return None if column is None else columns.frozen(np.append(column, np.full(n, filler, dtype=column.dtype)))
