"""Programs that the preprocessing of CBC 2.10.3 calls infeasible, which are not."""

from __future__ import annotations

import numpy as np
import pytest

from tests.backends.programs import program
from vmopt.backends import LPOptions, registry
from vmopt.status import Status

ROWS: list[tuple[float, dict[int, float], float]] = [
    (-np.inf, {0: 1, 1: 1}, 1),
    (-np.inf, {2: 1, 3: 1}, 1),
    (-np.inf, {5: 1, 6: 1}, 1),
    (-np.inf, {0: 4, 2: 4, 5: 1}, 4),
    (3, {0: 1, 2: 1, 7: 1, 9: 1}, 3),
    (8, {1: 1, 3: 1, 4: 5, 8: 1, 10: 1}, 8),
    (4, {0: 4, 2: 4, 5: 1, 11: 2, 13: 1}, 4),
    (17, {1: 4, 3: 4, 4: 1, 6: 1, 12: 2, 14: 1}, 17),
    (1, {0: 1, 1: 1}, np.inf),
    (1, {2: 1, 3: 1}, np.inf),
    (127, {4: 116, 5: 11, 6: 11}, np.inf),
]
"""Four VMs of which all run, on two hosts whose capacity is cut into pieces of 2, with what is left over."""
UPPER = [1, 1, 1, 1, 1, 1, 1, 3, 8, 0, 0, 2, 8, 1, 1]
LEFT_OVER = [0.0] * 9 + [-1024, -1024, 0, 0, -512, -512]


@pytest.mark.parametrize("backend", ["cp-sat", "highs", "scip", "cbc"])
def test_what_is_feasible_is_not_called_infeasible(backend: str) -> None:
    """Tests a program with a point of which -512 is the most."""
    rows = np.array([[row.get(j, 0.0) for j in range(15)] for _, row, _ in ROWS])
    lower, upper = [low for low, _, _ in ROWS], [high for _, _, high in ROWS]
    made = program(LEFT_OVER, rows, lower, upper, [0] * 15, UPPER, integer=True)
    result = registry.get(backend).solve(made, LPOptions(gap=0.0))
    assert (result.status, made.value(result.x), result.bound) == (Status.OPTIMAL, -512, pytest.approx(-512))
