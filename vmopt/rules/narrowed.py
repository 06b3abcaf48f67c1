"""Narrowing: a rule for some of the VMs, once the others are left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.model.names import Names
from vmopt.rules.known import matching
from vmopt.rules.selection import Grouping, Groups

Labels = Sequence[Mapping[str, str]]
R = TypeVar("R")
HOSTS = "hosts"
"""What a parameter is called that speaks of hosts, as others do of VMs."""


def whom(rule: Any) -> list[str]:
    """Names of the parameters that speak of VMs."""
    return [field.name for field in fields(rule) if "Selected" in str(field.type) and field.name != HOSTS]


def narrowed(rule: R, names: Names, labels: Labels | None, kept: IntArray) -> R | None:
    """Return the rule for some of the VMs; None where it speaks of VMs, but of none of these.

    Groups without a member are gone, and so are their limits; of a rule with two sides, pairs without a member on one.
    Where a label would speak of more, groups are told by a column.

    Examples
    --------
    >>> import vmopt
    >>> rule = vmopt.Spread([["vm-0", "vm-1"], ["vm-2"]], most=[1, 2])
    >>> print(narrowed(rule, Names.counted("vm", 3), None, np.array([2])))
    Spread(groups=Groups(['vm-2']), over='host', most=array([2]))
    """
    given: dict[str, Any] = {field.name: getattr(rule, field.name) for field in fields(rule)}  # type: ignore[arg-type]
    sides = {name: Groups.of(given[name]) for name in whom(rule) if given[name] is not None}
    if not sides:
        return rule
    found = {name: groups.among(names, labels, "VM") for name, groups in sides.items()}
    left = np.zeros(len(names), dtype=bool)
    left[kept] = True
    member = {name: np.bincount(g.of[left & g.inside], minlength=len(g)) > 0 for name, g in found.items()}
    stays = np.logical_and.reduce(list(member.values()))
    if not stays.any():
        return None
    by_label = all((has <= stays).all() for has in member.values())
    for name, groups in sides.items():
        if groups.names is not None:
            given[name] = _by_name(groups.names, names, left, stays)
        elif groups.column is not None or not by_label:
            column = np.where(np.append(stays, False)[found[name].of], found[name].of, -1)[kept]
            given[name] = Groups(column=column, called=_called(groups, found[name]))
    for field in fields(rule):  # type: ignore[arg-type]
        if "PerGroup" in str(field.type) and np.ndim(given[field.name]):
            given[field.name] = given[field.name][stays]
    return type(rule)(**given)


def _by_name(rows: Sequence[Sequence[str]], names: Names, left: BoolArray, stays: BoolArray) -> Groups:
    kept = [row for row, stay in zip(rows, stays.tolist(), strict=True) if stay]
    return Groups(names=tuple(tuple(name for name in row if left[matching(name, names, "VM")].any()) for row in kept))


def _called(groups: Groups, found: Grouping) -> tuple[str, ...] | None:
    """What the groups are called, where they are not only numbered."""
    return None if groups.column is not None and groups.called is None else found.names
