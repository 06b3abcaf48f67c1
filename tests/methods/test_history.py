"""Tests of the history of a search."""

from __future__ import annotations

from itertools import pairwise

import pytest

import vmopt
from vmopt.methods.history import History
from vmopt.solution import HistoryPoint


def points(n: int) -> list[HistoryPoint]:
    return [HistoryPoint(float(i), float(i), 1e6, "any") for i in range(n)]


@pytest.mark.parametrize("n", [1, 9, 10, 11, 10_000])
def test_few_points_and_both_ends(n):
    """Tests that a history is bounded, in order, and keeps the first point and the last."""
    history = History(most=10)
    for point in points(n):
        history.add(point)
    kept = history.points
    assert len(kept) == n if n <= 10 else 5 <= len(kept) <= 10
    assert (kept[0], kept[-1]) == (points(n)[0], points(n)[-1])
    assert all(before.seconds < after.seconds for before, after in pairwise(kept))


def test_a_solution_knows_its_history():
    """Tests that history holds what progress was told, ends with the solution, and never goes back."""
    told = []
    cluster = vmopt.generate(hosts=10, seed=1)
    solution = vmopt.solve(
        cluster, method="price-guided", threads=1, time_limit=5, progress=lambda *point: told.append(point)
    )
    assert [tuple(point) for point in solution.history[:-1]] == told
    last = solution.history[-1]
    assert (last.objective, last.bound) == (solution.objective, solution.bound)
    for before, after in pairwise(solution.history):
        assert before.seconds <= after.seconds
        assert before.objective <= after.objective
        assert before.bound >= after.bound


def test_a_file_has_no_history(tmp_path):
    """Tests that a solution read from a file says so by an empty history."""
    cluster = vmopt.generate(hosts=3, seed=1)
    vmopt.io.write_solution(vmopt.solve(cluster, method="greedy-priority"), tmp_path / "s.json")
    assert vmopt.io.read_solution(cluster, tmp_path / "s.json").history == ()
