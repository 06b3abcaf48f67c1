"""Who is alike: rows told apart by the sets that they are in, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from vmopt.arrays import IntArray

SPARSE = 8
"""So many times as large as there are rows are numbers that are sorted rather than counted."""


@dataclass(frozen=True, eq=False)
class RowKinds:
    """Rows sorted into kinds.

    Attributes
    ----------
    of : (n,) int64 array
        Kind of each row.
    sets : tuple of tuples of int
        The sets that rows of each kind are in.
    """

    of: IntArray
    sets: tuple[tuple[int, ...], ...]

    def __len__(self) -> int:
        return len(self.sets)

    def membership(self, n_sets: int) -> sparse.csr_array:
        """Which kinds are in which sets, ``(n_kinds, n_sets)``."""
        row = np.repeat(np.arange(len(self)), [len(inside) for inside in self.sets])
        column = np.array([s for inside in self.sets for s in inside], dtype=np.int64)
        return sparse.csr_array((np.ones(len(row), dtype=np.int32), (row, column)), shape=(len(self), n_sets))


def kinds_of(length: int, sets: Iterable[IntArray]) -> RowKinds:
    """Sort rows into kinds by the sets that they are in, each given by its rows.

    Examples
    --------
    >>> kinds = kinds_of(4, [np.array([0, 1]), np.array([1, 2])])
    >>> [kinds.sets[kind] for kind in kinds.of]
    [(0,), (0, 1), (1,), ()]
    """
    of = np.zeros(length, dtype=np.int64)
    before, entered = [-1], [-1]  # of each kind that ever was, the one that it came from, by which set
    for number, rows in enumerate(sets):
        if not len(rows):
            continue
        old, back = _renumbered(of[rows])
        of[rows] = len(before) + back
        before += old.tolist()
        entered += [number] * len(old)
    used, of = _renumbered(of)
    return RowKinds(of, tuple(_entered(kind, before, entered) for kind in used.tolist()))


def _entered(kind: int, before: list[int], entered: list[int]) -> tuple[int, ...]:
    """The sets that a kind has come into, one after the other."""
    found: list[int] = []
    while kind > 0:
        found.append(entered[kind])
        kind = before[kind]
    return tuple(reversed(found))


def _renumbered(of: IntArray) -> tuple[IntArray, IntArray]:
    """Return the numbers that occur, and each as its place among them."""
    if len(of) and int(of.max()) > SPARSE * len(of):
        used, place_of = np.unique(of, return_inverse=True)
        return used, place_of.ravel()
    used = np.flatnonzero(np.bincount(of))
    place = np.zeros(int(used[-1]) + 1 if len(used) else 0, dtype=np.int64)
    place[used] = np.arange(len(used))
    return used, place[of]
