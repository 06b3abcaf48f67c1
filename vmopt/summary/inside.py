"""Pieces and parts in words, and how many of them an instance has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from vmopt.model.parts import OneOf, Part, Pieces
from vmopt.plurals import count, first_of
from vmopt.rules.inside import InsideInForce, inside_of
from vmopt.summary.figures import number

if TYPE_CHECKING:
    from vmopt.model.instance import Instance

LETTERS = 12
"""Of an amount in words."""
FIRST = 3
"""Profiles of a part that are named."""


def pieces_in_words(ask: OneOf) -> str:
    """Say what a VM asks of parts, the same but once.

    Examples
    --------
    >>> pieces_in_words(OneOf([Pieces("numa", 1, {"cpu": 40})], [Pieces("numa", 2, {"cpu": 20, "memory": 64})]))
    '1 numa (40 cpu) or 2 numa (20 cpu, 64 memory each)'
    >>> pieces_in_words(OneOf([Pieces("gpu", profile="3g.20gb"), Pieces("nic")]))
    '1 gpu (slice 3g.20gb) and 1 nic'
    """
    return " or ".join(dict.fromkeys(" and ".join(map(_piece, one)) or "nothing" for one in ask))


def part_in_words(kind: str, part: Part) -> str:
    """Say what a part is.

    Examples
    --------
    >>> part_in_words("gpu", Part({"milli": 1000})), part_in_words("nic", Part())
    ('gpu (1,000 milli)', 'nic')
    >>> part_in_words("gpu", Part(slots=8, profiles={"3g.20gb": (4, [0, 4]), "7g.40gb": (8, [0])}))
    'gpu (8 slots for 3g.20gb, 7g.40gb)'
    """
    slots = [f"{part.slots} slots for {first_of(list(part.profiles), FIRST)}"] if part.profiles else []
    return kind + _bracketed([*_amounts(part.capacity), *slots])


def _piece(piece: Pieces) -> str:
    slices = [f"slice {piece.profile}"] if piece.profile is not None else []
    said = [*slices, *_amounts(piece.each)]
    each = " each" if piece.count > 1 and said else ""
    return f"{piece.count} {piece.kind}{_bracketed(said, each)}"


def _amounts(amounts: Mapping[str, float]) -> list[str]:
    return [f"{number(amount, LETTERS)} {name}" for name, amount in amounts.items() if amount]


def _bracketed(said: list[str], each: str = "") -> str:
    return f" ({', '.join(said)}{each})" if said else ""


def parts_there(instance: Instance) -> str | None:
    """Say how many parts there are of each kind, and how many VMs ask for pieces; None where hosts have none.

    Examples
    --------
    >>> import vmopt
    >>> host, pod = vmopt.Host("h", {"cpu": 8}, parts={"gpu": [{}] * 4}), [vmopt.Pieces("gpu", 2)]
    >>> parts_there(vmopt.Instance.from_rows([host], [vmopt.VM("pod", {"cpu": 1}, pieces=pod)]))
    '4 gpu; 1 VM asks for pieces'
    """
    here = inside_of(instance)
    if here is None:
        return None
    parts = {kind: sum(n * len(some) for n, some in _of_kind(here, kind)) for kind in _kinds(here)}
    asking = int(here.group.inside.sum())
    said = ", ".join(f"{n:,} {kind}" for kind, n in parts.items()) or "none"
    return f"{said}; {count(asking, 'VM')} {'asks' if asking == 1 else 'ask'} for pieces"


def amounts_of_parts(instance: Instance) -> Iterator[tuple[str, float, float]]:
    """Yield what parts have of each of their resources, and what VMs take of it at least, all together.

    Examples
    --------
    >>> import vmopt
    >>> host = vmopt.Host("h", {"cpu": 8}, parts={"gpu": [{"milli": 1000}] * 4})
    >>> pod = vmopt.VM("pod", {"cpu": 1}, pieces=[vmopt.Pieces("gpu", 2, {"milli": 5})])
    >>> list(amounts_of_parts(vmopt.Instance.from_rows([host], [pod])))
    [('milli of gpu', 4000, 10)]
    """
    here = inside_of(instance)
    if here is None:
        return
    for kind in _kinds(here):
        for name in dict.fromkeys(name for _, some in _of_kind(here, kind) for part in some for name in part.capacity):
            had = [n * part.capacity.get(name, 0) for n, some in _of_kind(here, kind) for part in some]
            asked = [n * _least(ask, kind, name) for n, ask in _asks(here)]
            yield f"{name} of {kind}", sum(had), sum(asked)


def _kinds(here: InsideInForce) -> list[str]:
    return list(dict.fromkeys(kind for title in here.alike.names for kind in here.parts[title]))


def _of_kind(here: InsideInForce, kind: str) -> Iterator[tuple[int, tuple[Part, ...]]]:
    """Yield how many hosts have the same parts of a kind, and these."""
    hosts = np.bincount(here.part_class[here.part_class >= 0], minlength=len(here.alike.names)).tolist()
    return ((n, here.parts[title].get(kind, ())) for n, title in zip(hosts, here.alike.names, strict=True))


def _asks(here: InsideInForce) -> Iterator[tuple[int, OneOf]]:
    return ((n, here.pieces[title]) for n, title in zip(here.sizes.tolist(), here.group.names, strict=True))


def _least(ask: OneOf, kind: str, name: str) -> float:
    """What a VM takes of a resource in the alternative that takes least of it."""
    return min(sum(piece.count * piece.each.get(name, 0) for piece in one if piece.kind == kind) for one in ask)
