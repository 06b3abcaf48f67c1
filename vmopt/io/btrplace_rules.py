"""What the constraints of BtrPlace demand, as rules by column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.errors import InstanceError
from vmopt.io.btrplace_constraints import Constraints, Members
from vmopt.io.btrplace_labels import Labels, Places, places_of
from vmopt.rules import Alone, Apart, Ban, BaseRule, Empty, Fence, Gather, Keep, MustRun, Quarantine, Quota, Spread

GROUPS: Mapping[str, type[Spread | Gather | Alone]] = {"spread": Spread, "gather": Gather, "lonely": Alone}
NODES: Mapping[str, type[Fence]] = {"fence": Fence, "ban": Ban}
GONE = ("ready", "killed", "sleeping")


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
    labels = Labels(hosts)
    rules = _by_themselves(given, vms, hosts, off)
    for name, kind in GROUPS.items():
        groups = [members for other, members in given.groups if other == name]
        rules += [kind(column) for column in _columns(groups, vms)]
    for sets in given.split:
        rules += _apart(sets, vms, "host")
    for name, members, nodes in given.nodes:
        rules.append(NODES[name](_some(members, vms), _hosts(nodes, hosts)))
    rules += _among(given, vms, labels)
    for (resource, most), label in labels.capacities(given.capacity):
        rules.append(Quota(most, over=label, resource=resource))
    return rules, labels.rows


def _by_themselves(given: Constraints, vms: Places, hosts: Places, off: set[int]) -> list[BaseRule]:
    """Rules of single VMs and nodes: who runs, who not, who stays, and what is shut."""
    gone = _some([vm for state in GONE for vm in given.asked(state)], vms)
    rules: list[BaseRule] = [MustRun(~gone)]
    if gone.any():
        rules.append(Ban(gone, np.ones(len(hosts), dtype=bool)))
    if off:
        rules.append(Empty(_hosts(off, hosts)))
    if given.root:
        rules.append(Keep(_some(given.root, vms)))
    if given.quarantine:
        rules.append(Quarantine(_hosts(given.quarantine, hosts)))
    return rules


def _among(given: Constraints, vms: Places, labels: Labels) -> list[BaseRule]:
    """Groups of VMs, each in one part; those of one constraint in different parts, where it splits them."""
    rules: list[BaseRule] = []
    for parts in dict.fromkeys([*(parts for parts, _ in given.among), *(parts for parts, _ in given.split_among)]):
        label = labels.parts(parts)
        splits = [sets for other, sets in given.split_among if other == parts]
        groups = [members for other, members in given.among if other == parts]
        groups += [members for sets in splits for members in sets]
        rules += [Gather(column, within=label) for column in _columns(groups, vms)]
        rules += [rule for sets in splits for rule in _apart(sets, vms, label)]
    return rules


def _apart(sets: Sequence[Members], vms: Places, over: str) -> Sequence[Apart]:
    """Each set apart from each other."""
    column = np.full(len(vms), -1, dtype=np.int64)
    for nth, members in enumerate(sets):
        column[places_of(members, vms)] = nth
    there = np.unique(column[column >= 0]).tolist()
    return Apart.pairs(column, list(combinations(there, 2)), over=over) if len(there) > 1 else ()


def _columns(groups: Sequence[Members], vms: Places) -> list[IntArray]:
    """Columns of groups, as few as the groups that a VM is in allow."""
    columns: list[IntArray] = []
    for nth, members in enumerate(groups):
        places = places_of(members, vms)
        column = next((each for each in columns if (each[places] < 0).all()), None)
        if column is None:
            column = np.full(len(vms), -1, dtype=np.int64)
            columns.append(column)
        column[places] = nth
    return columns


def _some(numbers: Iterable[int], places: Places) -> Any:
    """Of VMs: those that are neither to run nor to be stopped are not there."""
    chosen = np.zeros(len(places), dtype=bool)
    chosen[places_of(numbers, places)] = True
    return chosen


def _hosts(numbers: Iterable[int], hosts: Places) -> Any:
    for node in numbers:
        if node not in hosts:
            raise InstanceError(f"a constraint speaks of node {node}, which is not there.")
    return _some(numbers, hosts)
