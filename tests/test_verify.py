"""The checks of placements and bounds, from the data alone."""

from __future__ import annotations

import itertools
from math import inf
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.strategies import instances
from tests.thorough import few
from vmopt import VM, Host, Landing, Pieces, metrics, solve
from vmopt.bounds.price_bound import verify_bound
from vmopt.errors import InstanceError, PlacementError
from vmopt.host_index import to_host_index
from vmopt.model import Instance
from vmopt.verify import Violation, verify

CLUSTER = Instance.from_arrays(
    [[4, 16], [5, 8], [1, 1]],
    [[8, 32], [4, 16]],
    resources=["cpu", "memory"],
    vm_names=["a", "b", "c"],
    host_names=["h1", "h2"],
)


def test_a_placement_that_fits() -> None:
    """Tests that a full host is no violation, in every form of a placement."""
    for placement in ([0, -1, 0], np.array([1, 0, 0]), {"a": "h2", "b": "h1"}, {"a": None}, {}):
        assert verify(CLUSTER, placement) == ()


def test_every_violation_is_found() -> None:
    """Tests that each overloaded host and resource is named with load and capacity."""
    assert verify(CLUSTER, {"a": "h1", "b": "h1"}) == (Violation("h1", "cpu", 9, 8),)
    assert verify(CLUSTER, [1, 1, 1]) == (Violation("h2", "cpu", 10, 4), Violation("h2", "memory", 25, 16))
    assert str(Violation("h1", "cpu", 9, 8)) == "host 'h1' has 8 of cpu, but 9 is placed on it"


def test_one_unit_too_much() -> None:
    """Tests that capacity is exact: one unit in 2^61 too much is seen."""
    cluster = Instance.from_arrays([[2**60], [2**60 + 1]], [[2**61]])
    assert verify(cluster, [0, 0]) == (Violation("host-0", "resource-0", 2**61 + 1, 2**61),)
    assert verify(cluster.replace(capacity=[[2**61 + 1]]), [0, 0]) == ()


@settings(max_examples=few(100), deadline=None)
@given(instances(), st.data())
def test_violations_are_those_of_plain_sums(instance: Instance, data: st.DataObject) -> None:
    """Tests verify, loads and objective against plain loops, on any placement."""
    hosts = st.integers(-1, instance.n_hosts - 1)
    host_index = np.array(data.draw(st.lists(hosts, min_size=instance.n_vms, max_size=instance.n_vms)))
    load = np.zeros(instance.capacity.shape, dtype=object)
    worth = 0.0
    for i, h in enumerate(host_index):
        if h >= 0:
            load[h] += instance.demand[i]
            worth += instance.value[i]
    assert metrics.loads(instance, host_index).tolist() == load.tolist()
    assert np.isclose(metrics.objective_of(instance, host_index), worth, rtol=1e-12, atol=0)
    found = {(v.host, v.resource, v.load, v.capacity) for v in verify(instance, host_index)}
    hosts_and_resources = itertools.product(range(instance.n_hosts), range(len(instance.resources)))
    assert found == {
        (instance.host_names[h], instance.resources[k], load[h, k], instance.capacity[h, k])
        for h, k in hosts_and_resources
        if load[h, k] > instance.capacity[h, k]
    }


@pytest.mark.parametrize(
    ("placement", "why"),
    [
        ({"z": "h1"}, "names VM 'z', which the instance does not have"),
        ({"a": "h9"}, "puts VM 'a' on host 'h9', which the instance does not have"),
        ({"a": ["h1"]}, "puts VM 'a' on host"),
        ({"a": 0}, "puts VM 'a' on host 0"),
        ([0, 0], "expected 3 integers"),
        ([0.0, 1.0, 0.0], "expected 3 integers"),
        ([0, 0, 2], "VM 'c' is placed on host 2, but hosts are 0 to 1"),
        ([0, -2, 0], "VM 'b' is placed on host -2"),
        (np.array([0, 0, 2**63], dtype=np.uint64), "VM 'c' is placed on host"),
        ([[0], [0, 1]], "ragged"),
        (None, "expected 3 integers"),
        ("abc", "expected 3 integers"),
    ],
)
def test_what_is_no_placement_is_refused(placement: Any, why: str) -> None:
    """Tests that a placement that cannot be read gives one error with its cause."""
    with pytest.raises(PlacementError, match=why):
        verify(CLUSTER, placement)


def test_verify_wants_an_instance() -> None:
    """Tests that something else in place of the instance is named."""
    with pytest.raises(InstanceError, match="expected an Instance, got list"):
        verify([], [0])  # type: ignore[arg-type]
    with pytest.raises(InstanceError, match="expected an Instance, got list"):
        verify_bound([], [0])  # type: ignore[arg-type]


def test_to_host_index_reads_mappings() -> None:
    """Tests that names become indices, what is left out -1."""
    assert to_host_index(CLUSTER, {"c": "h2", "b": None}).tolist() == [-1, -1, 1]


@settings(max_examples=few(150), deadline=None)
@given(instances(max_vms=4, max_hosts=2), st.data())
def test_any_prices_bound_any_placement(instance: Instance, data: st.DataObject) -> None:
    """Tests that whatever the prices, no placement that fits is worth more than the bound they prove."""
    shape = instance.host_classes.capacity.shape
    price = st.one_of(st.just(0.0), st.floats(0, 1), st.floats(0, 1e-6))
    prices = np.array(data.draw(st.lists(price, min_size=shape[0] * shape[1], max_size=shape[0] * shape[1])))
    bound = verify_bound(instance, prices.reshape(shape))
    for placement in itertools.product(range(-1, instance.n_hosts), repeat=instance.n_vms):
        if not verify(instance, list(placement)):
            assert metrics.objective_of(instance, np.array(placement)) <= bound


@settings(max_examples=few(50), deadline=None)
@given(instances(max_vms=4, max_hosts=2))
def test_no_prices_prove_the_sum_of_what_fits(instance: Instance) -> None:
    """Tests that prices of 0 prove the value of all VMs that fit some host alone."""
    fits = [any((d <= c).all() for c in instance.capacity) for d in instance.demand]
    total = float(instance.value[fits].sum())
    assume(total > 0)
    assert np.isclose(verify_bound(instance, np.zeros(instance.host_classes.capacity.shape)), total, rtol=1e-12, atol=0)


def test_a_bound_that_is_tight() -> None:
    """Tests that the right price proves the optimum of the relaxation: 8 units of capacity at 1 each."""
    cluster = Instance.from_arrays([[4], [5]], [[8]], value=[4, 5])
    assert 8 <= verify_bound(cluster, [[1.0]]) <= 8 + 1e-12


def test_huge_prices_prove_nothing() -> None:
    """Tests that prices that overflow give an infinite bound, not an error."""
    assert verify_bound(CLUSTER, np.full((2, 2), 1e308)) == inf


@pytest.mark.parametrize(
    ("prices", "why"),
    [
        ([[1.0]], r"shape \(1, 1\), expected \(2, 2\)"),
        ([[1, -1], [0, 0]], "at least 0"),
        ([[1, float("nan")], [0, 0]], "finite"),
        ([[1, float("inf")], [0, 0]], "finite"),
        ([[1, "x"], [0, 0]], "not a table of numbers"),
        ([[1, 2], [0]], "not a table of numbers"),
        (None, "shape|not a table"),
    ],
)
def test_bad_prices_are_refused(prices: Any, why: str) -> None:
    """Tests that prices of the wrong shape or sign give one error with its cause."""
    with pytest.raises(PlacementError, match=why):
        verify_bound(CLUSTER, prices)


def test_what_a_solution_gives_is_checked_unless_an_allocation_is_named() -> None:
    """Tests that a VM that got 8 does not fit a host of 6, though its reservation does, and 6 do."""
    elastic = Instance.from_arrays([[8]], [[8]], reservation=[[1]])
    solution, smaller = solve(elastic, method="greedy-priority"), elastic.replace(capacity=[[6]])
    assert verify(smaller, solution) == (Violation("host-0", "resource-0", 8, 6),)
    assert verify(smaller, solution, np.array([[6]])) == ()
    assert verify(smaller, [0]) == ()


def test_an_allocation_is_checked_with_the_placement() -> None:
    """Tests that less than a reservation is said, and nothing of the sort where a placement is all that is given."""
    elastic = Instance.from_arrays([[8]], [[8]], reservation=[[3]])
    assert len(verify(elastic, [0], np.array([[2]]))) == 1
    assert verify(elastic, [0], np.array([[3]])) == ()
    assert verify(elastic, [0]) == ()


def test_pieces_that_a_solution_states_are_judged_as_it_states_them() -> None:
    """Tests that two VMs told to share half a card are found, though a way without that exists."""
    piece = Pieces("gpu", 1, {"milli": 600})
    cards = Host("h", {"cpu": 8}, parts={"gpu": [{"milli": 1000}] * 2})
    cluster = Instance.from_rows([cards], [VM(name, {"cpu": 1}, pieces=[piece]) for name in "ab"])
    solution = solve(cluster, method="greedy-priority")
    assert verify(cluster, solution) == ()
    wrong = solution.landed_as({name: (Landing("gpu", (0,)),) for name in "ab"})
    assert len(verify(cluster, wrong)) == 1
    assert verify(cluster, wrong.host_index) == ()
