"""Hosts and guests as they are found in a dump, before they make an instance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from vmopt.model.instance import Instance
from vmopt.model.parts import Pieces

MESSAGE = "message"
"""Label of VMs: why they wait, in the words of their platform."""
KEPT_FOR = "kept-for"
"""Label of VMs that may not move: why."""
CLOSED = "closed-to-new"
"""Label of hosts that take nothing new, whoever it is: why."""
TODAY = "nodes-today"
"""Label of VMs that wait: how many hosts would take them as things are, and why the others would not."""


@dataclass
class FoundHost:
    """A host of a platform.

    Attributes
    ----------
    name : str
    capacity : dict of str to int
        In the platform's own units.
    labels : dict of str to str
    parts : dict of str to list of dict of str to int
        What its parts offer, by kind; none where nobody tells what lies inside.
    """

    name: str
    capacity: dict[str, int] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    parts: dict[str, list[dict[str, int]]] = field(default_factory=dict)


@dataclass
class FoundGuest:
    """A server, VM or container of a platform.

    Attributes
    ----------
    name : str
        Unique.
    demand : dict of str to int
    host : str or None
        Where it runs now.
    labels : dict of str to str
    move_cost : float
    pieces : list of lists of Pieces
        What it asks of parts of hosts, as alternatives; none where it asks nothing of them.
    """

    name: str
    demand: dict[str, int] = field(default_factory=dict)
    host: str | None = None
    labels: dict[str, str] = field(default_factory=dict)
    move_cost: float = 1.0
    pieces: list[list[Pieces]] = field(default_factory=list)


def note(guests: Iterable[FoundGuest], messages: Mapping[str, str], label: str = MESSAGE) -> None:
    """Keep what is said of guests that wait as a label of theirs."""
    for guest in guests:
        if guest.name in messages:
            guest.labels[label] = messages[guest.name]


def said_of(instance: Instance, vm: str) -> dict[str, str]:
    """What the labels of a VM that waits say: ``today``, by the data, and ``message``, by its platform."""
    if instance.vm_labels is None:
        return {}
    labels = instance.vm_labels[instance.vm_names.index_of[vm]]
    return {key: labels[label] for key, label in (("today", TODAY), ("message", MESSAGE)) if label in labels}


def waits_of(instance: Instance, vms: Iterable[str]) -> dict[tuple[str, str], list[str]]:
    """Those of some VMs that the labels say anything of, by what they say: by the data, and by their platform."""
    found: dict[tuple[str, str], list[str]] = {}
    for vm in vms:
        said = said_of(instance, vm)
        if said:
            found.setdefault((said.get("today", ""), said.get("message", "")), []).append(vm)
    return found


def distinct(names: list[str], keys: list[str]) -> list[str]:
    """Tell those of one name apart by their keys.

    Examples
    --------
    >>> distinct(["web", "db", "web"], ["101", "102", "103"])
    ['web (101)', 'db', 'web (103)']
    """
    count: dict[str, int] = {}
    for name in names:
        count[name] = count.get(name, 0) + 1
    told = [f"{name} ({key})" if count[name] > 1 else name for name, key in zip(names, keys, strict=True)]
    taken: set[str] = set()
    for at, name in enumerate(told):
        number = 2
        while told[at] in taken:
            told[at] = f"{name} #{number}"
            number += 1
        taken.add(told[at])
    return told
