"""Budget: exchanges after which no more VMs are away from where they run now than may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.methods.locality.guards import Swaps, with_nobody
from vmopt.methods.locality.views import View


@dataclass(frozen=True, eq=False)
class Budget:
    """Permits what keeps limits on moves: in all, to a site, and away from one.

    Attributes
    ----------
    home : (n_items,) int64 array
        Site of each item now; -1 for those that sit nowhere, which never move.
    somewhere : (n_sites,) bool array
        False for sites that stand for nowhere: who goes there stops, and does not move.
    most, most_in, most_out : int

    Examples
    --------
    >>> from vmopt.methods.locality.seating import Exchanges
    >>> one = Budget(np.array([0, 1, 1]), np.ones(3, dtype=bool), 1, 9, 9)
    >>> moves = Exchanges(np.array([0, 2, 2]), np.array([2, 1, 0]), np.array([-1, -1, -1]))
    >>> one.permits(np.array([0, 1, 2]), moves).tolist()
    [False, True, True]
    """

    home: IntArray
    somewhere: BoolArray
    most: int
    most_in: int
    most_out: int
    n_copies: int = 1

    @property
    def keys(self) -> Sequence[IntArray]:
        """Items that run on one site now are alike."""
        return [self.home]

    def permits(self, at: IntArray, swaps: Swaps) -> BoolArray:
        """Which exchanges, each made alone, stay within the limits or use no more of them."""
        left, permitted = self._left(at), np.ones(len(swaps.mover), dtype=bool)
        for key, more in self._uses(at, swaps):
            permitted &= (more <= 0) | (more <= left[key])
        return permitted

    def independent(self, at: IntArray, swaps: Swaps) -> BoolArray:
        """The first ones that the limits have room for together."""
        left, n = self._left(at), len(swaps.mover)
        uses = self._uses(at, swaps)
        key, more = (np.column_stack(parts).ravel() for parts in zip(*uses, strict=True))
        rank = np.repeat(np.arange(n), len(uses))
        adds = np.flatnonzero(more > 0)
        adds = adds[np.argsort(key[adds], kind="stable")]
        upto = np.cumsum(more[adds])
        _, first, of = np.unique(key[adds], return_index=True, return_inverse=True)
        before = np.append(0, upto)[first]
        independent = np.ones(n, dtype=bool)
        independent[rank[adds[upto - before[of] > left[key[adds]]]]] = False
        return independent

    def copies(self, count: int) -> Budget:
        """The same for so many copies of the cluster, each with a budget of its own."""
        shift = len(self.somewhere) * np.arange(count)[:, None]
        home = np.where(self.home < 0, -1, self.home + shift).ravel()
        return replace(self, home=home, somewhere=np.tile(self.somewhere, count), n_copies=count * self.n_copies)

    def of_whole(self, at: IntArray) -> View | None:
        """Sites that hold somebody who runs now stay as they are."""
        sites = np.arange(len(self.somewhere))
        return View(self.home + 1, sites, by_site=False).of_whole(at)

    def _moved(self, items: IntArray, sites: IntArray) -> IntArray:
        """1 for items that would have moved there, else 0; nobody has not."""
        home = with_nobody(self.home, -1)[items]
        return np.asarray(((home >= 0) & (home != sites) & self.somewhere[sites]).astype(np.int64))

    def _copy(self, sites: IntArray) -> IntArray:
        return sites // (len(self.somewhere) // self.n_copies)

    def _left(self, at: IntArray) -> IntArray:
        """What is left of the limits: of each site to enter, of each to leave, and of each copy in all."""
        n, moved = len(self.somewhere), np.flatnonzero(self._moved(np.arange(len(at)), at))
        entered, gone = (np.bincount(sites[moved], minlength=n) for sites in (at, self.home))
        total = np.bincount(self._copy(at[moved]), minlength=self.n_copies)
        return np.concatenate([self.most_in - entered, self.most_out - gone, self.most - total])

    def _uses(self, at: IntArray, swaps: Swaps) -> list[tuple[IntArray, IntArray]]:
        """Limits that exchanges use more of, as places in what is left, and how much more."""
        n, source, home = len(self.somewhere), at[swaps.mover], with_nobody(self.home, -1)
        there, was = self._moved(swaps.mover, swaps.to), self._moved(swaps.mover, source)
        back, had = self._moved(swaps.partner, source), self._moved(swaps.partner, swaps.to)
        mine, other = home[swaps.mover], home[swaps.partner]
        same = mine == other
        return [
            (swaps.to, there - had),
            (source, back - was),
            (n + np.maximum(mine, 0), there - was + np.where(same, back - had, 0)),
            (n + np.maximum(other, 0), np.where(same, 0, back - had)),
            (2 * n + self._copy(swaps.to), there - was + back - had),
        ]
