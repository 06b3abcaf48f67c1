"""Tests of what localise is made of, and of its results against brute force."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

import vmopt
from benchmarks.network import reaches_the_optimum
from vmopt.errors import NetworkError, OptionError
from vmopt.indicators import indicators
from vmopt.methods.locality import localise as module
from vmopt.methods.locality.movable import traffic_of_all, traffic_of_placed
from vmopt.methods.locality.parameters import LocalityParameters
from vmopt.methods.locality.partition import partition
from vmopt.methods.locality.proposals import Proposals
from vmopt.methods.locality.seating import Exchanges, Seating
from vmopt.methods.locality.whole_hosts import exchange_hosts
from vmopt.network import Traffic, generate_traffic, leaf_spine, localise, star
from vmopt.network.sites import sites_of


def seating_of(seed: int = 0, nowhere: bool = False) -> Seating:
    """60 VMs on 8 hosts in two racks, greedily placed."""
    cluster = vmopt.generate("flavor", hosts=8, vms=120, seed=seed)
    solution = vmopt.solve(cluster, method="greedy-priority", threads=1)
    traffic = generate_traffic(cluster, seed=seed)
    sites = sites_of(cluster, leaf_spine(cluster, hosts_per_rack=4))
    if nowhere:
        return traffic_of_all(cluster, traffic, 1e4).seating(sites.with_nowhere(), solution.host_index)
    return traffic_of_placed(cluster, solution.host_index, traffic).seating(sites, solution.host_index)


@pytest.mark.parametrize("nowhere", [False, True])
def test_changes_are_those_of_a_recomputation(nowhere: bool) -> None:
    """Tests that what single exchanges change is, each made alone, the difference of costs computed afresh."""
    seating = seating_of(1, nowhere)
    before, at = seating.cost()[0], seating.at.copy()
    swaps = Proposals(seating, np.random.default_rng(1)).draw(300)
    swaps = swaps.take(np.flatnonzero(seating.feasible(swaps)))
    assert len(swaps.mover) > 50
    for number, change in enumerate(seating.change(swaps)):
        seating.apply(swaps.take([number]))
        assert seating.fits
        assert seating.cost()[0] - before == pytest.approx(change, rel=1e-9, abs=1e-18)
        seating.seat(at)


@pytest.mark.parametrize("nowhere", [False, True])
def test_independent_exchanges_add_up(nowhere: bool) -> None:
    """Tests that exchanges made at a time change the cost by the sum of what each changes, and overload no host."""
    seating = seating_of(2, nowhere)
    proposals = Proposals(seating, np.random.default_rng(2))
    for _ in range(30):
        before = seating.cost()[0]
        swaps = proposals.draw(60)
        swaps = swaps.take(np.flatnonzero(seating.feasible(swaps)))
        swaps = swaps.take(np.flatnonzero(seating.independent(swaps)))
        change = seating.change(swaps).sum()
        seating.apply(swaps)
        assert seating.fits
        assert seating.cost()[0] - before == pytest.approx(change, rel=1e-9, abs=1e-15)


def test_the_first_of_two_exchanges_in_each_others_way_stays() -> None:
    """Tests that of two exchanges that move the same item only the first is kept."""
    seating = seating_of(3)
    twice = Exchanges(np.array([0, 0]), np.array([1, 2]), np.array([-1, -1]))
    assert seating.independent(twice).tolist() == [True, False]


@pytest.mark.parametrize("seed", range(3))
def test_first_seatings_keep_every_load(seed: int) -> None:
    """Tests that the partition leaves every host's load as it was, and that whole hosts only go where they fit."""
    seating = seating_of(seed)
    cost, free, deadline = seating.cost()[0], seating.free.copy(), time.perf_counter() + 60
    seating.seat(partition(seating, deadline=deadline))
    assert (seating.free == free).all()
    assert seating.cost()[0] < cost
    cost = seating.cost()[0]
    seating.seat(exchange_hosts(seating, rng=np.random.default_rng(seed), deadline=deadline))
    assert seating.fits
    assert seating.cost()[0] <= cost * (1 + 1e-12)
    assert partition(seating, deadline=0.0) is None


def test_small_placements_are_optimal() -> None:
    """Tests 10 random placements of 10 VMs on 4 hosts: at least 9 reach the optimum of brute force."""
    reached = [reaches_the_optimum(seed) for seed in range(10)]
    assert sum(reached) >= 9


def test_localise_gathers_communities() -> None:
    """Tests a cluster of 20 hosts: at least 30 % less latency, the rest of the solution untouched, and repeatable."""
    cluster = vmopt.generate("flavor", hosts=20, vms=300, seed=5)
    solution = vmopt.solve(cluster, method="greedy-priority", threads=1)
    network = leaf_spine(cluster, hosts_per_rack=5)
    traffic = generate_traffic(cluster, pairs=1500, seed=5)
    told: list[float] = []
    closer = localise(solution, network, traffic, time_limit=60, seed=1, progress=lambda _, cost: told.append(cost))
    assert (closer.objective, closer.bound, closer.status) == (solution.objective, solution.bound, solution.status)
    assert closer.unplaced == solution.unplaced
    assert vmopt.verify(cluster, closer) == ()
    before, after = (indicators(s, network, traffic, time_limit=0).latency.mean for s in (solution, closer))
    assert after < 0.7 * before
    assert told == sorted(told, reverse=True)
    assert told[-1] == pytest.approx(after)
    again = localise(solution, network, traffic, time_limit=60, seed=1)
    assert np.array_equal(again.host_index, closer.host_index)
    assert closer.method == "greedy-priority+localise"


def test_large_placements_are_partitioned_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests the way of large placements on a small one: it is never worse, and keeps what must be kept."""
    monkeypatch.setattr(module, "search", partial(module.search, parameters=LocalityParameters(small=0)))
    cluster = vmopt.generate("flavor", hosts=20, vms=300, seed=6)
    solution = vmopt.solve(cluster, method="greedy-priority", threads=1)
    network, traffic = leaf_spine(cluster, hosts_per_rack=5), generate_traffic(cluster, seed=6)
    closer = localise(solution, network, traffic, time_limit=1.0)
    before, after = (indicators(s, network, traffic, time_limit=0).latency.mean for s in (solution, closer))
    assert after < 0.7 * before
    assert closer.objective == solution.objective
    assert localise(solution, network, traffic, time_limit=0.0).objective == solution.objective


def test_nothing_to_do() -> None:
    """Tests that a solution comes back as it is when nothing talks, or nothing can be better."""
    cluster = vmopt.Instance.from_arrays([[1]] * 3, [[2], [2]])
    solution = vmopt.solve(cluster)
    assert localise(solution, star(cluster), Traffic.from_arrays(cluster, [], [], [])) is solution
    nothing = replace(solution, host_index=np.array([-1, -1, -1]))
    assert localise(nothing, star(cluster), Traffic.from_arrays(cluster, [0], [1], [1.0])) is nothing
    alone = replace(solution, host_index=np.array([0, 0, 1]))
    assert localise(alone, star(cluster), Traffic.from_arrays(cluster, [0], [1], [1.0])) is alone


def test_bad_arguments() -> None:
    """Tests that what is no solution, network or traffic, or of another instance, is refused."""
    cluster = vmopt.Instance.from_arrays([[1]] * 2, [[2], [2]])
    solution, traffic = vmopt.solve(cluster), Traffic.from_arrays(cluster, [0], [1], [1.0])
    with pytest.raises(OptionError, match="expected a Solution, got dict"):
        localise({}, star(cluster), traffic)
    with pytest.raises(NetworkError, match=r"network is Traffic.*: give a Network"):
        localise(solution, traffic, traffic)
    with pytest.raises(NetworkError, match=r"traffic is Network.*: give Traffic"):
        localise(solution, star(cluster), star(cluster))
    with pytest.raises(NetworkError, match="host 'host-1' is not in the network"):
        localise(solution, star(1), traffic)
    with pytest.raises(OptionError, match="time_limit is -1"):
        localise(solution, star(cluster), traffic, time_limit=-1)
    with pytest.raises(OptionError, match="seed is -1"):
        localise(solution, star(cluster), traffic, seed=-1)
