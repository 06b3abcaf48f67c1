"""The method auto: every stage for itself."""

from __future__ import annotations

import re
from types import ModuleType
from typing import Any

import pytest

import vmopt
from tests.patience import PATIENCE
from vmopt.errors import BackendError, SolverError
from vmopt.methods import (
    column_generation,
    dual_prices,
    exact,
    knapsack_bound,
    neighbourhood,
    price_guided,
    quota_guided,
)
from vmopt.methods.backend_run import BackendRun

WIDE = [
    ([9, 14, 16, 4], 24, {"value": [10, 10**6, 10**9, 10**9]}, 2 * 10**9),
    ([4, 5, 4], 10, {"priority": [10**9, 1000, 1000]}, (4 * 10**9 + 5 * 1000) / 10),
]


@pytest.mark.parametrize("gap", [0.0, 1e-4])
@pytest.mark.parametrize(("demand", "capacity", "worth", "optimum"), WIDE)
def test_wide_values(demand: list[int], capacity: int, worth: dict[str, Any], optimum: float, gap: float) -> None:
    """Tests that values a thousand million times each other are no trouble."""
    instance = vmopt.Instance.from_arrays([[d] for d in demand], [[capacity]], **worth)
    solution = vmopt.solve(instance, gap=gap, threads=1)
    assert solution.status is vmopt.Status.OPTIMAL
    assert solution.objective == pytest.approx(optimum, rel=max(gap, 1e-15))


SMALL = vmopt.Instance.from_arrays(
    [[4, 3], [5, 6], [3, 4], [6, 3], [2, 7], [4, 5]], [[9, 9], [8, 11]], value=[7, 11, 6, 9, 8, 9]
)
BEFORE_THE_RACE = [
    (knapsack_bound, "run"),
    (dual_prices, "run"),
    (quota_guided, "run"),
    (price_guided, "run"),
    (exact, "run"),
    (column_generation, "run"),
    (column_generation, "run_once"),
    (column_generation, "run_proof"),
    (neighbourhood, "burst"),
    (neighbourhood, "run"),
]
ERRORS = [SolverError("met numerical trouble."), BackendError("takes no such program."), ZeroDivisionError("a bug")]


def break_stages(monkeypatch: pytest.MonkeyPatch, places: list[tuple[ModuleType, str]], error: Exception) -> None:
    """Let stages fail."""

    def stage(*_: Any, **__: Any) -> None:
        raise error

    for module, name in places:
        monkeypatch.setattr(module, name, stage)


@pytest.mark.parametrize("error", ERRORS, ids=repr)
def test_stages_that_fail_take_nothing_from_the_others(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Tests that one stage that works is enough for the optimum, and that the failures are told once."""
    break_stages(monkeypatch, BEFORE_THE_RACE, error)
    with pytest.warns(RuntimeWarning, match=re.escape(str(error))) as told:
        solution = vmopt.solve(SMALL, gap=0, threads=1)
    assert (solution.status, solution.objective) == (vmopt.Status.OPTIMAL, 35.0)
    assert len(told) == 1
    assert ("please report this" in str(told[0].message)) == isinstance(error, ZeroDivisionError)


def test_what_greedy_found_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that greedy placements come back when nothing else works."""
    break_stages(monkeypatch, [*BEFORE_THE_RACE, (exact, "race")], SolverError("no."))
    with pytest.warns(RuntimeWarning, match=r"no\."):
        solution = vmopt.solve(SMALL, gap=0, threads=1)
    assert solution.status is vmopt.Status.FEASIBLE
    assert 0 < solution.objective <= 35.0 <= solution.bound


@pytest.mark.parametrize(("failing", "threads"), [("highs", 1), ("highs", 2), ("cp-sat", 2)])
def test_one_backend_of_the_race_is_enough(monkeypatch: pytest.MonkeyPatch, failing: str, threads: int) -> None:
    """Tests that the other backend proves the optimum where one fails, in turn and side by side."""
    break_stages(monkeypatch, BEFORE_THE_RACE[:-1], SolverError("not now."))
    monkeypatch.setattr(neighbourhood, "run", lambda search: None)
    solve_part = BackendRun._solve

    def failing_solve(attempt: BackendRun, part: Any) -> Any:
        if attempt.name == failing:
            raise SolverError(f"{failing} failed.")
        return solve_part(attempt, part)

    monkeypatch.setattr(BackendRun, "_solve", failing_solve)
    with pytest.warns(RuntimeWarning, match=f"{failing} failed"):
        solution = vmopt.solve(SMALL, gap=0, threads=threads, time_limit=PATIENCE)
    assert (solution.status, solution.objective) == (vmopt.Status.OPTIMAL, 35.0)
