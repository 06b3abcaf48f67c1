"""Tiers beside rules: tiny instances against the best placement level by level, found by trying everything."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import vmopt
from tests.rules.brute import feasible
from tests.rules.draws import MAKERS, instance
from vmopt.level_values import values_of
from vmopt.status import Status

NAMES = sorted(MAKERS)
A = vmopt.Instance.from_arrays
TIERS = vmopt.Objective("tiers")


def drawn(seed: int, *names: str, elastic: bool = False) -> vmopt.Instance:
    """An instance with rules of these names and two to three levels, where there are as many VMs."""
    cluster = instance(seed, *names, elastic=elastic)
    dice = random.Random(seed)
    priority = np.array([dice.choice([-3, 0, 1000]) for _ in range(cluster.n_vms)], dtype=np.float64)
    return replace(cluster, priority=priority, objective=TIERS)


def check(cluster: vmopt.Instance, solution: vmopt.Solution) -> bool:
    """Compare a solution with all there is; tell whether it is proven and best."""
    placements = [np.array(at) for at in feasible(cluster)]
    if not placements:
        assert solution.status in (Status.INFEASIBLE, Status.NOT_FOUND)
        return solution.status is Status.INFEASIBLE
    assert solution.status in (Status.OPTIMAL, Status.FEASIBLE, Status.NOT_FOUND)
    if solution.status is Status.NOT_FOUND:
        return False
    assert vmopt.verify(cluster, solution) == ()
    known = [values_of(cluster, at) for at in placements]
    had = values_of(cluster, solution.host_index)
    assert had <= max(known)
    assert [level.value for level in solution.levels] == [float(v) for v in had]
    for k, level in enumerate(solution.levels):
        most = max(v[k] for v in known if all(map(Fraction.__ge__, v[:k], had[:k])))
        assert level.bound >= float(most) * (1 - 1e-9)
        if level.proof is not None:
            proven = vmopt.verify_level_bound(cluster, solution.host_index, level.priority, level.proof)
            assert proven >= float(most) * (1 - 1e-9)
    if solution.status is Status.OPTIMAL:
        assert had == max(known)
    return solution.status is Status.OPTIMAL


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", NAMES)
def test_against_brute_force(name: str, seed: int) -> None:
    """Tests a rule of each sort and one more: whatever is proven is best level by level, and small ones are."""
    cluster = drawn(seed, name, NAMES[(3 * seed + 1) % len(NAMES)])
    if cluster.tiers is None:
        return
    assert check(cluster, vmopt.solve(cluster, time_limit=20, gap=0, threads=1))


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("method", ["greedy-priority", "neighbourhood", "price-guided", "exact"])
def test_other_methods(method: str, seed: int) -> None:
    """Tests that what other methods find keeps the rules, and their bounds hold."""
    cluster = drawn(100 + seed, NAMES[seed % len(NAMES)], NAMES[(7 * seed + 2) % len(NAMES)])
    if cluster.tiers is not None:
        check(cluster, vmopt.solve(cluster, method=method, time_limit=2, threads=1))


@pytest.mark.parametrize("seed", range(12))
def test_elastic_vms(seed: int) -> None:
    """Tests the same where VMs may get less than they ask for."""
    cluster = drawn(200 + seed, NAMES[seed % len(NAMES)], elastic=True)
    if cluster.tiers is not None:
        check(cluster, vmopt.solve(cluster, time_limit=2, threads=1))


def test_a_partner_of_a_lower_level_comes_along() -> None:
    """Tests that a VM that needs one of a lower level has it, though another one would be worth more there."""
    near = vmopt.Near("vm-0", "vm-1", over="host")
    cluster = A([[4], [4], [6]], [[8]], priority=[9, 0, 5], objective=TIERS, rules=[near])
    assert set(vmopt.solve(cluster).placement) == {"vm-0", "vm-1"}


def test_a_gang_across_levels() -> None:
    """Tests that VMs of two levels that run together or not at all do so."""
    cluster = A([[4], [4], [6]], [[8]], priority=[9, 0, 5], objective=TIERS, rules=[vmopt.Whole(["vm-0", "vm-1"])])
    assert set(vmopt.solve(cluster).placement) == {"vm-0", "vm-1"}


def test_what_must_run_though_its_level_is_low() -> None:
    """Tests that rules come before levels, and that what cannot run together is told."""
    must = [vmopt.MustRun("vm-1")]
    cluster = A([[6], [4]], [[8]], priority=[9, 0], objective=TIERS, rules=must)
    solution = vmopt.solve(cluster)
    assert (dict(solution.placement), solution.status) == ({"vm-1": "host-0"}, Status.OPTIMAL)
    crowded = vmopt.solve(replace(cluster, rules=(vmopt.MustRun(["vm-0", "vm-1"]),)))
    assert (crowded.status, crowded.levels) == (Status.INFEASIBLE, ())


def test_the_value_of_a_level_is_kept_not_its_set() -> None:
    """Tests that of two sets of equal value the one is chosen that leaves more to the next level."""
    rules = [vmopt.Apart("vm-0", "vm-2"), vmopt.Quota(1, of=["vm-0", "vm-1"])]
    cluster = A([[4], [4], [4]], [[8]], priority=[9, 9, 0], objective=TIERS, rules=rules)
    solution = vmopt.solve(cluster, gap=0)
    assert set(solution.placement) == {"vm-1", "vm-2"}
    assert solution.status is Status.OPTIMAL


def test_elastic_vms_under_a_soft_rule_are_served() -> None:
    """Tests that what levels cannot measure leaves the tiers as they are."""
    cluster = vmopt.Instance.from_arrays(
        [[4], [2]],
        [[5]],
        priority=[1, 2],
        reservation=[[2], [1]],
        objective=vmopt.Objective("tiers"),
        rules=[vmopt.Spread("vm-*", penalty=0.5)],
    )
    solution = vmopt.solve(cluster, threads=1)
    assert [row.value for row in solution.levels] == [0.4, 0.6]
    assert not vmopt.verify(cluster, solution)
