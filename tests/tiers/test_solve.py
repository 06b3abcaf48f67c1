"""Solving by tiers: the lexicographic optimum, bounds of levels, and what comes with a solution."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import replace

import numpy as np
import pytest

import vmopt
from tests.tiers.brute_force import best_given, optimum, worth
from tests.tiers.instances import TIERS, tiny
from vmopt.level_values import values_of
from vmopt.model import Instance
from vmopt.status import Limit, Status

OTHERS = ("greedy-priority", "greedy-demand", "price-guided", "neighbourhood", "column-generation", "exact:plain")
BACKENDS = ("cp-sat", "highs", "scip", "cbc")


def solved(instance: Instance, method: str = "auto", **options):
    return vmopt.solve(instance, method=method, **{"gap": 0, "time_limit": 60, "threads": 1, **options})


def check(instance: Instance, solution) -> None:
    """Check what every solution of tiers has to keep, against all placements."""
    got = worth(instance, tuple(solution.host_index.tolist()))
    assert vmopt.verify(instance, solution) == ()
    assert values_of(instance, solution.host_index) == got
    assert [level.value for level in solution.levels] == pytest.approx([float(value) for value in got], abs=1e-15)
    if instance.tiers is not None:
        for level, best, value in zip(solution.levels, best_given(instance, got), got, strict=True):
            assert level.bound >= float(best) * (1 - 1e-12)
            assert (level.status is Status.OPTIMAL) == (level.gap <= solution.requested_gap)
            assert level.status is not Status.OPTIMAL or best == value
    assert solution.bound >= solution.objective
    if solution.status is Status.OPTIMAL:
        assert got == optimum(instance)


@pytest.mark.parametrize("seed", range(30))
def test_auto_finds_and_proves_the_lexicographic_optimum(seed) -> None:
    """Tests value and bound of every level against all placements."""
    instance = tiny(seed)
    solution = solved(instance)
    check(instance, solution)
    assert solution.status is Status.OPTIMAL


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("seed", range(100, 106))
def test_exact_finds_and_proves_it_on_every_backend(seed, backend) -> None:
    """Tests the same for one method on each backend for integer programs."""
    instance = tiny(seed)
    solution = solved(instance, "exact", backend=backend)
    check(instance, solution)
    assert solution.status is Status.OPTIMAL


@pytest.mark.parametrize("method", OTHERS)
@pytest.mark.parametrize("seed", range(200, 206))
def test_other_methods_claim_nothing_wrong(seed, method) -> None:
    """Tests that heuristics, baselines and the textbook's program are sound."""
    instance = tiny(seed)
    check(instance, solved(instance, method, time_limit=5))


def test_a_higher_level_is_worth_any_number_of_lower_ones() -> None:
    """Tests the meaning where weights would decide otherwise, and with priorities as Kubernetes has them."""
    instance = Instance.from_arrays(
        [[1], [8], [8]], [[8], [8]], priority=[2_000_001_000, 0, -(2**31)], objective=TIERS, value=[1e-9, 5, 7]
    )
    solution = solved(instance)
    assert (solution.host_index >= 0).tolist() == [True, True, False]
    assert [level.priority for level in solution.levels] == [2_000_001_000, 0, -(2**31)]
    assert solution.status is Status.OPTIMAL
    assert (solution.bound, solution.bound_by, solution.prices) == (solution.objective, "levels", None)


def test_equal_sums_are_equal() -> None:
    """Tests that 0.1 + 0.2 is no more than 0.3 where the level below depends on it."""
    instance = Instance.from_arrays(
        [[1, 9], [2, 9], [3, 0], [0, 9]], [[3, 18]], priority=[1, 1, 1, 0], value=[0.1, 0.2, 0.3, 1], objective=TIERS
    )
    assert (solved(instance).host_index >= 0).tolist() == [False, False, True, True]


def test_one_level_is_the_sum_of_shares() -> None:
    """Tests that a single tier is solved as one objective, with the same answer and one row."""
    plain = Instance.from_arrays([[5], [4], [4]], [[8]])
    tiers = plain.replace(priority=[-3, -3, -3], objective=TIERS)
    one, other = solved(plain), solved(tiers)
    assert (one.objective, one.bound_by) == (other.objective, other.bound_by)
    assert one.host_index.tolist() == other.host_index.tolist()
    assert [(level.priority, level.value, level.bound) for level in other.levels] == [(-3, 1.0, 1.0)]
    assert one.levels == ()


def test_a_price_bound_of_a_level_is_rechecked_from_the_data() -> None:
    """Tests that the proof shows the bound, and that prices of 0 show less."""
    instance = Instance.from_arrays([[6], [4], [3]], [[8]], priority=[5, 0, 0], objective=TIERS)
    solution = solved(instance)
    level = solution.levels[1]
    assert (level.bound_by, level.bound) == ("prices", 0)
    assert vmopt.verify_level_bound(instance, solution, 0, level.proof) == 0
    nothing = replace(level.proof, prices=np.zeros((1, 1)))
    assert vmopt.verify_level_bound(instance, solution, 0, nothing) == 7 / 8
    with pytest.raises(vmopt.PlacementError, match="says nothing of priority 3"):
        vmopt.verify_level_bound(instance, solution, 3, level.proof)
    with pytest.raises(vmopt.PlacementError, match="at least 0"):
        vmopt.verify_level_bound(instance, solution, 0, replace(level.proof, per_value=-level.proof.per_value))


def test_a_warm_start_is_never_made_worse() -> None:
    """Tests that a start that no time is left to improve comes back, with what its levels prove."""
    instance = tiny(3)
    first = solved(instance)
    again = solved(instance, "greedy-demand", warm_start=first, time_limit=0)
    assert worth(instance, tuple(again.host_index.tolist())) == worth(instance, tuple(first.host_index.tolist()))
    for level, before in zip(again.levels, first.levels, strict=True):
        if before.bound_by == "prices":
            assert level.bound <= before.bound * (1 + 1e-9)


def test_hundreds_of_levels() -> None:
    """Tests that a level for every VM is served in order, and that many are settled without a search of their own."""
    rng = np.random.default_rng(0)
    n_vms = 400
    instance = vmopt.generate("flavor", hosts=10, vms=n_vms, seed=1)
    instance = instance.replace(priority=rng.permutation(n_vms) - n_vms // 2, objective=TIERS)
    solution = solved(instance, time_limit=3)
    assert vmopt.verify(instance, solution) == ()
    assert len(solution.levels) == n_vms
    greedy = solved(instance, "greedy-priority", time_limit=0)
    assert values_of(instance, solution.host_index) >= values_of(instance, greedy.host_index)
    assert [level.priority for level in solution.levels] == sorted(range(-200, 200), reverse=True)


def test_latency_has_no_price_where_there_are_tiers() -> None:
    """Tests that what cannot be traded is refused."""
    with pytest.raises(vmopt.OptionError, match="tiers trade nothing"):
        solved(tiny(0), latency_weight=1.0)


@pytest.mark.parametrize("seed", range(8))
def test_elastic_vms_of_a_higher_level_get_all_they_can_use(seed) -> None:
    """Tests that values are those of the allocation, that it is legal, and that no level loses for one below."""
    rng = np.random.default_rng(seed)
    demand = rng.integers(2, 9, (6, 2))
    instance = Instance.from_arrays(
        demand, [[12, 12], [9, 9]], priority=rng.integers(-1, 2, 6), reservation=demand // 2, objective=TIERS
    )
    solution = solved(instance, time_limit=3)
    assert vmopt.verify(instance, solution) == ()
    values = values_of(instance, solution.host_index, solution.allocation)
    assert [level.value for level in solution.levels] == pytest.approx([float(value) for value in values])
    assert values >= values_of(instance, solved(instance, "greedy-priority").host_index)
    if instance.tiers is not None:
        first = instance.tiers.members[0]
        alone = Instance.from_arrays(demand[first], [[12, 12], [9, 9]], reservation=demand[first] // 2)
        assert solution.levels[0].value <= solved(alone, time_limit=3).bound * (1 + 1e-9)


def test_comparison_is_level_by_level() -> None:
    """Tests that the best of several solutions is the one with more in the first level that differs."""
    instance = Instance.from_arrays([[2], [9]], [[9]], priority=[1, 0], objective=TIERS)
    table = vmopt.compare(instance, ["greedy-demand", "auto"], gap=0)
    assert table.best.method == "auto"
    assert table[0].objective > table[1].objective
    assert table[1].gap == 0


def test_ctrl_c_keeps_the_best_so_far() -> None:
    """Tests that an interrupt in the midst of a level ends the search, with a placement and bounds of all levels."""
    instance = vmopt.generate("distinct", hosts=12, seed=1).replace(objective=TIERS)
    pid, told = os.getpid(), []

    def interrupt(*point) -> None:
        if not told:
            threading.Timer(1.0, os.kill, (pid, signal.SIGINT)).start()
        told.append(point)

    solution = solved(instance, time_limit=240, progress=interrupt)
    assert solution.limit is Limit.INTERRUPTED
    assert vmopt.verify(instance, solution) == ()
    assert len(solution.levels) == 5
    assert solution.levels[0].value > 0


@pytest.mark.parametrize("method", ["auto", "exact", "exact:plain"])
def test_a_level_that_lacks_next_to_nothing_is_not_full(method: str) -> None:
    """Tests that what is lost in the rounding of a sum of doubles proves nothing of the levels below."""
    cluster = vmopt.Instance.from_arrays(
        [[11, 5], [29, 4], [16, 3], [5, 3], [11, 5]],
        [[15, 10], [15, 8]],
        priority=[-2, -1, -1, -2, -1],
        value=[0, 2e-52, 9.8e-27, 2.07e-54, 7.1e-9],
        objective=vmopt.Objective("tiers"),
    )
    solution = vmopt.solve(cluster, method=method, gap=0, threads=1)
    last = solution.levels[-1]
    assert last.bound >= 2.07e-54
    assert last.status is not vmopt.Status.OPTIMAL or last.value == 2.07e-54
