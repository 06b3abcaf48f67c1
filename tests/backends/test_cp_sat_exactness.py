"""Rows of large integers, where CP-SAT alone can certify a wrong optimum."""

from __future__ import annotations

import numpy as np
import pytest

from tests.backends.programs import knapsack, program
from tests.patience import PATIENCE
from vmopt.backends import LPOptions
from vmopt.backends.cp_sat.backend import CpSat
from vmopt.backends.cp_sat.columns import column_limits
from vmopt.backends.cp_sat.digits import LONGEST_ROW, IntegerRow, Splitter
from vmopt.backends.cp_sat.model import integer_model
from vmopt.backends.cp_sat.objective import integer_objective
from vmopt.backends.cp_sat.rows import integer_rows
from vmopt.errors import BackendError
from vmopt.formulation.linear_program import LinearProgram
from vmopt.status import Status

EXACT = LPOptions(time_limit=PATIENCE, gap=0.0)

# CP-SAT 9.15, given these rows as they are, calls 3017 and 3533 optimal.
WRONGLY_CERTIFIED = {
    3098: (
        [2828752856, 3059476749, 807555316, 1409286144, 2593940469, 872415232, 3892314112, 4093640704, 722192357,
         949053972],
        9461643983,
        [242, 586, 353, 558, 204, 254, 667, 35, 378, 888],
    ),
    3655: (
        [2301093494, 1066939121, 1490770405, 2434030689, 973380524, 3611005683, 1477787255, 766158816, 3623878656,
         1040778168, 2779471893, 335544320],
        5498838964,
        [249, 461, 179, 980, 521, 110, 693, 987, 908, 581, 461, 873],
    ),
}  # fmt: skip


def all_points(lower: list[int], upper: list[int]) -> np.ndarray:
    """Every integer point of a box."""
    axes = [np.arange(low, high + 1) for low, high in zip(lower, upper, strict=True)]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))


def brute_force(given: LinearProgram) -> float | None:
    """The optimum of a program of integers below 2^62, by trying every point."""
    points = all_points(given.lower.astype(int).tolist(), given.upper.astype(int).tolist())
    activity = points.astype(object) @ np.array(given.matrix.toarray().tolist(), dtype=object).astype(int).T
    keeps = ((activity >= given.row_lower) & (activity <= given.row_upper)).all(axis=1)
    return float((points[keeps] @ given.objective).max()) if keeps.any() else None


@pytest.mark.parametrize("factor", [1, 10**3, 10**6])
def test_rows_that_rule_every_point_out(factor: int) -> None:
    """Tests that limits which cross are the end, whatever the coefficients: going on would drive them apart."""
    matrix = [[5, 4, 0], [10**9, 10**6, 10 * factor]]
    given = program([1, 1, 1], matrix, [-np.inf, 2 * 10**9], [8, np.inf], [0] * 3, [1] * 3, True)
    assert CpSat().solve(given, EXACT).status is Status.INFEASIBLE


@pytest.mark.parametrize("optimum", WRONGLY_CERTIFIED)
def test_wrongly_certified_optima_are_corrected(optimum: int) -> None:
    """Tests two rows beyond 2^31 for which the bare CP-SAT 9.15 certifies a smaller optimum."""
    weights, capacity, values = WRONGLY_CERTIFIED[optimum]
    given = knapsack(weights, capacity, values)
    result = CpSat().solve(given, EXACT)
    assert brute_force(given) == optimum
    assert (result.status, given.value(result.x), result.bound) == (Status.OPTIMAL, optimum, optimum)


@pytest.mark.parametrize("seed", range(12))
def test_long_rows_are_solved_exactly(seed: int) -> None:
    """Tests random long rows, of all kinds and up to 2^40, against brute force."""
    rng = np.random.default_rng(seed)
    n_columns, n_rows = 7, 2
    scale = 2 ** int(rng.integers(28, 40))
    rows = rng.integers(-scale if seed % 3 == 0 else 1, scale, (n_rows, n_columns)).astype(float)
    lower = rng.integers(-1, 1, n_columns) if seed % 2 else np.zeros(n_columns, int)
    upper = lower + rng.integers(1, 4, n_columns)
    middle = rows @ rng.integers(lower, upper + 1)
    row_upper = middle + (0 if seed % 4 == 1 else scale // 7)
    row_lower = middle if seed % 4 == 1 else middle - scale if seed % 4 == 2 else np.full(n_rows, -np.inf)
    given = program(rng.integers(-50, 100, n_columns), rows, row_lower, row_upper, lower, upper, True)
    result = CpSat().solve(given, EXACT)
    assert (result.status, given.value(result.x), result.bound) == (Status.OPTIMAL, *[brute_force(given)] * 2)


def test_memory_in_bytes() -> None:
    """Tests VMs with memory in odd numbers of bytes, up to 2^43, against the same hosts by brute force."""
    rng = np.random.default_rng(5)
    memory = rng.integers(2**38, 2**41, 10) | 1
    given = knapsack(memory, int(memory.sum() * 0.45), rng.integers(1, 1000, 10))
    result = CpSat().solve(given, EXACT)
    assert (given.value(result.x), result.bound) == (brute_force(given), brute_force(given))


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("kind", ["at most", "equal", "two-sided"])
def test_split_rows_keep_the_same_points(seed: int, kind: str) -> None:
    """Tests that a point keeps a long row if and only if it keeps the short ones, with the carries of `Carry`."""
    rng = np.random.default_rng(seed)
    lower, upper = [0, -1, 0, 0, -2], [1, 1, 2, 1, 0]
    coefficients = tuple(int(a) for a in rng.integers(-(2**36), 2**36, 5))
    points = all_points(lower, upper)
    totals = sorted(sum(a * x for a, x in zip(coefficients, point, strict=True)) for point in points.tolist())
    limit = totals[len(totals) // 2]
    row = IntegerRow(
        (0, 1, 2, 3, 4), coefficients, {"at most": None, "equal": limit, "two-sided": limit - 2**34}[kind], limit
    )
    splitter = Splitter(lower.copy(), upper.copy())
    short = splitter.split(row)
    assert splitter.carries
    assert all(splitter._length(part) <= LONGEST_ROW for part in short)
    for point in points.tolist():
        values = list(point)
        for carry in splitter.carries:
            values.append(carry.value(values))
        kept = all(
            (part.lower is None or activity >= part.lower) and (part.upper is None or activity <= part.upper)
            for part in short
            for activity in [sum(a * values[j] for j, a in zip(part.columns, part.coefficients, strict=True))]
        )
        total = sum(a * x for a, x in zip(coefficients, point, strict=True))
        assert kept == ((row.lower is None or total >= row.lower) and total <= limit)


def test_carries_stay_within_their_limits() -> None:
    """Tests that the limits of a carry hold every value that a point can need."""
    splitter = Splitter([0, -3, 0], [1, 2, 4])
    splitter.split(IntegerRow((0, 1, 2), (2**35 + 1, -(2**34) - 7, 2**33 + 5), None, 2**34 + 3))
    for point in all_points([0, -3, 0], [1, 2, 4]).tolist():
        for carry in splitter.carries:
            point.append(carry.value(point))
            column = len(point) - 1
            assert splitter.lower[column] <= point[column] <= splitter.upper[column]


def test_rows_that_every_point_keeps_are_dropped() -> None:
    """Tests that a long row above its largest activity is left out, and a common divisor shortens a row."""
    bytes_of_gib = [float(2**30 * k) for k in (3, 5, 7)]
    loose = integer_model(knapsack([2**40 + 1, 2**40 + 3], 2**42, [1, 1]))
    divided = integer_model(knapsack(bytes_of_gib, 2**33 + 5, [1, 1, 1]))
    assert loose.rows == []
    assert [(row.coefficients, row.upper) for row in divided.rows] == [((3, 5, 7), 8)]
    assert divided.columns.carries == []


def test_columns_that_cannot_fit_are_zero() -> None:
    """Tests that a coefficient above the capacity makes its column 0."""
    given = knapsack([2**40, 3, 2**41 + 1], 2**40 + 2, [1, 1, 1])
    lower, upper = column_limits(given, integer_rows(given))
    assert (lower.tolist(), upper.tolist()) == ([0, 0, 0], [1, 1, 0])


def test_rows_that_rule_everything_out_are_infeasible() -> None:
    """Tests that limits tightened past each other are infeasibility, not an error."""
    given = program([1], [[2**35]], [2**36], [2**36 + 5], [0], [1], True)
    assert CpSat().solve(given, EXACT).status is Status.INFEASIBLE


def test_infinite_limits_are_taken_from_the_rows() -> None:
    """Tests that a column without limits is given those of its rows, and refused where there are none."""
    bounded = program([1, 1], [[3, 1]], [-np.inf], [11], [0, 0], [np.inf, np.inf], True)
    unbounded = program([1, 1], [[3, 0]], [-np.inf], [11], [0, 0], [np.inf, np.inf], True)
    assert CpSat().solve(bounded, EXACT).bound == 11.0
    with pytest.raises(BackendError, match="column 1 has none"):
        CpSat().solve(unbounded, EXACT)


@pytest.mark.parametrize(
    ("coefficient", "message"),
    [(1 / 3, "more than 6 decimals"), (2.0**62, "below 2\\^62"), (1e-7, "more than 6 decimals")],
)
def test_coefficients_that_are_no_integers_are_refused(coefficient: float, message: str) -> None:
    """Tests that coefficients that cannot be brought to integers exactly are refused, with the row named."""
    with pytest.raises(BackendError, match=message):
        CpSat().solve(knapsack([coefficient], 1, [1]), EXACT)


@pytest.mark.parametrize("decimals", [0, 1, 3, 6])
def test_decimals_are_exact(decimals: int) -> None:
    """Tests that a row of decimals is met exactly: 0.1 + 0.2 fits into 0.3, which doubles deny."""
    unit = 10.0**-decimals
    given = knapsack([round(unit, decimals), round(2 * unit, decimals)], round(3 * unit, decimals), [1, 1])
    assert CpSat().solve(given, EXACT).bound == 2.0


def test_the_rounding_of_the_objective_is_part_of_the_bound() -> None:
    """Tests that no point is worth more than the bound, for objectives that are no decimals, of either sign."""
    rng = np.random.default_rng(8)
    for _ in range(20):
        objective = rng.normal(size=8) * 10.0 ** rng.integers(-8, 8)
        lower, upper = np.array([0, -5] * 4), np.array([1, 90] * 4)
        integers = integer_objective(objective, lower, upper)
        best = np.where(objective > 0, upper, lower)
        assert integers.error > 0
        assert integers.bound(float(integers.coefficients @ best)) >= objective @ best
        assert np.abs(integers.coefficients) @ np.maximum(np.abs(lower), upper) <= 2.0**50


@pytest.mark.parametrize("objective", [[1, 2], [0.25, 1.5], [1e-9, 0.5], [123456789.0, 3.0], [0.0, 0.0]])
def test_decimal_objectives_are_exact(objective: list[float]) -> None:
    """Tests that integers and decimals lose nothing."""
    integers = integer_objective(np.array(objective), np.zeros(2, int), np.ones(2, int))
    assert integers.error == 0.0
    assert (integers.coefficients / integers.factor).tolist() == objective


def test_start_is_completed_by_carries() -> None:
    """Tests that a start of a split program reaches CP-SAT as a complete hint."""
    weights, capacity, values = WRONGLY_CERTIFIED[3098]
    given = knapsack(weights, capacity, values)
    model = integer_model(given)
    best = CpSat().solve(given, EXACT).x
    values_of_all = model.complete(best)
    assert len(values_of_all) == len(model.columns.lower) > given.n_columns
    assert CpSat().solve(given, LPOptions(gap=0.0, start=best)).status is Status.OPTIMAL
