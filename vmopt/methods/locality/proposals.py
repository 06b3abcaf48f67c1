"""Proposals: exchanges that may be worth making, drawn at random but not blindly."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import IntArray
from vmopt.methods.locality.seating import Exchanges, Seating

TO_NEIGHBOUR, NEAR_NEIGHBOUR = 0.75, 0.9
"""So often an item is sent to where one that it talks to sits, or at least into that one's rack; else anywhere."""
ANY_PARTNER = 0.15
"""So often the partner may be of another kind; so often, too, nobody comes in return where there is room."""
RENEW_EVERY = 4
"""Draws after which the lists of who sits where are made anew."""


class Proposals:
    """Draws exchanges for a seating."""

    def __init__(self, seating: Seating, rng: np.random.Generator) -> None:
        self._seating, self._rng = seating, rng
        self._cumulated = np.cumsum(seating.links.weight)
        self._n_kinds = int(seating.kind.max(initial=0)) + 1
        sites = seating.sites
        copy = np.arange(len(sites)) // sites.per_copy
        rack = copy * (int(sites.rack.max()) + 1) + sites.rack
        self._by_rack = np.argsort(rack, kind="stable")
        ordered = rack[self._by_rack]
        self._rack_begin, self._rack_end = (np.searchsorted(ordered, rack, side) for side in ("left", "right"))
        self._drawn = 0

    def draw(self, count: int) -> Exchanges:
        """Draw so many exchanges; some of them may not be feasible."""
        if self._drawn % RENEW_EVERY == 0:
            self._list_items()
        self._drawn += 1
        mover, to = self._movers(count)
        return Exchanges(mover, to, self._partners(mover, to))

    def _movers(self, count: int) -> tuple[IntArray, IntArray]:
        """Items, half of them drawn by the weight of their links, and where they are to go."""
        rng, seating = self._rng, self._seating
        heavy = np.searchsorted(self._cumulated, rng.random(count // 2) * self._cumulated[-1], side="right")
        entry = np.concatenate([heavy, rng.integers(0, len(self._cumulated), count - count // 2)])
        entry = np.minimum(entry, len(self._cumulated) - 1)
        mover = seating.links.of[entry]
        to = seating.at[seating.links.to[entry]]
        choice = rng.random(count)
        near = choice >= TO_NEIGHBOUR
        to[near] = self._by_rack[_between(rng, self._rack_begin[to[near]], self._rack_end[to[near]])]
        anywhere = choice >= NEAR_NEIGHBOUR
        per_copy = seating.sites.per_copy
        copy = seating.at[mover[anywhere]] // per_copy
        to[anywhere] = copy * per_copy + rng.integers(0, per_copy, int(anywhere.sum()))
        return mover, to

    def _partners(self, mover: IntArray, to: IntArray) -> IntArray:
        """Someone of the same kind at the site; where there is none, or now and then, anybody or nobody."""
        rng, seating = self._rng, self._seating
        key = to * self._n_kinds + seating.kind[mover]
        alike = self._one_of(np.searchsorted(self._keys, key), np.searchsorted(self._keys, key, side="right"))
        anybody = self._one_of(self._site_begin[to], self._site_begin[to + 1])
        room = (seating.free[to] >= seating.demand[mover]).all(axis=1)
        choice = rng.random(len(mover))
        other = np.where(room & (choice < ANY_PARTNER / 2), -1, anybody)
        partner = np.where(choice < ANY_PARTNER, other, alike)
        return np.where((alike < 0) & (choice >= ANY_PARTNER), np.where(room, -1, anybody), partner)

    def _list_items(self) -> None:
        key = self._seating.at * self._n_kinds + self._seating.kind
        self._order = np.argsort(key, kind="stable")
        self._keys = key[self._order]
        edges = np.arange(len(self._seating.sites) + 1) * self._n_kinds
        self._site_begin = np.searchsorted(self._keys, edges)

    def _one_of(self, begin: IntArray, end: IntArray) -> IntArray:
        """A random item of each stretch of the list, -1 where it is empty."""
        chosen = self._order[np.minimum(_between(self._rng, begin, end), len(self._order) - 1)]
        return np.where(end > begin, chosen, -1)


def _between(rng: np.random.Generator, begin: IntArray, end: IntArray) -> IntArray:
    """A random integer of each range, the end excluded."""
    return begin + (rng.random(len(begin)) * (end - begin)).astype(np.int64)
