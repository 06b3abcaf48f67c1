"""Too much asked for: named by amounts where a sum proves it, of the hosts that could give it and no others."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

import vmopt
from tests.explain.conflict_referee import crowded, demanding, faults, sum_faults
from tests.thorough import met
from vmopt.explain.trial import Trial


def gpu_cluster(n: int) -> Any:
    """Hosts with GPUs lack cpu for those that ask for GPUs; other hosts have plenty."""
    capacity = np.array([[64, 256, 8]] * n + [[64, 256, 0]] * (4 * n))
    demand = np.vstack([np.tile([9, 20, 1], (8 * n, 1)), np.tile([4, 8, 0], (20 * n, 1))])
    names = [f"train-{i}" for i in range(8 * n)] + [f"web-{i}" for i in range(20 * n)]
    rules = [vmopt.MustRun(names)]
    return vmopt.Instance.from_arrays(demand, capacity, resources=["cpu", "memory", "gpu"], vm_names=names, rules=rules)


@pytest.mark.parametrize("start", range(0, met(200), 50))
def test_what_asks_for_too_much_cannot_stand_together(start: int) -> None:
    """Tests by brute force that whoever is named cannot run with the capacity of the hosts that are named."""
    seen: Counter[str] = Counter()
    for seed in range(start, start + 50):
        for cluster in (crowded(seed), demanding(seed)):
            assert not list(sum_faults(cluster)), seed
            found = Trial.of(cluster, float("inf")).overasked()
            seen["found"] += found is not None
    assert seen["found"] > 5


@pytest.mark.parametrize("seed", range(met(40)))
def test_conflicts_of_crowded_clusters_are_minimal(seed: int) -> None:
    """Tests tiny clusters, where each member is left out on trial."""
    assert not list(faults(crowded(seed)))


def test_hosts_that_could_give_it_are_counted() -> None:
    """Tests that what hosts of another kind have does not hide what is short, and who asks for none is not named."""
    found = vmopt.conflict(gpu_cluster(40))
    assert found is not None
    assert found.shortage is not None
    assert all(vm.startswith("train") for vm in found.vms)
    assert (found.shortage.resources, found.shortage.hosts, found.shortage.missing) == (("cpu",), 40, 320.0)
    assert len(found.shortage.largest) == 36
    assert not found.minimal
    assert "short by 320" in str(found)
    assert found.to_dict()["shortage"]["asked"] == 2880.0


def test_a_fence_has_its_part_and_others_do_not() -> None:
    """Tests that the rule which keeps VMs from other hosts is named, with what dropping it does, and no other."""
    fence = vmopt.Fence("vm-*", [f"host-{h}" for h in range(0, 90, 3)])
    rules = [vmopt.Spread("vm-1*", most=3), fence, vmopt.MustRun("vm-*")]
    found = vmopt.conflict(vmopt.Instance.from_arrays([[8]] * 360, [[64]] * 90, rules=rules))
    assert found is not None
    assert found.rule_numbers == (1,)
    assert len(found.hosts) == 30
    assert found.mends == (f"drop rule 1: {found.rules[0]}",)
    assert "By amounts it takes at the least 960" in str(found)


def test_several_resources_together_are_weighed() -> None:
    """Tests hosts of two kinds that have enough of each resource, but not beside each other for those who ask."""
    capacity = np.repeat([[10, 1], [1, 10]], 100, axis=0)
    cluster = vmopt.Instance.from_arrays(np.ones((300, 2), dtype=int), capacity, rules=[vmopt.MustRun("vm-*")])
    assert (cluster.demand.sum(axis=0) < cluster.capacity.sum(axis=0)).all()
    found = vmopt.conflict(cluster)
    assert found is not None
    assert found.shortage is not None
    assert len(found.shortage.resources) == 2
    assert found.shortage.missing == pytest.approx(0.5)
    assert "each weighed by how scarce it is" in str(found)


def test_thousands_are_told_in_a_short_phrase() -> None:
    """Tests that whoever must run is told by the first of them, and how many there are."""
    names = [f"app-{n}" for n in range(4512)]
    cluster = vmopt.Instance.from_arrays([[1]] * 4512, [[40]] * 100, vm_names=names, rules=[vmopt.MustRun(names)])
    [found] = vmopt.contradictions(cluster)
    assert "app-0, app-1, app-2 and 4,509 more must run, and need 4,512 of" in str(found)
    assert "may use have 4,000" in str(found)
    assert len(str(found)) < 300
