"""Guards: which exchanges rules permit, many at a time, from where items sit and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np

from vmopt.arrays import BoolArray, IntArray

NOBODY = -1


class Swaps(Protocol):
    """Items that move, each to a site, and who comes in return, or -1: see `seating.Exchanges`."""

    @property
    def mover(self) -> IntArray:
        """Who moves."""

    @property
    def to(self) -> IntArray:
        """Whereto."""

    @property
    def partner(self) -> IntArray:
        """Who comes in return."""


class Guard(Protocol):
    """What one rule permits, or several."""

    @property
    def keys(self) -> Sequence[IntArray]:
        """Columns over the items: those alike in all of them may change places wherever they are."""

    def permits(self, at: IntArray, swaps: Swaps) -> BoolArray:
        """Which exchanges, each made alone, keep the rule."""

    def independent(self, at: IntArray, swaps: Swaps) -> BoolArray:
        """Which of these can be made at a time; of two that cannot, the first stays."""

    def copies(self, count: int) -> Guard:
        """The same for so many copies of the cluster."""

    def of_whole(self, at: IntArray) -> Guard | None:
        """What it permits to all that a site holds, in place of items; None where everything."""


class Guards(NamedTuple):
    """What all rules permit.

    Attributes
    ----------
    each : tuple of Guard
    """

    each: tuple[Guard, ...] = ()

    @property
    def keys(self) -> list[IntArray]:
        """Columns over the items: those alike in all of them may change places wherever they are."""
        return [key for guard in self.each for key in guard.keys]

    def permits(self, at: IntArray, swaps: Swaps) -> BoolArray:
        """Which exchanges, each made alone, keep all rules."""
        permitted = np.ones(len(swaps.mover), dtype=bool)
        for guard in self.each:
            permitted &= guard.permits(at, swaps)
        return permitted

    def independent(self, at: IntArray, swaps: Swaps) -> BoolArray:
        """Which of these can be made at a time."""
        independent = np.ones(len(swaps.mover), dtype=bool)
        for guard in self.each:
            independent &= guard.independent(at, swaps)
        return independent

    def copies(self, count: int) -> Guards:
        """The same for so many copies of the cluster."""
        return Guards(tuple(guard.copies(count) for guard in self.each))

    def of_whole(self, at: IntArray) -> Guards:
        """What they permit to all that a site holds, in place of items."""
        whole = [guard.of_whole(at) for guard in self.each]
        return Guards(tuple(guard for guard in whole if guard is not None))


def with_nobody(column: IntArray, entry: int) -> IntArray:
    """A column over items with an entry for nobody at its end, where the item -1 finds it."""
    return np.append(column, entry)


def tiled(column: IntArray, count: int, step: int = 0) -> IntArray:
    """A column of domains for copies of the cluster, each with numbers of its own where there is a step.

    Examples
    --------
    >>> tiled(np.array([0, 1, -1]), 2, 2).tolist()
    [0, 1, -1, 2, 3, -1]
    """
    copies = column + step * np.arange(count)[:, None]
    return np.where(column < 0, column, copies).ravel()
