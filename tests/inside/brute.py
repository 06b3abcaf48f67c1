"""Brute force: every placement, and for each host every way in which pieces can be on parts."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product
from typing import Any

from vmopt.model.host import Host
from vmopt.model.parts import OneOf, Part
from vmopt.model.vm import VM


def best(hosts: list[Host], vms: list[VM]) -> int:
    """What the best placement is worth, the values of the VMs added up."""
    worths = [0]
    for at in product(range(-1, len(hosts)), repeat=len(vms)):
        worth = sum(int(vm.value or 0) for vm, h in zip(vms, at, strict=True) if h >= 0)
        if worth > max(worths) and feasible(hosts, vms, at):
            worths.append(worth)
    return max(worths)


def feasible(hosts: list[Host], vms: list[VM], at: Any) -> bool:
    """Whether all hosts can run what is on them."""
    guests = [[vm for vm, where in zip(vms, at, strict=True) if where == h] for h in range(len(hosts))]
    return all(
        sum(vm.demand["cpu"] for vm in here) <= host.capacity["cpu"] and lands(host, here)
        for host, here in zip(hosts, guests, strict=True)
    )


def lands(host: Host, vms: list[VM]) -> bool:
    """Whether one of all ways to put the pieces on the parts is within what these have."""
    return _land_beside(host, [], [_ways(host, vm) for vm in vms])


def _land_beside(host: Host, bits: list[Any], ways: list[list[list[Any]]]) -> bool:
    """Try each way of the first VM beside what is there, then of the others: what is too much stays too much."""
    if not ways:
        return True
    return any(_within(host, [*bits, *way]) and _land_beside(host, [*bits, *way], ways[1:]) for way in ways[0])


def _ways(host: Host, vm: VM) -> list[list[Any]]:
    """Each way a list of bits: kind, number of the part, amounts, slots taken."""
    found: list[list[Any]] = []
    for alternative in OneOf.of(vm.pieces) if vm.pieces else [()]:
        each = [_places(host, piece) for piece in alternative]
        found += [[bit for place in places for bit in place] for places in product(*each)]
    return found


def _places(host: Host, piece: Any) -> list[list[Any]]:
    parts = host.parts.get(piece.kind, ())
    found = []
    for chosen in combinations(range(len(parts)), piece.count):
        slots = []
        for k in chosen:
            part = parts[k] if isinstance(parts[k], Part) else Part(parts[k])
            if piece.profile is None:
                slots.append([()])
            else:
                size, starts = part.profiles.get(piece.profile, (0, ()))
                slots.append([tuple(range(start, start + size)) for start in starts])
        found += [
            [(piece.kind, k, piece.each, run) for k, run in zip(chosen, taken, strict=True)]
            for taken in product(*slots)
        ]
    return found


def _within(host: Host, bits: list[Any]) -> bool:
    for kind, parts in host.parts.items():
        for k, part in enumerate(parts):
            capacity = part.capacity if isinstance(part, Part) else part
            mine = [bit for bit in bits if bit[:2] == (kind, k)]
            for resource in {name for bit in mine for name in bit[2]}:
                asked = sum(Fraction(repr(bit[2].get(resource, 0))) for bit in mine)
                if asked > Fraction(repr(capacity.get(resource, 0))):
                    return False
            slots = [slot for bit in mine for slot in bit[3]]
            if len(slots) > len(set(slots)):
                return False
    return True
