"""Rooms that do not fit together although the sums do: proven by lots, told in words, and within the time given."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import vmopt
from tests.patience import PATIENCE
from tests.thorough import few
from vmopt.errors import SolverError
from vmopt.explain.lots import _halves, in_lots
from vmopt.explain.trial import Relaxable, Trial

N = 150
MUST = [vmopt.MustRun("vm-*")]
LARGE: dict[str, Any] = {
    "one each": ([[5]] * (N + 1), [[9]] * N, 5, N + 1, N),
    "pairs beside large ones": ([[6]] * (N // 2) + [[4]] * (N + 1), [[9]] * N, 4, 2 * N + 1, 2 * N),
    "one of two resources": ([[1, 6]] * (N + 2) + [[1, 0]] * N, [[9, 9]] * N, 6, N + 2, N),
    "hosts of two sizes": ([[6]] * (N + 9), [[9]] * (N - 2) + [[13]] * 2, 6, N + 9, N + 2),
}


@pytest.mark.parametrize("name", LARGE)
def test_large_clusters_are_told_in_lots(name: str) -> None:
    """Tests that lots, how many are taken and how many there are, are those that can be counted by hand."""
    demand, capacity, size, asked, offered = LARGE[name]
    cluster = vmopt.Instance.from_arrays(demand, capacity, rules=MUST)
    assert (cluster.demand.sum(axis=0) < cluster.capacity.sum(axis=0)).all()
    found = vmopt.conflict(cluster, time_limit=PATIENCE)
    assert found is not None
    assert found.shortage is not None
    assert (found.shortage.lot, found.shortage.asked, found.shortage.offered) == (size, asked, offered)
    assert f"in whole lots of {size} they take {asked:,}" in str(found)
    assert json.loads(json.dumps(found.to_dict()))["shortage"]["lot"] == size
    unplaced = [vm for vm in range(cluster.n_vms) if not cluster.demand[vm].max() >= size]
    assert not set(found.vms) & {cluster.vm_names[vm] for vm in unplaced}


@pytest.mark.parametrize("seed", range(few(200)))
def test_lots_are_a_proof(seed: int) -> None:
    """Tests that whatever is told has no placement, by the exact method."""
    rng = np.random.default_rng(seed)
    n_hosts, sizes = int(rng.integers(1, 5)), rng.integers(1, 8, (int(rng.integers(2, 10)), 2))
    cluster = vmopt.Instance.from_arrays(sizes, rng.integers(4, 13, (n_hosts, 2)), rules=MUST)
    if in_lots(cluster, np.arange(cluster.n_vms)) is not None:
        solution = vmopt.solve(cluster, method="exact", threads=1, time_limit=PATIENCE)
        assert solution.status is vmopt.Status.INFEASIBLE


def test_some_are_told_that_no_sum_shows() -> None:
    """Tests that the draws above meet both answers, and that amounts by themselves would not tell."""
    told = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        demand = rng.integers(1, 8, (6, 1))
        cluster = vmopt.Instance.from_arrays(demand, [[9]] * 3)
        told += in_lots(cluster, np.arange(6)) is not None and bool(demand.sum() <= 27)
    assert 0 < told < 200


@pytest.mark.parametrize("most", range(1, 25))
def test_what_vms_take_together_no_host_has_less_of(most: int) -> None:
    """Tests the proof itself: amounts that share a host never take more lots than their sum is."""
    for size in range(1, most + 1):
        for whole in (0, most):
            halves = _halves(np.arange(most + 1), size, whole)
            assert all(halves[a] + halves[b] <= halves[a + b] for a in range(most + 1) for b in range(most + 1 - a))


def test_time_that_is_up_ends_the_trials() -> None:
    """Tests that no member is tried when time is up, and that all together are counted nevertheless."""
    cluster = vmopt.Instance.from_arrays([[5], [5]], [[9]], rules=MUST)
    trial = Trial.of(cluster, 0.0)
    assert trial.late
    assert trial.conflicting([Relaxable("vm", 0)]) is None
    spread = vmopt.Instance.from_arrays([[1], [1]], [[9]], rules=[*MUST, vmopt.Spread("vm-*")])
    assert Trial.of(spread, 0.0).conflicting(Trial.of(spread, 0.0).members) is True
    roomy = vmopt.Instance.from_arrays([[1]] * 300, [[9]] * 100, rules=MUST)
    with pytest.raises(SolverError, match="not found out in 0 s"):
        vmopt.conflict(roomy, time_limit=0)
