"""The bound that prices prove, worked out by hand."""

from __future__ import annotations

from math import inf, nan
from typing import Any

import numpy as np
import pandas as pd
import pytest

from vmopt import Ban, MustRun, Quota
from vmopt.bounds import RulePrices
from vmopt.bounds.price_bound import EPSILON, verify_bound
from vmopt.errors import PlacementError
from vmopt.model import Instance

CLUSTER = Instance.from_arrays([[4], [5]], [[8]], value=[6, 9])


@pytest.mark.parametrize(("price", "value"), [(0.0, 15), (1.0, 8 + 2 + 4), (1.5, 12 + 1.5), (1.75, 14 + 0.25), (2, 16)])
def test_hosts_earn_their_prices_and_vms_what_is_left(price: float, value: float) -> None:
    """Tests ``8 price + max(0, 6 - 4 price) + max(0, 9 - 5 price)``."""
    assert verify_bound(CLUSTER, [[price]]) == pytest.approx(value, rel=1e-12)


def test_every_host_and_every_vm_of_a_class_counts() -> None:
    """Tests two hosts of 8 at 1 a unit, and three VMs that pay 4 of the 6 that they are worth."""
    cluster = Instance.from_arrays([[4]] * 3, [[8], [8]], value=[6, 6, 6])
    assert verify_bound(cluster, [[1.0]]) == pytest.approx(2 * 8 + 3 * 2, rel=1e-12)


@pytest.mark.parametrize(
    ("value", "price", "n_terms", "magnitude"),
    [
        ([6, 9], 1.0, 4, 8 + (6 + 4 + 2) + (9 + 5 + 4)),
        ([6, 6], 2.0, 4, 16 + (6 + 8 + 0) + (6 + 10 + 0)),
        ([2**20, 2**20], 0.0, 4, 2**21),
    ],
)
def test_rounding_is_added(value: list[float], price: float, n_terms: int, magnitude: float) -> None:
    """Tests the rounding by hand: one unit in the last place a term, of all numbers that were added up."""
    plain = 8 * price + sum(max(v - d * price, 0) for v, d in zip(value, (4, 5), strict=True))
    cluster = CLUSTER.replace(value=value)
    assert verify_bound(cluster, [[price]]) == plain + EPSILON * n_terms * magnitude


def test_rounding_counts_resources_and_rules() -> None:
    """Tests that each resource is a term more, and each rule with a price."""
    cluster = Instance.from_arrays([[4, 1]], [[8, 8]], value=[16], rules=[Quota(1, resource=None)])
    one = np.zeros(1, dtype=np.int64)
    price = RulePrices(one, one, one, np.array([2.0]))
    assert verify_bound(cluster, [[0.0, 0.0]]) == 16 * (1 + 5 * EPSILON)
    assert verify_bound(cluster, [[0.0, 0.0]], price) == 2 + 14 + EPSILON * 6 * (2 + 16 + 2 + 14)


def test_limits_of_rules_earn_their_prices() -> None:
    """Tests a quota of one VM at 5: it earns 5, and each VM pays 5 of what it is worth."""
    cluster = CLUSTER.replace(rules=[Quota(1, resource=None)])
    one = np.zeros(1, dtype=np.int64)
    priced = RulePrices(one, one, one, np.array([5.0]))
    assert verify_bound(cluster, [[0.0]], priced) == pytest.approx(5 + 1 + 4, rel=1e-12)


def test_who_must_run_pays_more_than_it_is_worth() -> None:
    """Tests that a VM that has to run lowers the bound by what it pays in excess, but never below 0."""
    cluster = CLUSTER.replace(rules=[MustRun("vm-0")])
    assert verify_bound(cluster, [[1.75]]) == pytest.approx(14 - 1 + 0.25, rel=1e-12)
    small = Instance.from_arrays([[8]], [[9], [8]], value=[1], rules=[MustRun("vm-0"), Ban("vm-0", "host-0")])
    assert verify_bound(small, [[0.0], [1.0]]) == pytest.approx(8 - 7, rel=1e-12)
    both = Instance.from_arrays([[8], [8]], [[8]], value=[1, 2], rules=[MustRun("vm-*")])
    assert verify_bound(both, [[2.0]]) == 0


def test_what_overflows_proves_nothing() -> None:
    """Tests that a sum past the largest double is an infinite bound, with no warning."""
    assert verify_bound(CLUSTER, [[1e308]]) == inf
    assert verify_bound(CLUSTER, [[1e307]]) < inf


def test_prices_are_read_by_name() -> None:
    """Tests that a table with names is put in the order of the resources."""
    cluster = Instance.from_arrays([[4, 1]], [[8, 2]], value=[16], resources=["cpu", "memory"])
    by_name = {"memory": [3.0], "cpu": [1.0]}
    assert verify_bound(cluster, by_name) == verify_bound(cluster, [[1.0, 3.0]]) == pytest.approx(23, rel=1e-12)


@pytest.mark.parametrize(
    ("prices", "why"),
    [
        ([[1.0], [1.0]], r"shape \(2, 1\), expected \(1, 1\)"),
        ([[-1e-9]], "finite and at least 0"),
        ([[nan]], "finite and at least 0"),
        ([[inf]], "finite and at least 0"),
        ([["dear"]], "not a table of numbers"),
        ([[[1.0], 2.0]], "not a table of numbers"),
        (pd.DataFrame({"resource-0": [1.0]}, index=["h1"]), "read by place"),
    ],
)
def test_what_are_no_prices_is_refused(prices: Any, why: str) -> None:
    """Tests that each kind of wrong prices is named."""
    with pytest.raises(PlacementError, match=why):
        verify_bound(CLUSTER, prices)


@pytest.mark.parametrize("wrong", [-1.0, nan, inf])
def test_one_wrong_price_is_enough(wrong: float) -> None:
    """Tests that the right price of another resource does not hide a wrong one."""
    cluster = Instance.from_arrays([[4, 1]], [[8, 2]])
    with pytest.raises(PlacementError, match="finite and at least 0"):
        verify_bound(cluster, [[1.0, wrong]])
