"""Changed data: solved, against brute force, and told apart."""

from __future__ import annotations

import json
import random
import sys
from typing import Any

import numpy as np
import pytest

import vmopt
from tests.explain.fuzz import solved
from tests.patience import PATIENCE
from tests.rules.brute import best
from vmopt.explain.edits import in_unit_of
from vmopt.explain.from_here import from_here

CLOSE = 1e-9
EXACT: Any = {"method": "exact", "gap": 0, "threads": 1, "time_limit": PATIENCE}


def asked(solution: vmopt.Solution, dice: random.Random) -> vmopt.WhatIf:
    """Some change at random."""
    cluster = solution.instance
    host, vm = dice.choice(list(cluster.host_names)), dice.choice(list(cluster.vm_names))
    ways: dict[str, Any] = {
        "fail": lambda ask: ask.fail(host),
        "drain": lambda ask: ask.drain(host),
        "resize": lambda ask: ask.resize(vm, cpu=dice.choice([0, 1, 2.5, 4])),
        "priority": lambda ask: ask.change_priority(vm, dice.choice([0.5, 3, 50])),
        "vms": lambda ask: ask.add_vms(vmopt.VM("extra", {"cpu": 1, "memory": 0.5}, labels={"app": "a"}, value=1.5)),
        "hosts": lambda ask: ask.add_hosts(vmopt.Host("more", {"cpu": 4, "memory": 4}, labels={"rack": "r"})),
        "rule": lambda ask: ask.add_rule("spread(*, over=host, most=1)"),
        "drop": lambda ask: ask.drop_rule(dice.randrange(len(cluster.rules))),
    }
    if cluster.n_hosts > 1:
        ways["remove"] = lambda ask: ask.remove_hosts(host)
    try:
        return ways[dice.choice(sorted(ways))](vmopt.what_if(solution))
    except vmopt.InstanceError:  # a rule loses its label, or has a limit for each group and gets another group
        return vmopt.what_if(solution)


@pytest.mark.parametrize("start", [0, 75])
def test_changed_data_are_solved_to_the_optimum(start: int) -> None:
    """Tests on random instances that what is found is best by brute force, and who starts, stops and moves."""
    changed = 0
    for seed in range(start, start + 75):
        solution = solved(seed, 0.2, "exact")
        if solution is None or (solution.instance.elastic and seed % 2):
            continue
        question = asked(solution, random.Random(seed))
        wanted = best(in_unit_of(solution.instance, question.instance))
        found = question.solve(**EXACT)
        if wanted is None:
            assert found.after.status == "infeasible"
            continue
        assert found.after.objective == pytest.approx(wanted, rel=CLOSE, abs=CLOSE), (seed, question)
        before, after = dict(solution.placement), dict(found.solution.placement)
        assert set(found.starts) == set(after) - set(before)
        assert set(found.stops) == set(before) - set(after)
        assert {vm for vm, _, _ in found.moves} == {vm for vm in before if vm in after and before[vm] != after[vm]}
        changed += bool(question.changes)
    assert changed > 30


def test_values_keep_their_unit() -> None:
    """Tests that a host more changes no VM's worth, so that objectives can be compared."""
    cluster = vmopt.Instance.from_arrays([[4], [4]], [[5]], resources=["cpu"], priority=[2, 1])
    found = vmopt.what_if(vmopt.solve(cluster)).add_hosts(vmopt.Host("h2", {"cpu": 5})).solve()
    assert (found.before.objective, found.after.objective) == (pytest.approx(1.6), pytest.approx(2.4))
    assert found.starts == ("vm-1",)


def test_rules_are_numbered_as_they_were() -> None:
    """Tests that a rule keeps its number when another is dropped, and that one that is gone is refused."""
    rules = [vmopt.Ban("vm-0", "host-0"), vmopt.Ban("vm-0", "host-1")]
    solution = vmopt.solve(vmopt.Instance.from_arrays([[1]], [[2], [2]], rules=rules))
    question = vmopt.what_if(solution).drop_rule(0)
    assert question.drop_rule(1).instance.rules == ()
    with pytest.raises(vmopt.OptionError, match="there is no rule 0: the rules are numbered 1"):
        question.drop_rule(0)
    assert question.add_rule("ban([vm-0], [host-0])").numbers == (1, 2)
    assert question.solve().starts == ("vm-0",)


def test_hosts_that_go_are_gone_from_rules() -> None:
    """Tests that rules that name a host which is removed speak of the others."""
    rules = [vmopt.Fence("vm-0", ["host-0", "host-1"]), vmopt.Empty(np.array([False, True, False]))]
    solution = vmopt.solve(vmopt.Instance.from_arrays([[1]], [[2], [2], [3]], rules=rules))
    assert solution.placement["vm-0"] == "host-0"
    found = vmopt.what_if(solution).remove_hosts("host-0").solve()
    assert found.stops == ("vm-0",)
    assert vmopt.what_if(solution).drain("host-2").solve().stops == ()


def test_a_difference_is_a_table_and_plain_data() -> None:
    """Tests text, HTML and JSON."""
    cluster = vmopt.Instance.from_arrays([[4], [3]], [[5], [5]], resources=["cpu"], vm_names=["a", "<b>"])
    found = vmopt.what_if(vmopt.solve(cluster)).drain("host-0", "host-1").solve()
    assert "what if host-0, host-1 are drained" in repr(found)
    assert "stops   2: a, <b>" in str(found)
    assert "&lt;b&gt;" in found._repr_html_()
    said = json.loads(json.dumps(found.to_dict()))
    assert said["stops"] == ["a", "<b>"]
    assert "solution" not in said


def test_bounds_that_are_not_finite_are_left_out_of_json() -> None:
    """Tests that what is written is JSON where there is no placement."""
    solution = vmopt.solve(vmopt.Instance.from_arrays([[4]], [[5]], resources=["cpu"]))
    found = vmopt.what_if(solution).add_rule(vmopt.MustRun("vm-0")).drain("host-0").solve()
    assert found.after.status == "infeasible"
    assert found.lines == ["result  no placement keeps all that must be kept"]
    json.dumps(found.to_dict(), allow_nan=False)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda ask: ask.fail("nowhere"),
        lambda ask: ask.drain(),
        lambda ask: ask.remove_hosts("host-0", "host-1"),
        lambda ask: ask.add_vms(),
        lambda ask: ask.add_vms("x"),
        lambda ask: ask.add_vms(vmopt.VM("vm-0", {"cpu": 1})),
        lambda ask: ask.add_hosts(vmopt.Host("h", {"cpu": float("nan")})),
        lambda ask: ask.resize("vm-0"),
        lambda ask: ask.resize("vm-0", gpu=1),
        lambda ask: ask.resize("vm-0", cpu=-1),
        lambda ask: ask.change_priority("vm-0", -1),
        lambda ask: ask.change_priority("vm-0", "high"),
        lambda ask: ask.drop_rule(0),
        lambda ask: ask.add_rule(7),
        lambda ask: ask.add_rule(vmopt.Ban("nobody", "host-0")),
        lambda ask: ask.add_rule("spread("),
    ],
)
def test_wrong_changes_are_refused(wrong: Any) -> None:
    """Tests that each wrong argument is one clear error."""
    cluster = vmopt.Instance.from_arrays([[4], [3]], [[5], [5]], resources=["cpu"])
    with pytest.raises(vmopt.VmoptError):
        wrong(vmopt.what_if(vmopt.solve(cluster, method="greedy-priority")))


def test_a_new_vm_that_does_not_run_is_named():
    solution = vmopt.solve(vmopt.Instance.from_arrays([[4]], [[5]], resources=["cpu"]), threads=1)
    more = [vmopt.VM("fits", {"cpu": 1}), vmopt.VM("large", {"cpu": 9})]
    found = vmopt.what_if(solution).add_vms(*more).solve(threads=1)
    assert (found.starts, found.waits) == (("fits",), ("large",))
    assert "waits   1: large" in str(found)
    assert found.to_dict()["waits"] == ["large"]


@pytest.mark.parametrize("known", [True, False])
def test_survivors_stay_where_all_fit_beside_them(known: bool) -> None:
    """Tests that only those move whose host fails, whether data tell what ran before the placement or not."""
    cluster = vmopt.generate("flavor", hosts=30, load=0.6, seed=3)
    solution = vmopt.solve(cluster, threads=1)
    if known:
        solution = vmopt.solve(cluster.replace(current=np.roll(solution.host_index, 7)), threads=1, ties="pack")
    there = np.flatnonzero(solution.host_index == 7)
    found = vmopt.what_if(solution).fail("host-7").solve(threads=1)
    assert {vm for vm, _, _ in found.moves} == {solution.instance.vm_names[vm] for vm in there}
    assert found.after.placed == found.before.placed
    assert found.solution.instance.current is solution.instance.current


def test_rules_of_what_runs_now_say_what_they_said() -> None:
    """Tests that a VM that is kept at home goes by the data, not by the placement that is asked about."""
    cluster = vmopt.Instance.from_arrays([[3], [3]], [[4]] * 3, current=[0, -1], rules=[vmopt.Keep("vm-0")])
    found = vmopt.what_if(vmopt.solve(cluster, threads=1)).drop_rule(0).add_rule("keep(vm-*)").solve(threads=1)
    assert found.solution.host_index[0] == 0
    assert from_here(cluster, found.solution) is cluster


def test_questions_are_answered_as_finely_as_the_solution_was_asked_for() -> None:
    """Tests that the gap is the one requested, none below a ten thousandth, unless another is given."""
    cluster = vmopt.generate("flavor", hosts=3, seed=1)
    asked_for = {gap: vmopt.what_if(vmopt.solve(cluster, gap=gap, threads=1)) for gap in (0.0, 0.05)}
    assert [asked.solve(threads=1).solution.requested_gap for asked in asked_for.values()] == [1e-4, 0.05]
    assert asked_for[0.05].solve(threads=1, gap=0.0).solution.requested_gap == 0.0


@pytest.mark.parametrize(("method", "seconds"), [("exact", 60.0), ("greedy-priority", 3.0)])
def test_as_much_effort_as_the_solution_had(monkeypatch: pytest.MonkeyPatch, method: str, seconds: float) -> None:
    """Tests that a placement which is not proven is not searched for longer than it was, and that others may say so."""
    solution = vmopt.solve(vmopt.Instance.from_arrays([[4], [3], [3]], [[6], [1]]), method=method, gap=0)
    asked: list[float] = []

    def spied(instance: vmopt.Instance, **options: Any) -> vmopt.Solution:
        asked.append(options["time_limit"])
        return vmopt.solve(instance, **options)

    monkeypatch.setattr(sys.modules["vmopt.explain.asking"], "solve", spied)
    for given in ({}, {"time_limit": 7}):
        assert vmopt.what_if(solution).fail(1).solve(**given).solution.n_placed == 2
    assert asked == [seconds, 7]
