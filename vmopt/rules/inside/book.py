"""The book of an instance: which VMs fit together on a host with which parts, found once and remembered."""

from __future__ import annotations

from collections.abc import Sequence

from vmopt.rules.inside.landing import Landed, land
from vmopt.rules.inside.layout import Ask, Seat

Held = tuple[tuple[int, int], ...]
"""How many VMs of each ask are on a host: pairs of ask and number, ordered."""
State = tuple[int, Held]
"""The parts of a host, by number (-1 for none), and what it holds."""


class Book:
    """Answers one question: can a host that holds these VMs take one more, and where.

    Parameters
    ----------
    hosts : list of lists of Seat
        The parts of the hosts that have any, by number.
    asks : list of Ask
        What VMs ask for, by number.

    Examples
    --------
    >>> from vmopt.rules.inside.layout import Need
    >>> book = Book([[Seat("gpu", 0, (10,), 0, ())]], [((Need("gpu", 1, (6,), None),),)])
    >>> empty = book.state(0)
    >>> one = book.after(empty, 0)
    >>> book.takes(empty, 0), book.takes(one, 0), book.takes(book.state(-1), 0)
    (True, False, False)
    """

    def __init__(self, hosts: Sequence[Sequence[Seat]], asks: Sequence[Ask]) -> None:
        self.hosts, self.asks = hosts, asks
        self._number: dict[State, int] = {}
        self._states: list[State] = []
        self._after: dict[tuple[int, int, int], int] = {}
        self._landed: dict[int, list[Landed] | None] = {}

    def state(self, host: int, held: Held = ()) -> int:
        """Return the number of a state."""
        key = (host, held)
        number = self._number.setdefault(key, len(self._states))
        if number == len(self._states):
            self._states.append(key)
        return number

    def after(self, state: int, ask: int, sign: int = 1) -> int:
        """Return the state with one VM more, or with -1 one less."""
        key = (state, ask, sign)
        if key not in self._after:
            host, held = self._states[state]
            number = dict(held)
            number[ask] = number.get(ask, 0) + sign
            self._after[key] = self.state(host, tuple(sorted((g, n) for g, n in number.items() if n)))
        return self._after[key]

    def takes(self, state: int, ask: int) -> bool:
        """Whether one more fits."""
        return self.landed(self.after(state, ask)) is not None

    def landed(self, state: int) -> list[Landed] | None:
        """Where the VMs of a state land, ask by ask; None where they do not fit."""
        if state not in self._landed:
            host, held = self._states[state]
            asks = [self.asks[g] for g, n in held for _ in range(n)]
            self._landed[state] = land(self.hosts[host] if host >= 0 else (), asks)
        return self._landed[state]

    def most(self, host: int, ask: int, limit: int) -> int:
        """How many with one ask fit a host, at most `limit`."""
        state = self.state(host)
        for n in range(limit):
            if not self.takes(state, ask):
                return n
            state = self.after(state, ask)
        return limit
