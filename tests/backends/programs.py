"""Tiny programs whose answers are known, for every backend."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
from scipy import sparse

from vmopt.backends import Capability
from vmopt.formulation.linear_program import LinearProgram


@dataclass(frozen=True)
class Case:
    """A program and the objective of its optimum; None where there is no feasible point."""

    name: str
    program: LinearProgram
    optimum: float | None

    @property
    def needs(self) -> Capability:
        """What a backend must be capable of."""
        integer = self.program.integer
        needs = Capability(0)
        if integer.any():
            needs |= Capability.INTEGER
        if not integer.all():
            needs |= Capability.CONTINUOUS
        return needs


def program(objective, rows, row_lower, row_upper, lower, upper, integer) -> LinearProgram:
    """Make a program from lists; `integer` is one flag or one a column."""
    n_columns = len(objective)
    matrix = sparse.csr_array(np.array(rows, dtype=np.float64).reshape(len(rows), n_columns))
    arrays = [np.array(values, dtype=np.float64) for values in (row_lower, row_upper, lower, upper)]
    flags = np.full(n_columns, integer) if isinstance(integer, bool) else np.array(integer)
    return LinearProgram(np.array(objective, dtype=np.float64), matrix, *arrays, integer=flags)


def knapsack(weights, capacity, values, *, integer=True) -> LinearProgram:
    """One row of boolean columns."""
    return LinearProgram.with_upper_rows(
        values,
        sparse.csr_array([np.array(weights, dtype=np.float64)]),
        [capacity],
        upper=np.ones(len(weights)),
        integer=integer,
    )


CONTINUOUS = [
    Case("one column", program([3], [[2]], [-inf], [5], [0], [inf], False), 7.5),
    Case("two rows", program([3, 2], [[1, 1], [2, 1]], [-inf] * 2, [4, 6.5], [0, 0], [3, 3], False), 10.5),
    Case("equality row", program([1, 2], [[1, 1]], [3], [3], [0, 0], [2, 2], False), 5.0),
    Case("two-sided row", program([-1, -1], [[1, 2]], [2], [4], [0, 0], [5, 5], False), -1.0),
    Case("negative lower limits", program([-1, 1], [[1, 1]], [-inf], [0], [-4, -4], [4, 4], False), 8.0),
    Case("column free below", program([-1.0], [[1.0]], [-7], [inf], [-inf], [inf], False), 7.0),
    Case(
        "degenerate",
        program([1, 1], [[1, 1], [1, 1], [2, 2], [1, 0]], [-inf] * 4, [1, 1, 2, 1], [0, 0], [9, 9], False),
        1.0,
    ),
    Case("no rows", program([2, -1], np.zeros((0, 2)), [], [], [0, -3], [4, 9], False), 11.0),
    Case("empty row", program([1], [[0], [1]], [-1, -inf], [1, 2], [0], [5], False), 2.0),
    Case("empty row broken", program([1], [[0], [1]], [1, -inf], [2, 2], [0], [5], False), None),
    Case("no columns", program([], np.zeros((1, 0)), [-inf], [1], [], [], False), 0.0),
    Case("no objective", program([0, 0], [[1, 1]], [1], [2], [0, 0], [1, 1], False), 0.0),
    Case("rows exclude each other", program([1], [[1], [1]], [2, -inf], [inf, 1], [0], [9], False), None),
    Case("limits cross", program([1], [[1]], [-inf], [5], [3], [2], False), None),
    Case("tiny objective", program([3e-7, 2e-7], [[1, 1]], [-inf], [4], [0, 0], [3, 3], False), 1.1e-6),
    Case("column nobody mentions", program([1, 0], [[1, 0]], [-inf], [2], [0, 1], [9, 3], False), 2.0),
]

INTEGER = [
    Case("knapsack", knapsack([5, 4, 3, 2], 10, [10, 7, 6, 3]), 19.0),
    Case("counts", program([5, 4], [[6, 4], [1, 2]], [-inf] * 2, [24, 6], [0, 0], [9, 9], True), 20.0),
    Case("equality of integers", program([1, 3], [[2, 3]], [12], [12], [0, 0], [9, 9], True), 12.0),
    Case("parity", program([1, 1], [[2, 2]], [3], [3], [0, 0], [5, 5], True), None),
    Case("negative integers", program([-2, 1], [[1, 1]], [-3], [5], [-2, -7], [3, 4], True), 8.0),
    Case("limits between integers", program([1, 1], [[1, 1]], [-inf], [4.5], [0.5, 0.2], [2.7, 3.9], True), 4.0),
    Case("no whole number between", program([1], [[1]], [-inf], [5], [0.2], [0.8], True), None),
    Case("decimals", program([0.5, 0.25], [[0.1, 0.3]], [-inf], [0.7], [0, 0], [4, 4], True), 2.25),
    Case("tiny values", knapsack([2, 3, 4], 5, [3e-7, 4e-7, 5e-7]), 7e-7),
    Case("nothing fits", knapsack([5, 6], 4, [1, 1]), 0.0),
    Case("all integer, no rows", program([2, -1], np.zeros((0, 2)), [], [], [0, -3], [4, 9], True), 11.0),
    Case("assignment", program([4, 2, 3, 5], [[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0], [0, 1, 0, 1]], [1] * 4, [1] * 4,
                               [0] * 4, [1] * 4, True), 9.0),
]  # fmt: skip

MIXED = [
    Case("mixed", program([3, 2], [[2, 1]], [-inf], [4.5], [0, 0], [3, 1.5], [True, False]), 7.0),
    Case("mixed, equality", program([1, 1], [[1, 1]], [2.5], [2.5], [0, 0], [2, 0.75], [True, False]), 2.5),
    Case("mixed, infeasible", program([1, 0], [[2, 1]], [3], [3], [0, 0], [5, 0.5], [True, False]), None),
]

CASES = {case.name: case for case in [*CONTINUOUS, *INTEGER, *MIXED]}


def hard(n_columns: int = 300, n_rows: int = 15) -> LinearProgram:
    """A multi-dimensional knapsack that takes every solver minutes; 0 is feasible."""
    rng = np.random.default_rng(1)
    weights = rng.integers(1, 1000, (n_rows, n_columns))
    values = weights.mean(axis=0) + rng.integers(0, 500, n_columns)
    return LinearProgram.with_upper_rows(
        values, sparse.csr_array(weights), weights.sum(axis=1) // 2, upper=np.ones(n_columns), integer=True
    )


def assignment(n_vms: int, n_hosts: int, *, integer: bool) -> LinearProgram:
    """The program x[vm, host] with three resources, VM by VM."""
    rng = np.random.default_rng(0)
    demand = rng.integers(1, 20, (n_vms, 3))
    columns = np.arange(n_vms * n_hosts)
    vm, host = np.divmod(columns, n_hosts)
    ones = np.ones(columns.size)
    blocks = [sparse.csr_array((ones, (vm, columns)), shape=(n_vms, columns.size))]
    blocks += [sparse.csr_array((demand[vm, k], (host, columns)), shape=(n_hosts, columns.size)) for k in range(3)]
    limits = np.concatenate([np.ones(n_vms), np.full(3 * n_hosts, 60.0)])
    matrix = sparse.csr_array(sparse.vstack(blocks))
    return LinearProgram.with_upper_rows(rng.random(n_vms)[vm], matrix, limits, upper=ones, integer=integer)
