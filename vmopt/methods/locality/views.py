"""Views: exchanges that a rule does not notice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.methods.locality.guards import Swaps, tiled, with_nobody
from vmopt.model.classes import merge_rows

MOST_VIEWS = 16
"""Views that are asked one by one; of more, those that are left are seen as one, which permits less."""


@dataclass(frozen=True, eq=False)
class View:
    """Permits what leaves all counts as they are: within sites of one domain, or between items that count alike.

    Attributes
    ----------
    item : (n_items,) int64 array
        Items of equal number are alike to the rule; those of number 0 count for nothing.
    site : (n_sites,) int64 array
        Sites of equal number are of one domain.
    by_site : bool
        Whether every site is a domain of its own: then it does not matter where what a site holds goes as a whole.

    Examples
    --------
    >>> from vmopt.methods.locality.seating import Exchanges
    >>> view = View(np.array([1, 0, 1]), np.array([0, 0, 1]), by_site=False)
    >>> swaps = Exchanges(np.array([0, 0, 1, 0]), np.array([1, 2, 2, 2]), np.array([-1, -1, -1, 2]))
    >>> view.permits(np.array([0, 0, 2]), swaps).tolist()
    [True, False, True, True]
    """

    item: IntArray
    site: IntArray
    by_site: bool

    @property
    def keys(self) -> Sequence[IntArray]:
        """Items of equal number are alike."""
        return [self.item]

    def permits(self, at: IntArray, swaps: Swaps) -> BoolArray:
        """Which exchanges change no count."""
        item = with_nobody(self.item, 0)
        near = self.site[at[swaps.mover]] == self.site[swaps.to]
        return np.asarray(near | (item[swaps.mover] == item[swaps.partner]))

    def independent(self, at: IntArray, swaps: Swaps) -> BoolArray:
        """All: none changes what another one is judged by."""
        return np.ones(len(swaps.mover), dtype=bool)

    def copies(self, count: int) -> View:
        """The same for so many copies of the cluster."""
        return View(np.tile(self.item, count), tiled(self.site, count), self.by_site)

    def of_whole(self, at: IntArray) -> View | None:
        """No site that holds somebody who counts is like another one."""
        if self.by_site:
            return None
        holds = np.zeros(len(self.site), dtype=bool)
        holds[at[self.item > 0]] = True
        return View(np.where(holds, 1 + np.arange(len(holds)), 0), self.site, by_site=False)


def few(views: Iterable[View]) -> list[View]:
    """Views that permit no more than these do together, and not many."""
    alike: dict[tuple[bool, bytes], View] = {}
    for view in views:
        if view.item.any() and np.ptp(view.site):
            key = view.by_site, view.site.tobytes()
            alike[key] = _both(alike[key], view) if key in alike else view
    found = list(alike.values())
    while len(found) > MOST_VIEWS:
        last = found.pop()
        found[-1] = _both(found[-1], last)
    return found


def _both(one: View, other: View) -> View:
    return View(numbered(one.item, other.item), numbered(one.site, other.site), one.by_site and other.by_site)


def numbered(*columns: IntArray) -> IntArray:
    """Number the rows of some columns: equal ones alike, and those that are 0 throughout by 0; none is below.

    Examples
    --------
    >>> numbered(np.array([0, 7, 7]), np.array([0, 0, 5])).tolist()
    [0, 1, 2]
    """
    rows = np.column_stack(columns)
    return merge_rows(np.vstack([rows, np.zeros_like(rows[:1]) if len(rows) else np.zeros((1, len(columns)))]))[1][:-1]
