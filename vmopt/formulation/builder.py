"""ProgramBuilder: a linear program that is written row by row, block by block, in columns with names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import sparse

from vmopt.arrays import FloatArray, IntArray
from vmopt.formulation.linear_program import LinearProgram


@dataclass(eq=False)
class ProgramBuilder:
    """Columns from 0 to some upper limit that cost something, and rows of them.

    Examples
    --------
    >>> sheet = ProgramBuilder()
    >>> x = sheet.columns(np.full(2, 3.0), np.ones(2))
    >>> sheet.rows("least", (np.zeros(2, dtype=int), x, np.ones(2)), np.full(1, 2.0), np.full(1, np.inf))
    >>> program = sheet.program()
    >>> program.objective.tolist(), program.row_lower.tolist(), program.blocks
    ([-1.0, -1.0], [2.0], {'least': slice(0, 1, None)})
    """

    upper: FloatArray = field(default_factory=lambda: np.zeros(0))
    cost: FloatArray = field(default_factory=lambda: np.zeros(0))
    blocks: dict[str, slice] = field(default_factory=dict)
    n_rows: int = 0
    _entries: list[tuple[Any, Any, Any]] = field(default_factory=list)
    _limits: list[tuple[FloatArray, FloatArray]] = field(default_factory=list)

    def columns(self, upper: FloatArray, cost: FloatArray) -> IntArray:
        """Add columns and return their numbers."""
        first = len(self.upper)
        self.upper, self.cost = np.append(self.upper, upper), np.append(self.cost, cost)
        return np.arange(first, len(self.upper))

    def rows(self, name: str, entries: tuple[Any, Any, Any], lower: FloatArray, upper: FloatArray) -> None:
        """Add a block of rows; entries are rows, from 0 on, columns and numbers."""
        row, column, entry = entries
        self._entries.append((row + self.n_rows, column, entry))
        self._limits.append((lower, upper))
        self.blocks[name] = slice(self.n_rows, self.n_rows + len(upper))
        self.n_rows += len(upper)

    def program(self, unit: float = 1.0) -> LinearProgram:
        """Return the program, its costs divided by a unit and turned around."""
        row, column, entry = (np.concatenate(part) for part in zip(*self._entries, strict=True))
        lower, upper = (np.concatenate(part) for part in zip(*self._limits, strict=True))
        entries: Any = (entry.astype(np.float64), (row, column))
        shape: Any = (self.n_rows, len(self.upper))
        matrix: Any = sparse.csr_array(entries, shape=shape)
        matrix.eliminate_zeros()
        n = len(self.upper)
        return LinearProgram(
            -self.cost / unit, matrix, lower, upper, np.zeros(n), self.upper, np.zeros(n, dtype=bool), self.blocks
        )
