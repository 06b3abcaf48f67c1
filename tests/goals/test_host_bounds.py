"""Bounds of hosts in use against brute force, and checkers against wrong proofs."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

import vmopt
from tests.thorough import few
from vmopt import FewestHosts, MustRun, Objective, PlacementError, Utilisation
from vmopt.bounds import HostPatterns, HostPrices
from vmopt.goals.holds import holds_of
from vmopt.goals.host_bound import verify_host_patterns, verify_host_prices
from vmopt.goals.wanted import wanted


def drawn(rng):
    """A tiny instance: some with costs, some with VMs that must run."""
    n_vms, n_hosts, n_resources = rng.integers(2, 6), rng.integers(1, 4), rng.integers(1, 3)
    demand, capacity = rng.integers(0, 6, (n_vms, n_resources)), rng.integers(4, 11, (n_hosts, n_resources))
    cost = rng.integers(0, 5, n_hosts).tolist() if rng.random() < 0.5 else None
    goal = FewestHosts(cost)
    rules = [MustRun("vm-0")] if rng.random() < 0.3 and (demand[0] <= capacity).all(axis=1).any() else []
    instance = vmopt.Instance.from_arrays(demand, capacity, value=rng.integers(0, 5, n_vms), rules=rules)
    return instance.replace(objective=Objective(levels=[Utilisation(), goal])), goal


def placements(instance):
    """All placements that keep capacities and rules."""
    for hosts in product(range(-1, instance.n_hosts), repeat=instance.n_vms):
        found = np.array(hosts)
        if not vmopt.verify(instance, found):
            yield found


def truth(instance, goal, slack):
    """The least cost among placements that hold the utilisation, and the holds."""
    level = instance.objective.goal_levels[0]
    every = list(placements(instance))
    best = max(every, key=lambda found: level.value(instance, found))
    holds = holds_of(instance, [level], [slack], best)
    return min(goal.value(instance, f) for f in every if all(h.keeps(instance, f) for h in holds)), holds


@pytest.mark.parametrize("seed", range(few(30)))
def test_no_prices_prove_more_than_brute_force_finds(seed):
    rng = np.random.default_rng(seed)
    for _ in range(10):
        instance, goal = drawn(rng)
        least, holds = truth(instance, goal, float(rng.choice([0.0, 0.2])))
        n_floors, shape = len(wanted(instance, holds).floors), instance.host_classes.capacity.shape
        for _ in range(10):
            per_floor = rng.random(n_floors) * rng.choice([0, 2])
            prices = HostPrices(rng.random(shape) * rng.choice([0.1, 0.5]), per_floor)
            assert verify_host_prices(instance, goal, holds, prices) <= least
            worth = rng.random(len(instance.vm_classes)) * rng.choice([1, 3])
            patterns = HostPatterns(worth, np.zeros(shape[0]), per_floor)
            assert verify_host_patterns(instance, goal, holds, patterns, recheck=True) <= least


@pytest.mark.parametrize("seed", range(few(12)))
def test_the_level_is_solved_and_its_proof_holds(seed):
    rng = np.random.default_rng(1000 + seed)
    for _ in range(3):
        instance, goal = drawn(rng)
        least, _ = truth(instance, goal, 0.0)
        level = vmopt.solve(instance, gap=0, time_limit=5, threads=1).levels[-1]
        assert (level.value, level.bound) == (float(least), float(least))


def three():
    return vmopt.Instance.from_arrays([[3], [3], [3]], [[4]] * 4, rules=[MustRun("vm-*")])


@pytest.mark.parametrize(
    "proof",
    [
        HostPrices(np.array([[-1.0]]), np.zeros(0)),
        HostPrices(np.array([[np.nan]]), np.zeros(0)),
        HostPrices(np.array([[0.1, 0.1]]), np.zeros(0)),
        HostPrices(np.array([[0.1]]), np.ones(1)),
    ],
)
def test_prices_that_are_none_are_refused(proof):
    with pytest.raises(PlacementError, match="finite numbers"):
        verify_host_prices(three(), FewestHosts(), (), proof)


def test_patterns_that_are_none_are_refused():
    with pytest.raises(PlacementError, match="profit"):
        verify_host_patterns(three(), FewestHosts(), (), HostPatterns(np.ones(1), np.ones(2), np.zeros(0)))


def test_a_profit_stated_too_low_is_found_out():
    wrong = HostPatterns(np.array([2.0]), np.array([1.0]), np.zeros(0))
    assert verify_host_patterns(three(), FewestHosts(), (), wrong) == 6
    assert verify_host_patterns(three(), FewestHosts(), (), wrong, recheck=True) == Fraction(2)
