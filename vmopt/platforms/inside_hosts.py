"""What dumps tell of the inside of hosts, as a rule: parts of those that are looked into, pieces of whom they bind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from vmopt.model.host import Host
from vmopt.model.instance import Instance
from vmopt.model.parts import OneOf, Part, Pieces
from vmopt.model.rows import rules_of_parts
from vmopt.model.vm import VM
from vmopt.platforms.found import FoundGuest, FoundHost
from vmopt.platforms.tally import FeatureTally
from vmopt.rules.inside import Inside

WHOLE = "whole"
"""Kind of the one part, without a capacity, of a host that is not looked into: it lands whatever comes."""
LARGEST = 2**31 - 1
"""Amounts of parts are brought below it, which solvers hold exactly."""

Amounts = dict[str, int]


def look_inside(
    instance: Instance, hosts: Sequence[FoundHost], guests: Sequence[FoundGuest], tally: FeatureTally
) -> Instance:
    """Add what parts and pieces demand; hosts that could not land what runs there today are not looked into.

    Parameters
    ----------
    instance : Instance
        Of these hosts and guests, in their order.
    hosts, guests : sequences
    tally : FeatureTally

    Examples
    --------
    >>> from vmopt.platforms.assemble import instance_of
    >>> hosts = [FoundHost("h", {"cpu": 8}, parts={"numa": [{"cpu": 4}, {"cpu": 4}]})]
    >>> guests = [FoundGuest(f"g{n}", {"cpu": 3}, pieces=[[Pieces("numa", 1, {"cpu": 3})]]) for n in range(2)]
    >>> ruled = look_inside(instance_of(hosts, guests, []), hosts, guests, FeatureTally())
    >>> [str(rule) for rule in ruled.rules]
    ['Inside(1 asks for pieces, 1 kinds of hosts)']
    """
    rule = _rule(hosts, guests)
    if rule is None:
        return instance
    here, now = rule.on(instance), np.asarray(instance.current)
    crowded = {int(now[breach.vms[0]]) for breach in rule.find_breaches(here, now)}
    if crowded:
        how = "their parts, as they are told, do not hold what runs there: they are not looked into"
        tally.add("parts that are exceeded now", "approximated", "hosts", how, len(crowded))
        rule = _rule([replace(host, parts={}) if h in crowded else host for h, host in enumerate(hosts)], guests)
    return instance if rule is None else replace(instance, rules=(*instance.rules, rule))


def _rule(hosts: Sequence[FoundHost], guests: Sequence[FoundGuest]) -> Inside | None:
    """Return the rule; None where no host is looked into, or nobody asks anything of parts."""
    if not any(host.parts for host in hosts) or not any(guest.pieces for guest in guests):
        return None
    units = _units(hosts, guests)
    asked = {(piece.kind, name) for piece in _pieces(guests) for name in piece.each}
    there = dict.fromkeys(kind for host in hosts for kind in host.parts)
    open_ = [[Pieces(WHOLE)]] if any(not host.parts for host in hosts) else []
    rows = [Host(host.name, {}, parts=_parts(host, asked, units)) for host in hosts]
    vms = [VM(guest.name, {}, pieces=_alternatives(guest, there, open_, units)) for guest in guests]
    return next(rule for rule in rules_of_parts(rows, vms) if isinstance(rule, Inside))


def _pieces(guests: Sequence[FoundGuest]) -> Iterator[Pieces]:
    return (piece for guest in guests for one in guest.pieces for piece in one)


def _parts(host: FoundHost, asked: set[tuple[str, str]], units: Amounts) -> dict[str, list[Part]]:
    """Its parts; of a resource that none of them tells, each has all that the host has."""
    if not host.parts:
        return {WHOLE: [Part()]}
    found = {}
    for kind, several in host.parts.items():
        untold = {name for of, name in asked if of == kind and not any(name in part for part in several)}
        whole = {name: host.capacity.get(name, 0) for name in untold}
        found[kind] = [
            Part({name: min(n // units.get(name, 1), LARGEST) for name, n in {**whole, **part}.items()})
            for part in several
        ]
    return found


def _alternatives(
    guest: FoundGuest, there: dict[str, None], open_: list[list[Pieces]], units: Amounts
) -> OneOf | tuple[()]:
    """Those of its alternatives that some host has parts for, and that of hosts that are not looked into."""
    if not guest.pieces:
        return ()
    kept = [one for one in guest.pieces if all(piece.kind in there for piece in one)]
    return OneOf(*([_coarse(piece, units) for piece in one] for one in [*kept, *open_]))


def _coarse(piece: Pieces, units: Amounts) -> Pieces:
    return replace(piece, each={name: -(-int(n) // units.get(name, 1)) for name, n in piece.each.items()})


def _units(hosts: Sequence[FoundHost], guests: Sequence[FoundGuest]) -> Amounts:
    """For each resource the least power of two that brings its amounts within bounds; parts of it count as all."""
    largest: Amounts = {}
    parts = [part for host in hosts for several in host.parts.values() for part in several]
    for name, n in ((name, n) for one in [*parts, *(host.capacity for host in hosts)] for name, n in one.items()):
        largest[name] = max(largest.get(name, 0), n)
    for name, n in ((name, int(n)) for piece in _pieces(guests) for name, n in piece.each.items()):
        largest[name] = max(largest.get(name, 0), n)
    return {name: 1 << max(0, n.bit_length() - LARGEST.bit_length()) for name, n in largest.items()}
