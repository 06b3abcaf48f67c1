"""Balance: exchanges that leave the domains of a group as even as they have to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.methods.locality.guards import Swaps, with_nobody
from vmopt.methods.locality.views import View

MOST_COUNTS = 1_000_000
"""Groups times domains that are counted."""


@dataclass(frozen=True, eq=False)
class Balance:
    """Permits what keeps ``max over d of n(g,d) - min over d of n(g,d) <= most[g]``.

    Attributes
    ----------
    group : (n_items,) int64 array
        -1 for items in no group.
    domain : (n_sites,) int64 array
        -1 for sites in no domain, where nobody of a group may be; `n_domains` for nowhere.
    n_domains : int
    most : (n_groups,) int64 array
    from_zero : bool
        Whether the least counts as 0, whatever it is.
    by_site : bool
        Whether every site is a domain of its own.

    Examples
    --------
    >>> from vmopt.methods.locality.seating import Exchanges
    >>> even = Balance(np.array([0, 0, -1]), np.arange(2), 2, np.array([1]), from_zero=False, by_site=True)
    >>> swaps = Exchanges(np.array([0, 2, 0]), np.array([1, 0, 1]), np.array([-1, -1, 1]))
    >>> even.permits(np.array([0, 1, 1]), swaps).tolist()
    [False, True, True]
    """

    group: IntArray
    domain: IntArray
    n_domains: int
    most: IntArray
    from_zero: bool
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
            least = 0 if self.from_zero else inside.min(axis=1)
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

    def copies(self, count: int) -> Balance:
        """The same for so many copies of the cluster, each with groups of its own."""
        shift = len(self.most) * np.arange(count)[:, None]
        group = np.where(self.group < 0, -1, self.group + shift).ravel()
        return replace(self, group=group, domain=np.tile(self.domain, count), most=np.tile(self.most, count))

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
