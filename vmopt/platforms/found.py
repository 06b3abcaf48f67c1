"""Hosts and guests as they are found in a dump, before they make an instance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from vmopt.model.parts import Pieces

MESSAGE = "message"
"""Label of VMs: why they wait, in the words of their platform."""


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


def note(guests: Iterable[FoundGuest], messages: Mapping[str, str]) -> None:
    """Keep what the platform says of guests that wait as their label `MESSAGE`."""
    for guest in guests:
        if guest.name in messages:
            guest.labels[MESSAGE] = messages[guest.name]


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
