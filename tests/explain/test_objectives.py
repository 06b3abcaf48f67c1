"""Where one more VM should go, and changed data, whatever the objective is: by brute force."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import vmopt
from tests.explain.draws import best_of, draw, seconds
from tests.explain.fuzz import solved
from tests.explain.referee import runs, total, with_at
from tests.goals.meaning import level_value
from tests.patience import PATIENCE
from tests.rules.brute import feasible
from tests.thorough import met
from vmopt.explain.talks import latency_of
from vmopt.network import Latency, Traffic, star

EXACT: Any = {"gap": 0, "threads": 1, "time_limit": PATIENCE}


def rank_of(cluster: vmopt.Instance, at: Any) -> tuple[Any, ...]:
    """What a placement has of each level, so that more is better, or what it is worth."""
    levels = cluster.objective.goal_levels
    if not levels:
        return (round(total(cluster, at), 9),)
    return tuple((1 if level.maximised else -1) * level_value(level, cluster, tuple(at)) for level in levels)


@pytest.mark.parametrize(("sort", "count"), [("elastic", 60), ("levels", 60), ("latency", 8), ("rules", 30)])
def test_the_first_host_is_the_best(sort: str, count: int) -> None:
    """Tests that hosts are those that take the VM, the best of them first, and what the objective changes by."""
    ranked = 0
    for seed in range(met(count)):
        cluster = draw(sort, seed, soft=0.5)
        method = "exact" if sort == "levels" else "greedy-priority"
        now = vmopt.solve(cluster, method=method, threads=1, time_limit=PATIENCE)
        if now.status in (vmopt.Status.INFEASIBLE, vmopt.Status.NOT_FOUND):
            continue
        for vm in np.flatnonzero(now.host_index < 0).tolist():
            found = vmopt.rank_hosts(now, vm, cluster.n_hosts)
            takers = {h for h in range(cluster.n_hosts) if runs(cluster, with_at(now.host_index, vm, h))}
            hosts = [cluster.host_names.index_of[row.host] for row in found.hosts]
            assert set(hosts) == takers, (seed, vm)
            ranks = [rank_of(cluster, with_at(now.host_index, vm, h)) for h in hosts]
            assert ranks == sorted(ranks, reverse=True), (seed, vm)
            before = total(cluster, tuple(now.host_index.tolist()))
            for row, host in zip(found.hosts, hosts, strict=True):
                if not cluster.objective.goal_levels:
                    gain = total(cluster, with_at(now.host_index, vm, host)) - before
                    assert row.gain == pytest.approx(gain, abs=1e-9)
                ranked += 1
    assert ranked > 0


@pytest.mark.parametrize(("sort", "count"), [("levels", 40), ("elastic", 25), ("latency", 4)])
def test_changed_data_have_a_best_placement(sort: str, count: int) -> None:
    """Tests that what is found once a host fails, a VM changes or one comes is best by brute force."""
    for seed in range(met(count)):
        solution = solved(seed, 0.2, "exact" if sort != "latency" else "auto", sort)
        if solution is None:
            continue
        dice, cluster = random.Random(seed), solution.instance
        host, vm = dice.choice(list(cluster.host_names)), dice.choice(list(cluster.vm_names))
        demand = {cluster.resources[0]: 1}
        asked = dice.choice(
            [
                vmopt.what_if(solution).drain(host),
                vmopt.what_if(solution).change_priority(vm, 9),
                vmopt.what_if(solution).resize(vm, demand),
                vmopt.what_if(solution).add_vms(vmopt.VM("new", demand, value=1)),
            ]
        )
        every = feasible(asked.instance)
        found = asked.solve(**EXACT)
        if not every:
            assert found.after.status == "infeasible"
            continue
        at = tuple(found.solution.host_index.tolist())
        best = best_of(asked.instance, every)
        if sort == "levels":
            assert at in best, (seed, asked)
        else:
            assert total(asked.instance, at) == pytest.approx(total(asked.instance, best[0]), abs=1e-6), (seed, asked)


@pytest.fixture
def chatty() -> vmopt.Solution:
    """A database on one of two hosts that are a second apart."""
    cluster = vmopt.Instance.from_arrays(
        [[2], [1]],
        [[3], [3]],
        value=[5, 1],
        vm_names=["db", "web"],
        resources=["cpu"],
        rules=[vmopt.Fence("db", "host-1")],
    )
    latency = Latency(star(cluster, latency=0.5), Traffic.from_edges(cluster, [("web", "db", 1e6)]), weight=0.5)
    return vmopt.solve(cluster.replace(objective=vmopt.Objective(latency=latency)), gap=0, threads=1)


def test_a_new_vm_goes_near_those_it_talks_to(chatty: vmopt.Solution) -> None:
    """Tests that whom a new VM talks to tells hosts apart, and that a second between others costs what it did."""
    assert chatty.placement == {"db": "host-1", "web": "host-1"}
    cluster = chatty.instance.replace(capacity=[[3], [4]])
    roomy = vmopt.solve(cluster, gap=0, threads=1)
    first = vmopt.rank_hosts(roomy, {"cpu": 1}, talks_to={"db": 3e6})
    assert [row.host for row in first.hosts] == ["host-1", "host-0"]
    assert first.hosts[0].gain - first.hosts[1].gain == pytest.approx(0.5 * 3)
    silent = vmopt.rank_hosts(roomy, {"cpu": 1})
    assert silent.hosts[0].gain == silent.hosts[1].gain
    asked = vmopt.what_if(roomy).add_vms(vmopt.VM("cron", {"cpu": 1}, value=1), talks_to={"cron": {"db": 3e6}})
    assert asked.instance.objective.latency.traffic.n_pairs == 2
    apart = np.array([1, 0, -1])
    assert asked.instance.delays.cost(apart) == pytest.approx(cluster.delays.cost(apart[:2])) == pytest.approx(0.5)
    assert seconds(asked.instance, (1, 0, 1)) == pytest.approx(0.5)
    assert asked.solve(**EXACT).solution.placement["cron"] == "host-1"


def test_latency_in_levels_is_kept_for_new_vms(chatty: vmopt.Solution) -> None:
    """Tests that the last level, and latency that decides among equals, take in whom a new VM talks to."""
    latency = Latency(chatty.instance.objective.latency.network, chatty.instance.objective.latency.traffic)
    for goal in (
        vmopt.Objective(levels=[vmopt.Utilisation(), vmopt.Penalties(), latency]),
        vmopt.Objective(latency=latency),
    ):
        solution = vmopt.solve(chatty.instance.replace(objective=goal, capacity=[[3], [4]]), gap=0, threads=1)
        ranked = vmopt.rank_hosts(solution, {"cpu": 1}, talks_to={"db": 1e6})
        assert [row.host for row in ranked.hosts] == ["host-1", "host-0"]
        assert dict(ranked.hosts[1].levels)["latency"] > dict(ranked.hosts[0].levels)["latency"]
        more = vmopt.what_if(solution).add_vms(vmopt.VM("new", {"cpu": 1}), talks_to={"new": {"web": 1e6}})
        assert latency_of(more.instance.objective).traffic.n_pairs == 2


def test_wrong_talk_is_refused(chatty: vmopt.Solution) -> None:
    """Tests that talk of VMs that are there, or of nobody, or where no latency counts, is one clear error."""
    new = vmopt.VM("new", {"cpu": 1})
    plain = vmopt.solve(chatty.instance.replace(objective=vmopt.Objective()), threads=1)
    for ask in (
        lambda: vmopt.what_if(plain).add_vms(new, talks_to={"new": {"db": 1}}),
        lambda: vmopt.what_if(chatty).add_vms(new, talks_to={"db": {"web": 1}}),
        lambda: vmopt.what_if(chatty).add_vms(new, talks_to={"new": {"nobody": 1}}),
        lambda: vmopt.what_if(chatty).add_vms(new, talks_to={"new": {"db": -1}}),
        lambda: vmopt.what_if(chatty).add_vms(new, talks_to={"new": {"new": 1}}),
        lambda: vmopt.what_if(chatty).add_vms(new, talks_to=7),
        lambda: vmopt.what_if(chatty).add_vms(new, talks_to={"new": "db"}),
        lambda: vmopt.rank_hosts(chatty, {"cpu": 1}, talks_to="db"),
        lambda: vmopt.rank_hosts(chatty, "db", talks_to={"web": 1}),
    ):
        with pytest.raises(vmopt.VmoptError):
            ask()


def test_fractions_of_levels_are_told_as_numbers() -> None:
    """Tests that changes of levels, which are exact, can be written as JSON."""
    goals = vmopt.Objective(levels=[vmopt.Utilisation(), vmopt.Balance("cpu")])
    cluster = vmopt.Instance.from_arrays([[1], [1]], [[3], [3]], resources=["cpu"], objective=goals)
    solution = vmopt.solve(cluster, gap=0, threads=1)
    ranked = vmopt.rank_hosts(solution, {"cpu": 1})
    assert ranked.to_dict()["hosts"][0]["levels"][1][1] == pytest.approx(float(Fraction(1, 3)))
