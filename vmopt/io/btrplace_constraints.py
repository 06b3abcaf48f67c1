"""What BtrPlace's constraints say, by what they speak of; what has no meaning here is refused with the reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vmopt.errors import FileError
from vmopt.io.btrplace_numbers import number, numbers
from vmopt.io.btrplace_numbers import parts as parts_of
from vmopt.io.json_file import Fields, shown

Members = Sequence[int]
Parts = frozenset[frozenset[int]]
STATES = ("running", "ready", "killed", "sleeping")
ACTIONS = "is about when actions happen, and nothing here says when: plan(...) orders them by itself; leave it out"
REFUSED: Mapping[str, str] = {
    "maxonline": "limits how many nodes are on, and nodes are not switched here: say which are to be 'offline'",
    **dict.fromkeys(("seq", "sync", "serialize", "precedence", "deadline", "nodelay"), ACTIONS),
}


@dataclass(eq=False)
class Constraints:
    """Constraints, by what they speak of.

    Attributes
    ----------
    groups : list of (id, VMs)
        Spread, gather, lonely.
    among : list of (parts, VMs)
    split : list of sets of VMs
    split_among : list of (parts, sets of VMs)
    nodes : list of (id, VMs, nodes)
        Fence and ban.
    capacity : list of (resource or None, amount, nodes)
        None counts VMs.
    overbook : dict
        By resource and node, the smallest ratio.
    root : set of int
        VMs.
    state : dict
        What VMs are asked to be.
    online, offline, quarantine : set of int
        Nodes.
    preserved : dict
        By resource and VM, what it is to have.
    """

    groups: list[tuple[str, Members]] = field(default_factory=list)
    among: list[tuple[Parts, Members]] = field(default_factory=list)
    split: list[list[list[int]]] = field(default_factory=list)
    split_among: list[tuple[Parts, list[list[int]]]] = field(default_factory=list)
    nodes: list[tuple[str, Members, Members]] = field(default_factory=list)
    capacity: list[tuple[str | None, int, Members]] = field(default_factory=list)
    overbook: dict[str, dict[int, float]] = field(default_factory=dict)
    root: set[int] = field(default_factory=set)
    state: dict[int, str] = field(default_factory=dict)
    online: set[int] = field(default_factory=set)
    offline: set[int] = field(default_factory=set)
    quarantine: set[int] = field(default_factory=set)
    preserved: dict[str, dict[int, int]] = field(default_factory=dict)

    def asked(self, state: str) -> set[int]:
        """VMs that are asked to be in a state."""
        return {vm for vm, asked in self.state.items() if asked == state}


def stated(constraints: Sequence[Any], path: str) -> Constraints:
    """Read constraints.

    Raises
    ------
    FileError
        If one is not known, has no meaning here, lacks what it needs, or is the opposite of another.

    Examples
    --------
    >>> stated([{"id": "spread", "vms": [1, 2]}, {"id": "offline", "node": 3}], "a.json").groups
    [('spread', [1, 2])]
    """
    found = Constraints()
    for place, each in enumerate(constraints):
        fields = Fields(each, f"{path}: constraint {place}")
        name = fields.take("id", str)
        if name in READERS:
            READERS[name](name, fields, found)
        elif not (name == "maxOnline" and number(fields, "amount") >= len(numbers(fields, "nodes"))):
            raise FileError(_refusal(name, fields.where))
    if found.online & found.offline:
        raise FileError(f"{path}: node {min(found.online & found.offline)} is to be online and offline: keep one.")
    return found


def _refusal(name: str, where: str) -> str:
    if name.lower() in REFUSED:
        return f"{where} is {name!r}, which {REFUSED[name.lower()]}."
    return f"{where} is {name!r}, which has no rule here: known are {', '.join(sorted(READERS))}."


def _group(name: str, fields: Fields, found: Constraints) -> None:
    found.groups.append((name, numbers(fields, "vms")))


def _among(name: str, fields: Fields, found: Constraints) -> None:
    found.among.append((_sets(fields, "parts"), numbers(fields, "vms")))


def _split(name: str, fields: Fields, found: Constraints) -> None:
    found.split.append(_disjoint(fields, "parts"))


def _split_among(name: str, fields: Fields, found: Constraints) -> None:
    found.split_among.append((_sets(fields, "pParts"), _disjoint(fields, "vParts")))


def _fence(name: str, fields: Fields, found: Constraints) -> None:
    vms = [number(fields, "vm")] if fields.holds("vm") else numbers(fields, "vms")
    found.nodes.append((name, vms, numbers(fields, "nodes")))


def _capacity(name: str, fields: Fields, found: Constraints) -> None:
    resource = fields.take("rc", str) if name == "resourceCapacity" else None
    found.capacity.append((resource, number(fields, "amount"), numbers(fields, "nodes")))


def _overbook(name: str, fields: Fields, found: Constraints) -> None:
    resource, node, ratio = fields.take("rc", str), number(fields, "node"), fields.take("ratio", int, float)
    if not 0 <= ratio < 1e9:
        raise FileError(f"{fields.where}: ratio is {shown(ratio)}: give a number from 0 to a thousand million.")
    ratios = found.overbook.setdefault(resource, {})
    ratios[node] = min(ratio, ratios.get(node, ratio))


def _preserve(name: str, fields: Fields, found: Constraints) -> None:
    amounts = found.preserved.setdefault(fields.take("rc", str), {})
    vm = number(fields, "vm")
    amounts[vm] = max(amounts.get(vm, 0), number(fields, "amount"))


def _state(name: str, fields: Fields, found: Constraints) -> None:
    vm = number(fields, "vm")
    before = found.state.setdefault(vm, name)
    if before != name:
        raise FileError(f"{fields.where}: VM {vm} is to be {name}, and {before} by another constraint: keep one.")


def _chosen(name: str, fields: Fields, found: Constraints) -> None:
    getattr(found, name).add(number(fields, "vm" if name == "root" else "node"))


READERS: Mapping[str, Callable[[str, Fields, Constraints], None]] = {
    **dict.fromkeys(("spread", "gather", "lonely"), _group),
    "among": _among,
    "split": _split,
    "splitAmong": _split_among,
    **dict.fromkeys(("fence", "ban"), _fence),
    **dict.fromkeys(("runningCapacity", "resourceCapacity"), _capacity),
    "overbook": _overbook,
    "preserve": _preserve,
    **dict.fromkeys(STATES, _state),
    **dict.fromkeys(("root", "online", "offline", "quarantine"), _chosen),
}


def _sets(fields: Fields, key: str) -> Parts:
    return frozenset(frozenset(part) for part in parts_of(fields, key))


def _disjoint(fields: Fields, key: str) -> list[list[int]]:
    """Sets of VMs, none of which is in two."""
    sets, seen = parts_of(fields, key), set[int]()
    for members in map(set, sets):
        if members & seen:
            raise FileError(f"{fields.where}: VM {min(members & seen)} is in two sets of {key}: give disjoint sets.")
        seen |= members
    return sets
