"""With a current placement VMs move no more than they must; what comes of that says what it is worth."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt
from tests.goals.claims import faults
from vmopt import io, metrics
from vmopt.goals import Distance, MovesOfGroup
from vmopt.goals.base import BaseGoal
from vmopt.network import Latency, Traffic, star


@pytest.mark.parametrize("seed", range(25))
def test_the_objective_is_that_of_the_placement(seed, tmp_path):
    """Greedy methods leave room for better placements, which are found on the way to fewer moves."""
    rng = np.random.default_rng(seed)
    n_vms, n_hosts = int(rng.integers(2, 8)), int(rng.integers(1, 4))
    cluster = vmopt.Instance.from_arrays(
        rng.integers(1, 6, size=(n_vms, 1)),
        [[7]] * n_hosts,
        priority=rng.integers(1, 4, size=n_vms),
        rules=[vmopt.Spread("vm-*", penalty=0.05)],
        current=np.where(rng.random(n_vms) < 0.3, rng.integers(n_hosts, size=n_vms), -1),
    )
    solution = vmopt.solve(cluster, method="greedy-demand", threads=1)
    assert solution.objective == pytest.approx(metrics.objective_of(cluster, solution.host_index), abs=1e-12)
    assert solution.objective <= solution.bound + 1e-12
    io.write_solution(solution, tmp_path / "solution.json")
    assert io.read_solution(cluster, tmp_path / "solution.json").objective == solution.objective


def test_a_better_placement_on_the_way_is_worth_more():
    """Greedy finds what is worth 1.52, and fewer moves what is worth more: it is what is said."""
    rules = [vmopt.Spread("vm-*", penalty=0.05)]
    cluster = vmopt.Instance.from_arrays(
        [[5], [2], [1], [2]], [[7]], priority=[1, 3, 3, 2], current=[0, -1, 0, 0], rules=rules
    )
    solution = vmopt.solve(cluster, method="greedy-demand", threads=1)
    demand, weight = [5, 2, 1, 2], [1, 3, 3, 2]
    runs = [vm for vm in range(4) if solution.host_index[vm] == 0]
    worth = sum(demand[vm] * weight[vm] for vm in runs) / 7 - 0.05 * max(len(runs) - 1, 0)
    assert solution.objective == pytest.approx(worth)


def _talking(current: list[int] | None) -> vmopt.Instance:
    """Six VMs, two pairs of which exchange data; little room is left."""
    plain = vmopt.Instance.from_arrays([[2], [2], [1], [3], [1], [3]], [[6]] * 3, current=current)
    traffic = Traffic.from_edges(plain, [("vm-0", "vm-1", 1.0), ("vm-2", "vm-5", 2.0)])
    levels = [vmopt.Utilisation(), Latency(star(plain, latency=1.0), traffic)]
    return plain.replace(objective=vmopt.Objective(levels=levels))


@pytest.mark.parametrize("current", [None, [2, 1, -1, -1, 0, 0], [0, -1, 0, 1, 2, 1]], ids=str)
@pytest.mark.parametrize("method", ["auto", "exact", "price-guided", "greedy-demand"])
def test_latency_as_a_level_goes_with_what_runs_now(method: str, current: list[int] | None) -> None:
    """Tests that latency, of which no program speaks, is searched and held, and its value is told."""
    solution = vmopt.solve(_talking(current), method=method, threads=1, gap=0)
    assert not list(faults(solution, optimal=False))
    assert solution.n_placed == 6


def test_what_settling_gains_in_a_level_is_told() -> None:
    """Tests that a level that got better because VMs went home has its new value, and is optimal by it."""
    rules = [vmopt.Spread("vm-0", most=1, penalty=1.0), vmopt.Ban("vm-0", "host-2", penalty=3.0)]
    ways = Distance([[0, 0, 2.5], [2.5, 0, 1], [2.5, 1, 0]])
    for seed in range(20):
        rng = np.random.default_rng(seed)
        instance = vmopt.Instance.from_arrays(
            rng.integers(1, 4, (3, 1)),
            rng.integers(3, 9, (3, 1)),
            current=rng.integers(-1, 3, 3),
            rules=rules,
            objective=vmopt.Objective(levels=[ways]),
        )
        solution = vmopt.solve(instance, method="greedy-demand", threads=1, gap=0)
        assert not list(faults(solution, optimal=False))


@pytest.mark.parametrize("goal", [MovesOfGroup("app"), Distance([[0, 1], [1, 0]]), vmopt.FewestMoves()], ids=str)
@pytest.mark.parametrize("method", ["column-generation", "price-guided", "tabu"])
def test_goals_of_moves_go_with_gather(method: str, goal: BaseGoal) -> None:
    """Tests that VMs that are placed as one are, where a goal tells apart who runs where now."""
    instance = vmopt.Instance.from_arrays(
        [[2], [3], [1]],
        [[4], [6]],
        vm_labels=[{"app": "a"}] * 3,
        current=[0, 1, 0],
        rules=[vmopt.MustRun("vm-*"), vmopt.Gather(["vm-0", "vm-1"])],
        objective=vmopt.Objective(levels=[goal]),
    )
    solution = vmopt.solve(instance, method=method, threads=1, gap=0)
    assert not list(faults(solution, optimal=False))
    assert solution.n_placed == 3


def test_a_tier_that_gains_from_slack_keeps_its_bound() -> None:
    """Tests that what a tier could have is about what the tiers above had, whatever levels below made of that."""
    rules = [
        vmopt.Spread(["vm-1", "vm-2", "vm-3"], most=1, penalty=3.0),
        vmopt.Ban(["vm-1", "vm-2", "vm-3"], "host-0", penalty=3.0),
    ]
    instance = vmopt.Instance.from_arrays(
        [[3], [0], [3], [0]],
        [[3]],
        priority=[3, 1, 2, 3],
        value=[1, 0, 1, 0],
        vm_labels=[{"app": "a"}] * 4,
        current=[-1, -1, 0, 0],
        rules=rules,
        objective=vmopt.Objective(levels=[vmopt.Utilisation("tiers"), MovesOfGroup("app")], slack=[1.0, 0.0]),
    )
    solution = vmopt.solve(instance, threads=1, gap=0)
    assert not list(faults(solution, optimal=True))
    assert solution.levels[1].value > solution.levels[1].bound == 0.0
