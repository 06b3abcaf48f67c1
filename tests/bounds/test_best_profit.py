"""The best reduced value of VMs at prices, against a loop over VMs and hosts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmopt import Ban, Instance, Quota
from vmopt.bounds import RulePrices
from vmopt.bounds import best_profit as profits
from vmopt.bounds.best_profit import best_profit, gain, roomiest
from vmopt.bounds.tolls import Tolls
from vmopt.model.classes import VMClasses, classify_vms, each_vm


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


@pytest.mark.parametrize("chunk", [1, 1 << 20])
def test_the_best_is_over_the_hosts_that_fit(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    """Tests by hand VMs of 4, 7 and 9 on a host of 8 at 1/2 and one of 6 at 1/4; rounding is of the most that is paid.

    The first pays 2 or 1, the second 3.5, and the third fits neither.
    """
    monkeypatch.setattr(profits, "CHUNK", chunk)
    vms = each_vm(np.array([[4], [7], [9]]), np.array([4.0, 5.0, 9.0]))
    best, magnitude = best_profit(vms, np.array([[8], [6]]), np.array([[0.5], [0.25]]))
    assert best.tolist() == [3.0, 1.5, -np.inf]
    assert magnitude.tolist() == [6.0, 8.5, 0.0]


def test_who_does_not_fit_the_roomiest_goes_elsewhere() -> None:
    """Tests VMs for a narrow host where others of its price are roomier in all: it is free, another costs 1 a unit."""
    capacity, prices = np.array([[10, 5], [10, 10], [4, 11]]), np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
    vms = each_vm(np.array([[3, 8], [3, 11], [9, 9], [9, 11]]), np.full(4, 20.0))
    assert best_profit(vms, capacity, prices)[0].tolist() == [20.0, 20.0, 2.0, -np.inf]


def test_who_pays_nothing_rounds_nothing() -> None:
    """Tests that a value alone is not rounded, and that without hosts there is no best."""
    vms = each_vm(np.array([[4]]), np.array([3.0]))
    assert [float(found[0]) for found in best_profit(vms, np.array([[8]]), np.array([[0.0]]))] == [3.0, 0.0]
    assert [float(found[0]) for found in best_profit(vms, np.array([[8]]), np.array([[0.25]]))] == [2.0, 4.0]
    nowhere = np.zeros((0, 1))
    assert [float(found[0]) for found in best_profit(vms, nowhere.astype(int), nowhere)] == [-np.inf, 0.0]


def test_elastic_vms_take_what_pays() -> None:
    """Tests a VM worth 8 at 4 units, 2 a unit, that needs 1: at 3 a unit it takes 1, at 1 a unit all 3 that there are.

    It gains 8 - 8 + (2 - 1) 3, of numbers that add up to 8 + 8 + (2 + 1) 3, each rounded twice.
    """
    of, one = np.array([0]), np.array([[1]])
    vms = VMClasses(of, np.array([1]), np.array([[4]]), np.array([8.0]), one, np.array([[2.0]]))
    best, magnitude = best_profit(vms, np.array([[9], [3]]), np.array([[3.0], [1.0]]))
    assert (best.tolist(), magnitude.tolist()) == ([3.0], [50.0])


@pytest.mark.parametrize("elastic", [False, True])
def test_tolls_tell_hosts_of_a_price_apart(elastic: bool) -> None:
    """Tests a VM that may not run on the roomiest host of its price, behind two that are alike and may.

    All pay 1 to a quota beside 1/2 a unit: 4 - 2 - 1 is left of the first two, 9 - 2 - 1 of the one of 4 units.
    """
    rules = [Ban("vm-2", "host-0"), Quota(2, resource=None)]
    one = np.array([1])
    price = RulePrices(one, one - 1, one - 1, np.array([1.0]))
    least = [[4], [4], [3]] if elastic else None
    cluster = Instance.from_arrays([[4]] * 3, [[9], [6]], value=[4, 4, 9], rules=rules, reservation=least)
    vms, hosts = cluster.vm_classes, cluster.host_classes
    best, magnitude = best_profit(vms, hosts.capacity, np.full((2, 1), 0.5), Tolls.of(cluster, price))
    assert best[vms.of].tolist() == pytest.approx([1.0, 1.0, 6.0])
    if not elastic:
        assert magnitude[vms.of].tolist() == [7.0, 7.0, 12.0]
    free = best_profit(vms, hosts.capacity, np.where(hosts.capacity == 9, 0.0, 0.5), Tolls.of(cluster, price))[0]
    assert free[vms.of].tolist() == pytest.approx([3.0, 3.0, 6.0])


def test_the_roomiest_has_most_of_what_it_has_least_of() -> None:
    """Tests parts of the most there is of each resource: amounts in different units, a single unit, and none at all."""
    nothing = np.zeros((2, 2))
    assert roomiest(np.array([[1000, 4], [3000, 2]]), nothing).tolist() == [1]
    assert roomiest(np.array([[1, 3], [1, 4]]), nothing).tolist() == [1]
    assert roomiest(np.array([[0, 3], [0, 4]]), nothing).tolist() == [0]
    assert roomiest(np.array([[1, 3], [1, 4]]), np.array([[0, 1], [0, 0]])).tolist() == [0, 1]


def test_only_who_must_run_adds_a_loss() -> None:
    """Tests two VMs that are alike, one that must run at a loss, and one that must but fits nowhere."""
    vms = classify_vms(np.array([[1], [1], [2], [3]]), np.ones(4))
    best = np.array([-1.0, -1.0, -np.inf])[np.argsort(vms.of[[0, 2, 3]])]
    must = np.array([False, False, True, True])
    assert gain(vms, best, must)[vms.of].tolist() == [0.0, 0.0, -1.0, 0.0]
    assert gain(vms, best, None).tolist() == [0.0, 0.0, 0.0]
    assert gain(vms, np.array([2.0, 0.5, -1.0]), None).tolist() == [2.0, 0.5, 0.0]


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
