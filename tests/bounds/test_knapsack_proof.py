"""The independent search for the best pattern of a host."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import vmopt
from tests.methods.certificates import certified_by_patterns
from vmopt.bounds import knapsack_proof, landing_proof
from vmopt.bounds.knapsack_proof import largest_profit
from vmopt.bounds.landing_proof import LandingStates
from vmopt.bounds.pattern_bound import PatternBound, recheck_pattern_bound, verify_pattern_bound
from vmopt.rules.inside.layout import Need, Seat


def brute_force(demand, profit, most, capacity) -> float:
    """The most that any pattern earns."""
    every = np.array(list(product(*(range(n + 1) for n in most))))
    return float((every @ profit)[(every @ demand <= capacity).all(axis=1)].max())


@pytest.mark.parametrize("entries", [30, 300, 1 << 20])
@pytest.mark.parametrize("chunk", [2, 4096])
def test_against_brute_force(monkeypatch: pytest.MonkeyPatch, entries: int, chunk: int) -> None:
    """Tests that what is stated is proven if it is enough, and mended if not, in coarse cells and in exact ones."""
    monkeypatch.setattr(knapsack_proof, "ENTRIES", entries)
    monkeypatch.setattr(knapsack_proof, "CHUNK", chunk)
    rng = np.random.default_rng(entries + chunk)
    for _ in range(60):
        n, k = rng.integers(1, 6), rng.integers(1, 5)
        vms = rng.integers(0, 8, (n, k)), rng.random(n) - 0.2, rng.integers(0, 4, n)
        capacity = rng.integers(0, 16, k)
        best = brute_force(*vms, capacity)
        for stated in (best, 0.9 * best, best + 0.1, 0.0):
            found = largest_profit(*vms, capacity, stated, lambda: False)
            assert found.proven
            assert found.bound == pytest.approx(max(best, stated), abs=1e-8)
            assert found.bound >= best
        assert largest_profit(*vms, capacity, 0.0, lambda: True).bound >= best - 1e-12


def test_where_nothing_earns_anything_the_host_stays_empty() -> None:
    """Tests that no profit is below 0, whatever is stated, and that what is stated too high stands."""
    cost, too_large = np.array([[2], [9]]), np.array([-1.0, 5.0])
    for stated, bound in ((-3.0, 0.0), (0.0, 0.0), (2.0, 2.0)):
        found = largest_profit(cost, too_large, np.array([4, 4]), np.array([8]), stated, lambda: False)
        assert (found.bound, found.proven) == (bound, True)
    nobody = largest_profit(cost, np.array([1.0, 1.0]), np.array([0, 4]), np.array([8]), 0.0, lambda: False)
    assert (nobody.bound, nobody.proven) == (0.0, True)


def test_what_vms_do_not_ask_for_limits_none_of_them() -> None:
    """Tests that a resource that the host does not have is no matter to VMs that need none."""
    found = largest_profit(np.array([[2, 0]]), np.array([1.0]), np.array([9]), np.array([8, 0]), 0.0, lambda: False)
    assert found.proven
    assert found.bound == pytest.approx(4.0)


@pytest.fixture(scope="module")
def certified() -> vmopt.Solution:
    """A solution with a bound by patterns."""
    return certified_by_patterns()


def test_a_right_certificate_is_proven(certified: vmopt.Solution) -> None:
    """Tests that every knapsack of a certificate is proven by the other search, and the bound with it."""
    found = recheck_pattern_bound(certified.instance, certified.pattern_bound, time_limit=1e6)
    assert found.proven.all()
    assert found.bound == pytest.approx(certified.bound, rel=1e-8)


def test_a_forged_certificate_is_found_out(certified: vmopt.Solution) -> None:
    """Tests that host profits that are too low are raised to what the knapsacks hold."""
    true = certified.pattern_bound
    forged = PatternBound(true.prices, 0.98 * true.host_profit)
    assert verify_pattern_bound(certified.instance, forged) < certified.bound
    found = recheck_pattern_bound(certified.instance, forged, time_limit=1e6)
    assert found.proven.all()
    assert (found.host_profit > forged.host_profit * (1 + 1e-6)).any()
    assert found.bound >= certified.objective


def test_without_time_a_relaxation_is_told(certified: vmopt.Solution) -> None:
    """Tests that what is not proven in time is said, with a bound that holds all the same."""
    found = recheck_pattern_bound(certified.instance, certified.pattern_bound, time_limit=0)
    assert not found.proven.all()
    assert found.bound >= certified.objective
    assert (found.host_profit >= certified.pattern_bound.host_profit * (1 - 1e-9)).all()


def test_without_time_tables_are_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a host class whose turn comes when time is up costs next to nothing."""
    made = []
    tables = knapsack_proof.CellTables
    monkeypatch.setattr(knapsack_proof, "CellTables", lambda *given: made.append(tables(*given)) or made[-1])
    large = np.array([[7919], [6101]]), np.array([5.0, 3.5]), np.array([200, 900]), np.array([10**9])
    closer, quick = (largest_profit(*large, 0.0, lambda up=up: up) for up in (False, True))
    assert made[1].flat.size <= 2 * knapsack_proof.FEW_ENTRIES < made[0].flat.size
    assert quick.bound >= closer.bound


def test_what_is_stated_may_be_a_little_too_low() -> None:
    """Tests that no better pattern is looked for within the tolerance, which the bound holds instead."""
    vms, best = (np.array([[4], [3]]), np.array([5.0, 3.5]), np.array([2, 9])), 12.0
    for stated in (best * (1 - 5e-10), best):
        found = largest_profit(*vms, np.array([10]), stated, lambda: False)
        assert found.proven
        assert found.bound == pytest.approx(stated * (1 + knapsack_proof.TOLERANCE), rel=1e-11)
    lower = largest_profit(*vms, np.array([10]), best * (1 - 1e-8), lambda: False)
    assert (lower.bound, lower.proven) == (pytest.approx(best, rel=1e-11), True)


def test_where_nobody_lands_a_host_earns_nothing_at_the_least() -> None:
    """Tests that no bound is below 0, whatever is stated, where a VM wants two parts of a host that has one."""
    reach = LandingStates([Seat("gpu", 0, (10,), 0, ())], [((Need("gpu", 2, (1,), None),),)], np.array([0]))
    vms = np.array([[1]]), np.array([2.0]), np.array([3])
    assert largest_profit(*vms, np.array([9]), -3.0, lambda: False, reach).bound == 0.0


def test_of_the_best_one_that_lands_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a profit is proven by a pattern that is known to land beside one of which nothing is known."""
    monkeypatch.setattr(landing_proof, "MOST_FILLS", 1)
    seats = [Seat("gpu", n, (10 + n,), 0, ()) for n in range(2)]
    reach = LandingStates(seats, [((Need("gpu", 1, (6,), None),),)], np.array([0, -1]))
    vms = np.array([[1], [1]]), np.array([2.0, 2.0]), np.array([1, 1])
    found = largest_profit(*vms, np.array([1]), 0.0, lambda: False, reach)
    assert (found.bound, found.proven) == (pytest.approx(2.0), True)


def test_what_earns_as_much_and_may_not_land_takes_no_proof_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests one VM of 2 that lands, found before two of 1 each of which nothing is known."""
    monkeypatch.setattr(landing_proof, "MOST_FILLS", 1)
    seats = [Seat("gpu", n, (10 + n,), 0, ()) for n in range(2)]
    reach = LandingStates(seats, [((Need("gpu", 1, (6,), None),),)], np.array([-1, 0]))
    vms = np.array([[2], [1]]), np.array([2.0, 1.0]), np.array([1, 2])
    found = largest_profit(*vms, np.array([2]), 0.0, lambda: False, reach)
    assert (found.bound, found.proven) == (pytest.approx(2.0), True)


@pytest.mark.parametrize("looks", range(12))
def test_a_search_that_is_stopped_claims_what_tables_prove(looks: int) -> None:
    """Tests time that is up at any look: what was not searched to the end is not called proven, and bounds hold."""
    left = iter(range(looks))
    vms = np.array([[4], [3], [2]]), np.array([5.0, 3.5, 2.0]), np.array([2, 9, 9])
    found = largest_profit(*vms, np.array([11]), 0.0, lambda: next(left, None) is None)
    best = brute_force(*vms, np.array([11]))
    assert found.bound >= best
    assert not found.proven or found.bound == pytest.approx(best, rel=1e-9)
