"""Tests of limits on the whole cluster, and of VMs that wait, in the search among few hosts."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt
from vmopt.methods import greedy, neighbourhood
from vmopt.methods.packing.limited import ClusterLimits
from vmopt.methods.packing.losses import Losses
from vmopt.methods.packing.neighbours import Chooser
from vmopt.methods.packing.occupancy import Occupancy
from vmopt.methods.search import Search
from vmopt.options import Options
from vmopt.problem import compile


def gathered(seed: int) -> vmopt.Instance:
    """Return groups most of which fit no host, and a quota."""
    rng = np.random.default_rng(seed)
    group = np.where(np.arange(60) < 30, np.arange(60) // 6, -1)
    rules = [vmopt.Gather(group), vmopt.Quota(20, resource=None, of=np.where(np.arange(60) >= 30, 0, -1))]
    return vmopt.Instance.from_arrays(rng.integers(20, 60, (60, 2)), [[150, 130]] * 12, rules=rules)


@pytest.mark.parametrize("seed", range(5))
def test_losses_slack_and_vms_left_out_add_up(seed: int) -> None:
    """Tests that losses with tolls, and what limits leave unused, are what separates a placement from the bound."""
    cluster = gathered(seed)
    problem, relaxed = compile(cluster), vmopt.relax(cluster)
    limits = ClusterLimits(problem, relaxed.rule_prices)
    assert limits.toll is not None
    host_index = greedy.place(problem, np.arange(60), "first-fit", np.full(60, -1))
    losses, occupancy = Losses(problem, relaxed.prices, limits.toll), Occupancy(problem, host_index)
    hosts = sum(losses.of_host(occupancy, h) for h in range(12))
    total = hosts + occupancy.left @ losses.best + limits.slack(occupancy.left)
    assert total == pytest.approx(relaxed.bound - problem.value[host_index >= 0].sum())


def test_without_prices_nobody_pays() -> None:
    """Tests that limits that nothing is known of cost nothing."""
    limits = ClusterLimits(compile(gathered(0)), None)
    assert limits.toll is None
    assert limits.slack(np.zeros(60, dtype=np.int64)) == 0


def test_hosts_for_a_vm_that_waits() -> None:
    """Tests that where nothing is scarce, a host is mostly chosen that a VM that waits fits, though it is not free."""
    demand = [[6], *[[2]] * 9]
    problem = compile(vmopt.Instance.from_arrays(demand, [[7], *[[4]] * 9]))
    occupancy = Occupancy(problem, np.array([-1, *range(9)]))
    chooser = Chooser(occupancy, Losses(problem, np.zeros((2, 1))), np.random.default_rng(0))
    first = [chooser.choose(2)[0] for _ in range(200)]
    assert first.count(0) > 120
    assert set(first) != {0}


def test_the_last_vm_finds_room() -> None:
    """Tests that a large VM left out comes in where others have to move out of its way."""
    demand = [[3]] * 40 + [[9]]
    cluster = vmopt.Instance.from_arrays(demand, [[9], *[[7]] * 20], rules=[vmopt.Spread(np.arange(41) // 2)])
    search = Search(cluster, Options(threads=1, gap=0.0, time_limit=60))
    search.offer(greedy.place(search.problem, np.arange(41), "first-fit", np.full(41, -1)), "greedy")
    assert search.host_index[40] == -1
    neighbourhood.improve(search, steps=200)
    assert (search.host_index >= 0).all()
