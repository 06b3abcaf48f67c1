"""Placing: the greedy heuristics, and checking a placement."""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import vmopt


@pytest.mark.parametrize("method", ["greedy-priority", "greedy-demand:best-fit"])
def test_greedy(benchmark: BenchmarkFixture, cluster: vmopt.Instance, method: str) -> None:
    """Places by a greedy heuristic, from classes to a verified solution."""
    solution = benchmark(lambda: vmopt.solve(cluster, method=method))
    assert solution.n_placed > 0


def test_verify(benchmark: BenchmarkFixture, cluster: vmopt.Instance, greedy: vmopt.Solution) -> None:
    """Checks a placement against every capacity."""
    assert benchmark(lambda: vmopt.verify(cluster, greedy.host_index)) == ()
