"""Levels whose values are too wide, or too fine, for weights in doubles are decided in whole numbers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import vmopt
from tests.tiers.brute_force import optimum, worth
from tests.tiers.instances import TIERS
from vmopt.bounds.level_worth import worth_of
from vmopt.level_values import own_parts, values_of
from vmopt.model import Instance
from vmopt.status import Status

FINE = Instance.from_arrays(
    [[2, 26, 30], [4, 18, 24], [5, 29, 19], [1, 7, 11], [2, 24, 37], [5, 29, 23], [5, 3, 3]],
    [[2, 0, 47], [12, 36, 110], [15, 2, 69]],
    value=(np.array([1181, 570.5, 1179, 864.5, 1304, 1086.5, 887]) / 512).tolist(),
    priority=[-3, -9, -5, -9, -3, -9, -3],
    objective=TIERS,
)
WIDE = Instance.from_arrays(
    [
        [89614962, 6, 7],
        [79875326, 9, 1],
        [427527974, 28, 0],
        [70157797, 26, 7],
        [81574229, 3, 5],
        [173674678, 9, 8],
        [464982635, 8, 7],
    ],
    [[507403298, 25, 10]],
    value=[0, 743592933, 16, 777217, 12663415, 4, 1622],
    priority=[3, -6, -6, -16, -16, -6, -16],
    objective=TIERS,
)
LARGE = Instance.from_arrays(
    [
        [268399566845, 2, 335544320],
        [743702645023, 18, 771751936],
        [277123499639, 9, 100663296],
        [1014376319680, 20, 67108864],
        [848042834971, 4, 167772160],
        [691661976247, 13, 234881024],
        [87105174655, 16, 671088640],
    ],
    [[923628314067, 24, 1073741825]],
    value=(np.array([2333, 0, 1150, 2955, 400, 184, 0]) / 1024).tolist(),
    priority=[-3, -7, -7, -7, -7, -3, -3],
    objective=TIERS,
)
WIDER = Instance.from_arrays(
    [[5], [4], [3], [3], [2], [1]],
    [[9]],
    value=[2.0**40 + 1, 2.0**40, 3.0, 2.0**45 + 1, 2.0**45, 1.0],
    priority=[2, 2, 1, 1, 0, 0],
    objective=TIERS,
)


@pytest.mark.parametrize("method", ["auto", "exact"])
@pytest.mark.parametrize("instance", [FINE, WIDE, WIDER], ids=["fine", "wide", "wider"])
def test_every_level_is_proven(instance: Instance, method: str) -> None:
    """Tests that with a gap of 0 the lexicographic optimum is found, and no level stays open."""
    solution = vmopt.solve(instance, method=method, gap=0, threads=1, time_limit=60)
    got = worth(instance, tuple(solution.host_index.tolist()))
    assert got == optimum(instance)
    assert solution.status is Status.OPTIMAL
    assert [level.bound for level in solution.levels] == [float(value) for value in got]


@pytest.mark.filterwarnings("error")
def test_patterns_of_wide_coefficients_end_in_a_proof() -> None:
    """Tests that amounts near 2^40 and weights between levels are decided, not given up with a warning."""
    solution = vmopt.solve(LARGE, method="column-generation", gap=1e-4, threads=1, time_limit=60)
    assert worth(LARGE, tuple(solution.host_index.tolist())) == optimum(LARGE)
    assert solution.status is Status.OPTIMAL


@pytest.mark.parametrize(
    ("value", "number", "of_one"),
    [
        ([0.5, 1 / 512], [256, 1], 512),
        ([0.1, 0.25], [2, 5], 20),
        ([300, 2.0**-42], [300 * 2**42, 1], 2**42),
        ([0.0, 0.0], [0, 0], 1),
        ([6.0, 1e15], [6, 10**15], 1),
    ],
)
def test_the_largest_parts(value: list[float], number: list[int], of_one: int) -> None:
    """Tests that values are whole numbers of the largest part of 1 that does, by tens or by twos."""
    parts = own_parts(Instance.from_arrays([[1], [1]], [[2]], value=value))
    assert parts is not None
    assert (parts.number.tolist(), parts.of_one) == (number, of_one)


@pytest.mark.parametrize("value", [[1 / 3, 0.2], [1e30, 1.0], [1e-300, 1.0]])
def test_values_too_long_for_doubles_have_no_parts(value: list[float]) -> None:
    """Tests that values whose sums in parts are no exact doubles are said to have none, and are summed all the same."""
    instance = Instance.from_arrays([[1], [1]], [[2]], value=value, priority=[1, 0], objective=TIERS)
    assert own_parts(instance) is None
    assert not worth_of(instance).whole
    assert values_of(instance, np.zeros(2, dtype=np.int64)) == tuple(map(Fraction, value))
