"""The exact method: the core, the plain formulation, two backends at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vmopt
from tests.conformance.brute_force import optimum
from tests.patience import PATIENCE
from tests.thorough import few
from vmopt.bounds.price_bound import verify_bound
from vmopt.formulation.assignment import assignment
from vmopt.formulation.core import core
from vmopt.methods import exact
from vmopt.methods.search import Search
from vmopt.options import Options
from vmopt.problem import compile

INTEGER_BACKENDS = ["cp-sat", "highs", "scip", "cbc"]


def tiny(seed: int, *, own_values: bool) -> vmopt.Instance:
    """Make 7 VMs on 3 hosts, two of them alike."""
    rng = np.random.default_rng(seed)
    value = rng.integers(1, 30, 7) if own_values else None
    capacity = [[9, 8], [9, 8], rng.integers(3, 9, 2)]
    return vmopt.Instance.from_arrays(rng.integers(1, 6, (7, 2)), capacity, value=value, priority=rng.uniform(1, 5, 7))


@given(st.integers(0, 10**6), st.booleans())
@settings(max_examples=few(40))
def test_the_core_holds_every_better_placement(seed: int, own_values: bool) -> None:
    """Tests that an optimal placement is a point of the core cut at what it loses, whatever the prices."""
    instance = tiny(seed, own_values=own_values)
    best = vmopt.solve(instance, method="exact", gap=0, threads=1)
    rng = np.random.default_rng(seed)
    prices = rng.uniform(0, 2, instance.host_classes.capacity.shape) * instance.value.mean() / 3
    model = assignment(compile(instance))
    program = core(model, prices, verify_bound(instance, prices) - best.objective)
    assert program.violation(model.point(best.host_index)) <= 1e-9


@pytest.mark.parametrize("backend", INTEGER_BACKENDS)
@pytest.mark.parametrize("own_values", [True, False])
def test_exact_from_a_greedy_start(backend: str, own_values: bool) -> None:
    """Tests that the core around a greedy placement leads to the optimum, and proves it."""
    for seed in range(4):
        instance = tiny(seed, own_values=own_values)
        start = vmopt.solve(instance, method="greedy-demand")
        solution = vmopt.solve(instance, method="exact", backend=backend, gap=0, threads=1, warm_start=start)
        assert solution.status is vmopt.Status.OPTIMAL
        assert solution.objective == pytest.approx(optimum(instance), rel=1e-9)


@pytest.mark.parametrize("backend", INTEGER_BACKENDS)
def test_an_optimal_start_is_proven(backend: str) -> None:
    """Tests that where nothing is better the core is empty, and that this is a proof."""
    instance = tiny(5, own_values=True)
    best = vmopt.solve(instance, method="exact", gap=0, threads=1)
    again = vmopt.solve(instance, method="exact", backend=backend, gap=0, threads=1, warm_start=best)
    assert again.status is vmopt.Status.OPTIMAL
    assert again.objective == best.objective == again.bound


def test_plain_is_the_textbook() -> None:
    """Tests that the plain formulation has a column for every VM and host, and the same optimum."""
    instance = tiny(3, own_values=False).replace(demand=[[2, 2]] * 7, priority=[1] * 7)
    assert assignment(compile(instance), plain=True).program.n_columns == 7 * 3
    assert assignment(compile(instance)).program.n_columns == 3
    plain = vmopt.solve(instance, method="exact:plain", gap=0, threads=1)
    assert plain.status is vmopt.Status.OPTIMAL
    assert plain.objective == vmopt.solve(instance, method="exact", gap=0, threads=1).objective


@pytest.mark.parametrize("threads", [1, 2])
def test_a_race_is_won(threads: int) -> None:
    """Tests that two backends, at once or in turn, prove what one does."""
    instance = vmopt.generate("large", hosts=3, seed=1)
    search = Search(instance, Options(time_limit=PATIENCE, gap=0, threads=threads))
    exact.race(search)
    solution = search.solution("race")
    assert solution.status is vmopt.Status.OPTIMAL
    assert "cp-sat" in str(solution.backend)
    assert "highs" in str(solution.backend)
    alone = vmopt.solve(instance, method="exact", gap=0, threads=1)
    assert solution.objective == pytest.approx(alone.objective, rel=1e-9)


def test_a_race_ends_with_its_time() -> None:
    """Tests that both backends stop at the limit, with the limit told."""
    search = Search(vmopt.generate("distinct", hosts=10, seed=1), Options(time_limit=2, gap=0, threads=2))
    exact.race(search)
    assert search.limit is vmopt.Limit.TIME


def test_plain_refuses_elastic_vms() -> None:
    """Tests that what the textbook's formulation cannot say is an error."""
    with pytest.raises(vmopt.OptionError, match="reservations"):
        vmopt.solve(vmopt.generate("flavor", hosts=2, reservation=0.5), method="exact:plain")


def test_what_goes_wrong_in_the_second_thread_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that any error of the rival reaches the caller, and that the favourite's placement is kept."""
    monkeypatch.setattr(exact, "RIVAL", "no such backend")
    search = Search(vmopt.generate("flavor", hosts=2, seed=1), Options(time_limit=5.0, gap=0.0, threads=2))
    with pytest.raises(vmopt.OptionError, match="no such backend"):
        exact.race(search)
    assert search.found
