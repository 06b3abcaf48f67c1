"""Pools are searched each by itself: what they make together is kept, bounded, and reported."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

import vmopt
from tests.problem.test_components import in_pools
from tests.rules.brute import best
from tests.rules.claims import faults
from vmopt.bounds import Claim, Prices
from vmopt.errors import SolverError
from vmopt.methods import auto
from vmopt.methods.ruled import door, separately
from vmopt.methods.search import Search
from vmopt.options import Options
from vmopt.problem.components import components


def pools(n_pools: int = 4, hosts: int = 5, seed: int = 1) -> vmopt.Instance:
    """Draw a cluster whose VMs all belong to one of some pools."""
    cluster = vmopt.generate("flavor", hosts=n_pools * hosts, seed=seed, load=1.3)
    pool = np.random.default_rng(seed).integers(0, n_pools, cluster.n_vms)
    fences = [vmopt.Fence(np.where(pool == k, 0, -1), list(cluster.host_names)[k::n_pools]) for k in range(n_pools)]
    return cluster.replace(rules=fences)


def run(cluster: vmopt.Instance, inner: separately.Method = auto.run, **options: float) -> Search:
    search = Search(cluster, Options(threads=1, **options))
    separately.run(search, inner, partial(door.run_auto, inner=inner))
    return search


@pytest.mark.parametrize("seed", range(40))
def test_nothing_wrong_is_said_of_pools_with_rules(seed: int) -> None:
    """Tests the whole of auto against brute force."""
    cluster = in_pools(seed)
    solution = vmopt.solve(cluster, gap=0, threads=1)
    assert not list(faults(solution, best(cluster), optimal=True))


def test_pools_make_the_placement_and_prices_of_all() -> None:
    """Tests that what the pools reach adds up, and that their prices prove it for the whole."""
    cluster = pools()
    search = run(cluster, gap=0.01, time_limit=120)
    assert isinstance(search.proof, Prices)
    assert search.proven
    assert search.bound == pytest.approx(vmopt.verify_bound(cluster, search.prices))


def test_bounds_without_prices_add_up_to_a_claim() -> None:
    """Tests that the sum of bounds is taken where prices prove less."""
    cluster = pools(2, 2)

    def exactly(search: Search) -> None:
        search.offer(vmopt.solve(search.instance, gap=1e-9, threads=1).host_index, "exact")
        search.tighten_by_claim(search.objective, Claim("somebody"), "exact")

    search = run(cluster, exactly, gap=1e-8)
    assert isinstance(search.proof, Claim)
    assert search.bound == pytest.approx(search.objective)


def test_what_fails_in_one_pool_is_told_and_the_others_are_kept() -> None:
    """Tests a method that fails in the last pool: the best of the others is there, and auto goes on."""
    cluster, calls = pools(), []

    def fails(search: Search) -> None:
        calls.append(search)
        if len(calls) == 4:
            raise SolverError("no more.")
        auto.run(search)

    search = Search(cluster, Options(threads=1, gap=0.01))
    greedy = Search(cluster, Options(threads=1))
    with pytest.warns(RuntimeWarning, match="separately: no more"):
        door.run_auto(search, fails)
    door.greedy.run_best(greedy)
    assert search.objective > greedy.objective


def test_a_pool_that_cannot_run_whom_it_must_has_no_placement() -> None:
    """Tests that what one pool proves impossible is impossible for all."""
    fences = [vmopt.Fence(["vm-0", "vm-1"], "host-0"), vmopt.Fence("vm-2", "host-1")]
    must = vmopt.MustRun(["vm-0", "vm-1"])
    cluster = vmopt.Instance.from_arrays([[2], [2], [1]], [[3], [3]], rules=[*fences, must])
    assert vmopt.solve(cluster, threads=1).status is vmopt.Status.INFEASIBLE
    (_, large) = components(Search(cluster, Options()).problem)
    assert large.instance.rules
