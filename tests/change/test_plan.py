"""Plans against breadth-first search over all states, and what they say in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import vmopt
from tests.change.brute import draw, fewest_parked, solution_of
from tests.thorough import few
from vmopt.aged import drawn_current
from vmopt.change import Outcome

SPREAD = vmopt.Spread(["vm-0", "vm-1", "vm-2"])


@pytest.mark.parametrize("block", range(few(10)))
def test_an_order_is_found_where_there_is_one(block: int) -> None:
    """Tests existence, with and without parking, the fewest parked, and every state, on hundreds of plans."""
    for seed in range(block * 100, block * 100 + 100):
        instance, target = draw(seed)
        solution = solution_of(instance, target)
        for parking in (False, True):
            found = vmopt.plan(
                solution, 3, 1 + seed % 2, current=instance.current, parking=parking, tries=0, least_gain=None
            )
            if found.outcome is Outcome.NOTHING:
                continue
            fewest = fewest_parked(instance, target, parking=parking)
            assert found.outcome is (Outcome.NO_ORDER if fewest is None else Outcome.PLANNED), seed
            assert bool(found.blocking) == (fewest is None)
            assert fewest is None or found.n_parked == fewest, seed
            assert vmopt.verify_plan(found, seed=seed) == (), seed


@pytest.mark.parametrize("block", range(few(3)))
def test_rules_hold_in_every_state(block: int) -> None:
    """Tests a rule that always holds: an order exists exactly where all orders tried say so."""
    planned = 0
    for seed in range(block * 100, block * 100 + 100):
        instance, target = draw(seed)
        if instance.n_vms < 3:
            continue
        ruled = instance.replace(rules=[SPREAD])
        if any(vmopt.verify(ruled, where) for where in (instance.current, target)):
            continue
        found = vmopt.plan(solution_of(ruled, target), always=True, tries=0, least_gain=None)
        if found.outcome is Outcome.NOTHING:
            continue
        fewest = fewest_parked(instance, target, parking=True, rules=[SPREAD])
        assert found.outcome is (Outcome.NO_ORDER if fewest is None else Outcome.PLANNED), seed
        assert vmopt.verify_plan(found, runs=10) == (), seed
        planned += fewest is not None
    assert planned > 5


def swap(*capacity: int, **more: Any) -> vmopt.Instance:
    hosts = [[free] for free in capacity]
    rules = [vmopt.Ban("vm-0", "host-0"), vmopt.Ban("vm-1", "host-1")]
    return vmopt.Instance.from_arrays([[5], [4]], hosts, current=[0, 1], rules=rules, **more)


def test_a_circle_is_broken_by_parking() -> None:
    """Tests that two VMs that change places go by way of a third host, and that it is counted."""
    found = vmopt.plan(solution_of(swap(6, 6, 6), np.array([1, 0])))
    assert (found.outcome, found.n_parked, found.count()) == (Outcome.PLANNED, 1, 3)
    assert "1 move more than needed" in str(found)


def test_what_blocks_is_named_and_another_placement_is_found() -> None:
    """Tests a swap without a third host: the plan leads elsewhere, and says what was ruled out."""
    solution = solution_of(swap(6, 6), np.array([1, 0]))
    stuck = vmopt.plan(solution, tries=0)
    assert stuck.outcome is Outcome.NO_ORDER
    assert set(stuck.blocking) == {"vm-0", "vm-1"}
    other = vmopt.plan(solution)
    assert other.outcome is Outcome.PLANNED
    assert other.forbidden
    assert vmopt.verify(solution.instance, other.target) == ()
    assert vmopt.verify_plan(other) == ()


def test_outcomes_have_words() -> None:
    """Tests nothing to do, nothing worth moving, and a gain that is too small."""
    cluster = vmopt.Instance.from_arrays([[4], [4]], [[8], [8]], current=[0, -1])
    assert vmopt.plan(solution_of(cluster, np.array([0, -1]))).outcome is Outcome.NOTHING
    assert vmopt.plan(solution_of(cluster, np.array([1, -1]))).outcome is Outcome.NOT_WORTH
    more = solution_of(cluster, np.array([0, 1]))
    assert vmopt.plan(more).outcome is Outcome.PLANNED
    assert vmopt.plan(more, least_gain=0.5).outcome is Outcome.NOT_WORTH
    with pytest.raises(vmopt.InstanceError, match="what runs now"):
        vmopt.plan(solution_of(cluster.replace(current=None), np.array([0, 1])))
    with pytest.raises(vmopt.OptionError, match="may break whenever"):
        vmopt.plan(more, always=[vmopt.MustRun("vm-0")])


def large() -> vmopt.Plan:
    cluster = vmopt.generate("flavor", hosts=12, load=0.8, current="aged", seed=4)
    return vmopt.evacuate(cluster, ["host-0", "host-5"], time_limit=5, bandwidth=2.0)


def test_planning_again_from_where_it_stopped() -> None:
    """Tests that from any state that is reached, the rest is planned anew and right."""
    plan = large()
    done: list[int] = []
    while len(done) < plan.count():
        again = plan.after(done, at_once=2)
        assert again.count() <= plan.count() - len(done)
        assert (again.target == plan.target).all()
        assert vmopt.verify_plan(again, runs=1) == ()
        done += plan.ready(done)
    assert plan.after(done).outcome is Outcome.NOTHING
    with pytest.raises(vmopt.OptionError, match="there are 20, counted from 0"):
        plan.after([plan.count()])


def test_times_keep_the_limits_and_durations() -> None:
    """Tests that ready, at_once and the makespan fit together: no less than the work, no more than one by one."""
    plan = large()
    assert len(plan.ready()) <= plan.settings.at_once
    seconds = [action.seconds for action in plan.actions]
    memory = plan.instance.resources.index("memory")
    first = plan.actions[0]
    assert first.seconds == pytest.approx(1 + plan.instance.demand[first.vm, memory] / 2)
    assert sum(seconds) / plan.settings.at_once <= plan.makespan <= sum(seconds)


def test_the_checker_finds_what_is_wrong() -> None:
    """Tests that a plan without its edges, without an action, or in a circle is refused."""
    plan = next(
        found
        for seed in range(200)
        if (found := vmopt.plan(solution_of(*draw(seed)), tries=0, least_gain=None)).outcome is Outcome.PLANNED
        and found.n_parked
    )
    free = plan.graph.copy()
    free.remove_edges_from(list(plan.graph.edges))
    assert {fault.what for fault in vmopt.verify_plan(replace(plan, graph=free))} >= {"path"}
    circle = plan.graph.copy()
    circle.add_edges_from([(0, 1), (1, 0)])
    assert vmopt.verify_plan(replace(plan, graph=circle))[0].what == "graph"
    short = plan.graph.copy()
    short.remove_node(len(plan.actions) - 1)
    assert vmopt.verify_plan(replace(plan, graph=short, actions=plan.actions[:-1]))
    missed = 0
    for edge in plan.graph.edges:
        less = plan.graph.copy()
        less.remove_edge(*edge)
        missed += not vmopt.verify_plan(replace(plan, graph=less))
    assert missed < plan.graph.number_of_edges()


def test_many_moves_are_planned_and_proven() -> None:
    """Tests a tight cluster that is dealt out anew, so that most VMs move."""
    cluster = vmopt.generate("flavor", hosts=40, load=0.9, current="aged", seed=1)
    rng = np.random.default_rng(9)
    target = drawn_current("aged", cluster.demand, cluster.capacity, rng)
    plan = vmopt.plan(solution_of(cluster, target), tries=0, least_gain=None)
    assert plan.outcome is Outcome.PLANNED
    assert plan.count() > 300
    assert vmopt.verify_plan(plan) == ()
