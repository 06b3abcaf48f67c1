"""What parts leave of mixed asks, as limits of each host by itself: amounts that VMs take of all its parts together.

Let f be a function of amounts that does not fall, and with f(a) + f(b) <= f(a + b). The pieces s on a part of capacity
C add up to C at most, so that sum f(s) <= f(C): what a VM must take by f, in its cheapest alternative, adds up to at
most sum_p f(C[p]) over the parts p of its host. The functions are (dual feasible ones; Fekete and Schepers 2001)

    f(s) = s                                the sum of the parts
    f(s) = max(0, ceil((k + 1) s / C) - 1)  multiples of C / (k + 1) that s exceeds: with k = 1, more than half a part
    f(s) = 0 where s < e, C where s > C - e, else s, for e <= C / 2: beside what leaves less than e, nothing counts
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from vmopt.rules.inside.layout import Ask, Need, PartUnits, Seat

FRACTIONS = (1, 2, 3)
"""The k of the functions."""
MOST_SIZES = 4
"""Capacities C of parts that functions are made for, the largest ones."""
MOST_THRESHOLDS = 32
"""Sizes of pieces that are an e, the largest ones."""

Amount = Callable[[int], int]


class PartAmount(NamedTuple):
    """An amount that follows from pieces.

    Attributes
    ----------
    name : str
    asked : tuple of int
        What a VM with each ask takes at least.
    offered : tuple of int
        What each kind of host has, and last of all 0, for hosts without parts.
    """

    name: str
    asked: tuple[int, ...]
    offered: tuple[int, ...]


def derived(hosts: Sequence[Sequence[Seat]], asks: Sequence[Ask], units: PartUnits) -> Iterator[PartAmount]:
    """Find the amounts of all kinds that somebody must take something of; none twice.

    Examples
    --------
    >>> from vmopt import OneOf, Part, Pieces
    >>> gpus = {"gpu": (Part({"milli": 10}),) * 2}
    >>> asks = [Pieces("gpu", 1, {"milli": 6}), Pieces("gpu", 2, {"milli": 5})]
    >>> units = PartUnits([gpus], [OneOf([one]) for one in asks])
    >>> for one in derived([units.seats(gpus)], [units.ask(OneOf([one])) for one in asks], units):
    ...     print(one)
    PartAmount(name='milli of gpu', asked=(6, 10), offered=(20, 0))
    PartAmount(name='milli of gpu beyond 1/2 of 10', asked=(1, 0), offered=(2, 0))
    PartAmount(name='milli of gpu beyond 1/3 of 10', asked=(1, 2), offered=(4, 0))
    PartAmount(name='milli of gpu beyond 1/4 of 10', asked=(2, 2), offered=(6, 0))
    PartAmount(name='milli of gpu from 5 of 10', asked=(10, 10), offered=(20, 0))
    """
    found = set[tuple[tuple[int, ...], tuple[int, ...]]]()
    for kind in dict.fromkeys(seat.kind for seats in hosts for seat in seats):
        names = list(units.resources(kind))
        for k in range(len(names) + 1):
            slots = k == len(names)
            size = _slots(hosts, kind) if slots else _amount(kind, k)
            pieces = {size.piece(need) for ask in asks for one in ask for need in one if need.kind == kind}
            for said, f in _functions(size, hosts, kind, pieces):
                name = f"{'slots' if slots else names[k]} of {kind}{said}"
                one = _derived(name, f, size, hosts, asks, kind)
                if any(one.asked) and one[1:] not in found:
                    found.add(one[1:])
                    yield one


class _Size(NamedTuple):
    """How to read an amount of a piece, and of a part."""

    piece: Callable[[Need], int]
    part: Callable[[Seat], int]


def _amount(kind: str, k: int) -> _Size:
    return _Size(lambda need: need.each[k], lambda seat: seat.capacity[k])


def _slots(hosts: Sequence[Sequence[Seat]], kind: str) -> _Size:
    """Slots: of a profile that parts cut differently, the fewest."""
    least: dict[str, int] = {}
    for seat in _of_kind(hosts, kind):
        for name, (size, _) in seat.profiles:
            least[name] = min(size, least.get(name, size))
    return _Size(lambda need: least.get(need.profile or "", 0), lambda seat: seat.slots)


def _of_kind(hosts: Sequence[Sequence[Seat]], kind: str) -> Iterator[Seat]:
    return (seat for seats in hosts for seat in seats if seat.kind == kind)


def _functions(
    size: _Size, hosts: Sequence[Sequence[Seat]], kind: str, pieces: set[int]
) -> Iterable[tuple[str, Amount]]:
    yield "", lambda s: s
    sizes = sorted({size.part(seat) for seat in _of_kind(hosts, kind)} - {0}, reverse=True)
    for whole in sizes[:MOST_SIZES]:
        for k in FRACTIONS:
            yield f" beyond 1/{k + 1} of {whole}", lambda s, k=k, whole=whole: max(0, -(-(k + 1) * s // whole) - 1)  # type: ignore[misc]
        for e in sorted((n for n in pieces if 0 < 2 * n <= whole), reverse=True)[:MOST_THRESHOLDS]:
            yield f" from {e} of {whole}", lambda s, e=e, whole=whole: _rounded(s, e, whole)  # type: ignore[misc]


def _rounded(s: int, e: int, whole: int) -> int:
    """Nothing below e; beyond C - e, where no other piece of e goes on the same part, all of C.

    Parts larger than C hold several pieces that count for more than they are: no more than by the largest ratio.
    """
    if s > whole:
        return s * whole // (whole - e + 1)
    return 0 if s < e else whole if s > whole - e else s


def _derived(
    name: str, f: Amount, size: _Size, hosts: Sequence[Sequence[Seat]], asks: Sequence[Ask], kind: str
) -> PartAmount:
    asked = tuple(
        min(sum(need.parts * f(size.piece(need)) for need in one if need.kind == kind) for one in ask) for ask in asks
    )
    offered = (sum(f(size.part(seat)) for seat in seats if seat.kind == kind) for seats in hosts)
    return PartAmount(name, asked, (*offered, 0))
