"""What each policy promises, on random pools."""

from __future__ import annotations

from math import fsum

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.optimize import linprog

import vmopt
from tests.sharing.pools import POLICY, pools
from tests.thorough import few

NEAR = 1e-7


@given(pools(), POLICY)
@settings(max_examples=few(100), deadline=None)
def test_nothing_is_handed_out_twice(pool, policy) -> None:
    """Tests that allocations keep reservation and demand, and add up to no more than there is, to the last bit."""
    shares = vmopt.share(**pool, policy=policy)
    reservation = 0 if pool["reservation"] is None else pool["reservation"]
    assert (shares.allocation >= reservation).all()
    assert (shares.allocation <= pool["demand"]).all()
    for k, capacity in enumerate(pool["capacity"]):
        assert fsum(shares.allocation[:, k]) <= capacity


@given(pools(whole=True), POLICY)
@settings(max_examples=few(40), deadline=None)
def test_whole_units(pool, policy) -> None:
    """Tests that integers keep every limit, stay within a unit of the exact amounts and waste no unit."""
    shares = vmopt.share(**pool, policy=policy)
    whole = shares.whole_units()
    assert (whole >= (0 if pool["reservation"] is None else pool["reservation"])).all()
    assert (whole <= pool["demand"]).all()
    assert (whole.sum(axis=0) <= pool["capacity"]).all()
    assert (np.abs(whole - shares.allocation) < 1).all()
    assert (shares.allocation.sum(axis=0) - whole.sum(axis=0) < 1).all()


@given(pools(), POLICY)
@settings(max_examples=few(40), deadline=None)
def test_utilization_is_never_below(pool, policy) -> None:
    """Tests that no policy has more weighted utilisation than the one that maximises it."""
    best = vmopt.share(**pool, policy="utilization").weighted_utilisation
    assert vmopt.share(**pool, policy=policy).weighted_utilisation <= best + NEAR


@given(pools())
@settings(max_examples=few(40), deadline=None)
def test_utilization_is_the_linear_program(pool) -> None:
    """Tests that sorting reaches the optimum of the linear program, and that its prices prove it by duality."""
    by_sorting = vmopt.share(**pool)
    by_program = vmopt.share(**pool, backend="glop")
    assert by_sorting.weighted_utilisation == pytest.approx(by_program.weighted_utilisation, abs=1e-6)
    capacity, reservation = pool["capacity"], by_sorting.pool.reservation
    value = pool["weights"][:, None] * by_sorting.pool.worth
    for shares in (by_sorting, by_program):
        gain = np.maximum(value - shares.prices, 0) * (pool["demand"] - reservation)
        dual = float((capacity - reservation.sum(axis=0)) @ shares.prices + gain.sum() + (value * reservation).sum())
        assert shares.weighted_utilisation == pytest.approx(dual, abs=1e-6)


@given(pools())
@settings(max_examples=few(100), deadline=None)
def test_proportional_is_the_closed_form_where_no_cap_binds(pool) -> None:
    """Tests that with demands out of reach everybody has the weight's part of the capacity."""
    weights = pool["weights"]
    demand = np.full_like(pool["demand"], 1000.0)
    shares = vmopt.share(pool["capacity"], demand, weights=weights, policy="proportional")
    np.testing.assert_allclose(shares.allocation, np.outer(weights / weights.sum(), pool["capacity"]), rtol=1e-12)


@given(pools())
@settings(max_examples=few(40), deadline=None)
def test_proportional_has_one_level(pool) -> None:
    """Tests that who is below the demand has no less for the weight than anybody who is above the reservation."""
    shares = vmopt.share(**pool, policy="proportional")
    for k in range(len(pool["capacity"])):
        given_out, weights = shares.allocation[:, k], pool["weights"]
        level = given_out / weights
        hungry = given_out < pool["demand"][:, k] - NEAR
        rich = given_out > shares.pool.reservation[:, k] + NEAR
        if hungry.any():
            assert shares.unused[k] < NEAR
        if hungry.any() and rich.any():
            assert level[hungry].min() >= level[rich].max() - NEAR


@given(pools(max_vms=5, max_resources=3))
@settings(max_examples=few(40), deadline=None)
def test_max_min_is_lexicographically_best(pool) -> None:
    """Tests that the sorted satisfactions over weights equal those that a sequence of linear programs finds."""
    shares = vmopt.share(**pool, policy="max-min")
    found = np.sort(shares.satisfaction / pool["weights"])
    np.testing.assert_allclose(found, np.sort(_lexicographic(pool, shares.pool.reservation)), atol=1e-6)


@given(pools(reserved=False))
@settings(max_examples=few(50), deadline=None)
def test_dominant_is_envy_free(pool) -> None:
    """Tests that nobody would be better off with what another has, scaled to the own weight."""
    shares, weights = vmopt.share(**pool, policy="dominant"), pool["weights"]
    for i in range(len(weights)):
        for j in range(len(weights)):
            bundle = shares.allocation[j] * weights[i] / weights[j]
            assert _part(bundle, pool["demand"][i]) <= shares.satisfaction[i] + NEAR


@given(pools(reserved=False))
@settings(max_examples=few(50), deadline=None)
def test_dominant_gives_an_incentive_to_share(pool) -> None:
    """Tests that nobody would be better off alone with the weight's part of the pool."""
    shares, weights = vmopt.share(**pool, policy="dominant"), pool["weights"]
    for i, weight in enumerate(weights):
        alone = _part(pool["capacity"] * weight / weights.sum(), pool["demand"][i])
        assert alone <= shares.satisfaction[i] + NEAR


@given(pools(reserved=False))
@settings(max_examples=few(50), deadline=None)
def test_dominant_is_pareto_efficient(pool) -> None:
    """Tests that every VM has all it asks for, or asks for a resource that is used up."""
    shares = vmopt.share(**pool, policy="dominant")
    used_up = shares.unused <= NEAR
    for asked, satisfaction in zip(pool["demand"], shares.satisfaction, strict=True):
        assert satisfaction >= 1 - NEAR or used_up[asked > 0].any()


@given(pools(), POLICY)
@settings(max_examples=few(100), deadline=None)
def test_order_does_not_matter(pool, policy) -> None:
    """Tests that VMs in reverse get the same."""
    turned = {key: table if key == "capacity" or table is None else table[::-1] for key, table in pool.items()}
    one, other = vmopt.share(**pool, policy=policy), vmopt.share(**turned, policy=policy)
    np.testing.assert_allclose(one.allocation, other.allocation[::-1], atol=1e-9)


def _part(bundle, demand) -> float:
    """What part of its demand a VM can use of a bundle."""
    asked = demand > 0
    return min(1.0, float((bundle[asked] / demand[asked]).min())) if asked.any() else 1.0


def _lexicographic(pool, reservation):
    """Lexicographically largest satisfaction over weight: raise the lowest, fix who cannot rise, and repeat.

    A set of satisfactions s is feasible when amounts a with ``a >= reservation`` and ``a >= s d`` fit the capacity.
    """
    demand, weights, capacity = pool["demand"], pool["weights"], pool["capacity"]
    fixed = np.where((demand == 0).all(axis=1), 1.0, np.nan)
    while np.isnan(fixed).any():
        free = np.isnan(fixed)
        level = _highest(demand, reservation, weights, capacity, fixed, None)
        for i in np.flatnonzero(free):
            alone = _highest(demand, reservation, weights, capacity, fixed, (i, level))
            if alone <= level * weights[i] + 1e-8:
                fixed[i] = alone
    return fixed / weights


def _highest(demand, reservation, weights, capacity, fixed, beyond) -> float:
    """Highest common level of all that are free; or, beyond a level, the highest satisfaction of one of them."""
    n_vms, n_resources = demand.shape
    n = n_vms * n_resources
    rows, sides = [], []
    for i in range(n_vms):
        for k in np.flatnonzero(demand[i]):  # s[i] d[i,k] <= a[i,k]
            row = np.zeros(n + n_vms + 1)
            row[i * n_resources + k], row[n + i] = -1.0, demand[i, k]
            rows.append(row)
            sides.append(0.0)
    for k in range(n_resources):
        row = np.zeros(n + n_vms + 1)
        row[k:n:n_resources] = 1.0
        rows.append(row)
        sides.append(capacity[k])
    floor = np.array(
        [(reservation[i, demand[i] > 0] / demand[i, demand[i] > 0]).min(initial=1.0) for i in range(n_vms)]
    )
    least = np.where(np.isnan(fixed), floor, np.minimum(fixed, 1.0) - 1e-10)
    level = (0.0, None)
    if beyond is None:
        for i in np.flatnonzero(np.isnan(fixed)):  # level weights[i] <= s[i], or s[i] at its end
            row = np.zeros(n + n_vms + 1)
            row[-1], row[n + i] = weights[i], -1.0
            rows.append(row)
            sides.append(0.0)
    else:
        least = np.where(np.isnan(fixed), np.maximum(least, np.minimum(beyond[1] * weights - 1e-10, 1.0)), least)
    objective = np.zeros(n + n_vms + 1)
    objective[-1 if beyond is None else n + beyond[0]] = -1.0
    limits = [(r, d) for r, d in zip(reservation.ravel(), demand.ravel(), strict=True)]
    limits += [(min(low, 1.0), 1.0) for low in least] + [level]
    answer = linprog(objective, np.array(rows), sides, bounds=limits, method="highs")
    assert answer.x is not None, answer.message
    return -float(answer.fun)
