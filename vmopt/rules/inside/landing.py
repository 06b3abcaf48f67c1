"""Landing: do these VMs fit the parts of one host, and where does each piece go; exact.

Kinds of parts that have nothing to do with each other are landed one by one: which node a VM is on says nothing of its
GPU. What was once found for one kind is remembered, as many VMs ask for the same of it and differ in others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import gt

from vmopt.rules.inside.depth_first import MOST_STEPS, DepthFirst, Fill
from vmopt.rules.inside.layout import Ask, Seat, starts_of
from vmopt.rules.inside.separate import Kinds, joined, of_kinds, separate, share_of
from vmopt.rules.inside.small_program import Landed

Stand = tuple[Fill, list[Landed]]
"""How full parts are, and where the VMs have landed that make them so."""
MOST_KNOWN = 20_000
"""Sets of VMs whose landing on some kinds of parts is remembered, at about 2 KB each."""


def land(seats: Sequence[Seat], asks: Sequence[Ask], most_steps: int = MOST_STEPS) -> list[Landed] | None:
    """Find where each of these VMs may land on a host; None where they do not fit.

    Parameters
    ----------
    seats, asks : lists of Seat and of Ask
    most_steps : int
        Of the first search; then an integer program is solved.

    Examples
    --------
    >>> from vmopt.rules.inside.layout import Need
    >>> gpu = [Seat("gpu", n, (10,), 0, ()) for n in range(2)]
    >>> share = ((Need("gpu", 1, (6,), None),),)
    >>> land(gpu, [share] * 2)
    [(0, (((1, -1),),)), (0, (((0, -1),),))]
    >>> land(gpu, [share] * 3) is None
    True
    """
    found = Grounds(seats).all(asks, most_steps)
    return None if found is None else found[1]


class _Share:
    """Some kinds of parts of a host, and where VMs land on them."""

    def __init__(self, seats: Sequence[Seat], kinds: Kinds) -> None:
        self._number = [k for k, seat in enumerate(seats) if seat.kind in kinds]
        self._search = DepthFirst([seats[k] for k in self._number])
        self._known: dict[tuple[Ask, ...], list[Landed] | None] = {}

    def beside(self, fill: Fill, ask: Ask) -> Landed | None:
        """Land one VM more, the others as they are."""
        found = self._search.beside(tuple(fill[k] for k in self._number), ask)
        return None if found is None else self._told(found)

    def all(self, asks: Sequence[Ask], most_steps: int) -> list[Landed] | None:
        """Land VMs; those that ask for the same are one like the other."""
        order = sorted(range(len(asks)), key=lambda i: hash(asks[i]))
        key = tuple(asks[i] for i in order)
        if key not in self._known:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            found = self._search.all(key, most_steps)
            self._known[key] = None if found is None else [self._told(one) for one in found]
        known = self._known[key]
        if known is None:
            return None
        landed = dict(zip(order, known, strict=True))
        return [landed[i] for i in range(len(asks))]

    def _told(self, landed: Landed) -> Landed:
        number, spots = landed
        return number, tuple(tuple((self._number[k], start) for k, start in spot) for spot in spots)


class Grounds:
    """The parts of a host, and where VMs land on them.

    Parameters
    ----------
    seats : list of Seat

    Examples
    --------
    >>> from vmopt.rules.inside.layout import Need
    >>> gpus = Grounds([Seat("gpu", n, (10,), 0, ()) for n in range(2)])
    >>> share = ((Need("gpu", 1, (6,), None),),)
    >>> fill, spots = gpus.beside(gpus.empty, share)
    >>> fill, gpus.beside(gpus.beside(fill, share)[0], share)
    ((((0,), 0), ((6,), 0)), None)
    """

    def __init__(self, seats: Sequence[Seat]) -> None:
        self._seats = seats
        self._shares: dict[Kinds, _Share] = {}
        self.empty: Fill = tuple((tuple(0 for _ in seat.capacity), 0) for seat in seats)

    def beside(self, fill: Fill, ask: Ask) -> tuple[Fill, Landed] | None:
        """Land one VM more, the others as they are; None where that does not go within the steps of one search."""
        found = []
        for kinds in separate(frozenset([ask])):
            landed = self._of(kinds).beside(fill, of_kinds(ask, kinds))
            if landed is None:
                return None
            found.append((kinds, landed))
        landed = joined(ask, found)
        after = self.shifted(fill, ask, landed)
        assert after is not None
        return after, landed

    def all(self, asks: Sequence[Ask], most_steps: int = MOST_STEPS) -> Stand | None:
        """Land VMs; None where they do not fit."""
        return self._each(asks, lambda kinds, share, mine: share.all(mine, most_steps))

    def one_more(self, fill: Fill, asks: Sequence[Ask], landed: Sequence[Landed], at: int) -> Stand | None:
        """Land one VM more: beside the others as they are on those kinds of parts where that goes, else all anew.

        Parameters
        ----------
        fill : Fill
        asks : list of Ask
            Of all VMs, the one to come among them.
        landed : list
            Where the others have landed.
        at : int
            Which of them comes.
        """
        others = [*asks[:at], *asks[at + 1 :]]

        def beside(kinds: Kinds, share: _Share, mine: list[Ask]) -> list[Landed] | None:
            new = of_kinds(asks[at], kinds)
            spots = share.beside(fill, new) if any(new) else None
            if spots is None and any(new):
                return share.all(mine, MOST_STEPS)
            where = zip(others, landed, strict=True)
            kept = [share_of(ask, one, kinds) for ask, one in where if any(of_kinds(ask, kinds))]
            before = sum(any(of_kinds(ask, kinds)) for ask in asks[:at])
            return kept if spots is None else [*kept[:before], spots, *kept[before:]]

        return self._each(asks, beside)

    def lacking(self, asks: Sequence[Ask]) -> Kinds:
        """On which kinds of parts these VMs do not land, each told with those that go together with it."""
        found = Kinds()
        for kinds in separate(frozenset(asks)):
            mine = [sub for ask in asks if any(sub := of_kinds(ask, kinds))]
            if self._of(kinds).all(mine, MOST_STEPS) is None:
                found |= kinds
        return found

    def _each(
        self, asks: Sequence[Ask], land: Callable[[Kinds, _Share, list[Ask]], list[Landed] | None]
    ) -> Stand | None:
        """Land VMs on the kinds of parts one after the other: only those that ask for any."""
        found: list[list[tuple[Kinds, Landed]]] = [[] for _ in asks]
        for kinds in separate(frozenset(asks)):
            mine = [i for i, ask in enumerate(asks) if any(of_kinds(ask, kinds))]
            landed = land(kinds, self._of(kinds), [of_kinds(asks[i], kinds) for i in mine])
            if landed is None:
                return None
            for i, one in zip(mine, landed, strict=True):
                found[i].append((kinds, one))
        whole = [joined(ask, shares) for ask, shares in zip(asks, found, strict=True)]
        return self._filled(asks, whole), whole

    def _of(self, kinds: Kinds) -> _Share:
        if kinds not in self._shares:
            self._shares[kinds] = _Share(self._seats, kinds)
        return self._shares[kinds]

    def shifted(self, fill: Fill, ask: Ask, landed: Landed, sign: int = 1) -> Fill | None:
        """Add what a VM takes where it has landed, or with -1 take it off; None where something of it is not free."""
        amounts, slots = [list(amounts) for amounts, _ in fill], [bits for _, bits in fill]
        number, spots = landed
        for need, spot in zip(ask[number], spots, strict=True):
            for k, start in spot:
                amounts[k] = [a + sign * n for a, n in zip(amounts[k], need.each, strict=True)]
                bits = {at: bits for bits, at in starts_of(need, self._seats[k])}[start] if start >= 0 else 0
                if any(map(gt, amounts[k], self._seats[k].capacity)) or (sign > 0 and slots[k] & bits):
                    return None
                slots[k] ^= bits
        return tuple((tuple(a), bits) for a, bits in zip(amounts, slots, strict=True))

    def _filled(self, asks: Sequence[Ask], found: Sequence[Landed]) -> Fill:
        """Add up what these VMs take where they have landed."""
        fill: Fill | None = self.empty
        for ask, landed in zip(asks, found, strict=True):
            fill = None if fill is None else self.shifted(fill, ask, landed)
        assert fill is not None
        return fill
