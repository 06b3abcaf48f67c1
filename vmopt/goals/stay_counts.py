"""Stay counts: columns of a program that say how many VMs of a class can stay on the host on which they run now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.rules.program import Cells, RuleRows


@dataclass(frozen=True, eq=False)
class StayCounts:
    """Who stays: of the VMs of a class on a host as many as were there, and are there.

    Attributes
    ----------
    column, vm_class : (n,) int64 arrays
        Columns of pairs that the cells decide, and their classes.
    fixed, fixed_class : (m,) int64 arrays
        How many stay of pairs that they do not, and their classes.
    """

    column: IntArray
    vm_class: IntArray
    fixed: IntArray
    fixed_class: IntArray

    @classmethod
    def written(cls, instance: Any, cells: Cells, rows: RuleRows) -> StayCounts:
        """Write ``stay <= were`` and ``stay <= there + sum x`` for each class and host on which it runs now."""
        n_hosts, of = instance.n_hosts, instance.vm_classes.of
        running = np.flatnonzero(instance.current >= 0)
        pair, were = np.unique(of[running] * n_hosts + instance.current[running], return_counts=True)
        there = _there(of, n_hosts, cells, pair)
        cell, place = _cells_of(of, n_hosts, cells, pair)
        open_, row = np.unique(place, return_inverse=True)
        stay = rows.columns(were[open_])
        ones, own = np.ones(len(cell), dtype=np.int64), np.arange(len(open_))
        rows.at_most(
            np.concatenate([row.ravel(), own]),
            np.concatenate([cell, stay]),
            np.concatenate([-ones, np.ones(len(open_), dtype=np.int64)]),
            there[open_].astype(np.float64),
        )
        shut = np.setdiff1d(np.arange(len(pair)), open_)
        return cls(stay, pair[open_] // n_hosts, np.minimum(were, there)[shut], pair[shut] // n_hosts)


def _there(of: IntArray, n_hosts: int, cells: Cells, pair: IntArray) -> IntArray:
    """How many VMs of the class of each pair are on its host, outside of the cells."""
    outside = np.flatnonzero(cells.outside >= 0)
    key = of[outside] * n_hosts + cells.outside[outside]
    place = np.searchsorted(pair, key)
    known = (place < len(pair)) & (pair[np.minimum(place, len(pair) - 1)] == key) if len(pair) else np.zeros(0, bool)
    return np.bincount(place[known], minlength=len(pair)).astype(np.int64)


def _cells_of(of: IntArray, n_hosts: int, cells: Cells, pair: IntArray) -> tuple[IntArray, IntArray]:
    """Cells that are of a pair, and which."""
    key = of[cells.vm] * n_hosts + cells.host
    place = np.minimum(np.searchsorted(pair, key), max(len(pair) - 1, 0))
    cell = np.flatnonzero(pair[place] == key) if len(pair) else np.zeros(0, dtype=np.int64)
    return cell, place[cell]
