"""Components: together they are worth what the whole is, whatever the rules."""

from __future__ import annotations

import random

import numpy as np
import pytest

import vmopt
from tests.rules.brute import best
from tests.rules.draws import MAKERS, instance
from vmopt.problem import compile
from vmopt.problem.components import Component, _is_taken_apart, components
from vmopt.rules.eligible import eligible

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
        ([vmopt.Apart("vm-0", "vm-1")], 2),
        ([vmopt.Apart(np.array([0, -1, 1, -1]), np.array([-1, 0, -1, 1]))], 2),
        ([vmopt.Apart([["vm-0"], ["vm-2"]], [[], ["vm-3"]])], 0),
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


def pairs(cluster: vmopt.Instance) -> set[tuple[str, str]]:
    """Who may run where by the rules, by name."""
    members, of_host = cluster.vm_classes.of, cluster.host_classes.of
    allowed = eligible(cluster)
    every = np.ones((cluster.n_vms, cluster.n_hosts), dtype=bool) if allowed is None else allowed[members][:, of_host]
    return {(cluster.vm_names[vm], cluster.host_names[host]) for vm, host in np.argwhere(every).tolist()}


@pytest.mark.parametrize("seed", range(10))
def test_who_may_run_where_is_what_it_was(seed: int) -> None:
    """Tests fences of three pools, each VM on some hosts of its own, that no pair of them is lost or won."""
    dice = random.Random(seed)
    pools = [[f"host-{k}" for k in range(first, first + n)] for first, n in ((0, 3), (3, 4), (7, 2))]
    fences = [
        vmopt.Fence(f"vm-{vm}", dice.sample(pools[vm % 3], dice.randint(1, len(pools[vm % 3])))) for vm in range(12)
    ]
    sizes = [[dice.randint(3, 5)] for _ in range(9)]
    cluster = vmopt.Instance.from_arrays(
        [[dice.randint(1, 3)] for _ in range(12)], sizes, value=[float(1 + vm) for vm in range(12)], rules=fences
    )
    found = components(compile(cluster))
    assert len(found) >= 3
    assert [len(one.vms) for one in found] == sorted(len(one.vms) for one in found)
    for one in found:
        own, hosts = set(one.instance.vm_names), set(one.instance.host_names)
        assert pairs(one.instance) == {pair for pair in pairs(cluster) if pair[0] in own}
        assert {host for _, host in pairs(one.instance)} == hosts
        assert one.instance.value.tolist() == cluster.value[one.vms].tolist()


def test_penalties_are_counted_where_they_are_in_the_whole() -> None:
    """Tests that a soft rule goes with its component, and with none where a level has what it costs."""
    rules = [
        vmopt.Fence(["vm-0", "vm-1"], HALVES[0]),
        vmopt.Fence("vm-2", HALVES[1]),
        vmopt.Spread(["vm-0", "vm-1"], penalty=1),
    ]
    levels = vmopt.Objective(levels=[vmopt.Utilisation(), vmopt.Penalties()])
    for objective, n_rules in ((vmopt.Objective(), 1), (levels, 0)):
        cluster = vmopt.Instance.from_arrays([[1]] * 3, [[2]] * 4, rules=rules, objective=objective)
        small, large = components(compile(cluster))
        assert small.vms.tolist() == [2]
        assert len(large.instance.soft_rules) == n_rules


def test_what_is_not_known_to_be_of_groups_is_not_taken_apart() -> None:
    """Tests that a rule which says in its own way what it is in force leaves the cluster whole."""
    assert not _is_taken_apart(object())
