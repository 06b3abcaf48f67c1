"""Integer programs with long rows, for solvers that compute in floats.

Such a solver accepts a point that is off by a tolerance t, 1e-6 by default and hardly less than 1e-9: in a row that
adds up to W units, that is ``t W`` of them, and beyond half a unit it can take a point that does not fit for one that
does, or cut off the best one and call what is left optimal. So the tolerance follows the rows, and rows too long for
any tolerance are split into digits (see `vmopt.backends.cp_sat.digits`), which is exact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from vmopt.arrays import FloatArray, IntArray
from vmopt.backends.base import Backend, LPOptions, LPResult
from vmopt.backends.claims import IMPOSSIBLE, SolverClaim, answer
from vmopt.backends.cp_sat.columns import column_limits
from vmopt.backends.cp_sat.digits import Carry, IntegerRow, Splitter
from vmopt.backends.cp_sat.rows import NO_LIMIT, IntegerRows, integer_rows
from vmopt.errors import BackendError
from vmopt.formulation.linear_program import LinearProgram

COARSEST, FINEST = 1e-6, 1e-9
SAFE_PART = 0.1
"""Part of a unit that the tolerance of a whole row may add up to."""
LONGEST_ROW = int(SAFE_PART / FINEST)

Ask = Callable[[LinearProgram, LPOptions, float], SolverClaim]


@dataclass(frozen=True, eq=False)
class Shortened:
    """A program with its long rows split; its first columns are those of the original, the carries follow.

    It is `impossible` where its rows of integers alone leave a column no value, which tolerances may not show.
    """

    program: LinearProgram
    n_columns: int
    carries: tuple[Carry, ...]
    tolerance: float
    impossible: bool = False

    def complete(self, x: FloatArray) -> FloatArray:
        """Extend a point of the original by its carries."""
        values: list[int] = np.rint(x).astype(np.int64).tolist()
        for carry in self.carries:
            values.append(carry.value(values))
        return np.array(values, dtype=np.float64)


def answer_in_short_rows(
    backend: Backend, program: LinearProgram, options: LPOptions, ask: Callable[..., SolverClaim]
) -> LPResult:
    """Answer by a solver of floats; `ask` gets the clock, the number of own columns, and a program of short rows."""
    n = program.n_columns
    return answer(
        backend,
        program,
        options,
        lambda clock: ask_in_short_rows(program, options, lambda *short: ask(clock, n, *short)),
    )


def ask_in_short_rows(program: LinearProgram, options: LPOptions, ask: Ask) -> SolverClaim:
    """Ask a solver with a program whose rows its tolerance, the third argument of `ask`, is fine enough for."""
    short = shorten(program)
    if short.impossible:
        return IMPOSSIBLE
    if not short.carries:
        return ask(short.program, options, short.tolerance)
    n, tell = short.n_columns, options.on_incumbent
    claim = ask(
        short.program,
        replace(
            options,
            start=None if options.start is None else short.complete(options.start),
            on_incumbent=None if tell is None else lambda x, bound: tell(x[:n], bound),
        ),
        short.tolerance,
    )
    return replace(claim, x=None if claim.x is None else claim.x[:n])


def shorten(program: LinearProgram) -> Shortened:
    """Split the rows that no tolerance is fine enough for; programs with continuous columns stay as they are.

    Examples
    --------
    >>> matrix = sparse.csr_array([[4e9, 4e9 + 1]])
    >>> program = LinearProgram.with_upper_rows([1, 1], matrix, [8e9], upper=[1, 1], integer=True)
    >>> short = shorten(program).program
    >>> short.matrix.shape, bool(abs(short.matrix).max() < 1e8)
    ((2, 3), True)
    """
    if not (program.n_columns and program.integer.all() and np.isfinite(program.lower + program.upper).all()):
        return Shortened(program, program.n_columns, (), COARSEST)
    try:
        return _shorten(program, integer_rows(program))
    except BackendError:  # rows that are no integers, or too long for digits
        return Shortened(program, program.n_columns, (), FINEST)


def _shorten(program: LinearProgram, rows: IntegerRows) -> Shortened:
    lower, upper = column_limits(program, rows)
    limit = np.maximum(np.abs(rows.lower) % NO_LIMIT, np.abs(rows.upper) % NO_LIMIT).astype(np.float64)
    length = np.minimum(rows.weight(np.maximum(np.abs(lower), np.abs(upper)).astype(np.float64)), limit)
    long = np.flatnonzero(length > LONGEST_ROW)
    longest = float(np.minimum(length, LONGEST_ROW).max(initial=0.0))
    tolerance = min(COARSEST, SAFE_PART / max(longest, 1.0))
    if (lower > upper).any():
        return Shortened(program, program.n_columns, (), tolerance, impossible=True)
    if not long.size:
        return Shortened(program, program.n_columns, (), tolerance)
    splitter = Splitter(lower.tolist(), upper.tolist(), longest=LONGEST_ROW)
    digits = [short for i in long.tolist() for short in splitter.split(_row(rows, i))]
    # the rows were split for the tightened limits, and say what they should for these alone
    program = replace(program, lower=lower.astype(np.float64), upper=upper.astype(np.float64))
    short = with_rows(program, np.setdiff1d(np.arange(program.n_rows), long), digits, splitter)
    return Shortened(short, program.n_columns, tuple(splitter.carries), tolerance)


def _row(rows: IntegerRows, i: int) -> IntegerRow:
    here, lower, upper = rows.entries(i), int(rows.lower[i]), int(rows.upper[i])
    return IntegerRow(
        tuple(rows.columns[here].tolist()),
        tuple(rows.coefficients[here].tolist()),
        None if lower == -NO_LIMIT else lower,
        None if upper == NO_LIMIT else upper,
    )


def with_rows(program: LinearProgram, kept: IntArray, rows: list[IntegerRow], splitter: Splitter) -> LinearProgram:
    """Make a program of the kept rows of a program and some more, over its columns and the carries behind them."""
    n_carries = len(splitter.carries)
    entry = [coefficient for row in rows for coefficient in row.coefficients]
    column = [column for row in rows for column in row.columns]
    starts = np.cumsum([0, *(len(row.columns) for row in rows)])
    shape = (len(rows), program.n_columns + n_carries)
    digits = sparse.csr_array((np.array(entry, dtype=np.float64), np.array(column), starts), shape=shape)
    above = sparse.hstack([sparse.csr_array(program.matrix)[kept], sparse.csr_array((len(kept), n_carries))])
    lowest = [-np.inf if row.lower is None else float(row.lower) for row in rows]
    highest = [np.inf if row.upper is None else float(row.upper) for row in rows]
    own = program.n_columns
    return LinearProgram(
        objective=np.concatenate([program.objective, np.zeros(n_carries)]),
        matrix=sparse.vstack([above, digits], format="csr"),
        row_lower=np.concatenate([program.row_lower[kept], lowest]),
        row_upper=np.concatenate([program.row_upper[kept], highest]),
        lower=np.concatenate([program.lower, np.array(splitter.lower[own:], dtype=np.float64)]),
        upper=np.concatenate([program.upper, np.array(splitter.upper[own:], dtype=np.float64)]),
        integer=np.concatenate([program.integer, np.ones(n_carries, dtype=bool)]),
    )
