"""Tests of narrow integer programs over the VMs of one host that are in doubt."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from vmopt.backends.base import LPOptions
from vmopt.errors import BackendError
from vmopt.formulation.assignment import assignment
from vmopt.formulation.core import core, doubts
from vmopt.methods import auto, dual_prices, greedy, narrow
from vmopt.methods.narrow import NarrowParameters, narrowed
from vmopt.methods.search import Search
from vmopt.methods.tabu.parameters import TabuParameters
from vmopt.model.instance import Instance
from vmopt.options import Options
from vmopt.problem import compile
from vmopt.rules.must_run import MustRun
from vmopt.verify import verify


def knapsack(n_vms: int, n_resources: int, seed: int, *, hosts: int = 1, **columns: object) -> Instance:
    """Values that go with demands, half of what is asked for there."""
    rng = np.random.default_rng(seed)
    demand = rng.integers(1, 1000, (n_vms, n_resources))
    capacity = np.tile(demand.sum(axis=0) // (2 * hosts), (hosts, 1))
    value = demand.mean(axis=1) + rng.integers(1, 500, n_vms)
    return Instance.from_arrays(demand, capacity, value=value, **columns)


def started(instance: Instance, **options: object) -> Search:
    search = Search(instance, Options(**{"time_limit": 600.0, "gap": 0.0, **options}))
    greedy.run_best(search)
    dual_prices.run(search)
    return search


@pytest.mark.parametrize("hosts", [1, 2])
def test_a_column_is_in_doubt_from_its_gap_on(hosts: int) -> None:
    """Tests that a core uses a column, without being bound to it, exactly where the gap is above its doubt."""
    model = assignment(compile(knapsack(15, 2, seed=3, hosts=hosts)))
    prices = np.random.default_rng(0).uniform(0.1, 0.6, (1, 2))
    doubt = doubts(model, prices)
    for gap in np.quantile(doubt, [0.0, 0.3, 0.7, 1.0]) + 1e-3:
        program = core(model, prices, gap)
        usable = program.upper > 0
        others = np.bincount(model.columns.vm_class, usable)[model.columns.vm_class] > 1
        spared = program.row_lower[model.columns.vm_class] == 0
        assert (usable & (others | spared)).tolist() == (doubt <= gap).tolist()


def test_the_start_is_always_inside() -> None:
    """Tests that a program holds the point that it is to improve, however narrow it is."""
    search = started(knapsack(60, 4, seed=5))
    model = assignment(search.problem)
    start = model.point(search.host_index)
    for gap in (0.0, 1.0, 50.0):
        program = narrowed(model, search.prices, gap, start)
        activity = program.matrix @ start
        assert (start <= program.upper).all()
        assert ((program.row_lower <= activity) & (activity <= program.row_upper)).all()


def test_it_improves_on_what_it_starts_from() -> None:
    """Tests that the best of few columns is better than a greedy placement, fits, and claims no bound."""
    search = started(knapsack(80, 3, seed=1))
    before, bound = search.objective, search.bound
    narrow.run(search, NarrowParameters(columns=20))
    assert before < search.objective <= bound
    assert search.bound == bound
    assert not verify(search.instance, search.host_index)


def test_all_columns_make_the_whole_program() -> None:
    """Tests that with every column in doubt the best placement is found: of 12 VMs, by trying all of them."""
    instance = knapsack(12, 2, seed=7)
    taken = np.array(np.meshgrid(*[[0, 1]] * 12)).reshape(12, -1).T
    fits = (taken @ instance.demand <= instance.capacity).all(axis=1)
    search = started(instance)
    model = assignment(search.problem)
    program = narrowed(model, search.prices, np.inf, model.point(search.host_index))
    found = narrow.registry.get("scip").solve(program, LPOptions(time_limit=60.0, gap=0.0))
    assert found.x is not None
    assert instance.value[model.host_index(found.x) >= 0].sum() == pytest.approx((taken[fits] @ instance.value).max())


@pytest.mark.parametrize("threads", [1, 2])
def test_a_walk_beside_it_ends_with_it(threads: int) -> None:
    """Tests that a walk on a second thread ends when the programs do, and that the best of both stays."""
    search = started(knapsack(80, 3, seed=1), threads=threads)
    before = search.objective
    narrow.run_beside_walk(search)
    assert before < search.objective <= search.bound
    assert search.remaining > 0
    assert not verify(search.instance, search.host_index)


def test_progress_is_told_in_the_calling_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that what solvers find beside a walk is offered, and told, by the thread that called."""

    def idle(search: Search, *, threads: int, until: Callable[[], bool], parameters: TabuParameters) -> None:
        while not until():
            time.sleep(0.01)

    monkeypatch.setattr(narrow.walk, "improve", idle)
    told: list[tuple[int, str]] = []
    search = started(knapsack(80, 3, seed=1), threads=2)
    search.options = replace(search.options, progress=lambda *point: told.append((threading.get_ident(), point[3])))
    narrow.run_beside_walk(search)
    assert set(told) == {(threading.get_ident(), narrow.METHOD)}


def test_other_backends_take_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that where a backend cannot run the next one solves the programs, and nothing is done where none can."""
    get = narrow.registry.get

    def without_scip(name: str) -> object:
        if name == "scip":
            raise BackendError("it is not there.")
        return get(name)

    monkeypatch.setattr(narrow.registry, "get", without_scip)
    search = started(knapsack(80, 3, seed=1))
    before = search.objective
    narrow.run(search, NarrowParameters(columns=20, backends=("scip",)))
    assert search.objective == before
    narrow.run(search, NarrowParameters(columns=20))
    assert search.objective > before
    assert search.backend is not None
    assert search.backend.startswith("cp-sat")


def test_whom_it_suits() -> None:
    """Tests that it is for one host and VMs of a fixed size, without rules; auto asks it there and nowhere else."""
    one, two = knapsack(20, 2, seed=1), knapsack(20, 2, seed=1, hosts=2)
    elastic = one.replace(reservation=one.demand // 2)
    ruled = one.replace(rules=[MustRun([one.vm_names[0]])])
    suited = [narrow.suits(compile(instance)) for instance in (one, two, elastic, ruled)]
    assert suited == [True, False, False, False]
    for instance in (one, two):
        asked = narrow.run_beside_walk in [stage for stage, _ in auto._stages(compile(instance), 60.0)]
        assert asked is (instance is one)


def test_without_time_nothing_is_begun() -> None:
    """Tests that no program is made when there is no time for a solver to come to anything."""
    search = started(knapsack(80, 3, seed=1))
    before = search.objective
    with search.within(0.0):
        narrow.run(search)
    assert search.objective == before
