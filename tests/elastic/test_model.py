"""Reservations in instances: rows, columns, values, classes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

import vmopt
import vmopt.metrics
from tests.strategies import instances
from tests.thorough import few
from vmopt.model import VM, Host, Instance, Objective

HOSTS = [Host("h", {"cpu": 8, "memory": 16})]


def test_rows_reserve_the_demand_where_they_say_nothing() -> None:
    """Tests that a resource, or a VM, without a reservation is reserved in full."""
    vms = [VM("a", {"cpu": 4, "memory": 8}, reservation={"cpu": 1}), VM("b", {"cpu": 2})]
    cluster = Instance.from_rows(HOSTS, vms)
    assert cluster.reservation.tolist() == [[1, 8], [2, 0]]
    assert cluster.vm(0).reservation == {"cpu": 1, "memory": 8}


def test_reservations_of_all_are_none() -> None:
    """Tests that an instance in which everything is reserved is the inelastic one."""
    cluster = Instance.from_arrays([[4], [5]], [[8]])
    assert cluster.replace(reservation=[[4], [5]]).reservation is None
    assert cluster.replace(reservation=[[4], [5]]) == cluster
    assert vmopt.io.fingerprint(cluster) != vmopt.io.fingerprint(cluster.replace(reservation=[[4], [4]]))


def test_reservations_share_the_scale() -> None:
    """Tests that reservations are in the units of demand and capacity, and round up."""
    cluster = Instance.from_arrays([[1], [2]], [[4]], reservation=[[0.25], [1.5]])
    assert cluster.scale.tolist() == [4]
    assert cluster.reservation.ravel().tolist() == [1, 6]
    thirds = Instance.from_arrays([[1.0]], [[4]], reservation=[[1 / 3]])
    assert thirds.reservation[0, 0] / thirds.scale[0] >= 1 / 3


def test_replace_keeps_and_changes() -> None:
    """Tests that reservations survive a change of something else, and that None takes them away."""
    cluster = Instance.from_arrays([[4], [5]], [[8]], reservation=[[1], [2]])
    assert cluster.replace(priority=[2, 1]).reservation.tolist() == [[1], [2]]
    assert cluster.replace(reservation=None).reservation is None


@pytest.mark.parametrize(
    ("reservation", "told"),
    [
        ([[5], [5]], "reservation of VM 'vm-0' for 'resource-0' is above its demand"),
        ([[-1], [5]], "reservation of VM 'vm-0' for 'resource-0' is -1"),
        ([[np.nan], [5]], "reservation of VM 'vm-0'"),
        ([[1]], "reservation table has shape"),
        ([["x"], [1]], "reservation of VM 'vm-0'"),
    ],
)
def test_wrong_reservations(reservation, told) -> None:
    """Tests that a reservation that makes no sense is one error that names the VM."""
    with pytest.raises(vmopt.InstanceError, match=told):
        Instance.from_arrays([[4], [5]], [[8]], reservation=reservation)


def test_unknown_resource_in_a_row() -> None:
    """Tests that a reservation of a resource that no host has is refused."""
    with pytest.raises(vmopt.InstanceError, match="names resource 'gpu'"):
        Instance.from_rows(HOSTS, [VM("a", {"cpu": 4}, reservation={"gpu": 1})])


@settings(max_examples=few(60), deadline=None)
@given(instances(elastic=True))
def test_a_full_allocation_is_worth_the_value(instance: Instance) -> None:
    """Tests that units add up to the value of each VM, but for values where no resource that counts is asked for."""
    whole = (instance.unit_value * instance.demand).sum(axis=1)
    np.testing.assert_allclose(whole, np.where(instance.share > 0, instance.value, 0.0), rtol=1e-12)


@pytest.mark.parametrize("weighting", ["priority", "demand"])
def test_half_the_allocation_is_half_the_value(weighting) -> None:
    """Tests that what a VM gets counts as its weight times the share that it gets."""
    cluster = Instance.from_arrays(
        [[4, 6]], [[8, 6]], priority=[3], reservation=[[0, 0]], objective=Objective(weighting)
    )
    weight = 3 if weighting == "priority" else 0.75
    got = vmopt.metrics.objective_of(cluster, np.array([0]), np.array([[2, 3]]))
    assert got == pytest.approx(weight * (2 / 8 + 3 / 6) / 2)


@settings(max_examples=few(60), deadline=None)
@given(instances(elastic=True))
def test_classes_are_alike_in_everything(instance: Instance) -> None:
    """Tests that VMs of a class have the same demand, reservation, value and worth of a unit."""
    vms = instance.vm_classes
    if instance.reservation is not None:
        np.testing.assert_array_equal(vms.least[vms.of], instance.reservation)
        np.testing.assert_array_equal(vms.unit_value[vms.of], instance.unit_value)
    np.testing.assert_array_equal(vms.demand[vms.of], instance.demand)


@pytest.mark.parametrize("part", [0, 0.5, 0.75, 1])
def test_generated_reservations(part) -> None:
    """Tests that a generated instance reserves the part asked for, rounded up, and nothing else changes."""
    cluster, plain = vmopt.generate(hosts=3, reservation=part), vmopt.generate(hosts=3)
    np.testing.assert_array_equal(cluster.reserved, np.ceil(plain.demand * part))
    assert cluster.replace(reservation=None) == plain
    assert (cluster.reservation is None) == (part == 1)


@pytest.mark.parametrize("part", [-0.1, 1.5, "half", True])
def test_a_part_that_makes_no_sense(part) -> None:
    """Tests that a part outside [0, 1] is refused."""
    with pytest.raises(vmopt.OptionError, match="from 0 to 1"):
        vmopt.generate(hosts=3, reservation=part)
