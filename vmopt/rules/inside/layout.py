"""Parts and pieces in exact integers: what a search and a program count in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import NamedTuple

import numpy as np

from vmopt.errors import InstanceError
from vmopt.model.parts import OneOf, Part
from vmopt.model.readings import read

MOST_UNITS = 2**31
"""Amounts beyond are refused: solvers would round them."""

Parts = Mapping[str, tuple[Part, ...]]
Profiles = tuple[tuple[str, tuple[int, tuple[int, ...]]], ...]


@dataclass(frozen=True)
class Seat:
    """A part in integers.

    Attributes
    ----------
    kind : str
    number : int
        Which part of the host's parts of this kind.
    capacity : tuple of int
        By the resources of the kind.
    profiles : tuple of (name, (size, starts))
    """

    kind: str
    number: int
    capacity: tuple[int, ...]
    slots: int
    profiles: Profiles


class Need(NamedTuple):
    """One of the `Pieces` of a VM in integers: so many different parts of a kind, so much of each."""

    kind: str
    parts: int
    each: tuple[int, ...]
    profile: str | None


Ask = tuple[tuple[Need, ...], ...]
"""The alternatives of a VM."""


def starts_of(need: Need, seat: Seat) -> tuple[tuple[int, int], ...]:
    """Slots that a piece may take of an empty part, as bits, with the slot it starts at; -1 where it takes no slice.

    Examples
    --------
    >>> starts_of(Need("gpu", 1, (), "half"), Seat("gpu", 0, (), 4, (("half", (2, (0, 2))),)))
    ((3, 0), (12, 2))
    """
    if need.kind != seat.kind or any(n > c for n, c in zip(need.each, seat.capacity, strict=True)):
        return ()
    if need.profile is None:
        return ((0, -1),)
    size, starts = dict(seat.profiles).get(need.profile, (0, ()))
    return tuple((((1 << size) - 1) << start, start) for start in starts)


class PartUnits:
    """Into how many units each resource of each kind is divided, so that all amounts are whole.

    Parameters
    ----------
    hosts : list of parts by kind
    asks : list of OneOf

    Raises
    ------
    InstanceError
        If amounts have no common unit of at least 1/2^31 of them.
    """

    def __init__(self, hosts: list[Parts], asks: list[OneOf]) -> None:
        self._scale: dict[str, dict[str, int]] = {}
        for kind, resource, amount in _amounts(hosts, asks):
            scale = self._scale.setdefault(kind, {})
            scale[resource] = lcm(scale.get(resource, 1), exact(amount).denominator)
        for kind, resource, amount in _amounts(hosts, asks):
            if exact(amount) * self._scale[kind][resource] >= MOST_UNITS:
                raise InstanceError(
                    f"{resource!r} of {kind!r} is {amount:g} somewhere, in units of 1/{self._scale[kind][resource]}: "
                    "round the amounts, or give them in a larger unit."
                )

    def resources(self, kind: str) -> list[str]:
        """Return the resources of a kind of parts, in the order of amounts."""
        return list(self._scale.get(kind, ()))

    def seats(self, parts: Parts) -> tuple[Seat, ...]:
        """Return the parts of a host."""
        return tuple(
            Seat(kind, k, self._whole(kind, part.capacity), part.slots, tuple(sorted(part.profiles.items())))
            for kind, several in parts.items()
            for k, part in enumerate(several)
        )

    def ask(self, alternatives: OneOf) -> Ask:
        """Return what a VM asks for."""
        return tuple(
            tuple(Need(piece.kind, piece.count, self._whole(piece.kind, piece.each), piece.profile) for piece in one)
            for one in alternatives
        )

    def _whole(self, kind: str, amounts: Mapping[str, float]) -> tuple[int, ...]:
        return tuple(int(exact(amounts.get(name, 0)) * scale) for name, scale in self._scale.get(kind, {}).items())


@lru_cache(maxsize=1 << 16)
def exact(amount: float) -> Fraction | int:
    """Return what a float means, as demands are read: a small fraction, else the decimal that it prints as.

    An integer where it is one: these add up faster.

    Examples
    --------
    >>> exact(0.1), exact(1 / 3), exact(2.0)
    (Fraction(1, 10), Fraction(1, 3), 2)
    """
    if amount == int(amount):
        return int(amount)
    denominator = int(read(np.array([amount])).best[0])
    return Fraction(round(amount * denominator), denominator) if denominator else Fraction(repr(amount))


def _amounts(hosts: list[Parts], asks: list[OneOf]) -> Iterator[tuple[str, str, float]]:
    for parts in hosts:
        for kind, several in parts.items():
            yield from ((kind, resource, amount) for part in several for resource, amount in part.capacity.items())
    for alternatives in asks:
        for piece in (piece for one in alternatives for piece in one):
            yield from ((piece.kind, resource, amount) for resource, amount in piece.each.items())
