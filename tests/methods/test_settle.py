"""A gap of 0 means 0: what doubles leave open is decided in whole numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import vmopt
from benchmarks.fuzz.truth import Truth
from vmopt.bounds import Claim
from vmopt.methods import backend_run, exact
from vmopt.methods.search import Search
from vmopt.options import Options

BACKENDS = ["cp-sat", "highs", "scip", "cbc"]


def exact_gap(instance: vmopt.Instance, solution: vmopt.Solution) -> Fraction:
    """What a placement falls short of the optimum, without any rounding."""
    truth = Truth.of(instance)
    return truth.optimum[0] - truth.of_placement(solution.host_index.tolist())[0]


WIDE = {
    "priorities 1e9 and 1": ([[4], [5], [1]], [[9]], {"priority": [10**9, 1, 1]}),
    "a whole VM below the last bit": ([[4], [3], [2]], [[6]], {"value": [1e18, 1.0, 2.0]}),
    "sixty powers of ten": ([[4], [3], [3], [2]], [[8]], {"value": [1e60, 1e-60, 3e-60, 1.0]}),
    "nearly equal": ([[1]] * 4, [[2]], {"value": [2.0**52 + 1, 2.0**52, 2.0**52 + 3, 2.0**52 + 2]}),
    "amounts near 2^40": (
        [[2**40 - 1], [2**39 + 7], [2**39 + 11], [2**38]],
        [[2**40 + 17]],
        {"priority": [1e9, 3, 2, 1e-3]},
    ),
}


@pytest.mark.parametrize("method", ["auto", "exact", "exact:plain"])
@pytest.mark.parametrize("name", WIDE)
def test_a_gap_of_zero_is_zero(name: str, method: str) -> None:
    """Tests that values too far apart for doubles are decided to the last unit."""
    demand, capacity, worth = WIDE[name]
    instance = vmopt.Instance.from_arrays(demand, capacity, **worth)
    solution = vmopt.solve(instance, method=method, gap=0, threads=1)
    assert solution.status is vmopt.Status.OPTIMAL
    assert exact_gap(instance, solution) == 0


@pytest.mark.parametrize("worth", [3, 6, 7, 12, 14, 17])
def test_steps_that_are_no_doubles(worth: int) -> None:
    """Tests that one step more than the known start is not taken for two, where steps are tenths."""
    instance = vmopt.Instance.from_arrays([[2], [2]], [[3]], value=[worth / 10, (worth - 1) / 10])
    solution = vmopt.solve(instance, method="exact", gap=0, threads=1, warm_start=[-1, 0])
    assert exact_gap(instance, solution) == 0


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_backend(backend: str) -> None:
    """Tests that what the backends that compute in doubles leave open is decided as well."""
    demand, capacity, worth = WIDE["sixty powers of ten"]
    instance = vmopt.Instance.from_arrays(demand, capacity, **worth)
    solution = vmopt.solve(instance, method="exact", backend=backend, gap=0, threads=1)
    assert solution.status is vmopt.Status.OPTIMAL
    assert exact_gap(instance, solution) == 0


@pytest.mark.parametrize("method", ["greedy-priority", "neighbourhood", "column-generation", "price-guided"])
@pytest.mark.parametrize("name", WIDE)
def test_optimal_is_never_said_too_soon(name: str, method: str) -> None:
    """Tests that methods that stop short of the optimum, by however little, do not call it that."""
    demand, capacity, worth = WIDE[name]
    instance = vmopt.Instance.from_arrays(demand, capacity, **worth)
    solution = vmopt.solve(instance, method=method, gap=0, threads=1, time_limit=1)
    assert solution.status is not vmopt.Status.OPTIMAL or exact_gap(instance, solution) == 0


@pytest.mark.parametrize("seed", range(4))
def test_doubles_with_all_their_digits(seed: int) -> None:
    """Tests values that need every digit of a double, and so a sum of more than a double has."""
    rng = np.random.default_rng(seed)
    instance = vmopt.Instance.from_arrays(
        rng.integers(1, 20, (7, 2)), rng.integers(15, 40, (2, 2)), value=10 ** rng.uniform(-8, 8, 7)
    )
    solution = vmopt.solve(instance, gap=0, threads=1)
    assert solution.status is vmopt.Status.OPTIMAL
    assert exact_gap(instance, solution) == 0


def test_a_claim_of_infinity_says_nothing() -> None:
    """Tests that a backend stopped before it had any bound leaves the bound as it is."""
    search = Search(vmopt.Instance.from_arrays([[1]], [[1]]), Options())
    before = search.bound
    assert not search.tighten_by_claim(np.inf, Claim("highs"), "exact")
    assert search.bound == before


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the modules that have built a model, once for each."""
    made: list[str] = []
    for module in (exact, backend_run):

        def noted(*given: Any, build: Any = module.assignment, name: str = module.__name__, **options: Any) -> Any:
            made.append(name.split(".")[-1])
            return build(*given, **options)

        monkeypatch.setattr(module, "assignment", noted)
    return made


def elastic(**more: Any) -> vmopt.Instance:
    """VMs that HiGHS is given continuous columns for."""
    return vmopt.Instance.from_arrays([[4], [3], [3]], [[7]], value=[4, 3, 3], reservation=[[2], [3], [1]], **more)


@pytest.mark.parametrize("ended", ["nothing found", "proven", "others have ended it"])
def test_nothing_is_settled_where_nobody_asks(built: list[str], ended: str) -> None:
    """Tests that no model in whole numbers is built where nothing is left to be decided in it."""
    search = Search(elastic(), Options("highs"))
    model = exact.build(search)
    if ended != "nothing found":
        search.offer(np.array([0, -1, 0] if ended == "proven" else [-1, -1, 0]), "test")
    if ended == "proven":
        search.tighten_by_claim(search.objective, Claim("test"), "test")
    assert search.finished == (ended == "proven")
    run = backend_run.BackendRun(search, model, "highs", 1, over=lambda: ended.startswith("others"))
    assert run._settle(whole=False) is None
    assert built == ["exact"]


def test_a_model_in_whole_numbers_is_settled_as_it_is(built: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that CP-SAT is given the model that HiGHS had, where that is the same."""
    instance = vmopt.Instance.from_arrays([[4], [5], [3]], [[9]], value=[4, 5, 3])
    search = Search(instance, Options(None, 60.0, 0.0, 0, 1, None))
    search.offer(np.array([0, -1, 0]), "test")
    search.tally = None
    model = exact.build(search)
    assert backend_run.BackendRun(search, model, "highs", 1)._settle(whole=False) is None
    assert search.proven
    assert search.objective == 9
    assert built == ["exact"]


@pytest.mark.parametrize("form", ["plain", "elastic"])
def test_other_models_are_built_anew_to_be_settled(built: list[str], form: str) -> None:
    instance = elastic() if form == "elastic" else vmopt.Instance.from_arrays([[4]] * 3, [[9]], value=[4, 4, 4])
    search = Search(instance, Options("highs", 60.0, 0.0, 0, 1, None))
    search.offer(np.array([0, -1, -1]), "test")
    search.tally = None
    model = exact.build(search, plain=form == "plain")
    backend_run.BackendRun(search, model, "highs", 1)._settle(whole=False)
    assert search.proven
    assert built == ["exact", "backend_run"]
