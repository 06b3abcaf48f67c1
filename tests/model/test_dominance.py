"""Hosts that are larger than others in everything decide whether a VM fits anywhere."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vmopt.model.dominance import largest, largest_by_price


@given(st.integers(0, 10**6))
def test_a_vm_fits_some_host_if_it_fits_one_of_the_largest(seed: int) -> None:
    """Tests that leaving the smaller hosts out changes no answer."""
    rng = np.random.default_rng(seed)
    capacity = np.unique(rng.integers(0, 6, (12, 3)), axis=0)
    front = largest(capacity, np.arange(len(capacity)))
    for vm in rng.integers(0, 6, (20, 3)):
        assert (vm <= capacity).all(axis=1).any() == (vm <= capacity[front]).all(axis=1).any()


@given(st.integers(0, 10**6))
def test_the_best_profit_value_is_the_same(seed: int) -> None:
    """Tests that the best of value less price over fitting hosts needs the largest of each price only."""
    rng = np.random.default_rng(seed)
    capacity = np.unique(rng.integers(0, 6, (12, 2)), axis=0)
    prices = rng.integers(0, 2, (len(capacity), 2)).astype(float)
    kept = largest_by_price(capacity, prices)
    for vm in rng.integers(0, 6, (20, 2)):
        cost = np.where((vm <= capacity).all(axis=1), prices @ vm, np.inf)
        assert cost.min() == cost[kept].min(initial=np.inf)
