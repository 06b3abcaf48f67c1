"""A linear program that grows and is solved again and again, each time from where it stood."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.backends.loading import ortools_needed
from vmopt.errors import SolverError

Row = Any
Column = Any
"""What a row, or a column, is called here: whoever made it keeps it."""


@dataclass(frozen=True, eq=False)
class Optimum:
    """What a program ended with.

    Attributes
    ----------
    objective : float
    _result : object
        What the solver returned.
    """

    objective: float
    _result: Any

    def values(self, columns: Sequence[Column]) -> FloatArray:
        """Value of each of these columns."""
        return np.asarray(self._result.variable_values(list(columns)), dtype=np.float64)

    def prices(self, rows: Sequence[Row]) -> FloatArray:
        """Dual value of each of these rows."""
        return np.asarray(self._result.dual_values(list(rows)), dtype=np.float64)


class IncrementalProgram:
    """Columns of at least 0 over rows with limits, solved by GLOP, which keeps its basis; by HiGHS where that fails.

    Parameters
    ----------
    name : str
        What errors call it.
    maximise : bool

    Examples
    --------
    >>> program = IncrementalProgram("bread", maximise=True)
    >>> [flour] = program.rows([(-math.inf, 4.0)])
    >>> loaf = program.column(3.0, [flour], [2.0])
    >>> found = program.solve()
    >>> found.objective, found.values([loaf]).tolist(), found.prices([flour]).tolist()
    (6.0, [2.0], [1.5])
    """

    def __init__(self, name: str, *, maximise: bool) -> None:
        ortools_needed()
        from ortools.math_opt.python import mathopt

        self._api, self._name = mathopt, name
        self._model = mathopt.Model(name=name)
        self._model.objective.is_maximize = maximise
        # presolving would forget the basis, and every solve begin anew
        self._as_it_stands = mathopt.SolveParameters(presolve=mathopt.Emphasis.OFF)
        self._solver = self._fresh()

    def rows(self, limits: Iterable[tuple[float, float]]) -> list[Row]:
        """Add rows with these lower and upper limits, and nothing in them yet."""
        return [self._model.add_linear_constraint(lb=low, ub=high) for low, high in limits]

    def column(self, worth: float, rows: Iterable[Row], entries: Iterable[float]) -> Column:
        """Add a column that counts so much in the objective, with these entries in these rows."""
        made = self._model.add_variable(lb=0.0, ub=math.inf)
        self._model.objective.set_linear_coefficient(made, worth)
        for row, entry in zip(rows, entries, strict=True):
            row.set_coefficient(made, entry)
        return made

    def limit(self, row: Row, *, lower: float | None = None, upper: float | None = None) -> None:
        """Change a limit of a row."""
        if lower is not None:
            row.lower_bound = lower
        if upper is not None:
            row.upper_bound = upper

    def drop(self, column: Column) -> None:
        """Take a column out."""
        self._model.delete_variable(column)

    def solve(self) -> Optimum:
        """Solve it from where it stands, or afresh if that fails.

        Raises
        ------
        SolverError
            If it has no optimum.
        """
        reason = self._api.TerminationReason.OPTIMAL
        try:
            result = self._solver.solve(params=self._as_it_stands)
        except Exception:
            self._solver = self._fresh()
            result = self._solver.solve(params=self._as_it_stands)
        if result.termination.reason != reason:
            result = self._api.solve(self._model, self._api.SolverType.HIGHS)
        if result.termination.reason != reason:
            raise SolverError(f"the program of {self._name} ended as {result.termination.reason.name}.")
        return Optimum(result.objective_value(), result)

    def _fresh(self) -> Any:
        return self._api.IncrementalSolver(self._model, self._api.SolverType.GLOP)
