"""Margins: how far below the truth a bound may lie that was computed in doubles, with tolerances.

A solver of linear programs takes a reduced profit within its tolerance for none, so that every column may add as much
to the true optimum; one of integer programs prunes what is better by less than a tolerance; and sums are rounded.
"""

from __future__ import annotations

from math import floor

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.formulation.linear_program import LinearProgram

DUAL_TOLERANCE = 1e-7
"""What HiGHS, SCIP, CBC and their like take for 0 in a reduced profit."""
EPSILON = float(np.finfo(np.float64).eps)
EXACT_FLOAT = 2.0**53


def margin(program: LinearProgram, n_columns: int, tolerance: float) -> float:
    """How far a solver's bound of a program, as it is given to it, may lie below the truth.

    Parameters
    ----------
    program : LinearProgram
    n_columns : int
        Columns that say something of their own, the first ones; the values of those behind them follow.
    tolerance : float
        Feasibility tolerance that the solver is given.

    Examples
    --------
    >>> from scipy import sparse
    >>> program = LinearProgram.with_upper_rows([1024.0], sparse.csr_array([[1.0]]), [2.0], upper=[4.0], integer=True)
    >>> 1e-6 < margin(program, 1, 1e-9) < 2e-6
    True
    """
    reach = _reach(program)
    unseen = 2 * max(tolerance, DUAL_TOLERANCE) * (1 + float(reach[:n_columns].sum()))
    return unseen + EPSILON * (program.n_rows + program.n_columns + 1) * float(np.abs(program.objective) @ reach)


def widened(program: LinearProgram, bound: float, by: float) -> float:
    """Raise a bound by a margin; where every objective is a whole number, down to the next one.

    Examples
    --------
    >>> from scipy import sparse
    >>> program = LinearProgram.with_upper_rows([3.0], sparse.csr_array([[1.0]]), [2.0], upper=[4.0], integer=True)
    >>> widened(program, 5.9999999, 1e-6)
    6.0
    """
    raised = bound + by
    whole = bool((program.objective == np.rint(program.objective)).all()) and program.integer.all()
    return float(floor(raised)) if whole and abs(raised) < EXACT_FLOAT else raised


def _reach(program: LinearProgram) -> FloatArray:
    """Size of the largest value of each column; infinite ones count nothing, where no bound could hold anyway."""
    reach = np.maximum(np.abs(program.lower), np.abs(program.upper))
    return np.asarray(np.where(np.isfinite(reach), reach, 0.0))
