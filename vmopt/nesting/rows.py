"""Rows of a program with integer columns, gathered block by block."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from vmopt.arrays import FloatArray, IntArray
from vmopt.formulation.linear_program import LinearProgram


class Rows:
    """Blocks of rows with upper limits, stacked."""

    def __init__(self, n_columns: int) -> None:
        self.n_columns = n_columns
        self.blocks: list[Any] = []
        self.lower: list[FloatArray] = []
        self.upper: list[FloatArray] = []

    def add(self, row: Any, column: Any, entry: Any, upper: Any, *, equal: bool = False) -> None:
        """Add ``len(upper)`` rows."""
        entries = np.broadcast_to(np.asarray(entry, dtype=np.float64), np.shape(row))
        self.blocks.append(sparse.csr_array((entries, (row, column)), shape=(len(upper), self.n_columns)))
        self.upper.append(np.asarray(upper, dtype=np.float64))
        self.lower.append(self.upper[-1] if equal else np.full(len(upper), -np.inf))

    def program(self, objective: FloatArray, upper: IntArray) -> LinearProgram:
        """Put them together; all columns are integers, from 0 on."""
        matrix, n = sparse.vstack(self.blocks, format="csr"), self.n_columns
        limits = np.concatenate(self.lower), np.concatenate(self.upper)
        whole = np.ones(n, dtype=bool)
        return LinearProgram(objective.astype(np.float64), matrix, *limits, np.zeros(n), upper.astype(float), whole)
