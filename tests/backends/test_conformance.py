"""Every backend on every tiny program with a known answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from tests.backends.programs import CASES, Case, knapsack
from tests.patience import PATIENCE
from vmopt.backends import Backend, Capability, LPOptions, LPResult
from vmopt.backends.checks import bound_from_prices
from vmopt.backends.cp_sat.backend import CpSat
from vmopt.backends.math_opt.backend import glop, highs, pdlp, scip
from vmopt.backends.pulp.backend import CBC, EITHER
from vmopt.errors import BackendError
from vmopt.status import Status

EXACT = LPOptions(time_limit=PATIENCE, gap=0.0)
ACCURACY = {"pdlp": 1e-4}


ABLE = {made.name: made.capabilities for made in (CpSat(), highs(), scip(), glop(), pdlp())} | {
    "cbc": CBC,
    "pulp": EITHER,
}
# The same CBC by another name: what differs is only whether its path and its prices are known.
FOR_PULP = ("one column", "two-sided row", "counts", "parity", "mixed", "mixed, infeasible")


@cache
def solved(backend: Backend, name: str) -> LPResult:
    """Return the answer of a backend to a case, asked for once."""
    return backend.solve(CASES[name].program, EXACT)


def pairs(keep: Callable[[Capability, Case], bool]) -> pytest.MarkDecorator:
    """Parametrise a test by the backends and the cases that each is capable of."""
    chosen = [
        (name, case.name)
        for name, able in ABLE.items()
        for case in CASES.values()
        if case.needs in able and keep(able, case) and (name != "pulp" or case.name in FOR_PULP)
    ]
    return pytest.mark.parametrize(("backend", "name"), chosen, indirect=["backend"], ids=["-".join(c) for c in chosen])


@pairs(lambda _, case: case.optimum is not None)
def test_optima_are_found_and_proven(backend: Backend, name: str) -> None:
    """Tests that each backend finds the known optimum and proves it, with whole numbers where these are asked for."""
    case, result = CASES[name], solved(backend, name)
    accuracy = ACCURACY.get(backend.name, 1e-7) * (
        abs(case.optimum) if 0 < abs(case.optimum) < 1e-3 else max(1.0, abs(case.optimum))
    )
    assert (result.status, result.limit) == (Status.OPTIMAL, None)
    assert case.program.value(result.x) == pytest.approx(case.optimum, rel=0, abs=accuracy)
    assert result.bound == pytest.approx(case.optimum, rel=0, abs=accuracy)
    assert result.bound >= case.program.value(result.x)
    assert case.program.violation(result.x) <= accuracy
    whole = result.x[case.program.integer]
    assert (whole == np.rint(whole)).all()


@pairs(lambda _, case: case.optimum is None)
def test_infeasibility_is_proven(backend: Backend, name: str) -> None:
    """Tests that each backend says so where there is no feasible point."""
    result = solved(backend, name)
    assert (result.status, result.limit, result.x) == (Status.INFEASIBLE, None, None)


@pairs(lambda able, case: Capability.PRICES in able and not case.program.is_integer and case.optimum is not None)
def test_prices_prove_the_optimum(backend: Backend, name: str) -> None:
    """Tests that the prices of a continuous program have the right sign and prove its optimum."""
    program, prices = CASES[name].program, solved(backend, name).prices
    assert prices.shape == (program.n_rows,)
    assert (prices[np.isinf(program.row_lower)] >= -1e-6).all()
    accuracy = 1e-4 if backend.name == "pdlp" else 1e-7
    assert bound_from_prices(program, prices) == pytest.approx(CASES[name].optimum, rel=accuracy, abs=accuracy * 0.01)


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
    rough = backend.solve(program, LPOptions(time_limit=PATIENCE, gap=0.2))
    assert best.status is rough.status is Status.OPTIMAL
    assert program.value(rough.x) >= 0.8 * program.value(best.x)
    assert rough.bound >= program.value(best.x) * (1 - 1e-9)


def test_same_seed_same_answer(backend: Backend) -> None:
    """Tests that one thread and one seed give one answer."""
    program = CASES["knapsack" if Capability.INTEGER in backend.capabilities else "two rows"].program
    points = [backend.solve(program, LPOptions(time_limit=PATIENCE, seed=7)).x for _ in range(2)]
    assert np.array_equal(*points)
