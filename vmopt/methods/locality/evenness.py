"""Evenness: exchanges that leave the domains of a group as even as they have to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.methods.locality.guards import Swaps, with_nobody
from vmopt.methods.locality.views import View
from vmopt.rules.limits import UNLIMITED

MOST_COUNTS = 1_000_000
"""Groups times domains that are counted."""


@dataclass(frozen=True, eq=False)
class Evenness:
    """Permits what keeps ``max over d of n(g,d) - min over d of n(g,d) <= most[g]``, the minimum over some domains.

    Attributes
    ----------
    group : (n_items,) int64 array
        -1 for items in no group.
    domain : (n_sites,) int64 array
        -1 for sites in no domain, where nobody of a group may be; `n_domains` for nowhere.
    n_domains : int
    most : (n_groups,) int64 array
    counted : (n_groups, n_domains) bool array
        The domains that the minimum is over; where there is none it is 0.
    by_site : bool
        Whether every site is a domain of its own.

    Examples
    --------
    >>> from vmopt.methods.locality.seating import Exchanges
    >>> both = np.array([[True, True]])
    >>> even = Evenness(np.array([0, 0, -1]), np.arange(2), 2, np.array([1]), both, by_site=True)
    >>> swaps = Exchanges(np.array([0, 2, 0]), np.array([1, 0, 1]), np.array([-1, -1, 1]))
    >>> even.permits(np.array([0, 1, 1]), swaps).tolist()
    [False, True, True]
    """

    group: IntArray
    domain: IntArray
    n_domains: int
    most: IntArray
    counted: BoolArray
    by_site: bool

    @property
    def keys(self) -> Sequence[IntArray]:
        """Items of a group are alike."""
        return [self.group]

    def permits(self, at: IntArray, swaps: Swaps) -> BoolArray:
        """Which exchanges leave both groups even."""
        number = self._numbers(at)
        permitted = np.ones(len(swaps.mover), dtype=bool)
        for group, left, to in self._changed(at, swaps):
            which = np.flatnonzero(group >= 0)
            rows = number[group[which]]
            each = np.arange(len(which))
            rows[each, left[which]] -= 1
            rows[each, to[which]] += 1
            inside = rows[:, : self.n_domains]
            counted = self.counted[group[which]]
            least = np.where(counted.any(axis=1), inside.min(axis=1, initial=UNLIMITED, where=counted), 0)
            even = inside.max(axis=1) - least <= self.most[group[which]]
            permitted[which] = permitted[which] & even & (to[which] >= 0)
        return permitted

    def independent(self, at: IntArray, swaps: Swaps) -> BoolArray:
        """Of those that change what a group has where, one each."""
        groups = np.column_stack([group for group, _, _ in self._changed(at, swaps)]).ravel()
        changed = np.flatnonzero(groups >= 0)
        _, first, of = np.unique(groups[changed], return_index=True, return_inverse=True)
        independent = np.ones(len(swaps.mover), dtype=bool)
        independent[changed[first[of] < np.arange(len(changed))] // 2] = False
        return independent

    def copies(self, count: int) -> Evenness:
        """The same for so many copies of the cluster, each with groups of its own."""
        shift = len(self.most) * np.arange(count)[:, None]
        group = np.where(self.group < 0, -1, self.group + shift).ravel()
        most, counted = np.tile(self.most, count), np.tile(self.counted, (count, 1))
        return replace(self, group=group, domain=np.tile(self.domain, count), most=most, counted=counted)

    def of_whole(self, at: IntArray) -> View | None:
        """As it is for rules that are not counted."""
        return View(self.group + 1, self.domain, self.by_site).of_whole(at)

    def _numbers(self, at: IntArray) -> IntArray:
        """Items of each group in each domain, and nowhere."""
        width = self.n_domains + 1
        inside = np.flatnonzero(self.group >= 0)
        key = self.group[inside] * width + self.domain[at[inside]]
        return np.bincount(key, minlength=len(self.most) * width).reshape(-1, width)

    def _changed(self, at: IntArray, swaps: Swaps) -> list[tuple[IntArray, IntArray, IntArray]]:
        """For both items of each exchange: the group that it changes (-1 for none), the domain it leaves, and takes."""
        group = with_nobody(self.group, -1)
        home, to = self.domain[at[swaps.mover]], self.domain[swaps.to]
        mine, other = group[swaps.mover], group[swaps.partner]
        still = (home == to) | (mine == other)
        return [(np.where(still, -1, mine), home, to), (np.where(still, -1, other), to, home)]
