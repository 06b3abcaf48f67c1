"""Excess: by how much rows are exceeded, counted in columns so small that no row of them is long."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import IntArray
from vmopt.rules.program import DIGIT, RuleRows


def excess(
    rows: RuleRows, row: IntArray, column: IntArray, entry: IntArray, room: IntArray, most: IntArray
) -> tuple[IntArray, IntArray]:
    """Add rows ``sum entry * column <= room + z`` and return the columns that z is made of, with what each counts.

    Parameters
    ----------
    row, column, entry : (n_entries,) int64 arrays
        Rows count from 0 for the first of them.
    room, most : (n_rows,) int64 arrays
        `most` is the largest that z can be of use for.
    """
    own, counts = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    left, worth = np.maximum(most, 0), 1
    while left.any():
        some = np.flatnonzero(left)
        digits = rows.columns(np.minimum(left[some], DIGIT - 1))
        row, column = np.concatenate([row, some]), np.concatenate([column, digits])
        entry = np.concatenate([entry, np.full(len(some), -worth)])
        own.append(digits)
        counts.append(np.full(len(some), worth))
        left, worth = left // DIGIT, worth * DIGIT
    rows.at_most(row, column, entry, np.asarray(room, dtype=np.float64))
    return np.concatenate(own), np.concatenate(counts)
