"""Explanations of single VMs: against brute force, and in words."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

import vmopt
from tests.explain import fuzz
from tests.explain.referee import faults
from tests.patience import PATIENCE
from tests.thorough import met
from tests.tiers.brute_force import fits, optimum, worth
from tests.tiers.instances import tiny
from vmopt.explain import Reason, forced, moves


@pytest.fixture
def crowded() -> vmopt.Instance:
    """A host that is full, one that is small, and a VM that waits."""
    return vmopt.Instance.from_arrays(
        [[4, 4], [2, 2], [5, 6]],
        [[6, 6], [2, 8]],
        value=[5, 3, 1],
        resources=["cpu", "memory"],
        vm_names=["db", "web", "batch"],
        host_names=["h1", "h2"],
    )


def solved(cluster: vmopt.Instance, *at: int) -> vmopt.Solution:
    """A solution with this placement."""
    found = vmopt.solve(cluster, gap=0, threads=1, ties=None)
    return replace(found, host_index=np.array(at))


@pytest.mark.parametrize("soft", [0.0, 0.5])
def test_explanations_of_random_instances_are_true(soft: float) -> None:
    """Tests kinds, hosts, and least changes of every VM that does not run, against brute force."""
    assert not list(fuzz.fuzz(range(met(80)), soft))


def test_the_referee_sees_what_is_wrong(crowded: vmopt.Instance) -> None:
    """Tests that changes that do not help, that are not least, that are missing, and wrong kinds are all found."""
    solution = solved(crowded, 0, 0, -1)
    told = vmopt.explain(solution, 2, time_limit=PATIENCE)
    assert not list(faults(solution, 2, told))
    for wrong in (
        replace(told, kind=Reason.FORBIDDEN),
        replace(told, kind=Reason.LEFT_OUT),
        replace(told, hosts=told.hosts[:1]),
        replace(told, steps=told.steps[1:]),
        replace(told, steps=tuple(replace(step, amount=step.amount + 1, above=step.above + 1) for step in told.steps)),
        replace(told, steps=tuple(replace(step, amount=step.amount - 1, above=step.above - 1) for step in told.steps)),
    ):
        assert list(faults(solution, 2, wrong))


def test_a_vm_that_runs_is_told_where(crowded: vmopt.Instance) -> None:
    """Tests that where it runs and beside whom is said."""
    told = vmopt.explain(solved(crowded, 0, 0, -1), "db")
    assert (told.kind, told.host, told.beside, str(told)) == (
        Reason.RUNS,
        "h1",
        ("web",),
        "db runs on h1, beside 1 VM: web.",
    )


def test_the_text_is_made_of_the_record(crowded: vmopt.Instance) -> None:
    """Tests that every part of the record is said, and that it can be written as JSON."""
    told = vmopt.explain(solved(crowded, 0, 0, -1), "batch", time_limit=PATIENCE)
    text = str(told)
    assert "too small for it, cpu short by at least 3, on 1 host" in text
    assert "cpu short by at least 5 on 1 host (full by VMs worth more)" in text
    assert "in every best placement with a value of its own above" in text
    said = json.loads(json.dumps(told.to_dict()))
    assert said["kind"] == "outbid"
    assert said["text"] == text
    assert str(replace(told, vm="other")).startswith("other was outbid")


def test_what_must_run_forbids_others() -> None:
    """Tests that a VM that is in no placement for what must run is told the conflict."""
    rules = [vmopt.MustRun(["vm-0", "vm-1"])]
    cluster = vmopt.Instance.from_arrays([[4], [4], [3]], [[6], [6]], rules=rules)
    told = vmopt.explain(vmopt.solve(cluster), 2, time_limit=PATIENCE)
    assert (told.kind, told.certain) == (Reason.FORBIDDEN, True)
    must, hosts = "vm-0, vm-1, vm-2 (which must run)", "the capacity of host-0, host-1"
    assert told.because == (f"these cannot stand together: {must}; {hosts}",)


def test_a_move_makes_room() -> None:
    """Tests that a VM that can go elsewhere is named, and where to."""
    cluster = vmopt.Instance.from_arrays([[4], [6]], [[8], [4]], value=[3, 1])
    step = vmopt.explain(solved(cluster, 0, -1), 1).step("move")
    assert step is not None
    assert (step.vm, step.source, step.target, step.host) == ("vm-0", "host-0", "host-1", "host-0")


def test_moves_among_many_are_true(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a move that is found without trying all keeps capacity and rules."""
    monkeypatch.setattr(moves, "EVERYTHING", 0)
    found = [line for line in fuzz.fuzz(range(met(100))) if "moves" not in line]
    assert not found


def test_in_place_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that where it is too large to solve, a swap is told that pays above its priority."""
    monkeypatch.setattr(forced, "SMALL", 0)
    cluster = vmopt.Instance.from_arrays([[4], [4], [3]], [[8]], value=[5, 4, 1])
    step = vmopt.explain(solved(cluster, 0, 0, -1), 2).step("swap")
    assert step is not None
    assert (step.instead, step.above, step.own_value) == (("vm-1",), 4.0, True)


def test_explanations_without_solving_are_true(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that what is said by prices alone is true as well."""
    monkeypatch.setattr(forced, "SMALL", 0)
    assert not [line for line in fuzz.fuzz(range(met(200))) if "says nothing of a priority" not in line]


def test_tiers_are_compared_level_by_level() -> None:
    """Tests that a VM is outbid by a higher tier, from which tier on it runs, and that this is open without solving."""
    cluster = vmopt.Instance.from_arrays(
        [[4], [8]], [[8]], priority=[2, 1], objective=vmopt.Objective("tiers"), resources=["cpu"]
    )
    told = vmopt.explain(vmopt.solve(cluster, gap=0), 1, time_limit=PATIENCE)
    step = told.step("tier")
    assert step is not None
    assert (told.kind, step.tier) == (Reason.OUTBID, 2)
    assert "in tier 2 or above" in str(told)
    quick = vmopt.explain(vmopt.solve(cluster, gap=0), 1, time_limit=0)
    assert quick.step("tier") is None
    assert any("tier" in remark for remark in quick.open)


def test_kinds_under_tiers_are_true() -> None:
    """Tests against brute force that who is outbid is in no best placement, and who was left out in one as good."""
    kinds, tiers = set(), 0
    for seed in range(40):
        cluster = tiny(seed)
        if cluster.n_vms > 5:
            continue
        solution, best = vmopt.solve(cluster, gap=0, threads=1), optimum(cluster)
        every = [at for at in product(range(-1, cluster.n_hosts), repeat=cluster.n_vms) if fits(cluster, at)]
        for vm in np.flatnonzero(solution.host_index < 0).tolist():
            told = vmopt.explain(solution, vm, time_limit=PATIENCE)
            as_good = any(at[vm] >= 0 and worth(cluster, at) >= best for at in every)
            assert not (told.kind is Reason.OUTBID and as_good), (seed, vm)
            assert as_good or told.kind is not Reason.LEFT_OUT, (seed, vm)
            kinds.add(told.kind)
            step = told.step("tier")
            if step is not None:
                lower = max(p for p in cluster.priority.tolist() if p < step.tier)
                assert always_runs(cluster, vm, step.tier, every), (seed, vm)
                assert not always_runs(cluster, vm, max(lower, cluster.priority[vm]), every), (seed, vm)
                tiers += 1
    assert tiers > 5
    assert {Reason.OUTBID, Reason.TOO_LARGE} <= kinds


def always_runs(cluster: vmopt.Instance, vm: int, tier: float, every: list[tuple[int, ...]]) -> bool:
    """Whether every best placement runs a VM of a tier."""
    changed = cluster.replace(priority=np.where(np.arange(cluster.n_vms) == vm, tier, cluster.priority))
    best = max(worth(changed, at) for at in every)
    return all(at[vm] >= 0 for at in every if worth(changed, at) == best)


def test_elastic_vms_are_priced_by_what_they_get() -> None:
    """Tests the value from which on a VM that gets a part only is worth more than those that it takes that from."""
    cluster = vmopt.Instance.from_arrays(
        [[6], [4], [4]], [[8]], value=[9, 1, 6], reservation=[[6], [3], [4]], resources=["cpu"]
    )
    told = vmopt.explain(vmopt.solve(cluster, gap=0, threads=1), 1, time_limit=PATIENCE)
    assert told.kind is Reason.OUTBID
    step, more = told.step("priority"), told.step("capacity")
    assert step is not None and more is not None  # noqa: PT018
    assert (step.above, step.own_value, step.least, more.amount) == (pytest.approx(3), True, True, 1)


@pytest.mark.parametrize(("sort", "count", "soft"), [("elastic", 40, 0.3), ("levels", 60, 0.0), ("latency", 6, 0.0)])
def test_explanations_are_true_whatever_the_objective(sort: str, count: int, soft: float) -> None:
    """Tests elastic VMs, levels of goals with slack, and latency that costs, against brute force."""
    assert not list(fuzz.fuzz(range(met(count)), soft, sort))


def in_tiers(*levels: Any, slack: tuple[float, ...]) -> vmopt.Objective:
    """Utilisation by tiers, then these levels, with slack."""
    return vmopt.Objective(levels=[vmopt.Utilisation("tiers"), *levels], slack=slack)


ABOVE, FRAGMENTS = vmopt.Balance(kind="above", level=0.0), vmopt.Balance(kind="fragments", size=3)
UNEVEN, FULLEST = (vmopt.Balance({"cpu": 0.5, "memory": 0.5}, kind) for kind in ("spread", "max"))


@pytest.mark.parametrize(
    ("demand", "capacity", "method", "is_told", "more"),
    [
        pytest.param(
            [[1], [1], [5], [1]],
            [[6]],
            "greedy-priority",
            True,
            {"priority": [1, 3, 3, 1], "objective": in_tiers(ABOVE, slack=(0.1, 0))},
            id="told beside a level of balance",
        ),
        pytest.param(
            [[1], [0], [3]],
            [[0], [3], [0]],
            "greedy-priority",
            True,
            {
                "priority": [1, 2, 1],
                "objective": in_tiers(vmopt.FewestHosts("power"), FRAGMENTS, slack=(0.1, 0.25, 0)),
                "host_labels": [{"power": power} for power in ("1", "3", "0.5")],
                "rules": [vmopt.MustRun("*", penalty=3)],
            },
            id="told beside hosts with costs",
        ),
        pytest.param(
            [[2, 1], [2, 1]],
            [[6, 3]],
            "exact",
            False,
            {
                "priority": [3, 1],
                "resources": ["cpu", "memory"],
                "objective": in_tiers(0.1 * UNEVEN, FULLEST, slack=(1, 0, 1)),
            },
            id="open: what runs the VM is better in a level than all else, by less than the slack",
        ),
    ],
)
def test_tiers_of_levels_with_slack_are_true(
    demand: list[list[int]], capacity: list[list[int]], method: str, is_told: bool, more: dict[str, Any]
) -> None:
    """Tests clusters in which a tier is told, by all best placements in it and in the one below, or is left open."""
    cluster = vmopt.Instance.from_arrays(demand, capacity, **more)
    solution = vmopt.solve(cluster, method=method, gap=0, threads=1, time_limit=PATIENCE)
    told = vmopt.explain(solution, 0, time_limit=PATIENCE)
    assert (told.step("tier") is not None) == is_told
    assert not list(faults(solution, 0, told))


def test_levels_say_what_placing_it_changes() -> None:
    """Tests that a level that is minimised keeps a VM out, and that each level is told, not their first alone."""
    goals = vmopt.Objective(levels=[vmopt.FewestHosts(), vmopt.Utilisation()])
    cluster = vmopt.Instance.from_arrays([[4]], [[8]], objective=goals, resources=["cpu"])
    told = vmopt.explain(vmopt.solve(cluster, gap=0, threads=1), 0, time_limit=PATIENCE)
    assert (told.kind, told.certain) == (Reason.OUTBID, True)
    assert "as things are (fewest-hosts +1, utilisation +0.5)" in str(told)
    assert told.step("priority") is None
    assert any("another goal comes before" in remark for remark in told.open)
    assert vmopt.explain(vmopt.solve(cluster, gap=0, threads=1), 0, time_limit=0).kind is Reason.LEFT_OUT


def test_a_dropped_rule_may_change_what_others_count() -> None:
    """Tests that a rule is not told whose fall opens a domain to a Skew that holds the VM back then."""
    rules = [vmopt.Skew("*", over="host"), vmopt.Empty("host-1")]
    cluster = vmopt.Instance.from_arrays([[3], [3], [3]], [[9], [2]], rules=rules)
    told = vmopt.explain(solved(cluster, 0, 0, -1), 2, time_limit=PATIENCE)
    assert told.step("place") is not None
    crowded = solved(cluster.replace(rules=[*rules, vmopt.Ban("vm-2", "host-0")]), 0, 0, -1)
    assert [step.number for step in vmopt.explain(crowded, 2).steps if step.kind == "rule"] == [2]


def test_without_a_vm_domains_stay_open() -> None:
    """Tests that a VM that may not run still counts among those to whom a domain is open."""
    rules = [vmopt.Skew("*", over="host"), vmopt.Fence(["vm-0", "vm-2"], "host-0")]
    cluster = vmopt.Instance.from_arrays([[1]] * 3, [[9], [9]], value=[1, 1, 1], rules=rules)
    assert vmopt.solve(cluster, gap=0, threads=1).objective == 3
    assert forced.without(cluster, 1, PATIENCE).objective == 1


def test_wrong_arguments_are_refused(crowded: vmopt.Instance) -> None:
    """Tests that unknown VMs, and solutions without a placement, are told apart in one message."""
    solution = solved(crowded, 0, 0, -1)
    for wrong in ("nobody", 3, True, 1.5):
        with pytest.raises(vmopt.OptionError, match="there is no VM"):
            vmopt.explain(solution, wrong)  # type: ignore[call-overload]
    with pytest.raises(vmopt.OptionError, match="conflict"):
        vmopt.explain(vmopt.solve(crowded.replace(rules=[vmopt.MustRun("*")])), 0)
    with pytest.raises(vmopt.OptionError, match="time_limit"):
        vmopt.explain(solution, 0, time_limit=-1)
    with pytest.raises(vmopt.OptionError, match="solution"):
        vmopt.explain(crowded)  # type: ignore[call-overload]


def test_what_a_soft_rule_keeps_out_is_told_in_whole_sentences() -> None:
    """Tests an optimal placement without a VM that a penalty outweighs: no gap is open, and nobody is in its place."""
    apart = vmopt.Spread(["vm-0", "vm-1"], penalty=3)
    cluster = vmopt.Instance.from_arrays([[4], [4]], [[8]], value=[8, 1], rules=[apart])
    told = str(vmopt.explain(vmopt.solve(cluster, threads=1), "vm-1", time_limit=0))
    assert "on host-0, to the better with a value of its own above 3" in told
    assert "the gap is open" not in told
