"""Every backend on every tiny program with a known answer."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from tests.backends.programs import CASES, Case, knapsack
from vmopt.backends import Backend, Capability, LPOptions, LPResult
from vmopt.backends.checks import bound_from_prices
from vmopt.errors import BackendError
from vmopt.solution import Status

EXACT = LPOptions(time_limit=30.0, gap=0.0)
ACCURACY = {"pdlp": 1e-4}


@cache
def solved(backend: Backend, name: str) -> LPResult:
    """Return the answer of a backend to a case, asked for once."""
    return backend.solve(CASES[name].program, EXACT)


@pytest.fixture(params=CASES.values(), ids=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    """Each tiny program."""
    return request.param


def test_answers_are_the_known_ones(backend: Backend, case: Case) -> None:
    """Tests that each backend finds the known optimum, and proves it, or proves that there is no point."""
    if case.needs not in backend.capabilities:
        pytest.skip(f"{backend.name} declares no {case.needs & ~backend.capabilities}")
    result = solved(backend, case.name)
    if case.optimum is None:
        assert result.status is Status.INFEASIBLE
        assert result.x is None
        return
    accuracy = ACCURACY.get(backend.name, 1e-7) * max(1.0, abs(case.optimum))
    if abs(case.optimum) < 1e-3:
        accuracy = ACCURACY.get(backend.name, 1e-7) * abs(case.optimum)
    assert result.status is Status.OPTIMAL
    assert result.limit is None
    assert case.program.value(result.x) == pytest.approx(case.optimum, rel=0, abs=accuracy)
    assert case.program.value(result.x) <= result.bound
    assert result.bound == pytest.approx(case.optimum, rel=0, abs=accuracy)
    assert case.program.violation(result.x) <= accuracy


def test_integer_columns_hold_whole_numbers(backend: Backend, case: Case) -> None:
    """Tests that integer columns come back as exact integers."""
    if case.needs not in backend.capabilities or not case.program.is_integer or case.optimum is None:
        pytest.skip("no integer point to look at")
    x = solved(backend, case.name).x
    whole = x[case.program.integer]
    assert (whole == np.rint(whole)).all()


def test_prices_prove_the_optimum(backend: Backend, case: Case) -> None:
    """Tests that the prices of a continuous program have the right sign and prove its optimum."""
    if Capability.PRICES not in backend.capabilities or case.program.is_integer or case.optimum is None:
        pytest.skip("no prices to look at")
    prices = solved(backend, case.name).prices
    only_upper = np.isinf(case.program.row_lower)
    assert prices.shape == (case.program.n_rows,)
    assert (prices[only_upper] >= -1e-6).all()
    accuracy = 1e-4 if backend.name == "pdlp" else 1e-7
    assert bound_from_prices(case.program, prices) == pytest.approx(case.optimum, rel=accuracy, abs=accuracy * 0.01)


def test_what_a_backend_cannot_do_is_refused(backend: Backend) -> None:
    """Tests that a program of the wrong kind is refused, whichever kind that is."""
    if Capability.CONTINUOUS not in backend.capabilities:
        with pytest.raises(BackendError, match="integer programs only"):
            backend.solve(knapsack([1], 1, [1], integer=False), EXACT)
    elif Capability.INTEGER not in backend.capabilities:
        with pytest.raises(BackendError, match="continuous programs only"):
            backend.solve(knapsack([1], 1, [1]), EXACT)
    else:
        assert backend.solve(knapsack([1], 1, [1]), EXACT).bound == pytest.approx(1.0)


def test_numbers_that_are_none_are_refused(backend: Backend) -> None:
    """Tests that NaN and infinite coefficients are refused before any solver sees them."""
    integer = Capability.INTEGER in backend.capabilities
    for broken in (knapsack([np.nan], 1, [1], integer=integer), knapsack([1], 1, [np.inf], integer=integer)):
        with pytest.raises(BackendError, match="NaN or an infinite coefficient"):
            backend.solve(broken, EXACT)


def test_a_gap_is_taken_and_told(backend: Backend) -> None:
    """Tests that a point within the requested gap counts as optimal and that the bound is still a bound."""
    if Capability.INTEGER not in backend.capabilities:
        pytest.skip("no integer programs")
    rng = np.random.default_rng(3)
    program = knapsack(rng.integers(10, 99, 25), 600, rng.integers(10, 99, 25))
    best = backend.solve(program, EXACT)
    rough = backend.solve(program, LPOptions(time_limit=30.0, gap=0.2))
    assert best.status is rough.status is Status.OPTIMAL
    assert program.value(rough.x) >= 0.8 * program.value(best.x)
    assert rough.bound >= program.value(best.x) * (1 - 1e-9)


def test_same_seed_same_answer(backend: Backend) -> None:
    """Tests that one thread and one seed give one answer."""
    program = CASES["knapsack" if Capability.INTEGER in backend.capabilities else "two rows"].program
    points = [backend.solve(program, LPOptions(time_limit=30.0, seed=7)).x for _ in range(2)]
    assert np.array_equal(*points)
