"""Points of programs with rules: whether fixed counts can be completed by any values of the rules' own columns."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from vmopt.arrays import BoolArray, IntArray

MOST_CHOICES = 1 << 16
TOLERANCE = 1e-9


class Points:
    """The points of an integer program whose columns after the first are tried out one by one.

    Parameters
    ----------
    program : LinearProgram
    n_fixed : int
        How many columns are fixed; columns between these and the own ones of the rules are 0.
    n_own : int
    """

    def __init__(self, program: Any, n_fixed: int, n_own: int) -> None:
        self.program, self.n_fixed = program, n_fixed
        matrix = program.matrix.toarray()
        own = range(program.n_columns - n_own, program.n_columns)
        sizes = [int(program.upper[z]) + 1 for z in own]
        assert np.prod(sizes, initial=1.0) <= MOST_CHOICES
        assert program.integer[list(own)].all()
        values = list(product(*map(range, sizes)))
        choices = np.array(values, dtype=np.float64).reshape(len(values), n_own)
        self._counts, self._completed = matrix[:, :n_fixed], choices @ matrix[:, list(own)].T
        self._gained = choices @ program.objective[list(own)]

    def __contains__(self, counts: IntArray) -> bool:
        upper = self.program.upper[: self.n_fixed]
        if (counts > upper).any() or (counts < self.program.lower[: self.n_fixed]).any():
            return False
        return bool(self._completing(counts).any())

    def best(self, counts: IntArray) -> float:
        """Most that the objective can be at these counts."""
        return float(self.program.objective[: self.n_fixed] @ counts + self._gained[self._completing(counts)].max())

    def _completing(self, counts: IntArray) -> BoolArray:
        activity = self._completed + self._counts @ counts
        low, high = self.program.row_lower - TOLERANCE, self.program.row_upper + TOLERANCE
        return np.asarray(((activity >= low) & (activity <= high)).all(axis=1))


def counted(columns: Any, vm_class: IntArray, host_index: Any) -> IntArray | None:
    """Counts of a placement; None where it has a VM on a host for which there is no column."""
    number = {pair: i for i, pair in enumerate(zip(columns.vm_class.tolist(), columns.where.tolist(), strict=True))}
    counts = np.zeros(columns.n_pairs, dtype=np.int64)
    for vm, host in enumerate(host_index):
        if host >= 0:
            pair = (int(vm_class[vm]), int(host))
            if pair not in number:
                return None
            counts[number[pair]] += 1
    return counts
