"""Barred: sites that items may not go to, for good or as long as somebody is there who wants no company."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.methods.locality.guards import Swaps, tiled, with_nobody

MOST_BITS = 62
"""Pairs of items and sites, each a bit of an integer."""


@dataclass(frozen=True, eq=False)
class Barred:
    """Permits what brings no item to a site that has a bit in common with it.

    Attributes
    ----------
    item : (n_items,) int64 array
    site : (n_sites,) int64 array

    Examples
    --------
    >>> from vmopt.methods.locality.seating import Exchanges
    >>> barred = Barred.of([(np.array([True, False]), np.array([False, True, True]))])
    >>> swaps = Exchanges(np.array([0, 1]), np.array([1, 2]), np.array([-1, -1]))
    >>> barred.permits(np.array([0, 1]), swaps).tolist()
    [False, True]
    """

    item: IntArray
    site: IntArray

    @classmethod
    def of(cls, pairs: Sequence[tuple[BoolArray, BoolArray]]) -> Barred:
        """Bar the items of each pair from its sites, up to `MOST_BITS` pairs."""
        item, site = np.zeros((2, 1), dtype=np.int64)
        for bit, (items, sites) in enumerate(pairs):
            item, site = item | items.astype(np.int64) << bit, site | sites.astype(np.int64) << bit
        return cls(item, site)

    @property
    def keys(self) -> Sequence[IntArray]:
        """Items with the same bits are alike."""
        return [self.item]

    def permits(self, at: IntArray, swaps: Swaps) -> BoolArray:
        """Which exchanges bring both where they may be."""
        item = with_nobody(self.item, 0)
        wrong = item[swaps.mover] & self.site[swaps.to] | item[swaps.partner] & self.site[at[swaps.mover]]
        return np.asarray(wrong == 0)

    def independent(self, at: IntArray, swaps: Swaps) -> BoolArray:
        """All: none changes what another one is judged by."""
        return np.ones(len(swaps.mover), dtype=bool)

    def copies(self, count: int) -> Barred:
        """The same for so many copies of the cluster."""
        return Barred(np.tile(self.item, count), np.tile(self.site, count))

    def of_whole(self, at: IntArray) -> Barred:
        """All that a site holds may not go where one of it may not."""
        held = np.zeros_like(self.site)
        np.bitwise_or.at(held, at, self.item)
        return Barred(held, self.site)


@dataclass(frozen=True, eq=False)
class Secluded:
    """Permits those in no group what brings them to no domain where a group sits; groups are guarded by a view.

    Attributes
    ----------
    inside : (n_items,) bool array
        Who is in a group. As views let nobody of them change domains but for one alike, groups stay where they are.
    domain : (n_sites,) int64 array
        -1 for sites in no domain.
    by_site : bool
        Whether every site is a domain of its own.
    """

    inside: BoolArray
    domain: IntArray
    by_site: bool

    @property
    def keys(self) -> Sequence[IntArray]:
        """Those in no group are alike."""
        return [self.inside.astype(np.int64)]

    def permits(self, at: IntArray, swaps: Swaps) -> BoolArray:
        """Which exchanges bring nobody to a group in another domain."""
        taken = np.zeros(int(self.domain.max(initial=0)) + 2, dtype=bool)
        taken[self.domain[at[self.inside]]] = True
        taken[-1] = False
        home, company = at[swaps.mover], np.append(~self.inside, False)
        leaves = self.domain[home] != self.domain[swaps.to]
        wrong = company[swaps.mover] & taken[self.domain[swaps.to]]
        wrong |= company[swaps.partner] & taken[self.domain[home]]
        return np.asarray(~(wrong & leaves))

    def independent(self, at: IntArray, swaps: Swaps) -> BoolArray:
        """All: groups stay where they are."""
        return np.ones(len(swaps.mover), dtype=bool)

    def copies(self, count: int) -> Secluded:
        """The same for so many copies of the cluster."""
        step = int(self.domain.max(initial=0)) + 1
        return Secluded(np.tile(self.inside, count), tiled(self.domain, count, step), self.by_site)

    def of_whole(self, at: IntArray) -> Secluded | None:
        """Sites that hold a group take no part."""
        if self.by_site:
            return None
        holds = np.zeros(len(self.domain), dtype=bool)
        holds[at[self.inside]] = True
        return Secluded(holds, self.domain, by_site=False)
