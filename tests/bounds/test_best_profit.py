"""The best reduced value of VMs at prices, against a loop over VMs and hosts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmopt.bounds import best_profit as profits
from vmopt.bounds.best_profit import best_profit
from vmopt.model.classes import VMClasses, each_vm


def one_by_one(vms: VMClasses, capacity: np.ndarray, prices: np.ndarray) -> list[float]:
    """What each VM is worth at best, host by host, and unit by unit where VMs are elastic."""
    best = []
    for j, (demand, value) in enumerate(zip(vms.demand, vms.value, strict=True)):
        found = 0.0 if vms.elastic else -np.inf
        for room, price in zip(capacity, prices, strict=True):
            least = vms.least[j]
            if (least > room).any():
                continue
            worth = float(value - demand @ price)
            if vms.elastic:
                given_up = np.where(vms.unit_value[j] > price, np.maximum(demand - room, 0), demand - least)
                worth = float(value - demand @ price - given_up @ (vms.unit_value[j] - price))
            found = max(found, worth)
        best.append(found)
    return best


@pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
@given(seed=st.integers(0, 10**6), elastic=st.booleans())
def test_it_is_that_of_a_loop(chunk: int, seed: int, elastic: bool) -> None:
    """Tests that neither the roomy hosts nor the chunks change a value; many hosts share a price."""
    rng = np.random.default_rng(seed)
    capacity = np.unique(rng.integers(0, 7, (9, 3)), axis=0)
    prices = rng.integers(0, 3, (2, 3))[rng.integers(0, 2, len(capacity))].astype(float)
    vms = each_vm(rng.integers(0, 7, (25, 3)), rng.integers(0, 20, 25).astype(float))
    if elastic:
        least = rng.integers(0, vms.demand + 1)
        vms = VMClasses(vms.of, vms.count, vms.demand, vms.value, least, rng.integers(0, 4, (25, 3)).astype(float))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(profits, "CHUNK", chunk)
        best, magnitude = best_profit(vms, capacity, prices)
    assert best.tolist() == pytest.approx(one_by_one(vms, capacity, prices))
    assert (magnitude >= np.where(np.isfinite(best), best, 0)).all() or not elastic


def test_hosts_alike_in_price_are_not_all_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that VMs which the roomiest host holds are compared with it alone, however many hosts there are."""
    looked_at = []
    fitting = profits.fitting
    monkeypatch.setattr(
        profits,
        "fitting",
        lambda least, capacity: looked_at.append(len(capacity)) or fitting(least, capacity),
    )
    rng = np.random.default_rng(1)
    capacity = rng.integers(50, 100, (5_000, 4))
    best_profit(each_vm(rng.integers(0, 40, (300, 4)), np.ones(300)), capacity, np.zeros(capacity.shape))
    assert set(looked_at) == {1}
