"""Few hosts where rules, or a fullest host that is held, say who may run where: found, proven, and never beyond."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

import vmopt
from vmopt import Balance, FewestHosts, MustRun, Objective, Spread, Utilisation
from vmopt.bounds import HostPatterns, HostPrices
from vmopt.goals.holds import holds_of
from vmopt.goals.host_bound import verify_host_patterns, verify_host_prices
from vmopt.methods.goals.packing import on_chosen
from vmopt.methods.goals.packing.packing_problem import PackingProblem
from vmopt.methods.goals.stage import Stage
from vmopt.options import Options


def stage_of(instance: vmopt.Instance, placed: Any) -> Stage:
    """The last level, the others held as a placement has them."""
    levels = instance.objective.goal_levels
    holds = holds_of(instance, levels[:-1], [0.0] * (len(levels) - 1), np.array(placed))
    return Stage(instance, Options(None, 120.0, 0.0, 0, 1), levels[-1], holds, np.array(placed))


def grouped(**changed: Any) -> vmopt.Instance:
    """Six groups of three VMs, no two of a group on a host; three hosts hold all of them."""
    groups = [[f"vm-{3 * g + i}" for i in range(3)] for g in range(6)]
    objective = Objective(levels=[Utilisation(), FewestHosts()])
    given = {"rules": [Spread(groups)], "objective": objective, **changed}
    return vmopt.Instance.from_arrays([[1 + i // 9] for i in range(18)], [[9]] * 9, **given)


def run(instance: vmopt.Instance, placed: Any) -> Stage:
    """Place everybody on fewer and fewer hosts."""
    stage = stage_of(instance, placed)
    ground = PackingProblem.of(stage)
    assert ground is not None
    on_chosen.run(stage, ground)
    return stage


@pytest.mark.parametrize("soft", [False, True])
def test_rules_are_kept_on_fewer_hosts(soft: bool) -> None:
    """Tests that no more hosts are used than groups need, from a placement that is scattered over all."""
    plain = grouped()
    rules = [Spread(plain.rules[0].groups, penalty=1.0)] if soft else plain.rules
    levels = [Utilisation(), vmopt.Penalties(), FewestHosts()] if soft else [Utilisation(), FewestHosts()]
    instance = grouped(rules=rules, objective=Objective(levels=levels))
    stage = run(instance, [i // 2 for i in range(0, 18, 2)] + [(i // 2 + 1) % 9 for i in range(0, 18, 2)])
    assert stage.value == 3
    assert vmopt.verify(plain, stage.host_index) == ()


def test_hosts_that_cost_less_are_chosen() -> None:
    """Tests costs that differ: the cheap hosts suffice."""
    costs = FewestHosts(cost=[5, 5, 5, 1, 1, 1, 1, 1, 1])
    instance = grouped(objective=Objective(levels=[Utilisation(), costs]))
    stage = run(instance, [i % 9 for i in range(18)])
    assert stage.value == 3


def test_who_runs_nowhere_stays_out() -> None:
    """Tests that nothing is tried where not everybody runs: others would be placed instead."""
    instance = grouped()
    placed = np.array([i % 9 for i in range(18)])
    placed[0] = -1
    assert run(instance, placed).value == stage_of(instance, placed).value


@pytest.mark.parametrize("seed", range(40))
def test_a_fullest_host_that_is_held_bounds_hosts(seed: int) -> None:
    """Tests prices at random against all placements in which no host is fuller than one of them has it."""
    rng = np.random.default_rng(seed)
    instance = vmopt.Instance.from_arrays(
        rng.integers(0, 5, (4, 2)),
        rng.integers(3, 9, (3, 2)),
        rules=[MustRun("vm-0")] if seed % 2 else [],
        objective=Objective(levels=[Utilisation(), Balance(), FewestHosts(cost=rng.integers(1, 4, 3).tolist())]),
    )
    some = [np.array(at) for at in product(range(-1, 3), repeat=4)]
    placements = [at for at in some if not vmopt.verify(instance, at)]
    if not placements:
        return
    stage = stage_of(instance, placements[int(rng.integers(len(placements)))])
    kept = [at for at in placements if all(hold.keeps(instance, at) for hold in stage.holds)]
    best, goal = min(stage.level.value(instance, at) for at in kept), stage.level.goals[0]
    shape = instance.host_classes.capacity.shape
    for _ in range(20):
        proof = HostPrices(rng.exponential(0.3, shape), rng.exponential(1.0, 1))
        assert verify_host_prices(instance, goal, stage.holds, proof) <= best


def test_hosts_have_no_more_room_than_the_fullest_may_use() -> None:
    """Tests that both kinds of proofs, worked out anew, count on as much as is held and no more."""
    levels = [Utilisation(), Balance(), FewestHosts()]
    instance = vmopt.Instance.from_arrays([[3]] * 3, [[8]] * 4, objective=Objective(levels=levels))
    stage = stage_of(instance, [0, 1, 2])
    prices = HostPrices(np.array([[1 / 3]]), np.zeros(1))
    patterns = HostPatterns(np.array([1.0]), np.array([1.0]), np.zeros(1))
    assert verify_host_prices(instance, FewestHosts(), stage.holds, prices) == 3
    assert verify_host_patterns(instance, FewestHosts(), stage.holds, patterns, recheck=True) == 3
    assert verify_host_patterns(instance, FewestHosts(), stage.holds[:1], patterns, recheck=True) == 0
    solution = vmopt.solve(instance, threads=1, gap=0)
    assert [(row.value, row.bound) for row in solution.levels[1:]] == [(0.375, 0.375), (3.0, 3.0)]
