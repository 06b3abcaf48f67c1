"""Which VMs land together on the parts of a host, proven by all the ways in which these can be full: for rechecks.

Nothing of the search that found patterns is used here. Let F(a) be the fills of the parts that the VMs a can lead to:

    F(nothing) = {empty},    F(a + one VM) = {f with the pieces of the VM somewhere: f in F(a)}

and parts that are alike are told apart by their fill alone. The VMs land if F(a) is not empty. Where there are too many
fills, or no time is left, nothing is claimed: VMs then count as landing, whoever comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, product

import numpy as np

from vmopt.arrays import IntArray
from vmopt.model.instance import Instance
from vmopt.rules.eligible import class_members
from vmopt.rules.inside import inside_of
from vmopt.rules.inside.layout import Ask, Need, Seat, starts_of

MOST_FILLS = 5_000
"""Fills of a state beyond which nothing is claimed of it."""
EMPTY, ANYTHING, NEVER = 0, 1, -1
"""States: nothing is there yet; so much may be there that nothing is claimed; it does not land."""

Full = tuple[tuple[tuple[int, ...], int], ...]
"""What is taken of each part: amounts, and slots as bits."""


class LandingStates:
    """What the parts of a host can land, as states that grow by one VM.

    Parameters
    ----------
    seats : list of Seat
    asks : list of Ask
    of_class : (n_vm_classes,) int64 array
        What VMs of each class ask for, -1 for nothing.

    Examples
    --------
    >>> gpus = [Seat("gpu", n, (10,), 0, ()) for n in range(2)]
    >>> reach = LandingStates(gpus, [((Need("gpu", 1, (6,), None),),)], np.array([0]))
    >>> one = reach.grown(np.array([EMPTY]), np.array([0]))
    >>> two = reach.grown(one, np.array([0]))
    >>> reach.grown(two, np.array([0])).tolist()
    [-1]
    """

    def __init__(self, seats: Sequence[Seat], asks: Sequence[Ask], of_class: IntArray) -> None:
        self._seats, self._asks, self.of_class = seats, asks, of_class
        like = [(seat.kind, seat.capacity, seat.slots, seat.profiles) for seat in seats]
        self._like = [like.index(one) for one in like]
        empty: Full = tuple((tuple(0 for _ in seat.capacity), 0) for seat in seats)
        self._fills: list[frozenset[Full]] = [frozenset({empty}), frozenset()]
        self._held: list[tuple[int, ...]] = [(), ()]
        self._number: dict[tuple[int, ...], int] = {(): EMPTY}
        self._grown: dict[tuple[int, int], int] = {}

    @classmethod
    def of(cls, instance: Instance) -> list[LandingStates]:
        """Return that of each host class; where hosts have no parts, everything lands."""
        vms, hosts = class_members(instance)
        here = inside_of(instance)
        if here is None:
            return [cls((), (), np.full(len(vms), -1))] * len(hosts)
        asks, kinds = here.group.of[vms], here.part_class[hosts].tolist()
        return [cls(here.book.hosts[kind] if kind >= 0 else (), here.book.asks, asks) for kind in kinds]

    def chosen(self, classes: IntArray) -> LandingStates:
        """The same for some of the VM classes."""
        return LandingStates(self._seats, self._asks, self.of_class[classes])

    def totals(self) -> tuple[IntArray, IntArray]:
        """What VMs of each class take at least of all parts of a kind, and what there is, resource by resource."""
        keys = list(dict.fromkeys((s.kind, k) for s in self._seats for k in range(len(s.capacity))))
        offered = [sum(s.capacity[k] for s in self._seats if s.kind == kind) for kind, k in keys]
        asked = [[_least(self._asks[g], *key) if g >= 0 else 0 for key in keys] for g in self.of_class.tolist()]
        shape = len(self.of_class), len(keys)
        return np.array(asked, dtype=np.int64).reshape(shape), np.array(offered, dtype=np.int64)

    def grown(self, states: IntArray, classes: IntArray, stop: Callable[[], bool] = lambda: False) -> IntArray:
        """Return the states with one VM more each, -1 where it does not land.

        From when `stop` says so, and it says so from then on, nothing more is claimed.
        """
        asks, found = self.of_class[classes], states.copy()
        some = np.flatnonzero((asks >= 0) & (states != ANYTHING))
        pairs, of = np.unique(np.column_stack([states[some], asks[some]]), axis=0, return_inverse=True)
        after = np.array([self._after(state, ask, stop) for state, ask in pairs.tolist()], dtype=np.int64)
        found[some] = after[of.ravel()] if len(some) else after
        return found

    def _after(self, state: int, ask: int, stop: Callable[[], bool]) -> int:
        if (state, ask) not in self._grown:
            held = tuple(sorted((*self._held[state], ask)))
            if held not in self._number:
                fills = None if stop() else self._united(state, ask, stop)
                if fills is None:
                    return ANYTHING
                self._number[held] = self._new(held, fills)
            self._grown[state, ask] = self._number[held]
        return self._grown[state, ask]

    def _new(self, held: tuple[int, ...], fills: frozenset[Full]) -> int:
        if not 0 < len(fills) <= MOST_FILLS:
            return ANYTHING if fills else NEVER
        self._fills.append(fills)
        self._held.append(held)
        return len(self._fills) - 1

    def _united(self, state: int, ask: int, stop: Callable[[], bool]) -> frozenset[Full] | None:
        """All fills with the VM somewhere; more than are kept, where there are more; None where it was stopped."""
        found = set[Full]()
        for fill in self._fills[state]:
            for one in self._asks[ask]:
                found |= self._with(fill, one, stop)
            if stop():
                return None
            if len(found) > MOST_FILLS:
                break
        return frozenset(found)

    def _with(self, fill: Full, needs: Sequence[Need], stop: Callable[[], bool]) -> set[Full]:
        reached = {fill}
        for need in needs:
            found = set[Full]()
            for after in (after for before in reached for after in self._ways(before, need)):
                found.add(after)
                if stop():
                    break
            reached = found
        return reached

    def _ways(self, fill: Full, need: Need) -> Iterator[Full]:
        """Every way to put pieces on as many different parts."""
        able = [(k, after) for k, seat in enumerate(self._seats) if (after := _on(seat, fill[k], need))]
        for chosen in combinations(able, need.parts):
            for taken in product(*(after for _, after in chosen)):
                filled = list(fill)
                for (k, _), one in zip(chosen, taken, strict=True):
                    filled[k] = one
                yield self._sorted(filled)

    def _sorted(self, fill: Sequence[tuple[tuple[int, ...], int]]) -> Full:
        """The same fill, parts that are alike in order of what is taken of them."""
        order = sorted(range(len(fill)), key=lambda k: (self._like[k], fill[k]))
        places = sorted(range(len(fill)), key=lambda k: (self._like[k], k))
        found = list(fill)
        for place, k in zip(places, order, strict=True):
            found[place] = fill[k]
        return tuple(found)


def _on(seat: Seat, taken: tuple[tuple[int, ...], int], need: Need) -> list[tuple[tuple[int, ...], int]]:
    """What is taken of a part with a piece more, for each slot where it may start."""
    amounts, slots = taken
    starts = starts_of(need, seat)
    if not starts:
        return []
    after = tuple(a + n for a, n in zip(amounts, need.each, strict=True))
    if any(a > c for a, c in zip(after, seat.capacity, strict=True)):
        return []
    return [
        (after, slots | bits) for bits in ((0,) if need.profile is None else (b for b, _ in starts if not b & slots))
    ]


def _least(ask: Ask, kind: str, resource: int) -> int:
    return min(sum(need.parts * need.each[resource] for need in one if need.kind == kind) for one in ask)
