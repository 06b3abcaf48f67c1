"""Levelled: how evenly loads can fill hosts, one resource at a time, if all that limits them is what sums there are."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.goals.reachable import reachable, step_of

MOST_SIZES = 500
"""Sizes of hosts up to which those that are alike are counted."""
MOST_TRIED = 200
"""Loads of the emptiest host that are tried."""


@dataclass(frozen=True, eq=False)
class Levelled:
    """Hosts that have any of a resource, by size, and the loads that there can be.

    Attributes
    ----------
    room, count : lists of int
        Sizes, the largest first, and how many hosts have each.
    loads : (n,) int64 array
        In order; 0 among them.
    in_use : int
        How many hosts may hold anything.
    """

    room: list[int]
    count: list[int]
    loads: IntArray
    in_use: int

    @classmethod
    def of(cls, instance: Any, k: int, in_use: int) -> Levelled | None:
        """Read an instance; None where sizes or loads are too many."""
        room, count = np.unique(instance.capacity[:, k], return_counts=True)
        room, count = room[room > 0][::-1], count[room > 0][::-1]
        loads = reachable(instance)[k]
        if not 0 < len(room) <= MOST_SIZES or loads is None or not step_of(instance, k):
            return None
        return cls(room.tolist(), count.tolist(), loads, in_use)

    def fullest(self, least: int) -> Fraction:
        """The fullest host has at least so much, if all together hold `least`; 0 where they cannot.

        Examples
        --------
        >>> Levelled([8, 6], [1, 2], np.array([0, 3, 6]), 3).fullest(9)
        Fraction(1, 2)
        """
        if self._most_held(Fraction(1)) < least:
            return Fraction(0)
        return min(self._first(room, least) for room in self.room)

    def spread(self, least: int, most: int) -> Fraction:
        """How far the fullest is from the emptiest at least, if all together hold between `least` and `most`."""
        top = self.fullest(least)
        if not top or self.in_use < sum(self.count):
            return top
        low = max(self._last(room, most) for room in self.room)
        return max(self._closest(top, low), Fraction(0))

    def _closest(self, top: Fraction, low: Fraction) -> Fraction:
        """Least width of a band from no higher than `low` to no lower than `top` in which hosts of all sizes can be."""
        best = Fraction(2)
        for _ in range(MOST_TRIED):
            if best <= top - low:
                return best
            above = max(Fraction(self._load(low * room, up=True), room) for room in self.room)
            best = min(best, max(top, above) - low)
            lower = [self._below(low * room) for room in self.room]
            if all(load is None for load in lower):
                return best
            pairs = zip(lower, self.room, strict=True)
            low = max(Fraction(load, room) for load, room in pairs if load is not None)
        return min(best, top - low)

    def _most_held(self, part: Fraction) -> int:
        """What all hosts in use can hold if none is fuller than a part."""
        held, left = 0, self.in_use
        for room, count in zip(self.room, self.count, strict=True):
            held += min(count, left) * self._load(part * room)
            left -= min(count, left)
        return held

    def _least_held(self, part: Fraction) -> int | None:
        """What all hosts hold at least if none is emptier than a part; None where one cannot hold so much."""
        held = 0
        for room, count in zip(self.room, self.count, strict=True):
            load = self._load(part * room, up=True)
            if load > room:
                return None
            held += count * load
        return held

    def _first(self, room: int, least: int) -> Fraction:
        """Least load of a host of a size, in parts of it, so that hosts no fuller than it hold so much together."""
        low, high = 0, self._place(room)
        if self._most_held(Fraction(int(self.loads[high]), room)) < least:
            return Fraction(1)
        while low < high:
            middle = (low + high) // 2
            if self._most_held(Fraction(int(self.loads[middle]), room)) >= least:
                high = middle
            else:
                low = middle + 1
        return Fraction(int(self.loads[low]), room)

    def _last(self, room: int, most: int) -> Fraction:
        """Largest load of a host of a size, in parts of it, so that hosts no emptier than it hold no more together."""
        low, high = 0, self._place(room)
        while low < high:
            middle = (low + high + 1) // 2
            held = self._least_held(Fraction(int(self.loads[middle]), room))
            if held is not None and held <= most:
                low = middle
            else:
                high = middle - 1
        return Fraction(int(self.loads[low]), room)

    def _place(self, amount: Any) -> int:
        """Which load is the largest up to an amount."""
        return int(np.searchsorted(self.loads, int(amount // 1), side="right")) - 1

    def _load(self, amount: Any, *, up: bool = False) -> int:
        """The largest load up to an amount; with `up` the least from it on, or one beyond any host."""
        place = self._place(amount)
        if up and int(self.loads[place]) < amount:
            place += 1
        return int(self.loads[place]) if place < len(self.loads) else 2 * self.room[0] + 1

    def _below(self, amount: Fraction) -> int | None:
        """The largest load below an amount."""
        place = int(np.searchsorted(self.loads, int(-(-amount // 1)))) - 1
        return int(self.loads[place]) if place >= 0 else None
