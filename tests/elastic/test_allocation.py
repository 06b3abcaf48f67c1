"""Allocations: the best one of a placement, and what verify and bounds say of them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import instances
from tests.thorough import few
from vmopt import metrics, verify, verify_bound
from vmopt.bounds.elastic_profit import elastic_profit
from vmopt.elastic.allocation import best_allocation
from vmopt.elastic.misallocation import Misallocation
from vmopt.errors import PlacementError
from vmopt.model import Instance
from vmopt.verify import Violation

TWO = Instance.from_arrays([[6], [6]], [[8]], priority=[1, 2], reservation=[[1], [1]], resources=["cpu"])


@settings(max_examples=few(100), deadline=None)
@given(instances(elastic=True, max_vms=5, max_hosts=2, max_resources=3), st.data())
def test_the_best_allocation_fits_and_cannot_be_improved(instance: Instance, data: st.DataObject) -> None:
    """Tests limits and capacities, and that no unit is worth more elsewhere on its host, or left over."""
    hosts = st.integers(-1, instance.n_hosts - 1)
    host_index = np.array(data.draw(st.lists(hosts, min_size=instance.n_vms, max_size=instance.n_vms)))
    if verify(instance, host_index):
        return
    allocation = best_allocation(instance, host_index)
    assert verify(instance, host_index, allocation) == ()
    free = instance.capacity - metrics.loads(instance, host_index, allocation)
    for h, k in itertools.product(range(instance.n_hosts), range(len(instance.resources))):
        here = np.flatnonzero(host_index == h)
        hungry = here[allocation[here, k] < instance.demand[here, k]]
        rich = here[allocation[here, k] > instance.reserved[here, k]]
        if hungry.size:
            assert free[h, k] == 0
        if hungry.size and rich.size:
            assert instance.unit_value[hungry, k].max() <= instance.unit_value[rich, k].min()


@settings(max_examples=few(60), deadline=None)
@given(instances(elastic=True, max_vms=4, max_hosts=2), st.data())
def test_any_prices_bound_any_placement(instance: Instance, data: st.DataObject) -> None:
    """Tests that whatever the prices, no placement and allocation is worth more than the bound they prove."""
    shape = instance.host_classes.capacity.shape
    price = st.one_of(st.just(0.0), st.floats(0, 1), st.floats(0, 1e-3))
    prices = np.array(data.draw(st.lists(price, min_size=shape[0] * shape[1], max_size=shape[0] * shape[1])))
    bound = verify_bound(instance, prices.reshape(shape))
    for placement in itertools.product(range(-1, instance.n_hosts), repeat=instance.n_vms):
        if not verify(instance, list(placement)):
            assert metrics.objective_of(instance, np.array(placement)) <= bound


@settings(max_examples=few(40), deadline=None)
@given(instances(elastic=False), st.data())
def test_an_inelastic_bound_is_that_of_equal_reservations(instance: Instance, data: st.DataObject) -> None:
    """Tests that the closed form for elastic VMs agrees with the plain one where everything is reserved."""
    vms, hosts = instance.vm_classes, instance.host_classes
    price = st.floats(0, 1)
    size = hosts.capacity.size
    prices = np.array(data.draw(st.lists(price, min_size=size, max_size=size))).reshape(hosts.capacity.shape)
    first = np.unique(vms.of, return_index=True)[1]
    profit, _ = elastic_profit(vms.demand, vms.demand, vms.value, instance.unit_value[first], hosts.capacity, prices)
    fits = (vms.demand[:, None] <= hosts.capacity).all(axis=2)
    plain = np.where(fits, np.maximum(vms.value[:, None] - vms.demand @ prices.T, 0), 0).max(axis=1)
    np.testing.assert_allclose(profit, plain, atol=1e-9)


def test_a_price_is_paid_for_what_pays() -> None:
    """Tests the bound by hand: at a price of 1/8 the second VM takes 6 units, the first its one, and 8 are sold."""
    assert verify_bound(TWO, [[1 / 8]]) == pytest.approx(1 + (6 * 2 / 8 - 6 / 8) + (6 * 1 / 8 - 6 / 8))


def test_verify_takes_reservations_where_only_a_placement_is_given() -> None:
    """Tests that a placement fits when its reservations do."""
    assert verify(TWO, [0, 0]) == ()
    assert verify(TWO.replace(reservation=[[4], [5]]), [0, 0]) == (Violation("host-0", "cpu", 9, 8),)


@pytest.mark.parametrize(
    ("placement", "allocation", "found"),
    [
        ([0, 0], [[2], [6]], ()),
        ([0, -1], [[6], [0]], ()),
        ([0, 0], [[3], [6]], (Violation("host-0", "cpu", 9, 8),)),
        ([0, 0], [[0], [6]], (Misallocation("vm-0", "cpu", 0, 1, 6),)),
        ([0, -1], [[7], [0]], (Misallocation("vm-0", "cpu", 7, 1, 6),)),
        ([0, -1], [[6], [1]], (Misallocation("vm-1", "cpu", 1, 0, 0),)),
    ],
)
def test_verify_checks_allocations(placement, allocation, found) -> None:
    """Tests what is said of too much on a host, and of too little and too much for a VM."""
    assert verify(TWO, placement, allocation) == found


def test_a_misallocation_in_words() -> None:
    """Tests that it names the VM, the resource, and what is allowed."""
    (wrong,) = verify(TWO, [0, 0], [[0], [6]])
    assert str(wrong) == "VM 'vm-0' is given 0 of cpu, but 1 to 6 is allowed"


@pytest.mark.parametrize("allocation", [[[1.5], [2]], [[1]], [[1], [2, 3]], "all"])
def test_what_is_no_allocation(allocation) -> None:
    """Tests that fractions and wrong shapes are refused."""
    with pytest.raises(PlacementError, match="allocation"):
        verify(TWO, [0, 0], allocation)
