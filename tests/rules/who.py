"""Whom a rule speaks of, read one by one from what the rule was given: sets of VMs, and hosts by domain."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

Members = list[set[int]]


def groups_of(given: Any, names: Any, labels: Any) -> Members:
    """List the groups that are meant, each a set of positions; those without any member too."""
    if given.column is not None:
        numbers = given.column.tolist()
        return [{i for i, n in enumerate(numbers) if n == number} for number in sorted(set(numbers) - {-1})]
    if given.label is not None:
        values = [row.get(given.label) for row in labels]
        kept = {v for v in values if v is not None and given.value in (None, v)}
        return [{i for i, v in enumerate(values) if v == value} for value in sorted(kept)]
    return [_called(wanted, list(names)) for wanted in given.names]


def _called(wanted: Any, names: list[str]) -> set[int]:
    found = set()
    for name in wanted:
        found |= {names.index(name)} if name in names else {i for i, n in enumerate(names) if fnmatchcase(n, name)}
    return found


def vm_groups(given: Any, instance: Any) -> Members:
    """List the groups of VMs."""
    return groups_of(given, instance.vm_names, instance.vm_labels)


def vms_meant(given: Any, instance: Any) -> set[int]:
    """All VMs that are in any of the groups."""
    return set().union(*vm_groups(given, instance))


def hosts_meant(given: Any, instance: Any) -> set[int]:
    """All hosts that are in any of the groups."""
    return set().union(*groups_of(given, instance.host_names, instance.host_labels))


def domains(over: str | None, instance: Any) -> dict[Any, set[int]]:
    """The hosts of each domain; a host without the label is in none."""
    if over is None:
        return {"cluster": set(range(instance.n_hosts))}
    if over == "host":
        return {h: {h} for h in range(instance.n_hosts)}
    found: dict[Any, set[int]] = {}
    for host, row in enumerate(instance.host_labels):
        if over in row:
            found.setdefault(row[over], set()).add(host)
    return found


def each(limit: Any, groups: Members) -> list[int]:
    """A limit for each group."""
    return [int(limit)] * len(groups) if not hasattr(limit, "__len__") else [int(n) for n in limit]
