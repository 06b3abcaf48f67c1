"""Packing: greedy heuristics are sound, and what is known to be best is found and proven."""

from itertools import product

import numpy as np
import pytest

import vmopt
from vmopt import FewestHosts, Objective, Utilisation
from vmopt.formulation.patterns import Patterns
from vmopt.methods.goals.packing import patterns, relaxed, whole_hosts
from vmopt.methods.goals.packing.covering import Covering, Knapsacks, Point
from vmopt.methods.goals.packing.emptying import Emptying
from vmopt.methods.goals.packing.first_fit import best_fit_decreasing, first_fit_decreasing
from vmopt.methods.goals.packing.host_by_host import SCORES, dot, host_by_host, noisy
from vmopt.methods.goals.packing.master import Requirement
from vmopt.methods.goals.packing.packing_problem import PackingProblem
from vmopt.methods.goals.stage import Stage
from vmopt.methods.patterns.capacity_table import CapacityTable
from vmopt.methods.patterns.knapsack import Knapsack
from vmopt.model.goal_level import GoalLevel
from vmopt.options import Options


@pytest.mark.parametrize("seed", range(5))
def test_greedy_packings_fit(seed):
    rng = np.random.default_rng(seed)
    demand, capacity = rng.integers(0, 40, (60, 3)), np.full((60, 3), 100)
    weight = np.full(3, 0.01)
    size = demand @ weight
    for found in (
        first_fit_decreasing(demand, capacity, size),
        best_fit_decreasing(demand, capacity, size, weight),
        *(host_by_host(demand, capacity, score, of) for score in SCORES for of in (weight, None)),
    ):
        load = np.zeros(capacity.shape, dtype=np.int64)
        np.add.at(load, found, demand)
        assert (found >= 0).all()
        assert (load <= capacity).all()
        assert len(np.unique(found)) <= 2 * np.ceil(demand.sum(axis=0) / 100).max()


def test_what_fits_nowhere_is_left_out():
    demand, capacity = np.array([[9], [2]]), np.array([[4], [4]])
    for found in (
        first_fit_decreasing(demand, capacity, demand[:, 0] * 1.0),
        best_fit_decreasing(demand, capacity, demand[:, 0] * 1.0, np.ones(1)),
        host_by_host(demand, capacity, dot, np.ones(1)),
    ):
        assert found[0] == -1
        assert found[1] >= 0


def solved(instance, cost=None):
    instance = instance.replace(objective=Objective(levels=[Utilisation(), FewestHosts(cost)]))
    return vmopt.solve(instance, gap=0, time_limit=20, threads=1, seed=3)


def test_triples_fill_hosts():
    rng = np.random.default_rng(0)
    cuts = np.sort(rng.integers(20, 80, (12, 2)), axis=1)
    parts = np.column_stack([cuts[:, 0], np.diff(cuts)[:, 0], 100 - cuts[:, 1]])
    demand = parts[(parts > 0).all(axis=1)].reshape(-1, 1)
    level = solved(vmopt.Instance.from_arrays(demand, [[100]] * len(demand))).levels[-1]
    assert level.value == level.bound == len(demand) // 3


def test_patterns_prove_what_volume_does_not():
    level = solved(vmopt.Instance.from_arrays([[6, 1]] * 30 + [[5, 2]] * 30, [[10, 10]] * 60)).levels[-1]
    assert (level.value, level.bound) == (45.0, 45.0)


def test_the_cheaper_host_is_used():
    cluster = vmopt.Instance.from_arrays([[4]] * 6, [[8]] * 3 + [[9]] * 3)
    assert solved(cluster, [5, 5, 5, 4, 4, 4]).levels[-1].value == 12.0


def test_a_seed_decides():
    cluster = vmopt.generate("large", hosts=12, load=0.6, seed=2)
    one, other = solved(cluster), solved(cluster)
    assert one.host_index.tolist() == other.host_index.tolist()


def test_time_that_is_over_leaves_vms_out():
    """Tests that heuristics stop at a time that has passed, and go to the end without one."""
    demand, capacity = np.full((400, 1), 3), np.full((400, 1), 4)
    size, weight = demand[:, 0] * 1.0, np.ones(1)
    for stop, all_run in ((0.0, False), (np.inf, True)):
        for found in (
            first_fit_decreasing(demand, capacity, size, stop),
            best_fit_decreasing(demand, capacity, size, weight, stop),
            host_by_host(demand, capacity, dot, weight, stop),
        ):
            assert bool((found >= 0).all()) == all_run


def test_weights_follow_what_waits():
    """Tests that each host is filled as it would be alone, by the mean of what the VMs that wait ask for."""
    rng = np.random.default_rng(4)
    demand, capacity = rng.integers(1, 40, (40, 3)), np.full((40, 3), 100)
    found, waiting = host_by_host(demand, capacity, dot, None), np.arange(40)
    for host in range(found.max() + 1):
        mean = (demand[waiting] / 100).mean(axis=0)
        alone = host_by_host(demand[waiting], capacity[:1], dot, mean)
        assert waiting[alone == 0].tolist() == np.flatnonzero(found == host).tolist()
        waiting = waiting[alone < 0]
    assert not waiting.size


@pytest.mark.parametrize("seed", range(3))
def test_costs_are_those_of_brute_force(seed):
    """Tests that hosts of different size and cost are chosen as the best of all placements has them."""
    rng = np.random.default_rng(seed)
    demand, capacity = rng.integers(1, 5, (6, 2)), rng.integers(5, 9, (4, 2))
    cost = rng.integers(3, 9, 4)
    placements = (hosts for hosts in product(range(4), repeat=6) if fits(demand, capacity, hosts))
    best = min(sum(int(cost[h]) for h in set(hosts)) for hosts in placements)
    instance = vmopt.Instance.from_arrays(demand, capacity, rules=[vmopt.MustRun("vm-*")])
    assert solved(instance, cost.tolist()).levels[-1].value == best


def fits(demand, capacity, hosts):
    """Whether a placement of all VMs is within capacity."""
    load = np.zeros(capacity.shape, dtype=np.int64)
    np.add.at(load, list(hosts), demand)
    return bool((load <= capacity).all())


def covered(demand, capacity, cost, table):
    """What the linear program over patterns costs when no more are found, and its bound."""
    supply, hosts = np.full(len(demand), 2), np.full(len(capacity), 9)
    allowed = np.column_stack([(demand <= row).all(axis=1) for row in capacity])
    knapsacks = tuple(Knapsack(demand, row) for row in capacity)
    kinds = Knapsacks(knapsacks, table, cost, demand, capacity, allowed)
    nothing = Point(np.zeros(len(demand)), np.zeros(len(capacity)), np.zeros(0))
    program = Covering(kinds, Requirement.of_all(supply, hosts), nothing, Patterns(len(demand)), 1e-6)
    return program.generate(300, 3, bool).cost, program.bound


@pytest.mark.parametrize("seed", range(3))
def test_a_table_of_all_host_classes_proves_the_same(seed):
    rng = np.random.default_rng(seed)
    demand, capacity = rng.integers(1, 9, (12, 2)), rng.integers(8, 16, (6, 2))
    cost = capacity.sum(axis=1) * rng.uniform(0.9, 1.1, 6) / 40
    searched = covered(demand, capacity, cost, None)
    looked_up = covered(demand, capacity, cost, CapacityTable(demand, capacity))
    assert looked_up[0] == pytest.approx(searched[0], rel=1e-5)
    assert looked_up == pytest.approx((looked_up[0], looked_up[0]), rel=1e-5)


def test_whole_hosts_prove_more_than_fractions():
    """Tests a bound that no prices prove: one small host and a part of the large one carry all in fractions."""
    demand, capacity, cost = np.full((4, 1), 3), np.array([[12], [9], [9]]), [12, 10, 10]
    rules = [vmopt.MustRun("vm-*")]
    instance = vmopt.Instance.from_arrays(np.vstack([demand, [[2]]]), capacity, rules=rules)
    level = GoalLevel.of(FewestHosts(cost))
    stage = Stage(instance, Options(time_limit=60), level, (), np.array([0, 0, 0, 1, 1]))
    ground = PackingProblem.of(stage)
    relaxed.relax(stage, ground)
    by_prices = stage.bound
    whole_hosts.tighten(stage, ground, 30.0)
    assert by_prices < stage.bound == 20 < stage.value


@pytest.mark.parametrize("seed", range(4))
def test_whole_hosts_prove_no_more_than_there_is(seed):
    rng = np.random.default_rng(seed)
    demand, capacity = rng.integers(1, 5, (6, 2)), rng.integers(5, 9, (4, 2))
    cost = rng.integers(3, 9, 4)
    placements = [hosts for hosts in product(range(4), repeat=6) if fits(demand, capacity, hosts)]
    costs = [sum(int(cost[h]) for h in set(hosts)) for hosts in placements]
    instance = vmopt.Instance.from_arrays(demand, capacity, rules=[vmopt.MustRun("vm-*")])
    worst = np.array(placements[int(np.argmax(costs))])
    stage = Stage(instance, Options(time_limit=60), GoalLevel.of(FewestHosts(cost.tolist())), (), worst)
    whole_hosts.tighten(stage, PackingProblem.of(stage), 30.0)
    assert 0 < stage.bound <= min(costs)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_emptied_is_covered_at_no_more(seed):
    """Tests that every step finds a cover, the one that there is at least, and that all VMs still run."""
    rng = np.random.default_rng(seed)
    demand, capacity = rng.integers(1, 9, (30, 2)), rng.integers(8, 16, (20, 2))
    cost = capacity.sum(axis=1).tolist()
    alone = first_fit_decreasing(demand, capacity, demand.sum(axis=1) * 1.0)
    instance = vmopt.Instance.from_arrays(demand, capacity, rules=[vmopt.MustRun("vm-*")])
    stage = Stage(instance, Options(time_limit=60), GoalLevel.of(FewestHosts(cost)), (), alone)
    ground = PackingProblem.of(stage)
    prices = relaxed.relax(stage, ground)
    emptying = Emptying(stage, ground, patterns.begin(stage, ground, prices), prices.in_use)
    before = stage.value
    for _ in range(6):
        emptying.step()
        now = emptying.host_index
        assert (now >= 0).all()
        assert sum(cost[h] for h in set(now.tolist())) <= before
    assert stage.value <= before


def test_noise_leaves_scores_near_and_differs_each_time():
    part, left, weight = np.full((50, 2), 0.5), np.ones(2), np.ones(2)
    score = noisy(dot, 0.02, np.random.default_rng(0))
    first, second = score(part, left, weight), score(part, left, weight)
    assert first == pytest.approx(dot(part, left, weight), rel=0.2)
    assert (first != second).all()
    assert len(np.unique(first)) == 50
