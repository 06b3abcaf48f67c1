"""Rows in: Host and VM objects as the columns of an instance, and what their parts and pieces demand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from vmopt.errors import InstanceError
from vmopt.model.columns import length
from vmopt.model.host import Host
from vmopt.model.named_table import is_missing
from vmopt.model.parts import OneOf, parts_of
from vmopt.model.resources import resource_names
from vmopt.model.rule import Rule
from vmopt.model.vm import KINDS, VM


def to_columns(hosts: Iterable[Host], vms: Iterable[VM], resources: Sequence[str] | None) -> dict[str, Any]:
    """Return the arguments of `Instance.from_arrays` for these rows."""
    hosts, vms = listed(hosts, Host, "host"), listed(vms, VM, "VM")
    names = _named_by(hosts) if resources is None else resource_names(resources)
    for vm in vms:
        if vm.kind not in KINDS:
            raise InstanceError(f"VM {vm.name!r} is of kind {vm.kind!r}: use 'vm' or 'container'.")
        if isinstance(vm.value, float) and vm.value != vm.value:
            raise InstanceError(f"value of VM {vm.name!r} is {vm.value}: give a number, or None where it has none.")
    return {
        "demand": [_amounts(vm.name, "VM", vm.demand, names) for vm in vms],
        "capacity": [_amounts(host.name, "host", host.capacity, names) for host in hosts],
        "priority": [vm.priority for vm in vms],
        "value": [vm.value for vm in vms] if not all(is_missing(vm.value) for vm in vms) else None,
        "resources": names,
        "vm_names": [vm.name for vm in vms],
        "host_names": [host.name for host in hosts],
        "is_container": np.array([vm.kind == "container" for vm in vms], dtype=bool),
        "vm_labels": [vm.labels for vm in vms],
        "host_labels": [host.labels for host in hosts],
        "reservation": _reservations(vms, names) if any(vm.reservation for vm in vms) else None,
        "current": [vm.current for vm in vms] if any(vm.current is not None for vm in vms) else None,
        "move_cost": _move_costs(vms),
    }


def rules_of_parts(hosts: Sequence[Host], vms: Sequence[VM]) -> list[Rule]:
    """Return what parts and pieces demand, as a rule: equal ones are one group; none where there are none.

    Raises
    ------
    InstanceError
        If they are none.
    """
    if not any(host.parts for host in hosts) and not any(vm.pieces for vm in vms):
        return []
    pieces = {vm.name: OneOf.of(vm.pieces) if vm.pieces else None for vm in vms}
    return landing_rules(pieces, parts_columns(hosts))


def landing_rules(pieces: Mapping[str, OneOf | None], parts: Mapping[str, Any]) -> list[Rule]:
    """Return the rule that VMs by name land on parts, told as by `parts_columns`; none where they ask for nothing."""
    from vmopt.rules.inside import Inside

    asks, of_vm = _called("pieces of", pieces)
    return [Inside(of_vm, asks, **parts)] if asks else []


def parts_columns(hosts: Sequence[Host]) -> dict[str, Any]:
    """Return what `Inside` needs of these hosts: which are alike, and what these have."""
    kinds, of_host = _called("parts of", {host.name: parts_of(host.parts) for host in hosts})
    return {"hosts": of_host, "parts": kinds}


def _called(what: str, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str | None]]:
    """Call what differs by whoever has it first, and say for each which it is, None for nothing."""
    first: dict[str, str] = {}
    of = [f"{what} {first.setdefault(repr(one), name)}" if one else None for name, one in given.items()]
    return {f"{what} {name}": given[name] for name in first.values()}, of


def host_columns(hosts: Iterable[Host], resources: tuple[str, ...]) -> dict[str, Any]:
    """Return what `Instance.from_arrays` needs of these hosts, with the resources in the given order."""
    kept = listed(hosts, Host, "host")
    return {
        "capacity": [_amounts(host.name, "host", host.capacity, resources) for host in kept],
        "resources": resources,
        "host_names": [host.name for host in kept],
        "host_labels": [host.labels for host in kept],
    }


def _move_costs(vms: Sequence[VM]) -> list[float] | None:
    """What moving each VM costs, 1 where it says nothing; None where none says anything."""
    if all(vm.move_cost is None for vm in vms):
        return None
    return [1 if vm.move_cost is None else vm.move_cost for vm in vms]


def listed(rows: Iterable[Any], expected: type, what: str) -> list[Any]:
    """Return a list of Host or VM objects, at least one.

    Raises
    ------
    InstanceError
        If they are anything else.
    """
    if not isinstance(rows, Iterable):
        raise InstanceError(f"expected {expected.__name__} objects, got {rows!r}: give a list of them.")
    kept = list(rows)
    for row in kept:
        if not isinstance(row, expected):
            raise InstanceError(f"expected a {expected.__name__}, got {row!r}.")
    length(kept, what)
    return kept


def _named_by(hosts: Sequence[Host]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for host in hosts:
        names.update(dict.fromkeys(_mapping_of(host.name, "host", host.capacity)))
    return tuple(names)


def _mapping_of(name: str, what: str, given: Any) -> Mapping[str, float]:
    if not isinstance(given, Mapping):
        raise InstanceError(f"the amounts of {what} {name!r} are {given!r}: give a mapping of resource to amount.")
    return given


def _reservations(vms: Sequence[VM], resources: tuple[str, ...]) -> list[list[float]]:
    """Reserve the demand where a VM says nothing else."""
    return [_amounts(vm.name, "VM", {**vm.demand, **(vm.reservation or {})}, resources) for vm in vms]


def _amounts(name: str, what: str, given: Any, resources: tuple[str, ...]) -> list[float]:
    amounts = _mapping_of(name, what, given)
    for resource in amounts:
        if resource not in resources:
            raise InstanceError(
                f"{what} {name!r} names resource {resource!r}, but the resources are {', '.join(resources)}: "
                "correct the name, or give a host that resource."
            )
    return [amounts.get(resource, 0) for resource in resources]
