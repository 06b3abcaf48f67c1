"""Parts of hosts, pieces of VMs: what lies inside a host, and what a VM asks of it there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vmopt import checks
from vmopt.errors import InstanceError


@dataclass(frozen=True)
class Part:
    """One part of a host: a NUMA node, a GPU.

    Parameters
    ----------
    capacity : mapping of str to int or float
        What it offers of resources of its own, in your own units.
    slots : int, default 0
        Into how many slots it is cut, where pieces are slices of it.
    profiles : mapping of str to (size, starts)
        The slices that there are: how many slots each takes, and at which slots it may start.

    Examples
    --------
    >>> Part({"memory": 40}, slots=8, profiles={"3g.20gb": (4, [0, 4])}).profiles["3g.20gb"]
    (4, (0, 4))
    """

    capacity: Mapping[str, float] = field(default_factory=dict)
    slots: int = 0
    profiles: Mapping[str, tuple[int, tuple[int, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        slots = checks.integer(self.slots, "slots of a Part", 0, error=InstanceError)
        object.__setattr__(self, "capacity", _amounts(self.capacity, "capacity of a Part"))
        object.__setattr__(self, "slots", slots)
        profiles = checks.mapping(self.profiles, "profiles of a Part", "names to (size, starts)", InstanceError)
        found = {str(name): _profile(str(name), given, slots) for name, given in profiles.items()}
        object.__setattr__(self, "profiles", found)


@dataclass(frozen=True)
class Pieces:
    """What a VM asks of parts of one kind: `count` different parts, of each of them the same.

    Parameters
    ----------
    kind : str
        Such as ``"numa"`` or ``"gpu"``.
    count : int, default 1
        On how many different parts; other `Pieces` of the VM may land on the same ones.
    each : mapping of str to int or float
        What it takes of each of them.
    profile : str, optional
        The slice that it takes of each of them.

    Examples
    --------
    >>> Pieces("gpu", 2, {"gpu_milli": 1000}).count
    2
    """

    kind: str
    count: int = 1
    each: Mapping[str, float] = field(default_factory=dict)
    profile: str | None = None

    def __post_init__(self) -> None:
        checks.text(self.kind, "kind of Pieces", InstanceError, "the name of a kind of parts")
        count = checks.integer(self.count, "count of Pieces", 1, error=InstanceError)
        object.__setattr__(self, "count", count)
        object.__setattr__(self, "each", _amounts(self.each, "each of Pieces"))
        if self.profile is not None:
            checks.text(self.profile, "profile of Pieces", InstanceError, "the name of a profile, or None")


class OneOf(tuple[tuple[Pieces, ...], ...]):
    """Alternatives: lists of `Pieces`, of which a VM needs any one.

    Examples
    --------
    >>> whole, halves = [Pieces("numa", 1, {"cpu": 40})], [Pieces("numa", 2, {"cpu": 20})]
    >>> len(OneOf(whole, halves))
    2
    """

    __slots__ = ()

    def __new__(cls, *alternatives: Iterable[Pieces]) -> OneOf:
        """Take each list of pieces as an alternative."""
        return super().__new__(cls, (_pieces(one) for one in alternatives))

    @classmethod
    def of(cls, given: Any) -> OneOf:
        """Read alternatives, or a list of pieces, which is the only one.

        Raises
        ------
        InstanceError
            If it is neither.
        """
        if isinstance(given, OneOf):
            return given
        return cls(given)

    def __getnewargs__(self) -> tuple[tuple[Pieces, ...], ...]:
        return tuple(self)


def parts_of(given: Any) -> dict[str, tuple[Part, ...]]:
    """Read the parts of a host by kind: each a `Part`, or a mapping of what it offers.

    Raises
    ------
    InstanceError
        If they are none.
    """
    if not isinstance(given, Mapping) or not all(isinstance(parts, Sequence) for parts in given.values()):
        raise InstanceError(f"the parts of a host are {checks.shown(given)}: give lists of parts by kind.")
    return {str(kind): tuple(p if isinstance(p, Part) else Part(p) for p in parts) for kind, parts in given.items()}


def pieces_of(given: Any, n_vms: int) -> tuple[OneOf | None, ...] | None:
    """Read what each of so many VMs asks of parts; None where nothing is given.

    Raises
    ------
    InstanceError
        If it is no column of them.

    Examples
    --------
    >>> pieces_of([None, [], [Pieces("gpu")]], 3)[:2], pieces_of(None, 3)
    ((None, None), None)
    """
    if given is None:
        return None
    listed = list(given) if isinstance(given, Iterable) else []
    if len(listed) != n_vms:
        raise InstanceError(
            f"pieces is {checks.shown(given)}: give a list of Pieces, or None, for each of {n_vms} VMs."
        )
    found = (None if one is None else OneOf.of(one) for one in listed)
    return tuple(one if one and any(one) else None for one in found)


def _pieces(given: Any) -> tuple[Pieces, ...]:
    found = tuple(given) if isinstance(given, Iterable) else (given,)
    if not all(isinstance(piece, Pieces) for piece in found):
        raise InstanceError(f"the pieces of a VM are {checks.shown(given)}: give a list of Pieces, or OneOf of lists.")
    return found


def _amounts(given: Any, what: str) -> dict[str, float]:
    amounts = checks.mapping(given, what, "resources to amounts", InstanceError)
    for resource, amount in amounts.items():
        known = checks.is_integer(amount) or isinstance(amount, float)
        if not known or not 0 <= amount <= 2**53:
            raise InstanceError(f"{resource!r} of {what} is {checks.shown(amount)}: give a number from 0 to 2^53.")
    return {str(key): int(n) if checks.is_integer(n) else float(n) for key, n in amounts.items()}


def _profile(name: str, given: Any, slots: int) -> tuple[int, tuple[int, ...]]:
    try:
        size, starts = given
        found = int(size), tuple(sorted({int(start) for start in starts}))
    except (TypeError, ValueError):
        raise InstanceError(
            f"profile {name!r} is {checks.shown(given)}: give its size, and a list of starts."
        ) from None
    if found[0] < 1 or not found[1] or found[1][0] < 0 or found[1][-1] + found[0] > slots:
        raise InstanceError(f"profile {name!r} is {checks.shown(given)}, but there are {slots} slots to start at.")
    return found
