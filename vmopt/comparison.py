"""Comparison: several solutions of one instance, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, overload

from vmopt import checks
from vmopt.errors import InstanceError, OptionError
from vmopt.gap import relative_gap
from vmopt.level_values import Values, values_of
from vmopt.model.goal_level import GoalLevel
from vmopt.solution import Solution, require_solution
from vmopt.summary.figures import number, percent, seconds
from vmopt.summary.layout import Table, table_html, table_text


class ComparisonRow(NamedTuple):
    """One solution in a comparison.

    Attributes
    ----------
    method : str
    backend : str or None
    status : str
        Value of its `Status`.
    objective, bound : float
        As the solution itself states them.
    gap : float
        ``(best - objective) / |best|`` with ``best`` the lowest bound of all the rows; 0 where they are equal.
        With tiers, where the bound of a level holds given what the solution itself has above, the solution's own gap.
    placed : int
        Number of VMs placed.
    seconds : float
        Wall clock of the whole call.
    """

    method: str
    backend: str | None
    status: str
    objective: float
    bound: float
    gap: float
    placed: int
    seconds: float


class Comparison(Sequence[ComparisonRow]):
    """A table of solutions of one instance: prints as text, shows as HTML, and is what ``pandas.DataFrame`` takes.

    Attributes
    ----------
    solutions : tuple of Solution
        In the order of the rows.

    Examples
    --------
    >>> import numpy as np
    >>> from vmopt.bounds import Bound, Claim
    >>> from vmopt.model import Instance
    >>> from vmopt.solution import Solution
    >>> from vmopt.status import Status
    >>> cluster = Instance.from_arrays([[4], [5]], [[8]], value=[4, 5])
    >>> placed = np.array([-1, 0])
    >>> bound = Bound(8.0, Claim("some-solver"))
    >>> greedy = Solution(cluster, placed, Status.FEASIBLE, None, 5.0, bound, "greedy", None, 0, 0, 0, 0)
    >>> table = Comparison.of([greedy])
    >>> table[0].objective, table[0].gap
    (5.0, 0.375)
    """

    def __init__(self, solutions: Sequence[Solution], rows: Sequence[ComparisonRow]) -> None:
        self.solutions = tuple(solutions)
        self._rows = tuple(rows)

    @classmethod
    def of(cls, solutions: Iterable[Solution]) -> Comparison:
        """Compare solutions of the same instance.

        Raises
        ------
        OptionError
            If there is none.
        InstanceError
            If they are not all of one instance: their bounds would not be comparable.
        """
        kept = tuple(map(require_solution, checks.listed(solutions, "solutions", what="a list of solutions")))
        if not kept:
            raise OptionError("there is nothing to compare: give at least one solution.")
        first = kept[0].instance
        if not all(solution.instance is first or solution.instance == first for solution in kept):
            raise InstanceError("the solutions are of different instances: compare solutions of one instance.")
        best = min(solution.bound for solution in kept)
        tiers = first.tiers is not None
        return cls(kept, [_row(solution, solution.bound if tiers else best) for solution in kept])

    @property
    def bound(self) -> float:
        """The lowest bound of all the rows: no placement is worth more. With tiers, that of the best row."""
        if self.solutions[0].instance.tiers is not None:
            return self.best.bound
        return min(row.bound for row in self._rows)

    @property
    def best(self) -> Solution:
        """The placement of the largest objective, with tiers the best level by level; of equals, the first."""
        if self.solutions[0].instance.tiers is not None:
            return max(self.solutions, key=_by_level)
        return max(self.solutions, key=lambda solution: (_is_placement(solution), solution.objective))

    @overload
    def __getitem__(self, position: int) -> ComparisonRow: ...
    @overload
    def __getitem__(self, position: slice) -> tuple[ComparisonRow, ...]: ...
    def __getitem__(self, position: int | slice) -> ComparisonRow | tuple[ComparisonRow, ...]:
        return self._rows[position]

    def __len__(self) -> int:
        return len(self._rows)

    def table(self) -> Table:
        """Return the rows as cells of text, under a header; with goals, what each placement has of them."""
        goals = [level for level in self.solutions[0].instance.objective.goal_levels if not level.maximised]
        header = ("method", "backend", "status", "objective", "bound", "gap", "placed", "seconds", *map(str, goals))
        rows = [
            (*_cells(row), *(_measured(level, solution) for level in goals))
            for row, solution in zip(self._rows, self.solutions, strict=True)
        ]
        return Table(header, rows, n_left=3)

    def __str__(self) -> str:
        return table_text(self.table())

    def __repr__(self) -> str:
        return f"Comparison({', '.join(f'{row.method} {number(row.objective)}' for row in self._rows)})"

    def _repr_html_(self) -> str:
        return table_html(self.table())


def _by_level(solution: Solution) -> Values:
    return values_of(solution.instance, solution.host_index, solution.elastic_allocation)


def _measured(level: GoalLevel, solution: Solution) -> str:
    return number(float(level.value(solution.instance, solution.host_index))) if _is_placement(solution) else "-"


def _is_placement(solution: Solution) -> bool:
    return solution.status.value in ("optimal", "feasible")


def _row(solution: Solution, best: float) -> ComparisonRow:
    return ComparisonRow(
        method=solution.method,
        backend=solution.backend,
        status=solution.status.value,
        objective=solution.objective,
        bound=solution.bound,
        gap=relative_gap(solution.objective, best),
        placed=solution.n_placed,
        seconds=solution.solve_seconds,
    )


def _cells(row: ComparisonRow) -> tuple[str, ...]:
    return (
        row.method,
        row.backend or "-",
        row.status,
        number(row.objective),
        number(row.bound),
        percent(row.gap),
        f"{row.placed:,}",
        seconds(row.seconds).removesuffix(" s"),
    )
