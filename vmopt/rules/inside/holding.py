"""The rule Inside on an instance: who asks for what, which hosts have what, and what each host holds."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.errors import InstanceError
from vmopt.model.parts import OneOf, Part
from vmopt.rules.in_force import InForce
from vmopt.rules.inside.amounts import derived
from vmopt.rules.inside.book import Book
from vmopt.rules.inside.fills import Fills
from vmopt.rules.inside.layout import PartUnits
from vmopt.rules.inside.separate import Kinds
from vmopt.rules.selection import Grouping

COUNTED = 64
"""VMs with the same pieces on one host that are counted: a limit beyond is none to the bounds."""


@dataclass(frozen=True, eq=False)
class Holding(InForce):
    """The rule on an instance: asks are its groups, and hosts with the same parts are alike to it.

    Attributes
    ----------
    alike : Grouping
        Of the hosts: those with the same parts.
    pieces : mapping of str to OneOf
        What the VMs of each group ask for.
    parts : mapping of str to mapping of kind to tuple of Part
        What the hosts of each group have.
    """

    alike: Grouping = field(kw_only=True)
    pieces: Mapping[str, OneOf] = field(kw_only=True)
    parts: Mapping[str, Mapping[str, tuple[Part, ...]]] = field(kw_only=True)

    def __post_init__(self) -> None:
        self._check("VM", "pieces", self.group.names, self.pieces)
        self._check("host", "parts", self.alike.names, self.parts)

    @staticmethod
    def _check(what: str, named: str, titles: tuple[str, ...], known: Mapping[str, Any]) -> None:
        for title in titles:
            if title not in known:
                raise InstanceError(f"{what}s of group {title!r} have no {named}: name them in {named} of Inside.")

    @property
    def part_class(self) -> IntArray:
        """Which parts each host has, -1 for none, ``(n_hosts,)``."""
        return self.alike.of

    @cached_property
    def host_keys(self) -> list[IntArray]:
        """Hosts with the same parts are alike."""
        return [self.part_class] if np.ptp(self.part_class) else []

    @cached_property
    def units(self) -> PartUnits:
        """What amounts are counted in."""
        return PartUnits(*self._named)

    @cached_property
    def book(self) -> Book:
        """What fits together."""
        hosts, asks = self._named
        seats, wanted = [self.units.seats(parts) for parts in hosts], [self.units.ask(one) for one in asks]
        return Book(seats, wanted, list(derived(seats, wanted, self.units)))

    @property
    def _named(self) -> tuple[list[Mapping[str, tuple[Part, ...]]], list[OneOf]]:
        return [self.parts[title] for title in self.alike.names], [self.pieces[title] for title in self.group.names]

    def _most(self, kind: int, ask: int, size: int) -> int:
        """How many fit, or all there are where that is not worth counting."""
        found = self.book.most(kind, ask, min(size, COUNTED))
        return size if found == COUNTED else found

    @cached_property
    def most(self) -> IntArray:
        """How many VMs of each ask fit an empty host of each kind of parts; of none in the last column."""
        kinds = [*range(len(self.alike)), -1]
        sizes = self.sizes.tolist()
        most = [[self._most(kind, g, sizes[g]) for kind in kinds] for g in range(len(self.group))]
        return np.array(most, dtype=np.int64).reshape(len(self.group), len(kinds))

    def parts_at(self, host: int) -> Mapping[str, tuple[Part, ...]]:
        """What one host has."""
        n = int(self.part_class[host])
        return self.parts[self.alike.names[n]] if n >= 0 else {}

    def pieces_at(self, vm: int) -> OneOf | tuple[()]:
        """What one VM asks for."""
        g = int(self.group.of[vm])
        return self.pieces[self.group.names[g]] if g >= 0 else ()

    @cached_property
    def fills(self) -> Fills:
        """How full parts may be, for VMs that stay where they are."""
        return Fills(self.book.hosts, self.book.asks)

    def by_host_of(self, host_index: IntArray) -> Iterator[tuple[int, IntArray]]:
        """Hosts that run VMs with pieces, and these."""
        vms = np.flatnonzero((host_index >= 0) & self.group.inside)
        vms = vms[np.lexsort((vms, self.group.of[vms], host_index[vms]))]
        hosts, start = np.unique(host_index[vms], return_index=True)
        yield from zip(hosts.tolist(), np.split(vms, start[1:]), strict=False)

    def states_of(self, host_index: IntArray) -> tuple[IntArray, IntArray]:
        """Hosts that run VMs with pieces, and what each of them holds: states of the book."""
        vms, n_asks = np.flatnonzero((host_index >= 0) & self.group.inside), max(len(self.group), 1)
        key, number = np.unique(host_index[vms] * n_asks + self.group.of[vms], return_counts=True)
        host, ask = np.divmod(key, n_asks)
        begin = np.flatnonzero(np.diff(host, prepend=-1))
        held, hosts = list(zip(ask.tolist(), number.tolist(), strict=True)), host[begin]
        pieces = itertools.pairwise([*begin.tolist(), len(held)])
        kinds = self.part_class[hosts].tolist()
        states = [self.book.state(kind, tuple(held[b:e])) for kind, (b, e) in zip(kinds, pieces, strict=True)]
        return hosts, np.array(states, dtype=np.int64)

    def lacking(self, vm: int, hosts: IntArray, host_index: IntArray) -> list[Kinds]:
        """On which kinds of parts a VM does not land beside what each of some hosts holds; none where it fits."""
        held = dict(zip(*(column.tolist() for column in self.states_of(host_index)), strict=True))
        empty = {kind: self.book.state(kind) for kind in np.unique(self.part_class[hosts]).tolist()}
        states = [
            held.get(h, empty[kind]) for h, kind in zip(hosts.tolist(), self.part_class[hosts].tolist(), strict=True)
        ]
        found = {state: self.book.lacking(state, int(self.group.of[vm])) for state in {*states}}
        return [found[state] for state in states]

    def too_many(self, host: int, vms: IntArray) -> int:
        """How many of these VMs are left when a host takes one after the other."""
        state, left = self.book.state(int(self.part_class[host])), 0
        for ask in self.group.of[vms].tolist():
            if self.book.takes(state, ask):
                state = self.book.after(state, ask)
            else:
                left += 1
        return left
