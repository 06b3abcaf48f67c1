"""Instances: rows and columns in, checks with names, frozen, copies."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from tests.strategies import instances
from tests.thorough import few
from vmopt.errors import InstanceError
from vmopt.model import VM, Host, Instance, Objective
from vmopt.model.instance import require_instance

HOSTS = (Host("h1", {"cpu": 8, "memory": 32}, {"rack": "r1"}), Host("h2", {"cpu": 4, "memory": 16}))
VMS = (
    VM("web", {"cpu": 4, "memory": 16}, priority=3, labels={"tier": "front"}),
    VM("db", {"cpu": 2}, value=7.5),
    VM("job", {"memory": 0.5}, kind="container"),
)


@pytest.fixture
def cluster() -> Instance:
    return Instance.from_rows(HOSTS, VMS)


def test_rows_become_columns(cluster: Instance) -> None:
    """Tests that Host and VM objects end in the right columns, what is left out as its default."""
    assert cluster.resources == ("cpu", "memory")
    assert cluster.scale.tolist() == [1, 2]
    assert cluster.demand.tolist() == [[4, 32], [2, 0], [0, 1]]
    assert cluster.capacity.tolist() == [[8, 64], [4, 32]]
    assert cluster.priority.tolist() == [3, 1, 1]
    assert cluster.own_value is not None
    assert np.array_equal(cluster.own_value, [np.nan, 7.5, np.nan], equal_nan=True)
    assert cluster.is_container is not None
    assert cluster.is_container.tolist() == [False, False, True]
    assert list(cluster.vm_names) == ["web", "db", "job"]


def test_columns_become_rows(cluster: Instance) -> None:
    """Tests that row views say what the rows said, amounts in the user's units."""
    assert [cluster.host(i) for i in range(2)] == [HOSTS[0], HOSTS[1]]
    assert cluster.vm(0) == VMS[0]
    assert cluster.vm(1) == VM("db", {"cpu": 2, "memory": 0}, value=7.5)
    assert cluster.vm(2) == VM("job", {"cpu": 0, "memory": 0.5}, kind="container")


@settings(max_examples=few(100), deadline=None)
@given(instances(elastic=None))
def test_row_views_make_the_instance_again(instance: Instance) -> None:
    """Tests that rows out and rows in lose nothing but that names were not given."""
    hosts = [instance.host(h) for h in range(instance.n_hosts)]
    vms = [instance.vm(i) for i in range(instance.n_vms)]
    again = Instance.from_rows(hosts, vms, resources=instance.resources, objective=instance.objective)
    assert again == instance.replace(vm_names=list(instance.vm_names), host_names=list(instance.host_names))


def test_resources_are_ordered_as_hosts_name_them() -> None:
    """Tests that resources come in the order of their first mention by a host, or as asked for."""
    hosts = [Host("a", {"gpu": 1}), Host("b", {"cpu": 1, "gpu": 2})]
    assert Instance.from_rows(hosts, [VM("v", {})]).resources == ("gpu", "cpu")
    assert Instance.from_rows(hosts, [VM("v", {})], resources=["cpu", "gpu"]).capacity.tolist() == [[0, 1], [1, 2]]


@pytest.mark.parametrize(
    ("hosts", "vms", "why"),
    [
        (HOSTS, [VM("x", {"gpu": 1})], r"VM 'x' names resource 'gpu', but the resources are cpu, memory"),
        (HOSTS, [VM("x", {}), VM("x", {})], "VM name 'x' is given twice"),
        ([*HOSTS, HOSTS[0]], VMS, "host name 'h1' is given twice"),
        (HOSTS, [VM("", {})], "non-empty string"),
        (HOSTS, [VM(5, {})], "non-empty string"),  # type: ignore[arg-type]
        (HOSTS, [VM("x", {"cpu": -1})], "demand of VM 'x' for 'cpu' is -1: amounts cannot be negative"),
        (HOSTS, [VM("x", {"cpu": "4"})], "demand of VM 'x' for 'cpu' is '4': amounts must be numbers"),  # type: ignore[dict-item]
        (HOSTS, [VM("x", [4, 16])], "amounts of VM 'x' are"),  # type: ignore[arg-type]
        (HOSTS, [VM("x", {}, priority=0)], "priority of VM 'x' is 0.0: it must be a finite number above 0"),
        (HOSTS, [VM("x", {}, priority=float("nan"))], "priority of VM 'x' is nan"),
        (HOSTS, [VM("x", {}, priority="high")], "priority of VM 'x' is 'high': it must be a number"),  # type: ignore[arg-type]
        (HOSTS, [VM("x", {}, priority=None)], "priority of VM 'x' is None"),  # type: ignore[arg-type]
        (HOSTS, [VM("x", {}, value=-2)], "value of VM 'x' is -2.0: it must be a finite number of at least 0"),
        (HOSTS, [VM("x", {}, value=float("inf"))], "value of VM 'x' is inf"),
        (HOSTS, [VM("x", {}, value=float("nan"))], "value of VM 'x' is nan: give a number, or None"),
        (HOSTS, [VM("x", {}, value="7")], "value of VM 'x' is '7'"),  # type: ignore[arg-type]
        (HOSTS, [VM("x", {}, kind="pod")], "VM 'x' is of kind 'pod'"),  # type: ignore[arg-type]
        (HOSTS, [VM("x", {}, labels={"a": 1})], "labels of VM 'x' are"),  # type: ignore[dict-item]
        (HOSTS, [VM("x", {}, labels=None)], "labels of VM 'x' are None"),  # type: ignore[arg-type]
        ([Host("h", None)], VMS, "amounts of host 'h' are None"),  # type: ignore[arg-type]
        ([Host("h", {})], [VM("x", {})], "there is no resource"),
        (HOSTS, ["web"], "expected a VM, got 'web'"),
        (VMS, VMS, "expected a Host"),
        (5, VMS, "expected Host objects, got 5"),
        ([], VMS, "there is no host"),
        (HOSTS, [], "there is no VM"),
    ],
)
def test_bad_rows_are_refused(hosts: Any, vms: Any, why: str) -> None:
    """Tests that a bad row gives one error that names it, the cause and the fix."""
    with pytest.raises(InstanceError, match=why):
        Instance.from_rows(hosts, vms)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"priority": [1]}, r"priority column has shape \(1,\)"),
        ({"priority": [[1, 2]]}, "shape"),
        ({"priority": [1, [2]]}, "not one finite number per VM"),
        ({"value": [None, 10**400]}, "finite"),
        ({"priority": 5}, "shape"),
        ({"priority": [1, 2**53 + 1]}, "is 9007199254740993: no float holds this integer: stay within 2"),
        ({"value": [1, 2**60 + 1]}, "no float holds this integer"),
        ({"priority": [1, -1]}, "priority of VM 'vm-1' is -1.0"),
        ({"priority": [1, 10**400]}, "finite"),
        ({"value": [1, "2"]}, "value of VM 'vm-1' is '2'"),
        ({"value": 5}, "shape"),
        ({"value": [1, -1]}, "value of VM 'vm-1' is -1.0"),
        ({"value": [1e308, 1e308]}, "add up to infinity"),
        ({"priority": [1.7e308, 1.7e308], "resources": ["a"]}, "add up to infinity"),
        ({"vm_names": ["a"]}, "1 VM names for 2 VMs"),
        ({"vm_names": "ab"}, "give a sequence of 2 names"),
        ({"vm_names": 7}, "give a sequence of 2 names"),
        ({"vm_names": ["a", "a"]}, "VM name 'a' is given twice"),
        ({"vm_names": ["a", None]}, "position 1"),
        ({"host_names": ["h", "k"]}, "2 host names for 1 hosts"),
        ({"resources": "a"}, "sequence of names"),
        ({"resources": 3}, "sequence of names"),
        ({"resources": []}, "there is no resource"),
        ({"resources": [""]}, "non-empty string"),
        ({"resources": ["a", "b"]}, "shape"),
        ({"is_container": [1, 0]}, "give 2 booleans"),
        ({"is_container": [True]}, "give 2 booleans"),
        ({"is_container": [True, [False]]}, "give 2 booleans"),
        ({"vm_labels": [{}]}, "give one mapping each"),
        ({"vm_labels": 5}, "give one mapping each"),
        ({"vm_labels": [{}, "x"]}, "labels of VM 'vm-1' are 'x'"),
        ({"host_labels": [{"a": None}]}, "labels of host 'host-0' are"),
        ({"objective": "demand"}, "give a vmopt.Objective"),
        ({"objective": Objective("priority", {"gpu": 1})}, "a weight names resource 'gpu'"),
    ],
)
def test_bad_columns_are_refused(given: dict[str, Any], why: str) -> None:
    """Tests that a bad column gives one error that says which, and why."""
    with pytest.raises(InstanceError, match=why):
        Instance.from_arrays([[6], [5]], [[8]], **given)


def test_values_come_from_the_objective_or_the_vm(cluster: Instance) -> None:
    """Tests that a VM's own value takes the place of weight times share, and only there."""
    share = [(4 / 12 + 160 / 480) / 2, 2 / 12 / 2, 5 / 480 / 2]
    assert np.allclose(cluster.value, [3 * share[0], 7.5, share[2]], rtol=1e-15)


def test_all_missing_is_the_same_as_none() -> None:
    """Tests that columns that say nothing are kept as None, so that equal instances are equal."""
    nothing = {"value": [None, np.nan], "is_container": [False, False], "vm_labels": [{}, {}], "host_labels": [{}]}
    assert Instance.from_arrays([[1], [2]], [[3]], **nothing) == Instance.from_arrays([[1], [2]], [[3]])


def test_arrays_are_frozen(cluster: Instance) -> None:
    """Tests that no array of an instance can be written to, nor labels."""
    for array in (cluster.demand, cluster.capacity, cluster.priority, cluster.value, cluster.share, cluster.total):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    assert cluster.vm_labels is not None
    with pytest.raises(TypeError):
        cluster.vm_labels[0]["tier"] = "back"  # type: ignore[index]


def test_the_caller_s_arrays_are_left_alone() -> None:
    """Tests that an instance keeps copies: changing the caller's arrays changes nothing, and they stay writeable."""
    demand, value = np.array([[1], [2]]), np.array([1.0, 2.0])
    cluster = Instance.from_arrays(demand, [[3]], priority=value, value=value)
    demand[0], value[0] = 9, 9
    assert cluster.demand[0] == 1
    assert cluster.priority[0] == cluster.value[0] == 1


def test_replace_changes_one_thing(cluster: Instance) -> None:
    """Tests that replace takes amounts in the user's units and keeps the rest."""
    changed = cluster.replace(capacity=[[8, 32.5], [4, 16]])
    assert changed.capacity.tolist() == [[8, 65], [4, 32]]
    assert changed != cluster
    assert changed.replace(capacity=[[8, 32], [4, 16]]) == cluster
    with pytest.raises(InstanceError, match="3 VM names for 1 VMs"):
        cluster.replace(demand=[[1, 1]])


@pytest.mark.parametrize(
    "change",
    [
        {"demand": [[4, 16], [2, 0], [0, 1]]},
        {"priority": [3, 1, 2]},
        {"value": None},
        {"vm_names": ["web", "db", "jobs"]},
        {"host_names": None},
        {"is_container": None},
        {"vm_labels": None},
        {"host_labels": [{}, {"rack": "r1"}]},
        {"resources": ["cpu", "ram"]},
        {"objective": Objective("demand")},
    ],
)
def test_every_column_counts_for_equality(cluster: Instance, change: dict[str, Any]) -> None:
    """Tests that instances that differ in one column are not equal."""
    assert cluster.replace() == cluster
    assert cluster.replace(**change) != cluster
    assert cluster != "an instance"


@settings(max_examples=few(100), deadline=None)
@given(instances(elastic=None))
def test_copies_are_equal(instance: Instance) -> None:
    """Tests that pickling, copying and replacing nothing give an equal, frozen instance."""
    for copied in (pickle.loads(pickle.dumps(instance)), copy.deepcopy(instance), instance.replace()):
        assert copied == instance
        assert np.array_equal(copied.value, instance.value)
        assert not copied.demand.flags.writeable


def test_repr_is_one_line(cluster: Instance) -> None:
    """Tests that printing an instance says its size, not its data."""
    assert repr(cluster) == "Instance(3 VMs on 2 hosts; cpu, memory; priority weighting)"


def test_other_things_are_no_instance() -> None:
    """Tests that asking for an instance names what was given instead."""
    with pytest.raises(InstanceError, match="expected an Instance, got dict"):
        require_instance({})


def test_large_integers_that_floats_hold_are_taken() -> None:
    """Tests that only integers that would become others are refused, beside fractions too."""
    cluster = Instance.from_arrays([[1]] * 3, [[3]], priority=[2**53, 10**20, 0.5])
    assert cluster.priority.tolist() == [2.0**53, 1e20, 0.5]
    with pytest.raises(InstanceError, match="no float holds this integer"):
        Instance.from_arrays([[1]] * 2, [[3]], priority=[2**53 + 1, 0.5])
