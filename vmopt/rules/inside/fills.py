"""How full parts of hosts may be, and who goes beside: what landing in place asks again and again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.rules.inside.depth_first import Fill
from vmopt.rules.inside.landing import Grounds
from vmopt.rules.inside.layout import Ask, Seat
from vmopt.rules.inside.small_program import Landed

UNKNOWN = -1


class Fills:
    """How full parts of hosts may be, by number, and whether a VM goes beside; found once and remembered.

    Parameters
    ----------
    hosts : list of lists of Seat
        The parts of the hosts that have any, by number; one without comes last.
    asks : list of Ask

    Examples
    --------
    >>> from vmopt.rules.inside.layout import Need
    >>> fills = Fills([[Seat("gpu", 0, (10,), 0, ())]], [((Need("gpu", 1, (6,), None),),)])
    >>> empty = fills.number(0, fills.grounds[0].empty)
    >>> after, landed = fills.beside(empty, 0)
    >>> fills.take(np.array([empty, fills.number(0, after)]), 0).tolist()
    [True, False]
    """

    def __init__(self, hosts: Sequence[Sequence[Seat]], asks: Sequence[Ask]) -> None:
        self._hosts = hosts
        self.grounds = [Grounds(seats) for seats in (*hosts, ())]
        self.asks = asks
        self.states: list[tuple[int, Fill]] = []
        self._number: dict[tuple[int, Fill], int] = {}
        self._takes = np.full((64, len(asks)), UNKNOWN, dtype=np.int8)

    def fresh(self) -> Fills:
        """Return the same hosts and asks, with no fill numbered yet."""
        return Fills(self._hosts, self.asks)

    def number(self, host: int, fill: Fill) -> int:
        """Return the number of a fill of one kind of host, -1 for hosts without parts."""
        number = self._number.setdefault((host, fill), len(self.states))
        if number == len(self.states):
            self.states.append((host, fill))
            if number == len(self._takes):
                self._takes = np.vstack([self._takes, np.full_like(self._takes, UNKNOWN)])
        return number

    def beside(self, state: int, ask: int) -> tuple[Fill, Landed] | None:
        """Land one VM more, the others as they are; None where that does not go."""
        host, fill = self.states[state]
        return self.grounds[host].beside(fill, self.asks[ask])

    def take(self, states: IntArray, ask: int) -> BoolArray:
        """Whether each of these takes one VM more."""
        found = self._takes[states, ask]
        for state in np.unique(states[found == UNKNOWN]).tolist():
            self._takes[state, ask] = self.beside(state, ask) is not None
        return np.asarray(self._takes[states, ask] > 0)
