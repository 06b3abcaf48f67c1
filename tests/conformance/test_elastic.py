"""Every method and every exact backend against the brute-force optimum of every elastic case."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import vmopt
from tests.conformance.elastic_brute_force import optimum
from tests.conformance.elastic_cases import ELASTIC_CASES
from tests.conformance.test_methods import EXACT_BACKENDS, GREEDY, close
from tests.thorough import sample

OTHERS = ["column-generation", "price-guided", "neighbourhood"]


@cache
def best(name: str) -> float:
    return optimum(ELASTIC_CASES[name]())


@pytest.mark.parametrize(("name", "backend"), sample(ELASTIC_CASES, EXACT_BACKENDS))
def test_exact_is_optimal(name: str, backend: str) -> None:
    """Tests that placement and allocation together are optimal, and proven so, in whole units, with every backend."""
    instance = ELASTIC_CASES[name]()
    solution = vmopt.solve(instance, method="exact", backend=backend, gap=0, threads=1)
    assert solution.objective == close(best(name))
    assert solution.status is vmopt.Status.OPTIMAL
    assert solution.bound == close(best(name))
    assert solution.allocation.dtype == np.int64
    assert vmopt.verify(instance, solution) == ()


@pytest.mark.parametrize("name", ELASTIC_CASES)
def test_auto_is_optimal(name: str) -> None:
    """Tests that auto finds and proves the optimum."""
    solution = vmopt.solve(ELASTIC_CASES[name](), gap=0, threads=1)
    assert solution.objective == close(best(name))
    assert solution.status is vmopt.Status.OPTIMAL


@pytest.mark.parametrize(("name", "method"), sample(ELASTIC_CASES, [*GREEDY, *OTHERS]))
def test_the_others_are_sound(name: str, method: str) -> None:
    """Tests that every other method is feasible, never beats the optimum, and never claims less as its bound."""
    instance = ELASTIC_CASES[name]()
    solution = vmopt.solve(instance, method=method, threads=1, time_limit=0.5)
    assert vmopt.verify(instance, solution) == ()
    assert solution.objective <= best(name) * (1 + 1e-12)
    assert solution.bound >= best(name) * (1 - 1e-12)


@pytest.mark.parametrize(("name", "backend"), sample(ELASTIC_CASES, ["glop", "pdlp", "highs", "cbc"]))
def test_relax_is_above(name: str, backend: str) -> None:
    """Tests that the relaxation never lies below the optimum, and that its prices prove it."""
    instance = ELASTIC_CASES[name]()
    relaxation = vmopt.relax(instance, backend=backend)
    assert relaxation.bound >= best(name) * (1 - 1e-12)
    assert vmopt.verify_bound(instance, relaxation.prices) == relaxation.bound
