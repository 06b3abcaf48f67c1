"""Limits: exchanges that leave no domain with more of a group than it may have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.methods.locality.guards import Swaps, tiled, with_nobody
from vmopt.methods.locality.views import View, numbered


@dataclass(frozen=True, eq=False)
class AtMost:
    """Permits what keeps ``sum over the items of g in d of weight <= most[g]``.

    Attributes
    ----------
    group, weight : (n_items,) int64 arrays
        -1 for items in no group.
    domain : (n_sites,) int64 array
        -1 for sites in no domain.
    most : (n_groups,) int64 array
    by_site : bool
        Whether every site is a domain of its own.

    Examples
    --------
    >>> from vmopt.methods.locality.seating import Exchanges
    >>> apart = AtMost(np.array([0, 0, -1]), np.ones(3, dtype=np.int64), np.arange(3), np.array([1]), by_site=True)
    >>> swaps = Exchanges(np.array([0, 0, 0]), np.array([1, 2, 1]), np.array([-1, -1, 1]))
    >>> apart.permits(np.array([0, 1, 2]), swaps).tolist()
    [False, True, True]
    """

    group: IntArray
    weight: IntArray
    domain: IntArray
    most: IntArray
    by_site: bool

    @property
    def keys(self) -> Sequence[IntArray]:
        """Items of a group that count for the same are alike."""
        return [self.group, np.where(self.group >= 0, self.weight, 0)]

    def permits(self, at: IntArray, swaps: Swaps) -> BoolArray:
        """Which exchanges leave both domains within their limits."""
        held = _Held(self._key(self.group, self.domain[at]), self.weight)
        permitted = np.ones(len(swaps.mover), dtype=bool)
        for item, key, more in self._entering(at, swaps):
            enters = np.flatnonzero(key >= 0)
            most = self.most[self.group[item[enters]]]
            permitted[enters] &= held.sums(key[enters]) + more[enters] <= most
        return permitted

    def independent(self, at: IntArray, swaps: Swaps) -> BoolArray:
        """Of those that add to a group in a domain, one each."""
        independent = np.ones(len(swaps.mover), dtype=bool)
        sides = [key for _, key, _ in self._entering(at, swaps)]
        key, rank = np.concatenate(sides), np.tile(np.arange(len(swaps.mover)), 2)
        enters = np.flatnonzero(key >= 0)
        enters = enters[np.argsort(rank[enters], kind="stable")]
        _, first, of = np.unique(key[enters], return_index=True, return_inverse=True)
        late = rank[enters] > rank[enters[first]][of]
        independent[rank[enters[late]]] = False
        return independent

    def copies(self, count: int) -> AtMost:
        """The same for so many copies of the cluster."""
        group, weight = np.tile(self.group, count), np.tile(self.weight, count)
        return AtMost(group, weight, tiled(self.domain, count, self._n_domains), self.most, self.by_site)

    def of_whole(self, at: IntArray) -> View | None:
        """As it is for rules that are not counted."""
        return self.unnoticed.of_whole(at)

    @property
    def unnoticed(self) -> View:
        """Permits what changes no count."""
        inside = self.group >= 0
        item = numbered(self.group + 1, np.where(inside, self.weight, 0))
        return View(item, self.domain, self.by_site)

    @property
    def _n_domains(self) -> int:
        return int(self.domain.max(initial=0)) + 1

    def _key(self, group: IntArray, domain: IntArray) -> IntArray:
        return np.where((group >= 0) & (domain >= 0), group * self._n_domains + domain, -1)

    def _entering(self, at: IntArray, swaps: Swaps) -> list[tuple[IntArray, IntArray, IntArray]]:
        """For both items of each exchange: who, the group and domain that it adds to (-1 for none), and how much."""
        home, entering = at[swaps.mover], []
        group, weight = with_nobody(self.group, -1), with_nobody(self.weight, 0)
        for item, back, to, left in (
            (swaps.mover, swaps.partner, swaps.to, home),
            (swaps.partner, swaps.mover, home, swaps.to),
        ):
            more = weight[item] - np.where(group[back] == group[item], weight[back], 0)
            adds = (more > 0) & (self.domain[to] != self.domain[left])
            entering.append((item, np.where(adds, self._key(group[item], self.domain[to]), -1), more))
        return entering


class _Held:
    """What is held under each key, in all."""

    def __init__(self, key: IntArray, weight: IntArray) -> None:
        inside = np.flatnonzero(key >= 0)
        order = inside[np.argsort(key[inside], kind="stable")]
        self._keys = key[order]
        self._upto = np.concatenate([[0], np.cumsum(weight[order])])

    def sums(self, key: IntArray) -> IntArray:
        begin, end = (np.searchsorted(self._keys, key, side) for side in ("left", "right"))
        return np.asarray(self._upto[end] - self._upto[begin])
