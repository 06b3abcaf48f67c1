"""What VMs yet to land need at least, against what is left of the parts: where it is too little, none is tried."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import gcd
from operator import sub
from typing import NamedTuple

from vmopt.rules.inside.layout import Ask, Need, Seat
from vmopt.rules.inside.sums import Sums

Free = list[tuple[int, ...]]
"""What is left of each part."""


class _Total(NamedTuple):
    """What some VMs take of a resource of all parts of a kind together."""

    kind: str
    resource: int
    total: int
    sums: Sums


class Rest:
    """Two tests of whether the VMs from each on may still fit; both may hold though they do not.

    - Those that are alike and come next: of a part go as many of their pieces as its room is a multiple of one.
    - All of them: what they take of a resource is within what is left of it, as far as pieces of theirs can add up to
      so much on a part: of a room of 40 that pieces of 6 and one of 8 go into, 38 count.

    Parameters
    ----------
    seats : list of Seat
    asks : list of Ask
        In the order in which they land; those alike follow each other.

    Examples
    --------
    >>> gpu, share = [Seat("gpu", n, (10,), 0, ()) for n in range(2)], ((Need("gpu", 1, (4,), None),),)
    >>> fills = (((6,), 0), ((6,), 0)), (((7,), 0), ((2,), 0))
    >>> [Rest(gpu, [share] * 3).may_fit(1, fill) for fill in fills]
    [True, True]
    >>> [Rest(gpu, [share] * 4).may_fit(1, fill) for fill in fills]
    [False, False]
    """

    def __init__(self, seats: Sequence[Seat], asks: Sequence[Ask]) -> None:
        self._seats, self._asks = seats, asks
        self._of_kind = defaultdict[str, list[int]](list)
        for p, seat in enumerate(seats):
            self._of_kind[seat.kind].append(p)
        self._alike = [1] * len(asks)
        for n in range(len(asks) - 2, -1, -1):
            if asks[n] == asks[n + 1]:
                self._alike[n] += self._alike[n + 1]
        self._totals = self._added_up()

    def may_fit(self, first: int, fill: Sequence[tuple[tuple[int, ...], int]]) -> bool:
        """Whether nothing tells that the VMs from `first` on do not fit beside what is there."""
        free = [tuple(map(sub, s.capacity, taken)) for s, (taken, _) in zip(self._seats, fill, strict=True)]
        ask, number = self._asks[first], self._alike[first]
        if len(ask) == 1 and not all(self._go(need, number, free) for need in ask[0]):
            return False
        return all(self._is_there(total, free) for total in self._totals[first])

    def _go(self, need: Need, number: int, free: Free) -> bool:
        """Whether so many times the pieces go on parts that differ, each by itself."""
        asked = [(k, n) for k, n in enumerate(need.each) if n]
        rooms = (free[p] for p in self._of_kind[need.kind])
        return sum(min([number, *(room[k] // n for k, n in asked)]) for room in rooms) >= need.parts * number

    def _is_there(self, one: _Total, free: Free) -> bool:
        return sum(one.sums.within(free[p][one.resource]) for p in self._of_kind[one.kind]) >= one.total

    def _added_up(self) -> list[list[_Total]]:
        """Totals of the VMs from each on: of those with alternatives nothing is known, and nothing counted."""
        found: list[list[_Total]] = []
        so_far: dict[tuple[str, int], tuple[int, Sums]] = {}
        for ask in reversed(self._asks):
            for need in ask[0] if len(ask) == 1 else ():
                for k, amount in enumerate(need.each):
                    if amount:
                        total, sums = so_far.get((need.kind, k), (0, self._no_sums(need.kind, k)))
                        so_far[need.kind, k] = total + need.parts * amount, sums.and_one_of(amount)
            found.append([_Total(*key, *value) for key, value in so_far.items()])
        return found[::-1]

    def _no_sums(self, kind: str, resource: int) -> Sums:
        """What pieces of a resource add up to where there are none yet."""
        needs = (need for ask in self._asks if len(ask) == 1 for need in ask[0] if need.kind == kind)
        most = max((self._seats[p].capacity[resource] for p in self._of_kind[kind]), default=0)
        return Sums.of(most, gcd(*(need.each[resource] for need in needs)))
