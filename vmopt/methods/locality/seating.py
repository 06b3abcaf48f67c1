"""Seating: who sits where, what that costs, and the exchanges that change it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.methods.locality.guards import Guards
from vmopt.methods.locality.links import Links
from vmopt.model.classes import merge_rows
from vmopt.network.sites import Sites

NO_RULES = Guards()


class Exchanges(NamedTuple):
    """Items that move, each to a site, and who comes in return: an item of that site, or -1 for nobody."""

    mover: IntArray
    to: IntArray
    partner: IntArray

    def take(self, which: Any) -> Exchanges:
        """Some of the exchanges."""
        return Exchanges(self.mover[which], self.to[which], self.partner[which])


class Seating:
    """Items at sites with room for them: VMs on hosts, or all that a host runs at the place of a host.

    The cost is ``sum over links of weight * latency / 2`` (every link stands in two rows) plus the worth of items that
    sit nowhere.

    Attributes
    ----------
    sites : Sites
    links : Links
    demand, capacity : (n_items, n_resources) and (n_sites, n_resources) int64 arrays
    worth : (n_items,) float64 array
        What it costs that an item sits nowhere.
    at : (n_items,) int64 array
        Site of each item.
    kind : (n_items,) int64 array
        Items of equal demand, alike to all rules, are of one kind: they change places whatever room there is.
    free : (n_sites, n_resources) int64 array
        Room that is left.
    guards : Guards
        What rules permit.
    """

    def __init__(
        self,
        sites: Sites,
        links: Links,
        demand: IntArray,
        capacity: IntArray,
        at: IntArray,
        worth: FloatArray,
        guards: Guards = NO_RULES,
    ) -> None:
        self.sites, self.links, self.demand, self.capacity, self.worth = sites, links, demand, capacity, worth
        self.guards = guards
        self.kind = merge_rows(np.column_stack([demand, *guards.keys]))[1]
        self.seat(at)

    def __len__(self) -> int:
        return len(self.at)

    def seat(self, at: IntArray) -> None:
        """Put every item at a site."""
        self.at = at.copy()
        self.free = self.capacity.copy()
        np.subtract.at(self.free, self.at, self.demand)

    def copies(self, count: int) -> Seating:
        """The same several times over, side by side; nothing moves from one to another."""
        shift = np.arange(count)[:, None] * self.sites.per_copy
        demand, capacity = (np.tile(table, (count, 1)) for table in (self.demand, self.capacity))
        at, worth = (self.at + shift).ravel(), np.tile(self.worth, count)
        sites, links, guards = self.sites.copies(count), self.links.copies(count), self.guards.copies(count)
        return Seating(sites, links, demand, capacity, at, worth, guards)

    @property
    def fits(self) -> bool:
        """Whether no site is overloaded."""
        return bool((self.free >= 0).all())

    def cost(self) -> FloatArray:
        """Cost of each copy of the cluster, computed afresh, ``(n_copies,)``."""
        links, copy = self.links, self.at // self.sites.per_copy
        apart = links.weight * self.sites.latency(self.at[links.of], self.at[links.to])
        n_copies = len(self.sites) // self.sites.per_copy
        lost = np.where(self.sites.nowhere[self.at], self.worth, 0.0)
        return np.asarray(np.bincount(copy[links.of], apart, n_copies) / 2 + np.bincount(copy, lost, n_copies))

    def feasible(self, swaps: Exchanges) -> BoolArray:
        """Which exchanges change something, leave no site overloaded and break no rule."""
        mover, to, partner = swaps
        home, alone = self.at[mover], partner < 0
        moves = (home != to) & (alone | (self.at[partner] == to))
        alike = ~alone & (self.kind[mover] == self.kind[partner])
        more = self.demand[mover] - np.where(alone[:, None], 0, self.demand[partner])
        room = (self.free[to] >= more).all(axis=1) & (self.free[home] >= -more).all(axis=1)
        return np.asarray(moves & (alike | room) & self.guards.permits(self.at, swaps))

    def change(self, swaps: Exchanges) -> FloatArray:
        """What each exchange, made alone, adds to the cost; takes time in the degree of the two items."""
        home = self.at[swaps.mover]
        change = self._moved(swaps.mover, home, swaps.to, swaps.partner)
        both = np.flatnonzero(swaps.partner >= 0)
        mover, to, partner = swaps.take(both)
        change[both] += self._moved(partner, to, home[both], mover)
        return change

    def independent(self, swaps: Exchanges) -> BoolArray:
        """Some exchanges whose changes add up: none moves a neighbour of another's items, or competes for room.

        Of two that get in each other's way, the first stays.
        """
        mover, _, partner = swaps
        rank, n_swaps = np.arange(len(mover)), len(mover)
        first = np.full(len(self) + 1, n_swaps)  # the last entry is for "nobody"
        np.minimum.at(first, mover, rank)
        np.minimum.at(first, np.where(partner < 0, len(self), partner), np.where(partner < 0, n_swaps, rank))
        free = (first[mover] >= rank) & ((partner < 0) | (first[partner] >= rank))
        for items in (mover, partner):
            which, entry = self._rows(items)
            free &= np.bincount(which, first[self.links.to[entry]] < rank[which], n_swaps) == 0
        return free & self._alone_for_room(swaps, rank) & self.guards.independent(self.at, swaps)

    def apply(self, swaps: Exchanges) -> None:
        """Make exchanges that are independent of each other."""
        mover, to, partner = swaps
        home, both = self.at[mover], partner >= 0
        more = self.demand[mover] - np.where(both[:, None], self.demand[partner], 0)
        np.subtract.at(self.free, to, more)
        np.add.at(self.free, home, more)
        self.at[mover] = to
        self.at[partner[both]] = home[both]

    def _moved(self, items: IntArray, home: IntArray, to: IntArray, partner: IntArray) -> FloatArray:
        """Change of cost when items move while all but their partners stay; links between the two stay as long."""
        which, entry = self._rows(items)
        other = self.links.to[entry]
        there = self.at[other]
        longer = self.sites.latency(to[which], there) - self.sites.latency(home[which], there)
        longer[other == partner[which]] = 0.0
        change: FloatArray = np.bincount(which, self.links.weight[entry] * longer, len(items)).astype(np.float64)
        if self.sites.nowhere.any():
            nowhere = self.sites.nowhere
            change += self.worth[items] * (nowhere[to].astype(np.float64) - nowhere[home])
        return change

    def _rows(self, items: IntArray) -> tuple[IntArray, IntArray]:
        """All links of some items (-1 has none): which of the items, and the entry."""
        begin = self.links.begin
        count = np.where(items < 0, 0, begin[items + 1] - begin[items])
        which = np.repeat(np.arange(len(items)), count)
        entry = np.arange(len(which)) + np.repeat(begin[items] - (np.cumsum(count) - count), count)
        return which, entry

    def _alone_for_room(self, swaps: Exchanges, rank: IntArray) -> BoolArray:
        """Of the exchanges that change the load of a site, at most one at each."""
        mover, to, partner = swaps
        alike = (partner >= 0) & (self.kind[mover] == self.kind[partner])
        first = np.full(len(self.sites), len(rank))
        home = self.at[mover]
        for place in (home, to):
            np.minimum.at(first, place[~alike], rank[~alike])
        first[self.sites.nowhere] = len(rank)
        return np.asarray(alike | ((first[home] >= rank) & (first[to] >= rank)))
