"""What the constraints of BtrPlace demand, as rules by column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.errors import FileError, InstanceError
from vmopt.io.btrplace_numbers import number, numbers
from vmopt.io.btrplace_numbers import parts as parts_of
from vmopt.io.json_file import Fields
from vmopt.rules import Alone, Ban, BaseRule, Empty, Fence, Gather, Keep, MustRun, Spread

PART = "part"
LEFT_OUT = frozenset({"online", "offline", "running", "ready", "killed", "preserve"})
GROUPS: Mapping[str, type[Spread | Gather | Alone]] = {"spread": Spread, "gather": Gather, "lonely": Alone}
NODES: Mapping[str, type[Fence]] = {"fence": Fence, "ban": Ban}
Places = Mapping[int, int]
Members = Sequence[int]


@dataclass(eq=False)
class Constraints:
    """Constraints, by what they speak of.

    Attributes
    ----------
    groups : list of (id, VMs)
        Spread, gather, lonely.
    among : list of (parts, VMs)
    nodes : list of (id, VMs, nodes)
        Fence and ban.
    root, running, gone : set of int
        VMs.
    online, offline : set of int
        Nodes.
    preserved : dict
        By resource and VM, what it is to have.
    """

    groups: list[tuple[str, Members]] = field(default_factory=list)
    among: list[tuple[frozenset[frozenset[int]], Members]] = field(default_factory=list)
    nodes: list[tuple[str, Members, Members]] = field(default_factory=list)
    root: set[int] = field(default_factory=set)
    running: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    online: set[int] = field(default_factory=set)
    offline: set[int] = field(default_factory=set)
    preserved: dict[str, dict[int, int]] = field(default_factory=dict)


def stated(constraints: Sequence[Any], path: str) -> Constraints:
    """Read constraints.

    Raises
    ------
    FileError
        If one is not known, or lacks what it needs.

    Examples
    --------
    >>> stated([{"id": "spread", "vms": [1, 2]}, {"id": "offline", "node": 3}], "a.json").groups
    [('spread', [1, 2])]
    """
    found = Constraints()
    for place, each in enumerate(constraints):
        fields = Fields(each, f"{path}: constraint {place}")
        _read(fields.take("id", str), fields, found)
    return found


def _read(name: str, fields: Fields, found: Constraints) -> None:
    if name in GROUPS:
        found.groups.append((name, numbers(fields, "vms")))
    elif name == "among":
        parts = frozenset(frozenset(part) for part in parts_of(fields, "parts"))
        found.among.append((parts, numbers(fields, "vms")))
    elif name in NODES:
        vms = [number(fields, "vm")] if fields.holds("vm") else numbers(fields, "vms")
        found.nodes.append((name, vms, numbers(fields, "nodes")))
    elif name == "preserve":
        amounts = found.preserved.setdefault(fields.take("rc", str), {})
        vm = number(fields, "vm")
        amounts[vm] = max(amounts.get(vm, 0), number(fields, "amount"))
    elif name in ("online", "offline"):
        getattr(found, name).add(number(fields, "node"))
    elif name in ("root", "running", "ready", "killed"):
        getattr(found, {"ready": "gone", "killed": "gone"}.get(name, name)).add(number(fields, "vm"))
    else:
        known = ", ".join(sorted({*GROUPS, *NODES, *LEFT_OUT, "among", "root"}))
        raise FileError(f"{fields.where} is {name!r}, which has no rule here: known are {known}.")


def rules_of(
    given: Constraints, vms: Places, hosts: Places, off: set[int]
) -> tuple[list[BaseRule], list[dict[str, str]]]:
    """Make rules, and the labels of hosts that they speak of.

    Parameters
    ----------
    given : Constraints
    vms, hosts : dict of int to int
        Place of each VM and node by its number.
    off : set of int
        Nodes that run nothing.

    Raises
    ------
    InstanceError
        If they speak of nodes that are not there, or parts overlap.
    """
    gone = _some(given.gone, vms)
    rules: list[BaseRule] = [MustRun(~gone)]
    if gone.any():
        rules.append(Ban(gone, np.ones(len(hosts), dtype=bool)))
    if off:
        rules.append(Empty(_some(off, hosts)))
    if given.root:
        rules.append(Keep(_some(given.root, vms)))
    for name, kind in GROUPS.items():
        groups = [members for other, members in given.groups if other == name]
        rules += [kind(column) for column in _columns(groups, vms)]
    for name, members, nodes in given.nodes:
        rules.append(NODES[name](_some(members, vms), _some(nodes, hosts)))
    labels: list[dict[str, str]] = [{} for _ in hosts]
    for nth, parts in enumerate(dict.fromkeys(parts for parts, _ in given.among)):
        label = PART if not nth else f"{PART}-{nth}"
        _label(labels, label, parts, hosts)
        groups = [members for other, members in given.among if other == parts]
        rules += [Gather(column, within=label) for column in _columns(groups, vms)]
    return rules, labels


def _columns(groups: Sequence[Members], vms: Places) -> list[IntArray]:
    """Columns of groups, as few as the groups that a VM is in allow."""
    columns: list[IntArray] = []
    for nth, members in enumerate(groups):
        places = np.array([vms[vm] for vm in members if vm in vms], dtype=np.int64)
        column = next((each for each in columns if (each[places] < 0).all()), None)
        if column is None:
            column = np.full(len(vms), -1, dtype=np.int64)
            columns.append(column)
        column[places] = nth
    return columns


def _label(labels: list[dict[str, str]], label: str, parts: Iterable[Iterable[int]], hosts: Places) -> None:
    for nth, part in enumerate(sorted(map(sorted, parts))):
        for node in part:
            if node not in hosts:
                raise InstanceError(f"a part has node {node}, which is not there.")
            if label in labels[hosts[node]]:
                raise InstanceError(f"node {node} is in two parts of one 'among': give parts that do not overlap.")
            labels[hosts[node]][label] = str(nth)


def _some(numbers: Iterable[int], places: Places) -> Any:
    chosen = np.zeros(len(places), dtype=bool)
    chosen[[places[number] for number in numbers if number in places]] = True
    return chosen
