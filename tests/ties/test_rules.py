"""Ties beside rules: VMs are spread or packed as far as every rule lets them."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt
from tests.rules.draws import MAKERS, instance
from tests.rules.meaning import holds
from tests.thorough import few
from tests.ties.test_ties import unevenness
from vmopt import metrics
from vmopt.methods.ties.pack import n_touched, pack
from vmopt.methods.ties.spread import spread

NAMES = sorted(MAKERS)
A = vmopt.Instance.from_arrays


@pytest.mark.parametrize("seed", range(few(25)))
@pytest.mark.parametrize("name", NAMES)
def test_only_better_and_always_legal(name: str, seed: int) -> None:
    """Tests a rule of each sort and one more: the same VMs run, the rules hold, and nothing gets worse."""
    cluster = instance(seed, name, NAMES[seed % len(NAMES)], vms=12, hosts=6, elastic=False)
    solution = vmopt.solve(cluster, method="greedy-demand", time_limit=5, ties=None)
    if vmopt.verify(cluster, solution) or not len(solution.placement):
        return
    start = solution.host_index
    evener, fewer = spread(cluster, start), pack(cluster, start)
    for moved in (evener, fewer, spread(cluster, fewer), pack(cluster, evener)):
        assert metrics.loads(cluster, moved).max(initial=0) <= cluster.capacity.max()
        assert (metrics.loads(cluster, moved) <= cluster.capacity).all()
        assert np.array_equal(moved >= 0, start >= 0)
        assert all(holds(rule, cluster, tuple(moved.tolist())) for rule in cluster.rules)
    assert n_touched(fewer) <= n_touched(start)
    busy = cluster.capacity.any(axis=1).all()
    assert not busy or unevenness(cluster, evener) <= unevenness(cluster, start) + 1e-9


RULES = [
    vmopt.Spread([["vm-0", "vm-1"], ["vm-2", "vm-3"]]),
    vmopt.Fence(["vm-0", "vm-1"], ["host-0", "host-1"]),
    vmopt.Apart("vm-0", "vm-1"),
    vmopt.Empty("host-5"),
    vmopt.Quota(6, over="host", resource="cpu", of=["vm-0", "vm-1", "vm-2", "vm-3"]),
    vmopt.Gather(["vm-0", "vm-1"]),
    vmopt.Alone("vm-0"),
]


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_there_is_much_to_gain(rule: vmopt.rules.BaseRule) -> None:
    """Tests that 24 VMs on few hosts are spread over four of six at least, those on five packed on three at most."""
    cluster = A([[2]] * 24, [[40]] * 6, resources=["cpu"], rules=[rule])
    narrow, wide = np.arange(24) % 2, np.arange(24) % 5
    if isinstance(rule, vmopt.Gather | vmopt.Fence):
        wide[:2] = narrow[:2] = 0
    if isinstance(rule, vmopt.Alone):
        wide[wide == 0], narrow[0], wide[0] = 1, 4, 0
    assert vmopt.verify(cluster, narrow) == vmopt.verify(cluster, wide) == ()
    evener, fewer = spread(cluster, narrow), pack(cluster, wide)
    assert vmopt.verify(cluster, evener) == vmopt.verify(cluster, fewer) == ()
    assert n_touched(evener) >= 4
    assert n_touched(fewer) <= (3 if isinstance(rule, vmopt.Alone) else 2)


def test_a_group_leaves_together() -> None:
    """Tests that a host is emptied of VMs that run together, which no single move could do."""
    cluster = A([[2], [2], [3]], [[8], [8], [8]], rules=[vmopt.Gather(["vm-0", "vm-1"])])
    assert len(set(pack(cluster, np.array([0, 0, 1])).tolist())) == 1


@pytest.mark.parametrize("ties", ["spread", "pack"])
def test_solve_settles_ties_under_rules(ties: str) -> None:
    """Tests the choice of solve: objective and bound stay, the rules hold, the hosts in use are as many as asked."""
    apart = vmopt.Spread([[f"vm-{i}" for i in range(g, 12, 4)] for g in range(4)])
    cluster = A([[1]] * 12, [[8]] * 6, rules=[apart])
    plain = vmopt.solve(cluster, ties=None, threads=1)
    settled = vmopt.solve(cluster, ties=ties, threads=1)
    assert (settled.objective, settled.bound, settled.status) == (plain.objective, plain.bound, plain.status)
    assert vmopt.verify(cluster, settled) == ()
    assert n_touched(settled.host_index) == (6 if ties == "spread" else 3)
