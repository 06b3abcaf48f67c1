"""Landing: do these VMs fit the parts of one host, and where does each piece go; exact, by depth-first search.

Parts that are alike and equally full are tried once. Of states that were tried in vain, nothing is tried again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vmopt.rules.inside.layout import Ask, Need, Seat, starts_of

State = tuple[tuple[tuple[int, ...], int], ...]
"""What is taken of each part: amounts, and slots as bits."""
Spot = tuple[tuple[int, int], ...]
"""Where one of the `Pieces` is: the numbers of its parts among the seats, each with the slot it starts at."""
Landed = tuple[int, tuple[Spot, ...]]
"""The alternative of a VM, and where its pieces are."""


def land(seats: Sequence[Seat], asks: Sequence[Ask]) -> list[Landed] | None:
    """Find where each of these VMs may land on a host; None where they do not fit.

    Examples
    --------
    >>> gpu = [Seat("gpu", n, (10,), 0, ()) for n in range(2)]
    >>> share = ((Need("gpu", 1, (6,), None),),)
    >>> land(gpu, [share] * 2)
    [(0, (((1, -1),),)), (0, (((0, -1),),))]
    >>> land(gpu, [share] * 3) is None
    True
    """
    order = sorted(range(len(asks)), key=lambda i: _size(asks[i]), reverse=True)
    empty: State = tuple((tuple(0 for _ in seat.capacity), 0) for seat in seats)
    search = _Search(seats)
    found = search.run([asks[i] for i in order], empty)
    if found is None:
        return None
    landed = dict(zip(order, found, strict=True))
    return [landed[i] for i in range(len(asks))]


def _size(ask: Ask) -> tuple[int, ...]:
    """The large ones land first, and those alike one after the other."""
    return tuple(n for one in ask for need in one for n in (need.count * max((1, *need.each)), *need.each))


class _Search:
    def __init__(self, seats: Sequence[Seat]) -> None:
        self._seats = seats
        self._like = [(seat.kind, seat.capacity, seat.slots, seat.profiles) for seat in seats]
        kinds = {like: n for n, like in enumerate(dict.fromkeys(self._like))}
        self._of = [kinds[like] for like in self._like]

    def run(self, asks: Sequence[Ask], empty: State) -> list[Landed] | None:
        """Place one after the other, and go back where one fits nowhere."""
        found: list[Landed] = []
        states, failed = [empty], set[tuple[int, tuple[object, ...]]]()
        open_: list[Iterator[tuple[State, Landed]]] = []
        while len(found) < len(asks):
            if len(open_) == len(found):
                open_.append(self._ways(asks[len(found)], states[-1]))
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

    def _alike(self, state: State) -> tuple[object, ...]:
        """The state, whichever of several parts that are alike is which."""
        return tuple(sorted(zip(self._of, state, strict=True)))

    def _ways(self, ask: Ask, state: State) -> Iterator[tuple[State, Landed]]:
        for number, one in enumerate(ask):
            for after, spots in self._all_of(one, state):
                yield after, (number, spots)

    def _all_of(self, needs: tuple[Need, ...], state: State) -> Iterator[tuple[State, tuple[Spot, ...]]]:
        if not needs:
            yield state, ()
            return
        for between, spot in self._several(needs[0], needs[0].count, state, frozenset()):
            for after, spots in self._all_of(needs[1:], between):
                yield after, (spot, *spots)

    def _several(self, need: Need, left: int, state: State, closed: frozenset[int]) -> Iterator[tuple[State, Spot]]:
        """Put pieces on parts that differ; a part that was passed over is not taken by a later one."""
        if not left:
            yield state, ()
            return
        seen: set[tuple[int, tuple[tuple[int, ...], int]]] = set()
        for k in self._fullest_first(need, state):
            if k in closed:
                continue
            closed |= {k}
            if (self._of[k], state[k]) in seen:
                continue
            seen.add((self._of[k], state[k]))
            for slots, start in starts_of(need, self._seats[k]):
                amounts, used = state[k]
                after = tuple(a + n for a, n in zip(amounts, need.each, strict=True))
                if used & slots or any(a > c for a, c in zip(after, self._seats[k].capacity, strict=True)):
                    continue
                taken = (*state[:k], (after, used | slots), *state[k + 1 :])
                # parts as full as this one was may follow it: only those before it are closed
                for last, spot in self._several(need, left - 1, taken, closed):
                    yield last, ((k, start), *spot)

    def _fullest_first(self, need: Need, state: State) -> list[int]:
        mine = [k for k, seat in enumerate(self._seats) if seat.kind == need.kind]
        return sorted(mine, key=lambda k: (state[k], self._of[k], k), reverse=True)
