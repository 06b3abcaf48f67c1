"""Regroup: rules carried over to an instance with further VMs, or with more or fewer hosts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.errors import InstanceError
from vmopt.model.host import Host
from vmopt.model.instance import Instance
from vmopt.model.parts import OneOf, parts_of
from vmopt.model.rule import Rule
from vmopt.model.vm import VM
from vmopt.rules.inside import Inside
from vmopt.rules.narrowed import HOSTS, whom
from vmopt.rules.selection import Groups

Change = Callable[[Groups], Groups]


def for_more_vms(instance: Instance, names: Sequence[str], like: int | None) -> tuple[Rule, ...]:
    """Return the rules for an instance with further VMs, all of them in the groups of `like`, or in none by column.

    Patterns and labels of rules take in further VMs by themselves.

    Examples
    --------
    >>> import vmopt
    >>> rules = [vmopt.Spread(["vm-0"]), vmopt.Spread(np.array([0, -1]))]
    >>> cluster = Instance.from_arrays([[1], [1]], [[4]], rules=rules)
    >>> [str(rule.groups) for rule in for_more_vms(cluster, ["new"], 0)]
    ["Groups(['vm-0', 'new'])", 'Groups(2 of 3)']
    """

    def further(groups: Groups) -> Groups:
        if groups.column is not None:
            number = -1 if like is None else int(groups.column[like])
            return Groups(column=np.append(groups.column, np.full(len(names), number)), called=groups.called)
        if groups.names is None or like is None:
            return groups
        g = int(groups.among(instance.vm_names, instance.vm_labels, "VM").of[like])
        rows = [(*row, *names) if n == g else row for n, row in enumerate(groups.names)]
        return Groups(names=tuple(rows))

    return tuple(_changed(rule, whom(rule), further) for rule in instance.rules)


def for_other_hosts(instance: Instance, kept: IntArray, n_new: int) -> tuple[Rule, ...]:
    """Return the rules for an instance with some of its hosts, and so many new ones.

    Rules that name hosts speak of those of them that are left, or of none; labels take in new hosts by themselves.

    Examples
    --------
    >>> import vmopt
    >>> rules = [vmopt.Ban("vm-0", ["host-0", "host-1"]), vmopt.Empty("host-0")]
    >>> cluster = Instance.from_arrays([[1]], [[4]] * 3, rules=rules)
    >>> [str(rule.hosts) for rule in for_other_hosts(cluster, np.array([1, 2]), 1)]
    ["Groups(['host-1'])", 'Groups([])']
    """
    left = set(kept.tolist())

    def other(groups: Groups) -> Groups:
        if groups.column is not None:
            return Groups(column=np.append(groups.column[kept], np.full(n_new, -1)), called=groups.called)
        if groups.label is not None:
            return groups
        rows = [tuple(name for name in row if _is_left(instance, name, left)) for row in groups.names or ()]
        return Groups(names=tuple(rows))

    return tuple(_changed(rule, [HOSTS], other) for rule in instance.rules)


def with_parts(instance: Instance, hosts: Sequence[Host]) -> tuple[Rule, ...]:
    """Return the rules of an instance whose last hosts are these, with their parts, as far as any VM asks for pieces.

    Examples
    --------
    >>> import vmopt
    >>> rule = vmopt.Inside(["a"], {"a": [vmopt.Pieces("gpu")]}, ["one", None], {"one": {"gpu": [{}]}})
    >>> cluster = vmopt.Instance.from_arrays([[1]], [[4], [4]], rules=[rule])
    >>> [more] = with_parts(cluster, [vmopt.Host("host-1", {}, parts={"gpu": [{}, {}]})])
    >>> {title: len(parts["gpu"]) for title, parts in more.parts.items()}
    {'one': 1, 'parts of host-1': 2}
    """
    return tuple(_with_parts(rule, instance, hosts) if isinstance(rule, Inside) else rule for rule in instance.rules)


def _with_parts(rule: Inside, instance: Instance, hosts: Sequence[Host]) -> Inside:
    known = Groups.of(rule.hosts).among(instance.host_names, instance.host_labels, "host")
    titles = [known.names[g] if g >= 0 else None for g in known.of[: instance.n_hosts - len(hosts)].tolist()]
    parts = dict(rule.parts)
    for host in hosts:
        own = parts_of(host.parts)
        alike = next((title for title, there in parts.items() if there == own), f"parts of {host.name}")
        parts.setdefault(alike, own)
        titles.append(alike if own else None)
    return replace(rule, hosts=titles, parts=parts)


def with_pieces(instance: Instance, rules: Sequence[Rule], vms: Sequence[VM]) -> tuple[Rule, ...]:
    """Return the rules for an instance with these VMs at its end, and what they ask of parts.

    Raises
    ------
    InstanceError
        If a VM asks for pieces where hosts have no parts, or for such as no host has.

    Examples
    --------
    >>> import vmopt
    >>> rule = vmopt.Inside(["a"], {"a": [vmopt.Pieces("gpu")]}, ["one"], {"one": {"gpu": [{}]}})
    >>> cluster = vmopt.Instance.from_arrays([[1]], [[4]], rules=[rule])
    >>> [more] = with_pieces(cluster, cluster.rules, [vmopt.VM("new", {}, pieces=[vmopt.Pieces("gpu", 2)])])
    >>> {title: ask[0][0].count for title, ask in more.pieces.items()}
    {'a': 1, 'pieces of new': 2}
    """
    asking = [vm.name for vm in vms if vm.pieces]
    if asking and not any(isinstance(rule, Inside) for rule in rules):
        raise InstanceError(f"VM {asking[0]!r} asks for pieces, but no VM did: solve an Instance with parts of hosts.")
    return tuple(_with_pieces(rule, instance, vms) if isinstance(rule, Inside) else rule for rule in rules)


def _with_pieces(rule: Inside, instance: Instance, vms: Sequence[VM]) -> Inside:
    known = instance.rules_in_force[next(n for n, one in enumerate(instance.rules) if isinstance(one, Inside))].group
    titles = [known.names[g] if g >= 0 else None for g in known.of.tolist()]
    pieces = dict(rule.pieces)
    for vm in vms:
        own = OneOf.of(vm.pieces) if vm.pieces else None
        new = next(title for n in range(len(pieces) + 1) if (title := f"pieces of {vm.name}" + "'" * n) not in pieces)
        alike = next((title for title, ask in pieces.items() if ask == own), new)
        if own is not None:
            pieces[alike] = own
        titles.append(None if own is None else alike)
    return replace(rule, vms=titles, pieces=pieces)


def _is_left(instance: Instance, name: str, left: set[int]) -> bool:
    found = Groups.of(name).among(instance.host_names, instance.host_labels, "host")
    return any(n in left for n in np.flatnonzero(found.inside).tolist())


def _changed(rule: Any, names: Sequence[str], change: Change) -> Any:
    there = {field.name for field in fields(rule)}
    given = {name: getattr(rule, name) for name in names if name in there}
    told = {name: change(Groups.of(groups)) for name, groups in given.items() if groups is not None}
    return replace(rule, **told) if told else rule
