"""Identical hosts are renamed, and identical VMs swapped, only where no rule tells them apart."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
import pytest

import vmopt
from tests.rules.brute import placements
from tests.rules.draws import MAKERS, Draw
from tests.rules.meaning import holds
from tests.rules.programs import program_faults
from vmopt.formulation.assignment import assignment
from vmopt.formulation.symmetry import in_order
from vmopt.problem import compile
from vmopt.rules import InForce

SEEDS = range(25)
TELL_HOSTS_APART = [
    (vmopt.Fence("vm-0", "host-2"), "ab-", 1, 3.0),
    (vmopt.Ban("vm-0", ["host-0", "host-1"]), "ab-", 1, 3.0),
    (vmopt.Empty("host-0"), "ab-", 1, 2.0),
    (vmopt.Gather(["vm-0", "vm-1"], within="rack"), "aba", 1, 3.0),
    (vmopt.Spread("vm-*", over="rack"), "ab-", 2, 3.0),
    (vmopt.Quota(0, over="rack"), "ab-", 1, 1.0),
    (vmopt.Near("vm-0", "vm-1", over="rack"), "aba", 1, 3.0),
    (vmopt.Skew("vm-*", over="rack"), "-ab", 9, 3.0),
    (vmopt.Reach("vm-*", over="rack", least=2), "aab", 2, 3.0),
    (vmopt.Apart("vm-0", "vm-1", over="rack"), "aab", 1, 3.0),
    (vmopt.Alone("vm-0", over="rack"), "aab", 2, 3.0),
]
TELL_VMS_APART = [
    vmopt.MustRun("vm-2"),
    vmopt.Fence(["vm-0", "vm-1"], []),
    vmopt.Whole(["vm-0", "vm-1"]),
    vmopt.Apart("vm-0", "vm-1"),
    vmopt.Alone("vm-1"),
]


@pytest.mark.parametrize(
    ("rule", "racks", "room", "best"), TELL_HOSTS_APART, ids=lambda part: getattr(part, "name", "")
)
def test_identical_hosts_that_a_rule_tells_apart(rule: Any, racks: str, room: int, best: float) -> None:
    """Tests that the best placement is not lost where the rule asks for a later one of hosts of equal capacity."""
    labels = [{} if rack == "-" else {"rack": rack} for rack in racks]
    cluster = vmopt.Instance.from_arrays([[1]] * 3, [[room]] * 3, value=[1] * 3, host_labels=labels, rules=[rule])
    assert len(cluster.host_classes) > 1
    assert not list(program_faults(cluster, best, "cp-sat"))


@pytest.mark.parametrize("rule", TELL_VMS_APART, ids=lambda rule: rule.name)
def test_identical_vms_that_a_rule_tells_apart(rule: Any) -> None:
    """Tests that counts are dealt to the VMs that may run, of three that are alike but for the rule."""
    cluster = vmopt.Instance.from_arrays([[1]] * 3, [[1]], value=[1] * 3, rules=[rule])
    assert len(cluster.vm_classes) > 1
    assert not list(program_faults(cluster, 1.0, "cp-sat"))


@pytest.mark.parametrize("name", MAKERS)
def test_renamed_hosts_and_swapped_vms_keep_the_rules(name: str) -> None:
    """Tests that what the formulation takes for the same keeps the same rules, by their meaning."""
    for seed in SEEDS:
        assert not list(differences(alike(seed, name)))


@pytest.mark.parametrize("keys", ["host_keys", "vm_keys"])
def test_merging_what_rules_tell_apart_is_found(keys: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that without the keys of the rules, hosts and VMs are taken for the same that are not."""
    monkeypatch.setattr(InForce, keys, [])
    assert any(list(differences(alike(seed, "fence"))) for seed in SEEDS)


def test_hosts_are_still_named_in_order() -> None:
    """Tests that rules over single hosts, and over the cluster, leave identical hosts identical."""
    rules = [vmopt.Spread("vm-*"), vmopt.Quota(2), vmopt.Skew("vm-*", "host"), vmopt.Whole("vm-*", least=1)]
    cluster = vmopt.Instance.from_arrays([[1], [2], [3]], [[9]] * 3, rules=rules)
    assert len(cluster.host_classes) == 1
    assert assignment(compile(cluster)).columns.n_pairs == 6


def test_vms_of_several_apps_that_are_treated_alike_are_merged() -> None:
    """Tests that rules about all VMs with a label do not make a class of VMs of every value of it."""
    labels = [{"app": "a"}, {"app": "b"}, {"app": "c"}, {}]
    apps = vmopt.Groups.labelled("app")
    rules = [vmopt.Fence(apps, "host-0"), vmopt.Ban(apps, "host-1"), vmopt.MustRun(apps)]
    cluster = vmopt.Instance.from_arrays([[1]] * 4, [[9]] * 2, vm_labels=labels, rules=rules)
    assert cluster.vm_classes.count.tolist() == [1, 3]


def alike(seed: int, name: str) -> vmopt.Instance:
    """Draw an instance with two rules whose hosts are alike, and whose VMs are too, but for labels and rules."""
    dice = random.Random(seed)
    draw = Draw(dice, 3, 3)
    while True:
        try:
            return vmopt.Instance.from_arrays(
                [[1, 1]] * 3,
                [[9, 9]] * 3,
                value=[1] * 3,
                resources=["cpu", "memory"],
                vm_labels=[{"app": "a"}, *({"app": dice.choice("ab")} for _ in range(2))],
                host_labels=[{"rack": "r", "zone": "s"}, {"zone": dice.choice("rs")}, {"rack": dice.choice("rs")}],
                rules=[draw.rule(name), draw.rule(dice.choice(list(MAKERS)))],
            )
        except vmopt.InstanceError:  # as many limits as groups are not drawn every time
            continue


def differences(cluster: vmopt.Instance) -> Iterator[str]:
    """Find placements that keep the rules, while others do not that are taken for the same."""
    problem = compile(cluster)
    swaps = [pair for vms in problem.vms.members for pair in combinations(vms.tolist(), 2)]
    for at in placements(cluster):
        kept = [holds(rule, cluster, at) for rule in cluster.rules]
        others = [in_order(problem, np.array(at)).tolist(), *(_swapped(at, *pair) for pair in swaps)]
        for other in others:
            if [holds(rule, cluster, other) for rule in cluster.rules] != kept:
                yield f"{at} and {other}"


def _swapped(at: Any, first: int, second: int) -> list[int]:
    other = list(at)
    other[first], other[second] = at[second], at[first]
    return other
