"""A LinearProgram as a MathOpt model, built from arrays, and MathOpt's answer as arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.formulation.linear_program import LinearProgram

FEASIBLE = 2
"""Code of a feasible solution in MathOpt's SolutionStatusProto."""


def to_proto(program: LinearProgram, proto: Any) -> None:
    """Fill a ModelProto; column j gets the id j, row i the id i.

    The proto is written from arrays: MathOpt's expression objects would take seconds for 100,000 columns.
    """
    proto.objective.maximize = True
    variables, rows, entries = proto.variables, proto.linear_constraints, proto.linear_constraint_matrix
    variables.ids.extend(range(program.n_columns))
    variables.lower_bounds.extend(program.lower.tolist())
    variables.upper_bounds.extend(program.upper.tolist())
    variables.integers.extend(program.integer.tolist())
    fill_vector(proto.objective.linear_coefficients, program.objective)
    rows.ids.extend(range(program.n_rows))
    rows.lower_bounds.extend(program.row_lower.tolist())
    rows.upper_bounds.extend(program.row_upper.tolist())
    matrix = program.matrix.sorted_indices()
    matrix.eliminate_zeros()
    entries.row_ids.extend(np.repeat(np.arange(program.n_rows), np.diff(matrix.indptr)).tolist())
    entries.column_ids.extend(matrix.indices.tolist())
    entries.coefficients.extend(matrix.data.tolist())


def fill_vector(vector: Any, values: FloatArray) -> None:
    """Fill a SparseDoubleVectorProto."""
    used = np.flatnonzero(values)
    vector.ids.extend(used.tolist())
    vector.values.extend(values[used].tolist())


def from_vector(vector: Any, size: int) -> FloatArray:
    """Return a SparseDoubleVectorProto as an array."""
    values = np.zeros(size)
    values[np.fromiter(vector.ids, dtype=np.int64)] = np.fromiter(vector.values, dtype=np.float64)
    return values


def best_point(result: Any, n_columns: int) -> FloatArray | None:
    """Return the first feasible point of a SolveResultProto; MathOpt lists the best one first."""
    for solution in result.solutions:
        if solution.HasField("primal_solution") and solution.primal_solution.feasibility_status == FEASIBLE:
            return from_vector(solution.primal_solution.variable_values, n_columns)
    return None


def dual_values(result: Any, n_rows: int) -> FloatArray | None:
    """Return the dual values of the rows from a SolveResultProto, where it has feasible ones."""
    for solution in result.solutions:
        if solution.HasField("dual_solution") and solution.dual_solution.feasibility_status == FEASIBLE:
            return from_vector(solution.dual_solution.dual_values, n_rows)
    return None
