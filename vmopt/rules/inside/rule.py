"""Inside: the pieces of the VMs on a host fit its parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.errors import InstanceError
from vmopt.model.parts import OneOf, Part, parts_of
from vmopt.rules.base import HOST, BaseRule, InForce, domains_of, groups_in
from vmopt.rules.breach import Breach
from vmopt.rules.inside.book import Book
from vmopt.rules.inside.layout import Units
from vmopt.rules.inside.rows import write_rows
from vmopt.rules.program import Cells, RuleRows
from vmopt.rules.selection import Grouping, Groups, Selected
from vmopt.rules.taken import Taken

COUNTED = 64
"""VMs with the same pieces on one host that are counted: a limit beyond is none to the bounds."""


@dataclass(frozen=True, eq=False, repr=False)
class Inside(BaseRule):
    """The pieces of the VMs on each host fit its parts: VMs of a group ask for the same, hosts of a group are alike.

    It is always hard. `Host(parts=...)` and `VM(pieces=...)` make it by themselves; for a million VMs give columns.

    Parameters
    ----------
    vms : label or column of strings
        Which VMs ask for what: ``Groups.labelled("shape")``, or a column of names of asks, None for no pieces.
    pieces : mapping of str to list of Pieces, or OneOf
        What the VMs of each group ask for.
    hosts : label or column of strings
        Which hosts have which parts, likewise.
    parts : mapping of str to mapping of kind to list of Part
        What the hosts of each group have.

    Examples
    --------
    >>> import vmopt
    >>> share = vmopt.Pieces("gpu", 1, {"milli": 600})
    >>> gpus = {"two": {"gpu": [{"milli": 1000}] * 2}}
    >>> rule = Inside(["share"] * 3, {"share": [share]}, ["two"], gpus)
    >>> cluster = vmopt.Instance.from_arrays([[1]] * 3, [[8]], rules=[rule])
    >>> len(vmopt.solve(cluster).placement)
    2
    """

    name: ClassVar[str] = "inside"
    over: ClassVar[str] = HOST

    vms: Selected
    pieces: Mapping[str, OneOf]
    hosts: Selected
    parts: Mapping[str, Mapping[str, tuple[Part, ...]]]

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.penalty is not None:
            raise InstanceError("Inside cannot be broken at a penalty: what does not fit does not run; leave it out.")
        for name in ("vms", "hosts"):
            object.__setattr__(self, name, _by_title(getattr(self, name), name))
        for name, read in (("pieces", OneOf.of), ("parts", parts_of)):
            given = getattr(self, name)
            if not isinstance(given, Mapping):
                raise InstanceError(f"{name} of Inside are a {type(given).__name__}: give them by the name of a group.")
            object.__setattr__(self, name, {str(title): read(one) for title, one in given.items()})

    def __str__(self) -> str:
        return f"Inside({len(self.pieces)} asks for pieces, {len(self.parts)} kinds of hosts)"

    def find(self, instance: Any) -> tuple[Grouping, Grouping, Grouping | None]:
        """Find the asks of the VMs; each host is a domain."""
        return groups_in(instance, self.vms), domains_of(instance, HOST), None

    def on(self, instance: Any) -> InsideInForce:
        """Find who asks for what, and which hosts have what.

        Raises
        ------
        InstanceError
            If a group has no pieces, or no parts.
        """
        return InsideInForce(self, instance, *self.find(instance))

    def find_breaches(self, here: InForce, host_index: IntArray) -> Iterator[Breach]:
        """Find hosts whose VMs do not fit their parts."""
        assert isinstance(here, InsideInForce)
        for h, vms in here.by_host_of(host_index):
            if here.book.landed(here.state_of(h, vms)) is None:
                yield here.breach(None, h, vms, here.too_many(h, vms))

    def violation(self, here: InForce, host_index: IntArray) -> float:
        """Count the hosts whose VMs do not fit."""
        return float(len(list(self.find_breaches(here, host_index))))

    def translate(self, here: InForce, cells: Cells, rows: RuleRows) -> None:
        """Say how many pieces land on each part: see `vmopt.rules.inside.rows`."""
        assert isinstance(here, InsideInForce)
        write_rows(here.group.of, here.part_class, here.book.hosts, here.book.asks, cells, rows)

    def allows(self, here: InForce, vm: int, taken: Taken) -> BoolArray:
        """Tell which hosts can land one more like this VM."""
        assert isinstance(here, InsideInForce)
        assert isinstance(taken, TakenInside)
        states, at = np.unique(taken.state, return_inverse=True)
        ask = int(here.group.of[vm])
        return np.array([here.book.takes(state, ask) for state in states.tolist()], dtype=bool)[at.ravel()]

    def room(self, here: InForce, vm: int, taken: Taken) -> IntArray | None:
        """None: VMs with other pieces take room from each other."""
        return None

    def forbids(self, here: InForce, vm: IntArray, host: IntArray) -> BoolArray | None:
        """Which VMs do not even fit the parts of an empty host."""
        assert isinstance(here, InsideInForce)
        ask, parts = here.group.of[vm], here.part_class[host]
        return np.asarray(
            ~(np.append(here.most, np.ones((1, here.most.shape[1]), np.int64), axis=0) > 0)[ask][:, parts]
        )

    def most_in_domain(self, here: InForce) -> IntArray | None:
        """How many VMs with the same pieces a host can land."""
        assert isinstance(here, InsideInForce)
        return np.asarray(here.most.max(axis=1, initial=0))


@dataclass(frozen=True, eq=False)
class InsideInForce(InForce):
    """The rule on an instance: asks are its groups, and hosts with the same parts are alike to it."""

    def __post_init__(self) -> None:
        self._check("VM", "pieces", self.group.names, self._stated.pieces)
        self._check("host", "parts", self._hosts.names, self._stated.parts)

    @staticmethod
    def _check(what: str, named: str, titles: tuple[str, ...], known: Mapping[str, Any]) -> None:
        for title in titles:
            if title not in known:
                raise InstanceError(f"{what}s of group {title!r} have no {named}: name them in {named} of Inside.")

    @cached_property
    def _hosts(self) -> Grouping:
        given: Groups = self._stated.hosts
        return given.among(self.instance.host_names, self.instance.host_labels, "host")

    @property
    def part_class(self) -> IntArray:
        """Which parts each host has, -1 for none, ``(n_hosts,)``."""
        return self._hosts.of

    @cached_property
    def host_keys(self) -> list[IntArray]:
        """Hosts with the same parts are alike."""
        return [self.part_class] if np.ptp(self.part_class) else []

    @cached_property
    def book(self) -> Book:
        """What fits together."""
        rule = self._stated
        hosts = [rule.parts[title] for title in self._hosts.names]
        asks = [rule.pieces[title] for title in self.group.names]
        units = Units(hosts, asks)
        return Book([units.seats(parts) for parts in hosts], [units.ask(one) for one in asks])

    def _most(self, kind: int, ask: int, size: int) -> int:
        """How many fit, or all there are where that is not worth counting."""
        found = self.book.most(kind, ask, min(size, COUNTED))
        return size if found == COUNTED else found

    @cached_property
    def most(self) -> IntArray:
        """How many VMs of each ask fit an empty host of each kind of parts; of none in the last column."""
        kinds = [*range(len(self._hosts)), -1]
        sizes = self.sizes.tolist()
        most = [[self._most(kind, g, sizes[g]) for kind in kinds] for g in range(len(self.group))]
        return np.array(most, dtype=np.int64).reshape(len(self.group), len(kinds))

    def parts_at(self, host: int) -> Mapping[str, tuple[Part, ...]]:
        """What one host has."""
        n, rule = int(self.part_class[host]), self._stated
        return rule.parts[self._hosts.names[n]] if n >= 0 else {}

    def pieces_at(self, vm: int) -> OneOf | tuple[()]:
        """What one VM asks for."""
        g, rule = int(self.group.of[vm]), self._stated
        return rule.pieces[self.group.names[g]] if g >= 0 else ()

    @property
    def _stated(self) -> Inside:
        assert isinstance(self.rule, Inside)
        return self.rule

    def counting(self, host_index: IntArray) -> Taken:
        """Begin to count what hosts hold."""
        return TakenInside(self, host_index)

    def by_host_of(self, host_index: IntArray) -> Iterator[tuple[int, IntArray]]:
        """Hosts that run VMs with pieces, and these."""
        vms = np.flatnonzero((host_index >= 0) & self.group.inside)
        vms = vms[np.lexsort((vms, self.group.of[vms], host_index[vms]))]
        hosts, start = np.unique(host_index[vms], return_index=True)
        yield from zip(hosts.tolist(), np.split(vms, start[1:]), strict=False)

    def state_of(self, host: int, vms: IntArray) -> int:
        """What a host holds."""
        ask, number = np.unique(self.group.of[vms], return_counts=True)
        return self.book.state(int(self.part_class[host]), tuple(zip(ask.tolist(), number.tolist(), strict=True)))

    def too_many(self, host: int, vms: IntArray) -> int:
        """How many of these VMs are left when a host takes one after the other."""
        state, left = self.book.state(int(self.part_class[host])), 0
        for ask in self.group.of[vms].tolist():
            if self.book.takes(state, ask):
                state = self.book.after(state, ask)
            else:
                left += 1
        return left


class TakenInside(Taken):
    """What each host holds, for a placement that grows.

    Attributes
    ----------
    state : (n_hosts,) int64 array
        Numbers of states of the book.
    """

    def __init__(self, here: InsideInForce, host_index: IntArray) -> None:
        super().__init__(here, host_index)
        self._inside = here
        kinds = here.part_class.tolist()
        self.state = np.array([here.book.state(kind) for kind in kinds], dtype=np.int64)
        for h, vms in here.by_host_of(host_index):
            self.state[h] = here.state_of(h, vms)

    def add(self, vms: IntArray, sign: int = 1) -> None:
        """Count VMs that were just placed; with -1, those that are about to be taken off again."""
        super().add(vms, sign)
        here = self._inside
        for vm in vms[here.group.inside[vms]].tolist():
            h = int(self._host_index[vm])
            self.state[h] = here.book.after(int(self.state[h]), int(here.group.of[vm]), sign)


def inside_of(instance: Any) -> InsideInForce | None:
    """Return the rule about parts of an instance; None where its hosts have none.

    Raises
    ------
    InstanceError
        If there are two.
    """
    found = [here for here in instance.rules_in_force if isinstance(here, InsideInForce)]
    if len(found) > 1:
        raise InstanceError(f"there are {len(found)} rules Inside: one says it all, join them.")
    return found[0] if found else None


def _by_title(given: Any, what: str) -> Groups:
    if isinstance(given, list | tuple) and all(one is None or isinstance(one, str) for one in given):
        given = _column(given)
    groups = Groups.of(given)
    if groups.names is not None:
        raise InstanceError(f"{what} of Inside are told by names: give a label, or a column with a string for each.")
    return groups


def _column(given: list[str | None] | tuple[str | None, ...]) -> Groups:
    called = tuple(sorted({one for one in given if one is not None}))
    number: dict[str | None, int] = {title: n for n, title in enumerate(called)}
    return Groups(column=np.array([number.get(one, -1) for one in given], dtype=np.int64), called=called)
