"""By how much one more VM raises a goal on each host, against placements that are measured whole."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import vmopt
from tests.goals.draws import instance
from tests.rules.brute import fits, placements
from vmopt.goals import Distance, FewestMoves, MovesOfGroup
from vmopt.goals.base import BaseGoal
from vmopt.metrics import value_added, value_of
from vmopt.model.goal_level import GoalLevel
from vmopt.network import Latency, Traffic, star

SEEDS = range(240)


def checked(cluster: Any, level: Any) -> Iterator[float]:
    """Compare every unplaced VM of every placement that fits, on every host that takes it."""
    for at in filter(lambda at: fits(cluster, at), placements(cluster)):
        host_index = np.array(at)
        before = level.value(cluster, host_index)
        for vm in np.flatnonzero(host_index < 0).tolist():
            found = level.added(cluster, host_index, vm)
            for host in range(cluster.n_hosts):
                there = np.where(np.arange(len(at)) == vm, host, host_index)
                if fits(cluster, tuple(there.tolist())):
                    grown = level.value(cluster, there) - before
                    exact = not cluster.elastic and not level.names("latency")
                    assert found[host] == (grown if exact else pytest.approx(float(grown), abs=1e-9)), (at, vm, host)
                    yield float(grown)


def test_what_is_added_is_the_difference_of_two_values() -> None:
    """Tests levels of random instances with soft rules: sums of goals, and each goal alone."""
    met: dict[str, set[float]] = {}
    for seed in SEEDS:
        cluster = instance(seed, vms=3)
        for level in cluster.objective.goal_levels:
            met.setdefault(str(level.goals[0]).partition("(")[0], set()).update(checked(cluster, level))
    assert len(met) > 6
    assert all(len(found) > 1 for found in met.values())


@pytest.mark.parametrize(
    "goal", [FewestMoves(), FewestMoves("cpu"), MovesOfGroup("app"), Distance([[0, 1, 4], [2, 0, 3], [5, 1, 0]])]
)
def test_goals_of_moves_know_where_vms_ran(goal: Any) -> None:
    """Tests goals that look at what runs now."""
    labels = [{"app": "a"}, {"app": "a"}, {"app": "b"}, {}]
    cluster = vmopt.Instance.from_arrays(
        [[3], [2], [2], [1]], [[5], [4], [3]], resources=["cpu"], vm_labels=labels, current=[0, 0, 1, -1]
    )
    assert len(set(checked(cluster, GoalLevel.of(goal)))) > 1


def test_latency_and_own_goals() -> None:
    """Tests latency, and a goal that says nothing of what is added: it is measured host by host."""

    class Odd(BaseGoal):
        name = "odd"
        value = vmopt.FewestHosts.value
        translate = vmopt.FewestHosts.translate
        costs = vmopt.FewestHosts(cost=[1, 2]).costs

    cluster = vmopt.Instance.from_arrays([[3], [2], [2]], [[5], [4]], resources=["cpu"])
    traffic = Traffic.from_edges(cluster, [("vm-0", "vm-1", 1e9), ("vm-2", "vm-1", 2e9)])
    assert len(set(checked(cluster, GoalLevel.of(Latency(star(cluster, latency=1.0), traffic))))) > 1
    assert set(checked(cluster, GoalLevel.of(Odd()))) == {0.0, 1.0, 2.0}


def test_elastic_vms_take_from_each_other() -> None:
    """Tests what the value grows by where VMs share what is left of their host, which may be less than nothing."""
    for seed in range(60):
        dice = random.Random(seed)
        demand = [[dice.randint(1, 6), dice.randint(0, 4)] for _ in range(4)]
        cluster = vmopt.Instance.from_arrays(
            demand,
            [[8, 5], [6, 6]],
            value=[dice.choice([1, 2, 9]) for _ in demand],
            reservation=[[dice.randint(0, cpu), dice.randint(0, memory)] for cpu, memory in demand],
        )
        for at in filter(lambda at: fits(cluster, at), placements(cluster)):
            host_index = np.array(at)
            for vm in np.flatnonzero(host_index < 0).tolist():
                found = value_added(cluster, host_index, vm)
                for host in range(2):
                    there = np.where(np.arange(4) == vm, host, host_index)
                    if fits(cluster, tuple(there.tolist())):
                        grown = value_of(cluster, there) - value_of(cluster, host_index)
                        assert found[host] == pytest.approx(grown, abs=1e-9)
