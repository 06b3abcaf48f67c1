"""Contradictions, case by case: which rules, which VMs, whether there is any placement at all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import vmopt

PAIR = ["vm-0", "vm-1"]
RACKS = [{"rack": "a"}, {"rack": "a"}, {"rack": "b"}, {"rack": "b"}]


def kind_of(rule: str) -> str:
    """Class of a rule that is shown as text, or as it is stated in Python."""
    name = rule.split("(")[0]
    return "".join(part.capitalize() for part in name.split("-")) if name.islower() else name


def cluster(*rules: Any) -> vmopt.Instance:
    return vmopt.Instance.from_arrays([[1], [1], [1]], [[9]] * 4, host_labels=RACKS, rules=rules)


def only(instance: vmopt.Instance) -> vmopt.Contradiction:
    """The only contradiction there is."""
    (found,) = vmopt.contradictions(instance)
    return found


def kinds(found: vmopt.Contradiction) -> list[str]:
    return [kind_of(rule) for rule in found.rules]


FENCES = vmopt.Fence("vm-0", ["host-0"]), vmopt.Fence(PAIR, ["host-1", "host-2"])
NEVER: dict[str, tuple[list[Any], list[str], list[int]]] = {
    "fences that do not meet": ([*FENCES], ["Fence", "Fence"], [0]),
    "a fence of banned hosts": (
        [vmopt.Fence("vm-1", "host-0"), vmopt.Ban("vm-*", ["host-0", "host-1"])],
        ["Fence", "Ban"],
        [1],
    ),
    "a fence of empty hosts": ([vmopt.Fence("vm-2", "host-3"), vmopt.Empty("host-3")], ["Fence", "Empty"], [2]),
    "a rule in vain is not named": (
        [vmopt.Ban("vm-0", "host-3"), *FENCES],
        ["Fence", "Fence"],
        [0],
    ),
    "a quota below one VM": ([vmopt.Quota(0.5, of="vm-1")], ["Quota"], [1]),
    "a Whole of a Spread over too few racks": (
        [vmopt.Whole("vm-*"), vmopt.Spread("vm-*", over="rack")],
        ["Whole", "Spread"],
        [0, 1, 2],
    ),
    "a partner that never runs": ([vmopt.Near("vm-0", "vm-1", "host"), vmopt.Quota(0, of="vm-1")], ["Quota"], [1]),
    "a partner in another rack": (
        [vmopt.Near("vm-0", "vm-1", "rack"), vmopt.Fence("vm-0", "host-0"), vmopt.Fence("vm-1", "host-2")],
        ["Near", "Fence", "Fence"],
        [0],
    ),
    "a partner that is kept apart": (
        [vmopt.Near("vm-0", "vm-1", "host"), vmopt.Apart("vm-1", "vm-0", "rack")],
        ["Near", "Apart"],
        [0],
    ),
    "a partner that is alone": (
        [vmopt.Near("vm-2", PAIR, "host"), vmopt.Alone(PAIR, "rack")],
        ["Near", "Alone"],
        [2],
    ),
    "no partner at all": ([vmopt.Near("vm-0", [], "rack")], ["Near"], [0]),
}


@pytest.mark.parametrize("case", NEVER)
def test_vms_that_never_run(case: str) -> None:
    """Tests that VMs that no placement runs are named with the rules that keep them, and that this is not fatal."""
    rules, named, vms = NEVER[case]
    instance = cluster(*rules)
    found = next(found for found in vmopt.contradictions(instance) if kinds(found) == named)
    assert found.vms.tolist() == vms
    assert not found.fatal
    assert vmopt.never_runs(instance)[vms].all()
    assert not vmopt.verify(instance, np.full(instance.n_vms, -1))


@pytest.mark.parametrize("case", NEVER)
def test_they_are_fatal_where_one_must_run(case: str) -> None:
    """Tests that the same is fatal with MustRun, which is named."""
    rules, named, vms = NEVER[case]
    instance = cluster(*rules, vmopt.MustRun(f"vm-{vms[0]}"))
    first = vmopt.contradictions(instance)[0]
    assert first.fatal
    assert set(kinds(first)) >= {named[-1], "MustRun"}
    assert "must run" in first.why


PARTS: dict[str, tuple[list[Any], list[str], str]] = {
    "a Gather of a Spread": ([vmopt.Gather(PAIR), vmopt.Spread(PAIR)], ["Gather", "Spread"], "at most 1 of the 2"),
    "a Gather in a rack of a Spread over hosts": (
        [vmopt.Gather("vm-*", within="rack"), vmopt.Spread("vm-*")],
        ["Gather", "Spread"],
        "at most 2 of the 3",
    ),
    "a Gather of two groups of a Spread": (
        [vmopt.Gather("vm-*"), vmopt.Spread(np.array([0, 0, 1]))],
        ["Gather", "Spread"],
        "at most 2 of the 3",
    ),
    "a Gather of a Reach": (
        [vmopt.Gather(PAIR, within="rack"), vmopt.Reach(PAIR, "rack", 2)],
        ["Gather", "Reach"],
        "at most 1 of the 2",
    ),
    "a Gather of VMs that keep apart": ([vmopt.Gather(PAIR), vmopt.Apart(*PAIR)], ["Gather", "Apart"], "at most 1"),
    "a Gather of VMs that keep alone": (
        [vmopt.Gather("vm-*"), vmopt.Alone("vm-0")],
        ["Gather", "Alone"],
        "at most 2 of the 3",
    ),
    "a Gather of VMs with other hosts": (
        [vmopt.Gather(PAIR), vmopt.Fence("vm-0", "host-0"), vmopt.Fence("vm-1", "host-1")],
        ["Gather", "Fence", "Fence"],
        "at most 1 of the 2",
    ),
    "a Gather above its quota": (
        [vmopt.Gather("vm-*"), vmopt.Quota(2, "host", of="vm-*")],
        ["Gather", "Quota"],
        "at most 2 of the 3",
    ),
    "a Spread over too few racks": ([vmopt.Spread("vm-*", "rack")], ["Spread"], "at most 2 of the 3"),
    "a Spread within a fence": (
        [vmopt.Spread("vm-*"), vmopt.Fence("vm-*", ["host-0", "host-1"])],
        ["Spread", "Fence"],
        "at most 2 of the 3",
    ),
    "a Skew over more racks than a Fence leaves": (
        [vmopt.Skew("vm-*", "rack", least_domains=2), vmopt.Fence("vm-*", ["host-0", "host-1"])],
        ["Skew", "Fence"],
        "at most 1 of the 3",
    ),
    "a Reach of too few racks": ([vmopt.Reach("vm-*", "rack", 3)], ["Reach"], "at most 2 of the 3"),
    "a quota of the cluster": ([vmopt.Quota(2)], ["Quota"], "at most 2 of the 3"),
}


@pytest.mark.parametrize("case", PARTS)
def test_groups_that_run_in_part(case: str) -> None:
    """Tests that groups of which only some VMs can run are named with both rules, and how many can."""
    rules, named, why = PARTS[case]
    instance = cluster(*rules)
    found = only(instance)
    assert kinds(found) == named
    assert why in found.why
    assert found.mend
    assert not found.fatal
    assert not vmopt.never_runs(instance).any()


@pytest.mark.parametrize("case", PARTS)
def test_they_never_run_where_they_are_whole(case: str) -> None:
    """Tests that a group of all or nothing is ruled out by what lets it run in part only, and fatal if it must run."""
    rules, named, why = PARTS[case]
    gang = "vm-*" if why.endswith("3") else PAIR
    instance = cluster(*rules, vmopt.Whole(gang))
    found = next(found for found in vmopt.contradictions(instance) if kind_of(found.rules[0]) == "Whole")
    assert named[0] in kinds(found)
    assert vmopt.never_runs(instance).tolist() == [True, True, gang == "vm-*"]
    with_must = vmopt.contradictions(cluster(*rules, vmopt.Whole(gang), vmopt.MustRun("vm-1")))
    assert any(found.fatal and "Whole" in kinds(found) for found in with_must)
