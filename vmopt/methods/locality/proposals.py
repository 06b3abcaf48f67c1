"""Proposals: exchanges that may be worth making, drawn at random but not blindly."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import IntArray
from vmopt.methods.locality.parameters import DEFAULT, LocalityParameters
from vmopt.methods.locality.seating import Exchanges, Seating


class Proposals:
    """Draws exchanges for a seating."""

    def __init__(self, seating: Seating, rng: np.random.Generator, parameters: LocalityParameters = DEFAULT) -> None:
        self._seating, self._rng, self._parameters = seating, rng, parameters
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
        if self._drawn % self._parameters.renew_every == 0:
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
        near = choice >= self._parameters.to_neighbour
        to[near] = self._by_rack[_between(rng, self._rack_begin[to[near]], self._rack_end[to[near]])]
        anywhere = choice >= self._parameters.near_neighbour
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
        choice, any_partner = rng.random(len(mover)), self._parameters.any_partner
        other = np.where(room & (choice < any_partner / 2), -1, anybody)
        partner = np.where(choice < any_partner, other, alike)
        return np.where((alike < 0) & (choice >= any_partner), np.where(room, -1, anybody), partner)

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
