"""Settling: whether anything is worth more than the best placement, decided in whole numbers of any length.

Backends see an objective in doubles, and those that compute in doubles have tolerances besides. What they leave open is
asked of CP-SAT, in rows of integers. With U[j] units of the objective for column j (see
`vmopt.formulation.column_units`), U units reached, and G more that the bound leaves room for,

    maximise   e
    subject to sum_j U[j] x[j] - 2^s e >= U + 1,     0 <= e <= G >> s,     x a placement

has no point if and only if nothing is worth more. A point is a better placement; and if e is the most there is, less
than ``2^s`` units are left between it and the bound, so that s, chosen to keep e short, is smaller the next time. The
row is written in digits (see `vmopt.backends.cp_sat.digits`), which is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from vmopt.backends.cp_sat.digits import IntegerRow, Splitter
from vmopt.backends.short_rows import with_rows
from vmopt.formulation.linear_program import LinearProgram

BITS = 10
"""Bits of e, few enough for the row to be written in short ones."""
BACKEND = "cp-sat"
"""The one that computes in whole numbers."""


@dataclass(frozen=True, eq=False)
class Better:
    """The program over what is worth more than the best placement; its first columns are those of the original.

    Attributes
    ----------
    program : LinearProgram
    reached : int
        What the best placement is worth, in units.
    shift : int
        s: how many of the lowest bits of what is gained e does not count.
    """

    program: LinearProgram
    reached: int
    shift: int

    def most(self, e: float) -> int:
        """Units that nothing is worth more than, if no e is greater than this one."""
        return self.reached + (int(np.floor(e)) + 1 << self.shift)


@dataclass(frozen=True)
class AtLeast:
    """A sum over the columns that must not fall below what it is."""

    number: list[int]
    least: int


def better(program: LinearProgram, number: list[int], reached: int, most: int, kept: Sequence[AtLeast] = ()) -> Better:
    """Narrow a program to what is worth more than what is reached.

    Parameters
    ----------
    program : LinearProgram
        Over placements; every column an integer with finite limits.
    number : list of int
        Units that each column is worth.
    reached, most : int
        Units that the best placement is worth, and that nothing is worth more than.
    kept : sequence of AtLeast
        What else a better placement has to keep.

    Raises
    ------
    BackendError
        If there are too many VMs to write the row in short ones.

    Examples
    --------
    >>> one = LinearProgram.with_upper_rows([1.0, 1.0], sparse.csr_array([[2, 3]]), [4], upper=[1, 1], integer=True)
    >>> more = better(one, [10**20, 10**20 + 1], reached=10**20, most=10**20 + 5)
    >>> more.shift, more.program.n_columns > 3, more.most(0.0) - 10**20
    (0, True, 1)
    """
    shift = max(0, (most - reached).bit_length() - BITS)
    n = program.n_columns
    lower = np.ceil(program.lower).astype(np.int64).tolist()
    upper = np.floor(program.upper).astype(np.int64).tolist()
    splitter = Splitter([*lower, 0], [*upper, most - reached >> shift])
    worth = [j for j in range(n) if number[j]]
    coefficients = (*(number[j] for j in worth), -(1 << shift))
    rows = splitter.split(IntegerRow((*worth, n), coefficients, reached + 1, None))
    for floor in kept:
        counted = [j for j in range(n) if floor.number[j]]
        rows += splitter.split(IntegerRow(tuple(counted), tuple(floor.number[j] for j in counted), floor.least, None))
    matrix = sparse.hstack([sparse.csr_array(program.matrix), sparse.csr_array((program.n_rows, 1))], format="csr")
    wider = replace(
        program,
        objective=np.append(np.zeros(n), 1.0),
        matrix=matrix,
        lower=np.append(program.lower, 0.0),
        upper=np.append(program.upper, float(splitter.upper[n])),
        integer=np.append(program.integer, True),
    )
    return Better(with_rows(wider, np.arange(program.n_rows), rows, splitter), reached, shift)
