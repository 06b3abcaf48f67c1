"""Prices of one resource, against knapsacks worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from vmopt.bounds.knapsack import knapsack_prices
from vmopt.model import Instance
from vmopt.problem import compile


@pytest.mark.parametrize(("capacity", "price"), [(4, 1.0), (0, 3.0), (5, 0.0), (6, 0.0)])
def test_the_first_that_does_not_fit_sets_the_price(capacity: int, price: float) -> None:
    """Tests that VMs go in by value per unit, not by value, and that what is enough for all costs nothing."""
    cluster = Instance.from_arrays([[4], [1]], [[capacity]], value=[4, 3])
    assert knapsack_prices(compile(cluster), 0).tolist() == [[price]]


def test_only_the_resource_asked_for_has_a_price() -> None:
    """Tests that every class of hosts has the same price, and that VMs that ask for nothing of it set none."""
    cluster = Instance.from_arrays([[4, 0], [2, 6], [0, 3]], [[3, 9], [1, 9]], value=[4, 6, 9])
    assert knapsack_prices(compile(cluster), 0).tolist() == [[1.0, 0.0], [1.0, 0.0]]


@pytest.mark.parametrize(
    ("capacity", "least", "price"),
    [(1, 2, 1.3 / 2), (2, 1, 0.7 / 2), (4, 1, 0.5 / 4), (6, 1, 0.0)],
)
def test_elastic_vms_go_in_by_parts(capacity: int, least: int, price: float) -> None:
    """Tests by hand that what a VM must get goes in apart from what it can use beyond, at 0.5 / capacity each."""
    cluster = Instance.from_arrays([[4, 6], [2, 4]], [[capacity, 10]], reservation=[[least, 6], [2, 4]])
    assert knapsack_prices(compile(cluster), 0) == pytest.approx(np.array([[price, 0.0]]))
