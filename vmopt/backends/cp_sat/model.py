"""A LinearProgram as a CP-SAT model, built from arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.backends.cp_sat.columns import column_limits
from vmopt.backends.cp_sat.digits import LONGEST_ROW, IntegerRow, Splitter
from vmopt.backends.cp_sat.objective import IntegerObjective, integer_objective
from vmopt.backends.cp_sat.rows import NO_LIMIT, IntegerRows, integer_rows
from vmopt.formulation.linear_program import LinearProgram

INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1
ROWS_AT_ONCE = 256
"""Rows that are stated between two looks at the clock."""


@dataclass(frozen=True, eq=False)
class IntegerModel:
    """Everything CP-SAT is told, in integers: columns and carries, short rows, objective.

    Attributes
    ----------
    columns : Splitter
        Limits of the columns and of the carries behind them.
    rows : list of IntegerRow
    objective : IntegerObjective
    """

    columns: Splitter
    rows: list[IntegerRow]
    objective: IntegerObjective

    def complete(self, x: FloatArray) -> list[int]:
        """Extend a point by the carries that go with it."""
        values: list[int] = np.rint(x).astype(np.int64).tolist()
        for carry in self.columns.carries:
            values.append(carry.value(values))
        return values


class TooLateError(Exception):
    """There is no time to state a program to its end."""


def never() -> bool:
    """There is always time."""
    return False


def in_time(rows: Iterable[IntegerRow], late: Callable[[], bool]) -> Iterator[IntegerRow]:
    """Pass rows on as long as it is not late.

    Raises
    ------
    TooLateError
    """
    for number, row in enumerate(rows):
        if number % ROWS_AT_ONCE == 0 and late():
            raise TooLateError
        yield row


def integer_model(program: LinearProgram, late: Callable[[], bool] = never) -> IntegerModel | None:
    """Bring a program to short integer rows; None if its rows rule every point out.

    Raises
    ------
    BackendError
        If the program cannot be stated in integers.
    TooLateError
        If it is late before that is done.
    """
    rows = integer_rows(program)
    lower, upper = column_limits(program, rows)
    if (lower > upper).any():
        return None
    splitter = Splitter(lower.tolist(), upper.tolist())
    size = np.maximum(np.abs(lower), np.abs(upper)).astype(np.float64)
    short = list(in_time(_short_rows(rows, rows.weight(size) <= LONGEST_ROW, splitter), late))
    return IntegerModel(splitter, short, integer_objective(program.objective, lower, upper))


def _short_rows(rows: IntegerRows, is_short: Any, splitter: Splitter) -> Iterable[IntegerRow]:
    columns, coefficients = rows.columns.tolist(), rows.coefficients.tolist()
    for i, (lower, upper) in enumerate(zip(rows.lower.tolist(), rows.upper.tolist(), strict=True)):
        here = rows.entries(i)
        row = IntegerRow(
            tuple(columns[here]),
            tuple(coefficients[here]),
            None if lower == -NO_LIMIT else lower,
            None if upper == NO_LIMIT else upper,
        )
        if is_short[i]:
            yield row
        else:
            yield from splitter.split(row)


def to_proto(model: IntegerModel, proto: Any, variable: Any, late: Callable[[], bool] = never) -> None:
    """Fill a CpModelProto; `variable` makes an empty IntegerVariableProto.

    Raises
    ------
    TooLateError
        If it is late before that is done.
    """
    kinds: dict[tuple[int, int], Any] = {}
    for limits in zip(model.columns.lower, model.columns.upper, strict=True):
        if limits not in kinds:
            kinds[limits] = variable()
            kinds[limits].domain.extend(limits)
    proto.variables.extend([kinds[limits] for limits in zip(model.columns.lower, model.columns.upper, strict=True)])
    for row in in_time(model.rows, late):
        linear = proto.constraints.add().linear
        linear.vars.extend(row.columns)
        linear.coeffs.extend(row.coefficients)
        lower = INT64_MIN if row.lower is None else row.lower
        linear.domain.extend((lower, INT64_MAX if row.upper is None else row.upper))
    used = np.flatnonzero(model.objective.coefficients)
    if used.size:
        # CP-SAT minimises; it is given the negated objective, and reports it with the sign of the factor.
        proto.objective.vars.extend(used.tolist())
        proto.objective.coeffs.extend((-model.objective.coefficients[used]).tolist())
        proto.objective.scaling_factor = -1.0
