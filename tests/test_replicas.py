"""Generated instances with replica groups and rules."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

import vmopt
from vmopt.generate import KINDS, generate

ALL = "spread,zones,fences,gangs"


def groups_of(instance: vmopt.Instance) -> np.ndarray[Any, Any]:
    """Group of each VM, by its label."""
    assert instance.vm_labels is not None
    return np.array([int(labels["app"].removeprefix("app-")) for labels in instance.vm_labels])


def hosts_by(instance: vmopt.Instance, label: str) -> Counter[str]:
    assert instance.host_labels is not None
    return Counter(labels[label] for labels in instance.host_labels)


def rule_in_force(instance: vmopt.Instance, number: int) -> Any:
    return instance.rules_in_force[number]


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_groups(kind: str) -> None:
    """Tests that seeds decide, and that the VMs are the same whichever rules are asked for."""
    given = generate(kind, hosts=20, seed=3, rules=ALL)
    assert given == generate(kind, hosts=20, seed=3, rules=ALL)
    assert given != generate(kind, hosts=20, seed=4, rules=ALL)
    assert given.replace(rules=[]) == generate(kind, hosts=20, seed=3, rules="gangs").replace(rules=[])


@pytest.mark.parametrize("kind", KINDS)
def test_every_vm_is_in_a_group_of_2_to_40(kind: str) -> None:
    """Tests the sizes of the groups, that they share a priority, and that flavours share a demand."""
    instance = generate(kind, hosts=200, seed=1, rules=ALL)
    group = groups_of(instance)
    size = np.bincount(group)
    assert (size.min(), size.max()) == (2, 40)
    first = np.unique(group, return_index=True)[1][group]
    assert np.array_equal(instance.priority, instance.priority[first])
    if kind == "flavor":
        assert np.array_equal(instance.demand, instance.demand[first])
        assert len(instance.vm_classes.count) == len(size)


@pytest.mark.parametrize("vms", [1, 2, 3, 4, 5, 41, 100, 101, 102, 103])
def test_as_many_vms_as_asked_for(vms: int) -> None:
    """Tests that no VM is left in a group by itself when their number is given."""
    instance = generate(hosts=5, seed=vms, vms=vms, rules="spread")
    size = np.bincount(groups_of(instance))
    assert instance.n_vms == vms
    assert size.min() >= min(vms, 2)
    assert size.max() <= 40


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("load", [0.5, 1.3])
def test_the_load_is_reached_by_whole_groups(kind: str, load: float) -> None:
    """Tests that the most wanted resource is asked for `load` times over, and not without the last group."""
    instance = generate(kind, hosts=20, load=load, seed=1, rules="spread")
    group = groups_of(instance)
    assert (instance.demand.sum(axis=0) / instance.total).max() >= load
    assert (instance.demand[group < group[-1]].sum(axis=0) / instance.total).max() < load


def test_racks_and_zones() -> None:
    """Tests 3 zones and 40 racks, fewer for few hosts, each rack in one zone, and SSDs in half of the hosts."""
    many, few = generate(hosts=100, rules="spread"), generate(hosts=7, rules="spread")
    assert (len(hosts_by(many, "rack")), len(hosts_by(many, "zone"))) == (40, 3)
    assert (len(hosts_by(few, "rack")), len(hosts_by(few, "zone"))) == (3, 3)
    assert len(hosts_by(generate(hosts=1, rules="zones"), "zone")) == 1
    assert abs(hosts_by(many, "disk")["ssd"] - 50) <= 2
    assert many.host_labels is not None
    assert len({(labels["rack"], labels["zone"]) for labels in many.host_labels}) == 40


def test_how_many_groups_have_which_rule() -> None:
    """Tests that all groups are spread, and about 30 %, 10 % and 5 % in zones, fenced, and gangs of 4 to 8."""
    instance = generate(hosts=1000, seed=2, rules=ALL)
    group = groups_of(instance)
    n_groups = group.max() + 1
    spread, zones, fences, gangs = (rule_in_force(instance, k) for k in range(4))
    assert [type(rule).__name__ for rule in instance.rules] == ["Spread", "Spread", "Fence", "Whole"]
    assert len(spread.group) == n_groups
    assert len(zones.group) / n_groups == pytest.approx(0.3, abs=0.05)
    assert len(np.unique(group[fences.group.inside])) / n_groups == pytest.approx(0.1, abs=0.03)
    assert len(gangs.group) / n_groups == pytest.approx(0.05, abs=0.02)
    assert (gangs.sizes.min(), gangs.sizes.max()) == (4, 8)
    assert spread.rule.most == 1
    assert np.array_equal(zones.rule.most, -(-zones.sizes // 3))


@pytest.mark.parametrize("hosts", [1, 2, 3, 5, 10, 30])
@pytest.mark.parametrize("rules", [ALL, "spread,zones", "zones,fences"])
def test_rules_leave_room_for_every_group(hosts: int, rules: str) -> None:
    """Tests that nothing but the capacity keeps VMs from running, also where groups have more VMs than hosts."""
    for seed in range(4):
        drawn = generate(hosts=hosts, seed=seed, rules=rules, vms=150)
        assert vmopt.contradictions(drawn) == ()
        roomy = drawn.replace(capacity=drawn.capacity * 1000)
        placement = np.full(roomy.n_vms, -1)
        counts = [here.counting(placement) for here in roomy.rules_in_force]
        for vm in range(roomy.n_vms):
            free = np.ones(hosts, dtype=bool)
            for here, taken in zip(roomy.rules_in_force, counts, strict=True):
                if here.concerns[vm]:
                    free &= here.allows(vm, taken)
            placement[vm] = np.flatnonzero(free)[0]
            for taken in counts:
                taken.add(np.array([vm]))
        assert vmopt.verify(roomy, placement) == ()
