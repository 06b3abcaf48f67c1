"""Limits of groups that share a domain: no placement exceeds them, and bounds know them."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt
from tests.rules import draws
from tests.rules.brute import feasible, value
from vmopt.rules.gathered import fitting_sets


@pytest.mark.parametrize("elastic", [False, True])
def test_no_placement_exceeds_them(elastic: bool) -> None:
    """Tests drawn instances: what runs of a group is within every limit, and relaxed bounds are above the best."""
    limited = 0
    for seed in range(60):
        instance = draws.instance(seed, "gather", elastic=elastic, vms=4, hosts=3)
        limits = [limit for rule in instance.rules_in_force for limit in rule.implied]
        limited += bool(limits)
        placements = [np.array(at) for at in feasible(instance)]
        for limit in limits:
            for host_index in placements:
                runs = (host_index >= 0) & limit.group.inside
                taken = np.bincount(limit.group.of[runs], limit.weight[runs], len(limit.group))
                assert (taken <= limit.most_in_domain).all(), (seed, limit.group.names)
        best = max((value(instance, at) for at in placements), default=0.0)
        assert vmopt.relax(instance).bound >= best - 1e-9, seed
    assert limited > 5


def test_what_does_not_fit_a_host_is_not_counted() -> None:
    """Tests six VMs of which two fit a host: without the rule all of them run."""
    arrays = {"demand": [[64]] * 6, "capacity": [[170], [170], [100]], "value": [1] * 6}
    gathered = vmopt.Instance.from_arrays(**arrays, rules=[vmopt.Gather("vm-*")])
    assert vmopt.relax(gathered).bound == pytest.approx(2)
    assert vmopt.relax(gathered.without_rules).bound == pytest.approx(6)
    assert vmopt.relax(gathered.replace(rules=[vmopt.Gather("vm-*", penalty=0.1)])).bound == pytest.approx(6)


def test_the_most_valuable_set() -> None:
    """Tests VMs that differ: the set that is worth most, not the one that asks for most, bounds the group."""
    arrays = {"demand": [[6], [5], [4]], "capacity": [[9], [9]], "value": [7, 5, 5]}
    cluster = vmopt.Instance.from_arrays(**arrays, rules=[vmopt.Gather("vm-*")])
    assert vmopt.relax(cluster).bound == pytest.approx(10, rel=1e-3)


def test_a_domain_of_several_hosts() -> None:
    """Tests racks: a group is limited by what the largest rack has, and not where one has room for all of it."""
    racks = [{"rack": rack} for rack in "aab"]
    arrays = {"demand": [[4]] * 6, "capacity": [[8]] * 3, "value": [1] * 6, "host_labels": racks}
    cluster = vmopt.Instance.from_arrays(**arrays, rules=[vmopt.Gather("vm-*", within="rack")])
    assert vmopt.relax(cluster).bound == pytest.approx(4)
    assert cluster.replace(demand=[[2]] * 6).rules_in_force[0].implied == ()


def test_prices_are_told_in_units() -> None:
    """Tests that the limit of a resource in tenths is told in the user's units."""
    arrays = {"demand": [[0.5], [0.4], [0.4]], "capacity": [[0.8]], "resources": ["cpu"], "value": [5, 4, 4]}
    cluster = vmopt.Instance.from_arrays(**arrays, rules=[vmopt.Gather("vm-*")])
    limits = {limit.group.names[0]: limit for limit in cluster.rules_in_force[0].implied}
    [cpu] = [limit for name, limit in limits.items() if "cpu" in name]
    assert cpu.limit.tolist() == [8]
    assert cpu.units_per == 10


def test_many_sets() -> None:
    """Tests that too many sets are not listed, and that the limits are then what the largest host has."""
    assert fitting_sets(np.arange(1, 40)[:, None], np.ones(39, dtype=np.int64), np.array([[700]])) is None
    demand = np.arange(20, 60)[:, None]
    cluster = vmopt.Instance.from_arrays(demand, [[900], [500]], rules=[vmopt.Gather("vm-*")])
    vms, amount, _ = cluster.rules_in_force[0].implied
    assert (vms.limit.tolist(), amount.limit.tolist()) == ([40], [900])
