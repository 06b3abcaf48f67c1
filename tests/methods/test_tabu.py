"""Tests of the tabu search on few hosts."""

from __future__ import annotations

import numpy as np
import pytest

from vmopt.backends.small import Effort
from vmopt.bounds import dual
from vmopt.errors import OptionError
from vmopt.generate import generate
from vmopt.methods import exact, price_guided
from vmopt.methods.packing.losses import Losses
from vmopt.methods.packing.refill import solve
from vmopt.methods.search import Search
from vmopt.methods.tabu import walk
from vmopt.methods.tabu.merging import merge, merged
from vmopt.methods.tabu.parameters import DEFAULT
from vmopt.methods.tabu.tabu_problem import TabuProblem, in_doubt
from vmopt.methods.tabu.walkers import Walkers
from vmopt.model.instance import Instance
from vmopt.options import Options
from vmopt.problem import compile


def knapsacks(n_vms: int, n_hosts: int, n_resources: int, seed: int) -> Instance:
    """Uncorrelated demands and values, half of what is asked for there."""
    rng = np.random.default_rng(seed)
    demand = rng.integers(1, 1000, (n_vms, n_resources))
    capacity = np.tile(demand.sum(axis=0) // (2 * n_hosts), (n_hosts, 1))
    return Instance.from_arrays(demand, capacity, value=rng.integers(1, 1000, n_vms))


def ground_of(instance: Instance) -> TabuProblem:
    return in_doubt(
        compile(instance),
        Losses(compile(instance), dual.prices(compile(instance))),
        gap=np.inf,
    )


def search_of(instance: Instance, **options: object) -> Search:
    return Search(instance, Options(**{"time_limit": 600.0, "gap": 0.0, **options}))


@pytest.mark.parametrize("shape", [(40, 1, 5), (30, 3, 4)])
def test_the_books_are_kept(shape: tuple[int, int, int]) -> None:
    """Tests that slack and value of every walker are those of its placement, after steps, restarts and jumps."""
    place = ground_of(knapsacks(*shape, seed=1))
    walkers = Walkers(place, np.random.default_rng(0))
    for _ in range(3 * DEFAULT.patience):
        walkers.step()
        walkers.restart()
    assert (walkers.slack == place.room - walkers.on @ place.demand).all()
    assert walkers.value == pytest.approx(walkers.on.any(axis=1) @ place.value)
    assert walkers.on.sum(axis=1).max() == 1
    for at, best in zip(walkers.best_at, walkers.best, strict=True):
        assert place.value[at >= 0].sum() == pytest.approx(best)
        load = place.problem.loads(place.placement(at))
        assert (load <= place.problem.capacity).all()


def test_what_was_taken_out_stays_away() -> None:
    """Tests that no walker brings a VM back to its host while that is tabu."""
    walkers = Walkers(ground_of(knapsacks(30, 2, 3, seed=2)), np.random.default_rng(0))
    left_at = np.full(walkers.on.shape, -(10**6))
    for _ in range(300):
        before = walkers.on.copy()
        walkers.step()
        assert (walkers.steps - left_at[walkers.on & ~before] >= DEFAULT.kept_out[0]).all()
        left_at[before & ~walkers.on] = walkers.steps
    assert left_at.max() > 0


def test_no_two_walkers_keep_the_same_placement() -> None:
    """Tests that walkers that are stuck where another is begin anew, and the best placement is never forgotten."""
    walkers = Walkers(ground_of(knapsacks(30, 1, 3, seed=2)), np.random.default_rng(0))
    for _ in range(20):
        walkers.step()
    walkers.go_to(np.arange(len(walkers.best)), np.tile(walkers.best_at[walkers.best.argmax()], (len(walkers.best), 1)))
    known = walkers.best.max()
    assert (walkers.best == known).all()
    walkers.improved[:] = -DEFAULT.patience - 1
    walkers.restart()
    assert (walkers.best == known).sum() == 1


def test_only_the_core_is_in_doubt_on_one_host() -> None:
    """Tests that VMs outside of the core run or not as prices tell, and leave room for the others."""
    instance = knapsacks(400, 1, 3, seed=3)
    place = ground_of(instance)
    assert len(place.vms) < 150
    assert (place.room >= 0).all()
    worth = Losses(compile(instance), dual.prices(compile(instance))).worth[instance.vm_classes.of]
    outside = np.setdiff1d(np.arange(400), place.vms)
    assert ((place.settled[outside] == 0) == (worth[outside] > 0)).all()
    assert np.abs(worth[place.vms]).max() <= np.abs(worth[outside]).min()


def test_prices_that_settle_too_many_are_not_believed() -> None:
    """Tests that the core grows until what is settled fits."""
    instance = knapsacks(400, 1, 3, seed=3)
    place = in_doubt(compile(instance), Losses(compile(instance), np.zeros((1, 3))), gap=np.inf)
    assert (place.room >= 0).all()


def test_a_merge_keeps_what_two_placements_share() -> None:
    """Tests that a merge changes only VMs that are free, fits, and is worth no less than where it started."""
    place = ground_of(knapsacks(60, 2, 4, seed=4))
    walkers = Walkers(place, np.random.default_rng(0))
    for _ in range(200):
        walkers.step()
    at, other = walkers.best_at[:2]
    free, problem = merge(place, at, other, 1e4, 20, np.random.default_rng(0))
    assert set(np.flatnonzero(at != other)) <= set(free.tolist())
    counts = solve(problem, Effort(0, 60.0, 0.5)).counts
    assert counts is not None
    found = merged(at, free, counts)
    kept = np.setdiff1d(np.arange(len(at)), free)
    assert (found[kept] == at[kept]).all()
    assert place.value[found >= 0].sum() >= place.value[at >= 0].sum()
    assert (place.problem.loads(place.placement(found)) <= place.problem.capacity).all()


@pytest.mark.parametrize("shape", [(60, 1, 5), (24, 2, 3)])
def test_optimum(shape: tuple[int, int, int]) -> None:
    """Tests that a few rounds find the optimum that the exact method proves."""
    instance = knapsacks(*shape, seed=5)
    proof = search_of(instance)
    exact.run(proof)
    assert proof.proven
    search = search_of(instance)
    walk.improve(search, rounds=24)
    assert search.objective == pytest.approx(proof.objective)


def test_the_first_walker_starts_from_the_best_placement() -> None:
    """Tests that a placement that is known counts from the first step on."""
    instance = knapsacks(30, 3, 4, seed=7)
    search = search_of(instance)
    price_guided.run(search)
    walker = walk._TabuRun(search, DEFAULT)
    walker.begin()
    assert walker.walkers.best.max() == pytest.approx(search.objective)


def test_same_seed_same_outcome() -> None:
    """Tests that rounds on one thread depend on the seed alone."""
    outcomes = []
    for _ in range(2):
        search = search_of(knapsacks(80, 1, 5, seed=6), seed=3)
        walk.improve(search, rounds=9)
        outcomes.append(search.host_index.tolist())
    assert outcomes[0] == outcomes[1]


def test_what_it_does_not_take() -> None:
    """Tests that elastic VMs and instances too large are refused with a reason."""
    with pytest.raises(OptionError, match="elastic"):
        walk.run(search_of(generate("flavor", hosts=2, reservation=0.5)))
    with pytest.raises(OptionError, match="up to"):
        walk.run(search_of(generate("distinct", hosts=50)))
