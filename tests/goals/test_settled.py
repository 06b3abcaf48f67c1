"""With a current placement VMs move no more than they must; what comes of that says what it is worth."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt
from vmopt import io, metrics


@pytest.mark.parametrize("seed", range(25))
def test_the_objective_is_that_of_the_placement(seed, tmp_path):
    """Greedy methods leave room for better placements, which are found on the way to fewer moves."""
    rng = np.random.default_rng(seed)
    n_vms, n_hosts = int(rng.integers(2, 8)), int(rng.integers(1, 4))
    cluster = vmopt.Instance.from_arrays(
        rng.integers(1, 6, size=(n_vms, 1)),
        [[7]] * n_hosts,
        priority=rng.integers(1, 4, size=n_vms),
        rules=[vmopt.Spread("vm-*", penalty=0.05)],
        current=np.where(rng.random(n_vms) < 0.3, rng.integers(n_hosts, size=n_vms), -1),
    )
    solution = vmopt.solve(cluster, method="greedy-demand", threads=1)
    assert solution.objective == pytest.approx(metrics.objective_of(cluster, solution.host_index), abs=1e-12)
    assert solution.objective <= solution.bound + 1e-12
    io.write_solution(solution, tmp_path / "solution.json")
    assert io.read_solution(cluster, tmp_path / "solution.json").objective == solution.objective


def test_a_better_placement_on_the_way_is_worth_more():
    """Greedy finds what is worth 1.52, and fewer moves what is worth more: it is what is said."""
    rules = [vmopt.Spread("vm-*", penalty=0.05)]
    cluster = vmopt.Instance.from_arrays(
        [[5], [2], [1], [2]], [[7]], priority=[1, 3, 3, 2], current=[0, -1, 0, 0], rules=rules
    )
    solution = vmopt.solve(cluster, method="greedy-demand", threads=1)
    demand, weight = [5, 2, 1, 2], [1, 3, 3, 2]
    runs = [vm for vm in range(4) if solution.host_index[vm] == 0]
    worth = sum(demand[vm] * weight[vm] for vm in runs) / 7 - 0.05 * max(len(runs) - 1, 0)
    assert solution.objective == pytest.approx(worth)
