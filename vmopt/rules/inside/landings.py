"""Where the pieces of placed VMs are, and whether what is said of that can be true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from vmopt import checks
from vmopt.arrays import IntArray
from vmopt.model.index_labels import by_place
from vmopt.model.instance import require_instance
from vmopt.model.parts import OneOf, Part, Pieces
from vmopt.rules.breach import Breach
from vmopt.rules.inside.in_force import InsideInForce, inside_of
from vmopt.rules.inside.layout import exact
from vmopt.rules.inside.small_program import Landed


class Landing(NamedTuple):
    """Where one of the `Pieces` of a VM is.

    Attributes
    ----------
    kind : str
    parts : tuple of int
        Which parts of this kind of the host, counted from 0.
    starts : tuple of int
        At which slot of each it starts; empty where it takes no slices.
    alternative : int
        Which alternative of the VM this belongs to, counted from 0.

    Examples
    --------
    >>> import vmopt
    >>> gpus = [vmopt.Part({"milli": 1000})] * 2
    >>> hosts = [vmopt.Host("h", {"cpu": 8}, parts={"gpu": gpus})]
    >>> vms = [vmopt.VM(name, {"cpu": 1}, pieces=[vmopt.Pieces("gpu", 1, {"milli": 600})]) for name in ("a", "b")]
    >>> solution = vmopt.solve(vmopt.Instance.from_rows(hosts, vms))
    >>> sorted(solution.parts[name][0].parts for name in ("a", "b"))
    [(0,), (1,)]
    """

    kind: str
    parts: tuple[int, ...]
    starts: tuple[int, ...] = ()
    alternative: int = 0


def landings(instance: Any, host_index: IntArray) -> dict[str, tuple[Landing, ...]]:
    """Find where the pieces of each placed VM land: one way of those there are, always the same.

    VMs on a host that cannot land them all are left out.

    Examples
    --------
    >>> import vmopt
    >>> host = vmopt.Host("h", {"cpu": 8}, parts={"gpu": [{"milli": 1000}]})
    >>> vm = vmopt.VM("v", {"cpu": 1}, pieces=[vmopt.Pieces("gpu", 1, {"milli": 600})])
    >>> landings(vmopt.Instance.from_rows([host], [vm]), np.array([0]))
    {'v': (Landing(kind='gpu', parts=(0,), starts=(), alternative=0),)}
    """
    here, found = inside_of(instance), dict[str, tuple[Landing, ...]]()
    if here is None:
        return found
    states = here.states_of(host_index)[1].tolist()
    for state, (h, vms) in zip(states, here.by_host_of(host_index), strict=True):
        landed = here.book.landed(state)
        for vm, one in zip(vms.tolist(), landed or [], strict=landed is not None):
            found[instance.vm_names[vm]] = told(here, h, vm, one)
    return found


def told(here: InsideInForce, host: int, vm: int, landed: Landed) -> tuple[Landing, ...]:
    """Say where the pieces of a VM are that has landed on a host."""
    seats = here.book.hosts[int(here.part_class[host])] if here.part_class[host] >= 0 else ()
    number, spots = landed
    return tuple(
        Landing(
            need.kind,
            tuple(seats[k].number for k, _ in spot),
            tuple(start for _, start in spot if start >= 0),
            number,
        )
        for need, spot in zip(here.book.asks[int(here.group.of[vm])][number], spots, strict=True)
    )


def check_landings(instance: Any, host_index: IntArray, stated: Mapping[str, Sequence[Landing]]) -> tuple[str, ...]:
    """Check where pieces are said to be, from what hosts and VMs state alone.

    Returns
    -------
    tuple of str
        What is wrong, in words; empty where each placed VM has what one of its alternatives asks for, on parts that
        differ, and no part gives more than it has, nor a slot twice.

    Examples
    --------
    >>> import vmopt
    >>> gpus = [vmopt.Part({"milli": 1000})] * 2
    >>> hosts = [vmopt.Host("h", {"cpu": 8}, parts={"gpu": gpus})]
    >>> vms = [vmopt.VM(name, {"cpu": 1}, pieces=[vmopt.Pieces("gpu", 1, {"milli": 600})]) for name in ("a", "b")]
    >>> solution = vmopt.solve(vmopt.Instance.from_rows(hosts, vms))
    >>> vmopt.check_landings(solution.instance, solution.host_index, solution.parts)
    ()
    >>> alike = dict.fromkeys("ab", solution.parts["a"])
    >>> len(vmopt.check_landings(solution.instance, solution.host_index, alike))
    1
    """
    require_instance(instance)
    by_place(host_index, "host_index", "the VMs")
    host_index = checks.host_indices(host_index, "host_index", instance.n_vms, instance.n_hosts)
    stated = checks.mapping(stated, "stated", "VM names to Landings")
    here = inside_of(instance)
    if here is None:
        return ()
    rule: Any = here.rule
    hosts = rule.hosts.among(instance.host_names, instance.host_labels, "host")
    asks = rule.vms.among(instance.vm_names, instance.vm_labels, "VM")
    faults, taken = list[str](), dict[tuple[int, str, int], _Taken]()
    for vm in np.flatnonzero((host_index >= 0) & (asks.of >= 0)).tolist():
        name, h = instance.vm_names[vm], int(host_index[vm])
        parts = rule.parts[hosts.names[hosts.of[h]]] if hosts.of[h] >= 0 else {}
        pieces = _alternative(rule.pieces[asks.names[asks.of[vm]]], stated.get(name, ()))
        if pieces is None:
            faults.append(f"VM {name!r} has not landed as any of its alternatives asks")
            continue
        for piece, landing in zip(pieces, stated.get(name, ()), strict=True):
            faults += _take(taken, h, parts.get(piece.kind, ()), piece, landing, name)
    return (*faults, *(fault for one in taken.values() for fault in one.faults(instance.host_names)))


def misplaced(
    instance: Any, host_index: IntArray, stated: Mapping[str, Sequence[Landing]] | None = None
) -> tuple[Breach, ...]:
    """What `check_landings` says of landings, those that are found by default; hosts that cannot land theirs apart.

    What is found for a host is the same for all that hold the same: it is judged once.
    """
    here = inside_of(instance)
    if here is None:
        return ()
    hosts, states = here.states_of(host_index)
    fit = np.array([here.book.landed(state) is not None for state in states.tolist()], dtype=bool)
    new = np.flatnonzero(fit & ~np.isin(states, list(here.book.judged if stated is None else ())))
    if stated is None:
        new = new[np.unique(states[new], return_index=True)[1]]
    there = np.where(np.isin(host_index, hosts[new]), host_index, -1)
    faults = check_landings(instance, there, landings(instance, there) if stated is None else stated)
    if stated is None and not faults:
        here.book.judged.update(states[new].tolist())
    nobody = np.zeros(0, dtype=np.int64)
    return tuple(Breach(f"{here.rule}: {fault}", None, None, nobody, 1, ()) for fault in faults)


class _Taken:
    def __init__(self, host: int, kind: str, number: int, part: Part) -> None:
        self._of, self._part = (host, kind, number), part
        self.pieces: list[tuple[Pieces, range]] = []

    def faults(self, hosts: Sequence[str]) -> list[str]:
        """Say what there is too much of."""
        where = f"{self._of[1]} {self._of[2]} of host {hosts[self._of[0]]!r}"
        resources = dict.fromkeys(name for piece, _ in self.pieces for name in piece.each)
        asked = {name: sum(exact(piece.each.get(name, 0)) for piece, _ in self.pieces) for name in resources}
        over = [name for name in resources if asked[name] > exact(self._part.capacity.get(name, 0))]
        slots = [slot for _, run in self.pieces for slot in run]
        twice = ["slots"] if len(set(slots)) < len(slots) else []
        return [f"{where} gives more {name} than it has" for name in over + twice]


def _alternative(ask: OneOf, landed: Sequence[Landing]) -> tuple[Pieces, ...] | None:
    """The alternative that was taken; None where something else has landed."""
    numbers = {one.alternative for one in landed}
    number = numbers.pop() if numbers else next((n for n, one in enumerate(ask) if not one), -1)
    if numbers or not 0 <= number < len(ask):
        return None
    asked = [(piece.kind, piece.count, piece.count, piece.profile is not None) for piece in ask[number]]
    found = [(one.kind, len(one.parts), len(set(one.parts)), bool(one.starts)) for one in landed]
    return ask[number] if asked == found else None


def _take(
    taken: dict[tuple[int, str, int], _Taken],
    host: int,
    parts: Sequence[Part],
    piece: Pieces,
    landing: Landing,
    vm: str,
) -> list[str]:
    starts = landing.starts or (-1,) * len(landing.parts)
    if len(starts) != len(landing.parts):
        return [f"VM {vm!r} has a slot for some of its parts only"]
    for number, start in zip(landing.parts, starts, strict=True):
        if not 0 <= number < len(parts):
            return [f"VM {vm!r} has landed on {piece.kind} {number}, which its host has not"]
        size, allowed = parts[number].profiles.get(piece.profile or "", (0, (-1,)))
        if start not in allowed:
            return [f"VM {vm!r} has a slice {piece.profile!r} at {start}, where none may start"]
        one = taken.setdefault((host, piece.kind, number), _Taken(host, piece.kind, number, parts[number]))
        one.pieces.append((piece, range(start, start + size)))
    return []
