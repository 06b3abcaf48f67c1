"""Disruption budgets: who is not moved, how many evictions they allow, and what the lines of a plan say of them."""

from __future__ import annotations

import os
import subprocess

import pytest

import vmopt
from tests.platforms.kubernetes import node, pod, selector
from tests.platforms.test_kubernetes import of
from vmopt.errors import FileError

NODES = [node("n1"), node("n2")]


def budget(name="b", app="web", status=None, **spec):
    about = {"name": name, "namespace": "shop"}
    told = {"status": status} if status else {}
    return {"kind": "PodDisruptionBudget", "metadata": about, "spec": {"selector": selector(app), **spec}, **told}


def web(n, ready="True", **status):
    """A pod of the application, which is ready or not."""
    made = pod(f"w{n}", "n1", labels={"app": "web"})
    made["status"] |= {"conditions": [{"type": "Ready", "status": ready}], **status}
    return made


def kept(found):
    """Names of pods that a budget keeps where they are."""
    stated = [rule.vms.names for rule in found.instance.rules if isinstance(rule, vmopt.Keep)]
    return sorted(name for groups in stated for group in groups for name in group)


def drained(found):
    """Lines of a plan that empties a node."""
    emptied = found.instance.replace(rules=[*found.instance.rules, vmopt.Empty("n1")])
    return vmopt.plan(vmopt.solve(emptied, threads=1, time_limit=10)).shell("kubectl")


@pytest.mark.parametrize(
    ("spec", "allows"),
    [
        ({"minAvailable": 3}, 0),
        ({"minAvailable": 2}, 1),
        ({"minAvailable": "67%"}, 0),
        ({"minAvailable": "66%"}, 1),
        ({"maxUnavailable": 0}, 0),
        ({"maxUnavailable": "1%"}, 1),
        ({"maxUnavailable": "34%"}, 2),
        ({}, 0),
    ],
)
def test_what_a_budget_without_a_status_allows_is_worked_out(spec, allows):
    """Tests three ready pods: shares are rounded up, as the controller does."""
    found = of(*NODES, *map(web, range(3)), budget(**spec))
    labels = found.instance.vm_labels[0]
    assert (labels["disruption-budget"], labels["disruption-budget-allows"]) == ("shop/b", str(allows))
    assert kept(found) == ([] if allows else [f"shop/w{n}" for n in range(3)])
    assert [one.count for one in found.features if one.name == "disruption budgets without status"] == [1]


def test_a_pod_that_is_not_ready_counts_as_missing():
    found = of(*NODES, web(0), web(1), web(2, "False"), budget(minAvailable=2))
    assert kept(found) == ["shop/w0", "shop/w1"]
    strict = of(*NODES, web(0), web(1, "False"), web(2, "False"), budget(minAvailable=2))
    assert kept(strict) == ["shop/w0", "shop/w1", "shop/w2"]
    lenient = budget(minAvailable=2, unhealthyPodEvictionPolicy="AlwaysAllow")
    assert kept(of(*NODES, web(0), web(1, "False"), web(2, "False"), lenient)) == ["shop/w0"]


def test_pods_that_do_not_run_yet_need_no_budget():
    found = of(*NODES, web(0), web(1, phase="Pending"), budget(status={"disruptionsAllowed": 0}))
    assert kept(found) == ["shop/w0"]


def test_the_report_names_the_budgets_and_counts_their_pods():
    shut = [budget(name, app, {"disruptionsAllowed": 0}) for name, app in (("b", "web"), ("c", "db"))]
    found = of(*NODES, web(0), web(1), pod("db", "n1", labels={"app": "db"}), *shut)
    [row] = [one for one in found.features if one.name == "disruption budgets without room"]
    assert (row.count, row.of) == (3, "pods")
    assert "shop/b, shop/c" in row.how


def test_pods_of_two_budgets_are_never_evicted():
    found = of(*NODES, web(0), budget("b", minAvailable=0), budget("c", minAvailable=0))
    assert kept(found) == ["shop/w0"]
    assert any("shop/b, shop/c" in one.how for one in found.features if one.name == "several disruption budgets")
    lines = drained(found)
    assert not any("/eviction" in line for line in lines)
    assert any("exit 1" in line and "shop/b, shop/c" in line for line in lines)


@pytest.mark.parametrize("allowed", [0, 1])
def test_lines_name_the_budget_and_what_to_wait_for(allowed):
    found = of(*NODES, web(0), web(1), pod("db", "n1"), budget(status={"disruptionsAllowed": allowed}))
    lines = drained(found)
    about = [line for line in lines if "budget shop/b" in line and line.startswith("#")]
    assert len(about) == (2 if allowed else 3)
    assert all("allows 1 at a time" in line if allowed else "more of its pods are ready" in line for line in about)
    evictions = [line for line in lines if "/eviction" in line]
    assert sum("shop/b" in line for line in evictions) == 2 == len(evictions) - 1


def test_a_shell_that_waited_in_vain_says_for_which_budget(tmp_path):
    """Tests the lines as a shell runs them, with a kubectl that refuses."""
    for tool, body in (("kubectl", '[ "$1" != create ]'), ("sleep", ":")):
        (tmp_path / tool).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / tool).chmod(0o755)
    lines = drained(of(*NODES, web(0), budget(status={"disruptionsAllowed": 0})))
    path = {"PATH": f"{tmp_path}:{os.defpath}"}
    ended = subprocess.run(["bash", "-ec", "\n".join(lines)], env=path, check=False, capture_output=True, text=True)
    assert ended.returncode == 1
    assert "budget shop/b" in ended.stderr


@pytest.mark.parametrize("odd", [True, "x%", -1, 1.5, []])
def test_a_share_that_is_none_is_refused(odd):
    with pytest.raises(FileError, match=r"minAvailable .* belongs there"):
        of(*NODES, web(0), budget(minAvailable=odd))


def test_pods_that_are_being_deleted_are_not_moved():
    gone = pod("gone", "n1")
    gone["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    found = of(*NODES, gone, pod("web", "n1"))
    assert kept(found) == ["shop/gone"]
    assert any(one.name == "stays: being deleted" for one in found.features)
