"""VMs that must run and cannot all: each is fatal, and the same with one VM fewer is not."""

from __future__ import annotations

from typing import Any

import pytest

import vmopt
from tests.rules.test_contradictions import kind_of
from vmopt.rules.text import shown_rule

LABELS = [{"rack": "a", "zone": "z"}, {"rack": "a", "zone": "z"}, {"rack": "b", "zone": "z"}]

FATAL: dict[str, tuple[list[Any], list[str], str]] = {
    "the capacity of the cluster": ([vmopt.MustRun("vm-*")], ["MustRun"], "vm-*"),
    "the capacity of a fence": (
        [vmopt.Fence(["vm-0", "vm-1", "vm-2"], "host-0")],
        ["Fence", "MustRun"],
        "vm-[0-2]",
    ),
    "fences in each other": (
        [vmopt.Fence("vm-0", "host-0"), vmopt.Fence("vm-[1-5]", ["host-0", "host-1"])],
        ["Fence", "Fence", "MustRun"],
        "vm-[0-5]",
    ),
    "a Spread": ([vmopt.Spread("vm-*", "rack")], ["Spread", "MustRun"], "vm-[0-2]"),
    "a Gather of a Spread": ([vmopt.Gather("vm-*"), vmopt.Spread("vm-*")], ["Gather", "Spread", "MustRun"], "vm-[01]"),
    "a Gather above a host": ([vmopt.Gather("vm-*")], ["Gather", "MustRun"], "vm-[0-2]"),
    "a quota of VMs": ([vmopt.Quota(2)], ["Quota", "MustRun"], "vm-[0-2]"),
    "a quota of a resource": ([vmopt.Quota(5, None, "cpu")], ["Quota", "MustRun"], "vm-[0-2]"),
    "a quota in a fence": (
        [vmopt.Quota(1, "rack"), vmopt.Fence("vm-*", ["host-0", "host-1"])],
        ["Quota", "Fence", "MustRun"],
        "vm-[01]",
    ),
    "more than have racks of their own": (
        [vmopt.Alone([["vm-0"], ["vm-1"]], "rack")],
        ["Alone", "MustRun"],
        "vm-[0-2]",
    ),
    "two apart in one zone": ([vmopt.Apart("vm-0", "vm-1", "zone")], ["Apart", "MustRun"], "vm-[01]"),
}


def cluster(*rules: Any) -> vmopt.Instance:
    """Eight VMs that ask for 2 each, three hosts of 5: six of them fit."""
    return vmopt.Instance.from_arrays([[2]] * 8, [[5]] * 3, resources=["cpu"], host_labels=LABELS, rules=rules)


@pytest.mark.parametrize("case", FATAL)
def test_vms_that_cannot_all_run_are_fatal(case: str) -> None:
    """Tests that a fatal contradiction comes first, and names the rules that it follows from."""
    rules, named, must = FATAL[case]
    found = vmopt.contradictions(cluster(*rules, vmopt.MustRun(must)))[0]
    assert found.fatal
    assert [kind_of(rule) for rule in found.rules] == named
    assert "must run" in found.why


@pytest.mark.parametrize("case", FATAL)
def test_rules_alone_are_never_fatal(case: str) -> None:
    """Tests that nothing is fatal where no VM must run, and that running nothing breaks no rule."""
    rules = [rule for rule in FATAL[case][0] if not isinstance(rule, vmopt.MustRun)]
    assert not any(found.fatal for found in vmopt.contradictions(cluster(*rules)))
    assert not vmopt.verify(cluster(*rules), [-1] * 8)


def test_one_vm_fewer_can_run() -> None:
    """Tests the edges: as many as there is room for contradict nothing."""
    fits = vmopt.MustRun("vm-[01]")
    assert not any(found.fatal for found in vmopt.contradictions(cluster(fits, vmopt.Spread("vm-*", "rack"))))
    assert not any(found.fatal for found in vmopt.contradictions(cluster(fits, vmopt.Quota(2))))
    assert not vmopt.contradictions(cluster(fits, vmopt.Gather("vm-[01]")))
    assert not vmopt.contradictions(cluster(fits, vmopt.Alone([["vm-0"], ["vm-1"]], "rack")))
    assert not vmopt.contradictions(cluster(fits, vmopt.Apart("vm-0", "vm-1", "rack")))


def test_who_must_run_takes_others_along() -> None:
    """Tests that the rest of a gang, and an only partner, must run as well."""
    gang = cluster(vmopt.MustRun("vm-0"), vmopt.Whole(["vm-0", "vm-1", "vm-2"]), vmopt.Spread("vm-*", "rack"))
    assert vmopt.contradictions(gang)[0].fatal
    partner = cluster(vmopt.MustRun("vm-0"), vmopt.Near("vm-0", "vm-1", "host"), vmopt.Quota(0, of="vm-1"))
    first = vmopt.contradictions(partner)[0]
    assert first.fatal
    assert {kind_of(rule) for rule in first.rules} == {"Quota", "MustRun", "Near"}


def test_a_vm_that_no_host_is_large_enough_for() -> None:
    """Tests that it contradicts nothing unless it must run, that it never runs, and that its gang does not either."""
    large = [[6], [1], [1]]
    alone = vmopt.Instance.from_arrays(large, [[5]])
    assert not vmopt.contradictions(alone)
    assert vmopt.never_runs(alone).tolist() == [True, False, False]
    must = vmopt.contradictions(alone.replace(rules=[vmopt.MustRun("vm-0")]))[0]
    assert (must.fatal, len(must.rules), must.vms.tolist()) == (True, 1, [0])
    gang = alone.replace(rules=[vmopt.Whole(["vm-0", "vm-1"])])
    assert vmopt.never_runs(gang).tolist() == [True, True, False]
    assert not vmopt.contradictions(gang)[0].fatal


def test_a_fence_of_hosts_that_are_too_small() -> None:
    """Tests that rules that leave only small hosts are named, and that what VMs must get counts, not their demand."""
    small = vmopt.Fence("vm-0", "host-0")
    instance = vmopt.Instance.from_arrays([[6], [1]], [[5], [9]], rules=[small])
    (found,) = vmopt.contradictions(instance)
    assert found.vms.tolist() == [0]
    assert found.rules == (shown_rule(small),)
    assert not vmopt.contradictions(instance.replace(reservation=[[4], [1]]))


def test_it_reads_well() -> None:
    """Tests one message in full."""
    pair = ["vm-0", "vm-1"]
    rules = vmopt.Gather(pair), vmopt.Spread(pair), vmopt.MustRun(pair)
    assert str(vmopt.contradictions(cluster(*rules))[0]) == (
        "gather([vm-0, vm-1]) and spread([vm-0, vm-1]) and must-run([vm-0, vm-1]): at most 1 of the 2 VMs of "
        "group 'vm-0, vm-1' can run: all of them share one host, which the other rule lets have only so many of "
        "them, and 2 of them must run. Take VMs out of the group, or loosen one of these rules."
    )
