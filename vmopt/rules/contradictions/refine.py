"""Who is alike: rows told apart by the sets that they are in, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from vmopt.arrays import IntArray


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
    inside: list[tuple[int, ...]] = [()]
    for number, rows in enumerate(sets):
        if not len(rows):
            continue
        old, back = _renumbered(of[rows])
        of[rows] = len(inside) + back
        inside += [(*inside[kind], number) for kind in old.tolist()]
    used, of = _renumbered(of)
    return RowKinds(of, tuple(inside[kind] for kind in used.tolist()))


def _renumbered(of: IntArray) -> tuple[IntArray, IntArray]:
    """Return the numbers that occur, and each as its place among them."""
    used = np.flatnonzero(np.bincount(of))
    place = np.zeros(int(used[-1]) + 1 if len(used) else 0, dtype=np.int64)
    place[used] = np.arange(len(used))
    return used, place[of]
