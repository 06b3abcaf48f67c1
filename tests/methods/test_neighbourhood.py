"""Tests of prices from the dual, price-guided construction and the neighbourhood search."""

from __future__ import annotations

import numpy as np
import pytest

from vmopt.bounds import dual
from vmopt.bounds.price_bound import verify_bound
from vmopt.generate import generate
from vmopt.methods import neighbourhood, price_guided
from vmopt.methods.neighbourhood import DEFAULT
from vmopt.methods.packing.losses import Losses
from vmopt.methods.packing.neighbours import Chooser
from vmopt.methods.packing.occupancy import Occupancy
from vmopt.methods.packing.parameters import NeighbourhoodParameters
from vmopt.methods.search import Search
from vmopt.model.instance import Instance
from vmopt.options import Options
from vmopt.problem import compile


def constructed(kind: str, hosts: int, seed: int = 3, **options: object) -> Search:
    search = Search(generate(kind, hosts=hosts, seed=seed), Options(**{"time_limit": 60.0, "gap": 0.0, **options}))
    price_guided.run(search)
    return search


@pytest.mark.parametrize("kind", ["flavor", "distinct", "large"])
def test_minimal(kind: str) -> None:
    """Tests that no random change of the prices proves a lower bound by more than the stated precision."""
    instance = generate(kind, hosts=10, seed=1)
    prices = dual.prices(compile(instance))
    least = verify_bound(instance, prices)
    rng = np.random.default_rng(0)
    for scale in (0.001, 0.01, 0.1):
        for _ in range(20):
            other = np.maximum(prices * (1 + scale * rng.normal(size=prices.shape)), 0)
            assert verify_bound(instance, other) >= least * (1 - 10 * dual.DEFAULT.precision)


def test_losses_add_up() -> None:
    """Tests that the losses of hosts and unplaced VMs add up to bound minus objective, for any prices."""
    search = constructed("distinct", 10)
    instance = search.instance
    prices = dual.prices(compile(instance)) * np.random.default_rng(0).uniform(
        0.5, 2.0, instance.host_classes.capacity.shape
    )
    losses, occupancy = (
        Losses(compile(instance), prices),
        Occupancy(compile(instance), search.host_index),
    )
    total = sum(losses.of_host(occupancy, h) for h in range(instance.n_hosts)) + occupancy.left @ losses.best
    assert total == pytest.approx(verify_bound(instance, prices) - search.objective)


@pytest.mark.parametrize("factor", [1 - 1e-6, 1 + 1e-6])
def test_vms_about_worth_their_price_fill_the_cluster(factor: float) -> None:
    """Tests that where every VM is worth just its price, by a hair more or less, as many are dealt as fit."""
    rng = np.random.default_rng(4)
    instance = Instance.from_arrays(rng.integers(10, 60, (600, 1)), np.full((20, 1), 500))
    losses = Losses(compile(instance), np.array([[factor / float(instance.total[0])]]))
    dealt = price_guided.deal(Search(instance, Options()), losses, 0.1, np.ones(1), rng)
    assert instance.demand[dealt >= 0].sum() >= 0.97 * instance.total[0]


@pytest.mark.parametrize("kind", ["flavor", "distinct", "large"])
def test_improves_and_repeats(kind: str) -> None:
    """Tests that the search improves a construction, and that steps and seed alone decide the outcome."""
    found = []
    for _ in range(2):
        search = constructed(kind, 8)
        before = search.objective
        neighbourhood.improve(search, steps=10)
        assert search.objective > before
        found.append(search.host_index)
    np.testing.assert_array_equal(*found)


@pytest.mark.parametrize(("tick", "wait"), [(0.0, DEFAULT.report_every), (1.0, DEFAULT.report_pause)])
def test_reports_that_take_long_are_rare(monkeypatch: pytest.MonkeyPatch, tick: float, wait: float) -> None:
    """Tests that the next report comes at once, or after twenty times what the last one took."""
    walk = neighbourhood._Walk(constructed("distinct", 10))
    clock = iter([100.0, 100.0 + tick])
    monkeypatch.setattr(Search, "seconds", property(lambda _: next(clock)))
    walk.report()
    assert walk.report_at == 100.0 + tick + wait


def test_parameters_reach_the_steps() -> None:
    """Tests that sizes, costs and curiosity are those given, and lead to another placement than the usual ones."""
    given = NeighbourhoodParameters(sizes=(1,), refill_work=0.5, curiosity=1.0)
    walk = neighbourhood._Walk(constructed("distinct", 8), parameters=given)
    assert walk.sizes == [1]
    assert walk.arms.work[0] == 0.5 + given.refill_overhead
    walk.arms.work[:], walk.arms.rate[:] = 1.0, [1.0, 0.0, 0.0]
    assert {walk.arms.pull(np.ones(3, dtype=bool)) for _ in range(100)} == {0, 1, 2}
    found = [constructed("distinct", 8) for _ in range(2)]
    for search, parameters in zip(found, (DEFAULT, given), strict=True):
        neighbourhood.improve(search, steps=10, parameters=parameters)
    assert (found[0].host_index != found[1].host_index).any()


def test_a_burst_ends_when_it_gains_nothing() -> None:
    """Tests that a burst ends by itself, long before the time is up, and repeats with one thread."""
    found = []
    for _ in range(2):
        search = constructed("distinct", 8, gap=0.0)
        before = search.objective
        neighbourhood.improve(search, patience=0.02)
        assert not search.finished
        assert search.objective > before
        found.append(search.host_index)
    np.testing.assert_array_equal(*found)


def test_distinct_within_a_tenth_of_a_percent() -> None:
    """Tests that all-different VMs are placed within 0.1 % of the bound of the prices."""
    search = constructed("distinct", 20, gap=1e-3, threads=2)
    neighbourhood.run(search)
    assert search.proven


def test_hosts_are_chosen_by_their_loss() -> None:
    """Tests that hosts which lose much come first where that is asked for, all alike else, and busy ones never."""
    search = constructed("distinct", 20)
    occupancy = Occupancy(search.problem, search.host_index)
    chooser = Chooser(occupancy, Losses(search.problem, search.prices), np.random.default_rng(0))
    chooser.loss[:] = np.repeat([1.0, 0.0], 10)
    chooser.busy[0] = True
    drawn = np.array([chooser.choose_many(5, by_loss=1.0) for _ in range(100)])
    alike = np.array([chooser.choose_many(5, by_loss=0.0) for _ in range(100)])
    assert (drawn < 10).mean() > 0.85
    assert 0.35 < (alike < 10).mean() < 0.6
    assert drawn.min() > 0
    assert all(len(set(hosts)) == 5 for hosts in drawn.tolist())
    assert sorted(chooser.choose_many(50, by_loss=1.0)) == list(range(1, 20))
