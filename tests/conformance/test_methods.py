"""Every method and every exact backend against the brute-force optimum of every case."""

from __future__ import annotations

from functools import cache

import pytest

import vmopt
from tests.conformance.brute_force import optimum
from tests.conformance.cases import CASES
from tests.thorough import sample
from vmopt.backends.base import Capability

EXACT_BACKENDS = ["cp-sat", "highs", "scip", "cbc"]
GREEDY = ["greedy-priority", "greedy-priority:best-fit", "greedy-demand", "greedy-demand:best-fit"]


@cache
def best(name: str) -> float:
    return optimum(CASES[name]())


def close(value: float):
    return pytest.approx(value, rel=1e-9, abs=1e-15)


def test_there_are_enough_cases() -> None:
    """Tests that the suite keeps its size."""
    assert len(CASES) >= 40


def test_every_exact_backend_is_here() -> None:
    """Tests that no exact backend is skipped for want of its library."""
    able = {info.name for info in vmopt.backends() if info.available and Capability.INTEGER in info.capabilities}
    assert able >= set(EXACT_BACKENDS)


@pytest.mark.parametrize(("name", "backend"), sample(CASES, EXACT_BACKENDS))
def test_exact_is_optimal(name: str, backend: str) -> None:
    """Tests that the exact method finds and proves the optimum with every backend."""
    instance = CASES[name]()
    solution = vmopt.solve(instance, method="exact", backend=backend, gap=0, threads=1)
    assert solution.objective == close(best(name))
    assert solution.status is vmopt.Status.OPTIMAL
    assert solution.bound == close(best(name))
    assert vmopt.verify(instance, solution) == ()


@pytest.mark.parametrize("name", CASES)
def test_auto_is_optimal(name: str) -> None:
    """Tests that auto finds and proves the optimum."""
    solution = vmopt.solve(CASES[name](), gap=0, threads=1)
    assert solution.objective == close(best(name))
    assert solution.status is vmopt.Status.OPTIMAL


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("method", GREEDY)
def test_greedy_is_sound(name: str, method: str) -> None:
    """Tests that greedy is feasible, never beats the optimum, and never claims less than the optimum as its bound."""
    instance = CASES[name]()
    solution = vmopt.solve(instance, method=method)
    assert vmopt.verify(instance, solution) == ()
    assert solution.objective <= best(name) * (1 + 1e-12)
    assert solution.bound >= best(name) * (1 - 1e-12)


@pytest.mark.parametrize(("name", "backend"), sample(CASES, ["glop", "pdlp", "highs", "cbc"]))
def test_relax_is_above(name: str, backend: str) -> None:
    """Tests that the relaxation never lies below the optimum, whatever LP backend solved it."""
    instance = CASES[name]()
    relaxation = vmopt.relax(instance, backend=backend)
    assert relaxation.bound >= best(name) * (1 - 1e-12)
    assert vmopt.verify_bound(instance, relaxation.prices) == relaxation.bound
