"""Landing by depth-first search: the kinds of parts that VMs ask for together.

Parts that are alike and equally full are tried once. Of states that were tried in vain, nothing is tried again, and
where what is left of the parts is too little for the VMs to come, nothing at all. A search that takes too long is left
to an integer program, which is as exact; the two take turns, each time for longer, until one of them ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from operator import add, gt

from vmopt.rules.inside.layout import Ask, Need, Seat, starts_of
from vmopt.rules.inside.rest import Rest
from vmopt.rules.inside.small_program import Landed, Spot, land_by_program

MOST_STEPS = 4_000
"""Parts that a search tries for pieces before a program takes over."""
SECONDS = 2.0
"""What that program may take at first."""

Fill = tuple[tuple[tuple[int, ...], int], ...]
"""What is taken of each part: amounts, and slots as bits."""


class _TooLongError(Exception):
    """A search took more steps than it may."""


def size_of(ask: Ask) -> tuple[int, ...]:
    """The large ones land first, and those alike one after the other."""
    return tuple(n for one in ask for need in one for n in (need.parts * max((1, *need.each)), *need.each))


class DepthFirst:
    """The parts of a host, and the search for where VMs land on them.

    Parameters
    ----------
    seats : list of Seat

    Examples
    --------
    >>> gpus = DepthFirst([Seat("gpu", n, (10,), 0, ()) for n in range(2)])
    >>> share = ((Need("gpu", 1, (6,), None),),)
    >>> gpus.all([share] * 2), gpus.all([share] * 3)
    ([(0, (((1, -1),),)), (0, (((0, -1),),))], None)
    """

    def __init__(self, seats: Sequence[Seat]) -> None:
        self._seats = seats
        self._like = [(seat.kind, seat.capacity, seat.slots, seat.profiles) for seat in seats]
        kinds = {like: n for n, like in enumerate(dict.fromkeys(self._like))}
        self._of = [kinds[like] for like in self._like]
        self._starts: dict[Need, list[tuple[int, tuple[tuple[int, int], ...]]]] = {}
        self._left = 0
        self._empty: Fill = tuple((tuple(0 for _ in seat.capacity), 0) for seat in seats)

    def beside(self, fill: Fill, ask: Ask) -> Landed | None:
        """Land one VM more, the others as they are; None where that does not go within the steps of one search."""
        self._left = MOST_STEPS
        try:
            return next((landed for _, landed in self._ways(ask, fill)), None)
        except _TooLongError:
            return None

    def all(self, asks: Sequence[Ask], most_steps: int = MOST_STEPS) -> list[Landed] | None:
        """Land VMs; None where they do not fit."""
        for doubled in count():
            try:
                return self._search(asks, most_steps << doubled)
            except _TooLongError:
                pass
            try:
                return land_by_program(self._seats, asks, SECONDS * 2**doubled)
            except ArithmeticError:  # it found no answer in time, or one that is none
                continue
        raise AssertionError

    def _search(self, asks: Sequence[Ask], most_steps: int) -> list[Landed] | None:
        order = sorted(range(len(asks)), key=lambda i: size_of(asks[i]), reverse=True)
        self._left = most_steps
        found = self._run([asks[i] for i in order])
        if found is None:
            return None
        landed = dict(zip(order, found, strict=True))
        return [landed[i] for i in range(len(asks))]

    def _run(self, asks: Sequence[Ask]) -> list[Landed] | None:
        """Place one after the other, and go back where one fits nowhere."""
        found: list[Landed] = []
        states, failed, rest = [self._empty], set[tuple[int, tuple[object, ...]]](), Rest(self._seats, asks)
        open_: list[Iterator[tuple[Fill, Landed]]] = []
        while len(found) < len(asks):
            if len(open_) == len(found):
                hopeful = rest.may_fit(len(found), states[-1])
                open_.append(self._ways(asks[len(found)], states[-1]) if hopeful else iter(()))
            step = next(open_[-1], None)
            if step is not None:
                if (len(found) + 1, self._alike(step[0])) not in failed:
                    states.append(step[0])
                    found.append(step[1])
                continue
            failed.add((len(found), self._alike(states[-1])))
            open_.pop()
            if not found:
                return None
            found.pop()
            states.pop()
        return found

    def _alike(self, state: Fill) -> tuple[object, ...]:
        """The state, whichever of several parts that are alike is which."""
        return tuple(sorted(zip(self._of, state, strict=True)))

    def _ways(self, ask: Ask, state: Fill) -> Iterator[tuple[Fill, Landed]]:
        for number, one in enumerate(ask):
            for after, spots in self._all_of(one, state):
                yield after, (number, spots)

    def _all_of(self, needs: tuple[Need, ...], state: Fill) -> Iterator[tuple[Fill, tuple[Spot, ...]]]:
        if not needs:
            yield state, ()
            return
        for between, spot in self._several(needs[0], needs[0].parts, state, frozenset()):
            for after, spots in self._all_of(needs[1:], between):
                yield after, (spot, *spots)

    def _several(self, need: Need, left: int, state: Fill, closed: frozenset[int]) -> Iterator[tuple[Fill, Spot]]:
        """Put pieces on parts that differ; a part that was passed over is not taken by a later one."""
        if not left:
            yield state, ()
            return
        seen = set[tuple[int, tuple[tuple[int, ...], int]]]()
        for _, of, k, starts in sorted(((state[k], self._of[k], k, s) for k, s in self._where(need)), reverse=True):
            if k in closed:
                continue
            closed |= {k}
            self._left -= 1
            if self._left < 0:
                raise _TooLongError
            if (of, state[k]) in seen:
                continue
            seen.add((of, state[k]))
            amounts, used = state[k]
            after = tuple(map(add, amounts, need.each))
            if any(map(gt, after, self._seats[k].capacity)):
                continue
            for slots, start in starts:
                if used & slots:
                    continue
                taken = (*state[:k], (after, used | slots), *state[k + 1 :])
                # parts as full as this one was may follow it: only those before it are closed
                for last, spot in self._several(need, left - 1, taken, closed):
                    yield last, ((k, start), *spot)

    def _where(self, need: Need) -> list[tuple[int, tuple[tuple[int, int], ...]]]:
        """Parts that can hold a piece when they are empty, each with where it may start."""
        if need not in self._starts:
            ways = ((k, starts_of(need, seat)) for k, seat in enumerate(self._seats))
            self._starts[need] = [(k, starts) for k, starts in ways if starts]
        return self._starts[need]
