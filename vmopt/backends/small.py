"""Small integer programs by CP-SAT: thousands of them, one after the other, each with a start and a limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vmopt import interruption
from vmopt.arrays import IntArray
from vmopt.backends.loading import ortools_needed

Column = Any
"""What a column is called here: whoever made it keeps it."""


@dataclass(frozen=True)
class Effort:
    """Limits of one program: seconds of wall clock, and deterministic work in CP-SAT's own unit."""

    seed: int
    seconds: float
    work: float


@dataclass(frozen=True, eq=False)
class SmallResult:
    """What came of it: the value of each column asked for, or None; whether none is better, proven; the work."""

    values: list[int] | None
    proven: bool
    work: float


class SmallProgram:
    """Integer columns from 0 on, rows of integers, and an objective to be maximised.

    Examples
    --------
    >>> program = SmallProgram()
    >>> one, two = program.column(1), program.column(3)
    >>> program.at_most([one, two], [4, 2], 7)
    >>> program.maximise([one, two], [5, 2])
    >>> program.solve([one, two], Effort(seed=0, seconds=10.0, work=1.0)).values
    [1, 1]
    """

    def __init__(self) -> None:
        ortools_needed()
        from ortools.sat.python import cp_model

        self._api = cp_model
        self._model: Any = cp_model.CpModel()

    def column(self, most: int) -> Column:
        """Add a column from 0 to `most`."""
        return self._model.new_bool_var("") if most == 1 else self._model.new_int_var(0, most, "")

    def at_most(self, columns: Sequence[Column], entries: Sequence[int], room: int) -> None:
        """``sum entry * column <= room``."""
        self._model.add(self._api.LinearExpr.weighted_sum(columns, entries) <= room)

    def one_of(self, columns: Sequence[Column], *, exactly: bool) -> None:
        """At most, or exactly, one of some columns that are 0 or 1."""
        (self._model.add_exactly_one if exactly else self._model.add_at_most_one)(columns)

    def sum_between(self, columns: Sequence[Column], least: int, most: int) -> None:
        """``least <= sum column <= most``."""
        self._model.add_linear_constraint(self._api.LinearExpr.sum(columns), least, most)

    def between(self, columns: Sequence[Column], entries: Sequence[int], least: int, most: int) -> None:
        """``least <= sum entry * column <= most``, of no columns too."""
        total = self._api.LinearExpr.weighted_sum(columns, entries) if columns else 0
        self._model.add_linear_expression_in_domain(total, self._api.Domain(least, most))

    def maximise(self, columns: Sequence[Column], weights: Sequence[int]) -> None:
        """``sum weight * column``."""
        self._model.maximize(self._api.LinearExpr.weighted_sum(columns, weights))

    def hint(self, columns: Sequence[Column], values: IntArray) -> None:
        """Begin here."""
        for column, value in zip(columns, values.tolist(), strict=True):
            self._model.add_hint(column, value)

    def solve(self, columns: Sequence[Column], effort: Effort) -> SmallResult:
        """Solve it with one thread; signals are left to the application."""
        solver: Any = self._api.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.linearization_level = 2
        solver.parameters.random_seed = effort.seed
        solver.parameters.max_time_in_seconds = effort.seconds
        solver.parameters.max_deterministic_time = effort.work
        solver.parameters.catch_sigint_signal = False
        with interruption.current().stopping(solver.stop_search):
            status = solver.solve(self._model)
        work = float(solver.response_proto.deterministic_time)
        if status not in (self._api.OPTIMAL, self._api.FEASIBLE):
            return SmallResult(None, status == self._api.INFEASIBLE, work)
        return SmallResult([solver.value(column) for column in columns], status == self._api.OPTIMAL, work)
