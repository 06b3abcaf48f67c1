"""Components: together they are worth what the whole is, whatever the rules."""

from __future__ import annotations

import random

import numpy as np
import pytest

import vmopt
from tests.rules.brute import best
from tests.rules.draws import MAKERS, instance
from vmopt.problem import compile
from vmopt.problem.components import Component, components

NAMES = sorted(MAKERS)
HALVES = [["host-0", "host-1"], ["host-2", "host-3"]]


def in_pools(seed: int) -> vmopt.Instance:
    """Draw a cluster with a rule of any sort, all or nearly all of its VMs in one of two pools of two hosts each."""
    dice = random.Random(seed)
    cluster = instance(seed, NAMES[seed % len(NAMES)], vms=4, hosts=1, elastic=False, soft=0.3)
    pool = [dice.choice([0, 0, 1, 1, 1, -1] if seed % 5 == 0 else [0, 1]) for _ in range(cluster.n_vms)]
    fences = [vmopt.Fence(np.where(np.array(pool) == k, 0, -1), HALVES[k]) for k in range(2)]
    sizes = [dice.choice([[4, 4], [6, 3], [3, 2], [9, 9]]) for _ in range(4)]
    labels = [{"rack": dice.choice("rs"), "zone": dice.choice("rs")} for _ in range(4)]
    columns = {name: value for name, value in cluster.as_columns().items() if not name.startswith("host_")}
    return vmopt.Instance.from_arrays(
        **{**columns, "capacity": sizes, "host_labels": labels, "rules": [*_without_hosts(cluster), *fences]}
    )


def _without_hosts(cluster: vmopt.Instance) -> list[object]:
    return [rule for rule in cluster.rules if rule.of_some and getattr(rule, "hosts", None) is None]


@pytest.mark.parametrize("part", range(8))
def test_the_best_of_all_is_made_of_the_best_of_each(part: int) -> None:
    """Tests brute force over the whole against brute force over each component."""
    taken_apart = 0
    for seed in range(100 * part, 100 * part + 100):
        cluster = in_pools(seed)
        found = components(compile(cluster))
        if not found:
            continue
        taken_apart += 1
        _check(cluster, found)
        each = [best(one.instance) for one in found]
        assert best(cluster) == (None if None in each else pytest.approx(sum(filter(None, each)))), seed
    assert taken_apart > 10


def _check(cluster: vmopt.Instance, found: list[Component]) -> None:
    vms, hosts = (np.concatenate([getattr(one, side) for one in found]) for side in ("vms", "hosts"))
    assert len(found) > 1
    assert (len(np.unique(vms)), len(np.unique(hosts))) == (len(vms), len(hosts))
    for one in found:
        assert tuple(one.instance.vm_names) == tuple(cluster.vm_names[vm] for vm in one.vms)
        assert (one.instance.capacity == cluster.capacity[one.hosts]).all()


def test_what_ties_pools_together() -> None:
    """Tests VMs that may run anywhere, rules over both pools, and rules that speak of everybody."""
    demand, capacity = [[1]] * 4, [[2]] * 4
    fences = [vmopt.Fence(["vm-0", "vm-1"], HALVES[0]), vmopt.Fence(["vm-2", "vm-3"], HALVES[1])]
    for extra, n in (
        ([], 2),
        ([vmopt.Spread([["vm-0", "vm-1"], ["vm-2", "vm-3"]])], 2),
        ([vmopt.MustRun("vm-*")], 2),
        ([vmopt.Spread("vm-*")], 0),
        ([vmopt.Apart("vm-0", "vm-2")], 0),
        ([vmopt.Quota(3)], 0),
        ([vmopt.Alone("vm-0")], 0),
        ([vmopt.Fence("vm-0", "host-0", penalty=1.0)], 0),
    ):
        cluster = vmopt.Instance.from_arrays(demand, capacity, rules=[*fences, *extra])
        assert len(components(compile(cluster))) == n, extra
    assert not components(compile(vmopt.Instance.from_arrays(demand, capacity, rules=fences[:1])))


def test_hosts_of_a_component_that_only_some_may_use() -> None:
    """Tests that who may run where is kept within a component."""
    rules = [
        vmopt.Fence(["vm-0"], "host-0"),
        vmopt.Fence(["vm-1"], ["host-0", "host-1"]),
        vmopt.Fence("vm-2", "host-2"),
        vmopt.Empty("host-3"),
    ]
    cluster = vmopt.Instance.from_arrays([[1]] * 3, [[1]] * 4, rules=rules)
    small, large = components(compile(cluster))
    assert (small.vms.tolist(), small.hosts.tolist(), small.instance.rules) == ([2], [2], ())
    assert (large.vms.tolist(), large.hosts.tolist()) == ([0, 1], [0, 1])
    assert vmopt.verify(large.instance, [1, 0])
    assert not vmopt.verify(large.instance, [0, 1])
