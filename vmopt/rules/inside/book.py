"""The book of an instance: which VMs fit together on a host with which parts, found once and remembered."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from vmopt.arrays import IntArray
from vmopt.rules.inside.amounts import PartAmount
from vmopt.rules.inside.depth_first import size_of
from vmopt.rules.inside.landing import Grounds, Stand
from vmopt.rules.inside.layout import Ask, Seat
from vmopt.rules.inside.separate import Kinds
from vmopt.rules.inside.small_program import Landed

Held = tuple[tuple[int, int], ...]
"""How many VMs of each ask are on a host: pairs of ask and number, ordered."""
State = tuple[int, Held]
"""The parts of a host, by number (-1 for none), and what it holds."""
Stop = Callable[[], bool]
UNKNOWN, NEVER = -2, -1
"""Entries of tables: not found yet, and no."""
ASKED_EVERY = 8
"""Searches between two looks at the clock."""
MOST_STANDS = 100_000
"""States whose landing is remembered, at about 2 KB each."""


class Book:
    """Answers one question: can a host that holds these VMs take one more, and where.

    What one more VM leads to is a table of states and asks. A state is landed from the one before it: if the VM goes
    beside the others as they are, nothing is searched; if an amount that follows from pieces is exceeded, it goes
    nowhere; only what lies between is searched. Where VMs land is forgotten when it is much, and found again when asked
    for; numbers of states stay.

    Parameters
    ----------
    hosts : list of lists of Seat
        The parts of the hosts that have any, by number.
    asks : list of Ask
        What VMs ask for, by number.
    amounts : list of PartAmount
        What VMs take at least of what hosts have at most: entries for all of these asks and hosts.

    Attributes
    ----------
    judged : set of int
        States whose landing, as it is remembered, others have judged and found right.

    Examples
    --------
    >>> from vmopt.rules.inside.layout import Need
    >>> book = Book([[Seat("gpu", 0, (10,), 0, ())]], [((Need("gpu", 1, (6,), None),),)])
    >>> empty = book.state(0)
    >>> one = book.after(empty, 0)
    >>> book.takes(empty, 0), book.takes(one, 0), book.takes(book.state(-1), 0)
    (True, False, False)
    >>> book.room(np.array([empty, one]), 0, 9).tolist()
    [1, 0]
    """

    def __init__(
        self, hosts: Sequence[Sequence[Seat]], asks: Sequence[Ask], amounts: Sequence[PartAmount] = ()
    ) -> None:
        self.hosts, self.asks = hosts, asks
        self.amounts = tuple(amounts)
        self.by_size = sorted(range(len(asks)), key=lambda g: size_of(asks[g]), reverse=True)
        self._asked = np.array([one.asked for one in amounts], dtype=np.int64).reshape(len(amounts), len(asks)).T
        self._offered = (
            np.array([one.offered for one in amounts], dtype=np.int64).reshape(len(amounts), len(hosts) + 1).T
        )
        self._grounds = [Grounds(seats) for seats in hosts]
        self._nothing = Grounds(())
        self._number: dict[State, int] = {}
        self._states: list[State] = []
        self._after: dict[tuple[int, int, int], int] = {}
        self._stands: dict[int, Stand | None] = {}
        self._not_beside = set[int]()
        self.judged = set[int]()
        self._grown = np.full((64, len(asks)), UNKNOWN, dtype=np.int32)
        self._room = np.full((64, len(asks)), UNKNOWN, dtype=np.int32)

    def __len__(self) -> int:
        return len(self._states)

    def fresh(self) -> Book:
        """Return a book of the same in which nothing is written yet."""
        return Book(self.hosts, self.asks, self.amounts)

    def state(self, host: int, held: Held = ()) -> int:
        """Return the number of a state."""
        key = (host, held)
        number = self._number.setdefault(key, len(self._states))
        if number == len(self._states):
            self._states.append(key)
            if number == len(self._grown):
                more = np.full_like(self._grown, UNKNOWN)
                self._grown, self._room = np.vstack([self._grown, more]), np.vstack([self._room, more])
        return number

    def after(self, state: int, ask: int, sign: int = 1) -> int:
        """Return the state with so many VMs more, or less."""
        key = (state, ask, sign)
        if key not in self._after:
            host, held = self._states[state]
            number = dict(held)
            number[ask] = number.get(ask, 0) + sign
            self._after[key] = self.state(host, tuple(sorted((g, n) for g, n in number.items() if n)))
        return self._after[key]

    def takes(self, state: int, ask: int) -> bool:
        """Whether one more fits."""
        return self._grow(state, ask) >= 0

    def grown(self, states: IntArray, asks: IntArray, *, anew: bool = True, stop: Stop | None = None) -> IntArray:
        """Return the states with one VM more each, -1 where it does not fit; an ask of -1 changes nothing.

        Parameters
        ----------
        anew : bool
            Whether to search for another landing of all of them where it does not go beside the others as they are.
        stop : function, optional
            Asked every few searches; once it says so, what is not known yet counts as not landing.
        """
        found: IntArray = np.where(asks < 0, states, NEVER)
        some = np.flatnonzero((asks >= 0) & (states >= 0))
        found[some] = self._grown[states[some], asks[some]]
        unknown = some[found[some] == UNKNOWN]
        for n, (state, ask) in enumerate({*zip(states[unknown].tolist(), asks[unknown].tolist(), strict=True)}):
            if stop is not None and n % ASKED_EVERY == 0 and stop():
                break
            self._grow(state, ask, anew=anew)
        found[unknown] = np.maximum(self._grown[states[unknown], asks[unknown]], NEVER)
        return found

    def room(self, states: IntArray, ask: int, most: int) -> IntArray:
        """How many more with one ask each state takes, at most `most`."""
        found = self._room[states, ask]
        for state in np.unique(states[found == UNKNOWN]).tolist():
            self._count(state, ask, most)
        found = self._room[states, ask]
        return np.where(found == UNKNOWN, most, np.minimum(found, most))

    def _count(self, state: int, ask: int, most: int) -> None:
        """Count one after the other, and note it for each state on the way."""
        passed = [state]
        while len(passed) <= most and (after := self._grow(passed[-1], ask)) >= 0:
            passed.append(after)
        if len(passed) <= most:
            self._room[passed, ask] = np.arange(len(passed))[::-1]

    def landed(self, state: int) -> list[Landed] | None:
        """Where the VMs of a state land, ask by ask; None where they do not fit."""
        stand = self._stand(state)
        return None if stand is None else stand[1]

    def _stand(self, state: int) -> Stand | None:
        """How full the parts are in a state, and where its VMs land: one after the other, the largest first."""
        if state in self._stands:
            return self._stands[state]
        host, held = self._states[state]
        begin, number = self.state(host), dict(held)
        stand: Stand | None = (self._of(host).empty, [])
        for ask in (g for g in self.by_size for _ in range(number.get(g, 0))):
            after = self.after(begin, ask)
            stand = self._stands[after] if after in self._stands else self._keep(after, self._land(stand, ask, after))
            if stand is None:
                break
            begin = after
        return self._keep(state, stand)

    def _keep(self, state: int, stand: Stand | None) -> Stand | None:
        """Remember it, and forget all others where they are many."""
        if len(self._stands) >= MOST_STANDS:
            self._stands.clear()
            self._after.clear()
            self._not_beside.clear()
            self.judged.clear()
        self._stands[state] = stand
        return stand

    def _of(self, host: int) -> Grounds:
        return self._grounds[host] if host >= 0 else self._nothing

    def _grow(self, state: int, ask: int, *, anew: bool = True) -> int:
        """Return the state with one VM more, -1 where it does not fit."""
        found = int(self._grown[state, ask])
        if found == UNKNOWN:
            found = self.after(state, ask)
            if found in self._stands:
                after = self._stands[found]
            else:
                stand = self._stand(state)
                if not anew and (found in self._not_beside or not self._may_land(stand, ask, found)):
                    return NEVER
                after = self._keep(found, self._land(stand, ask, found))
            found = found if after is not None else NEVER
            self._grown[state, ask] = found
        return found

    def _may_land(self, stand: Stand | None, ask: int, after: int) -> bool:
        """Whether that can be told without a search: it goes beside the others, or nowhere at all."""
        host, held = self._states[after]
        if stand is None or not self._within(host, held):
            return True
        if self._of(host).beside(stand[0], self.asks[ask]) is None:
            self._not_beside.add(after)
            return False
        return True

    def _land(self, stand: Stand | None, ask: int, after: int) -> Stand | None:
        """Land one VM more: beside the others as they are, else anew on those kinds of parts where it must be."""
        host, held = self._states[after]
        if stand is None or not self._within(host, held):
            return None
        fill, landed = stand
        place = sum(n for g, n in held if g <= ask) - 1
        beside = self._of(host).beside(fill, self.asks[ask])
        if beside is None:
            return self._of(host).one_more(fill, [self.asks[g] for g, n in held for _ in range(n)], landed, place)
        return beside[0], [*landed[:place], beside[1], *landed[place:]]

    def _within(self, host: int, held: Held) -> bool:
        """Whether amounts that follow from pieces are there."""
        asked = sum((n * self._asked[g] for g, n in held), start=np.zeros(len(self.amounts), dtype=np.int64))
        return bool((asked <= self._offered[host]).all())

    def lacking(self, state: int, ask: int) -> Kinds:
        """On which kinds of parts one VM more does not land; none where it fits."""
        host, held = self._states[state]
        return self._of(host).lacking([*(self.asks[g] for g, n in held for _ in range(n)), self.asks[ask]])

    def most(self, host: int, ask: int, limit: int) -> int:
        """How many with one ask fit a host, at most `limit`."""
        return int(self.room(np.array([self.state(host)]), ask, limit)[0])
