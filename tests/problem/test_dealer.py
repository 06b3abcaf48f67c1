"""Counts of VM classes on hosts, there and back."""

from __future__ import annotations

import numpy as np

from vmopt.formulation.assignment import assignment
from vmopt.formulation.symmetry import in_order
from vmopt.generate import generate
from vmopt.methods.greedy import order_by, place
from vmopt.metrics import loads, objective_of
from vmopt.model import Instance
from vmopt.problem import Dealer, compile


def greedy(instance):
    return place(
        compile(instance),
        order_by(compile(instance), "priority"),
        "first-fit",
        np.full(instance.n_vms, -1),
    )


def test_counts_there_and_back() -> None:
    """Tests that a placement rebuilt from its counts has the same loads and the same objective."""
    instance = generate("flavor", hosts=7, seed=3)
    before = greedy(instance)
    dealer = Dealer(instance.vm_classes)
    after = dealer.deal(*dealer.count(before))
    assert np.array_equal(loads(instance, after), loads(instance, before))
    assert objective_of(instance, after) == objective_of(instance, before)


def test_counts_beyond_supply_are_ignored() -> None:
    """Tests that more VMs than a class has are not invented."""
    instance = generate("flavor", hosts=2, seed=3)
    supply = int(instance.vm_classes.count[0])
    placed = Dealer(instance.vm_classes).deal(np.array([0, 0]), np.array([0, 1]), np.array([supply, 5]))
    assert (placed == 0).sum() == supply
    assert (placed == 1).sum() == 0


def test_point_of_a_placement() -> None:
    """Tests that the point of a feasible placement satisfies every row and has its objective."""
    instance = generate("flavor", hosts=4, seed=8)
    model = assignment(compile(instance))
    placed = greedy(instance)
    x = model.point(placed)
    assert model.program.violation(x) == 0
    assert np.isclose(model.program.value(x) * model.unit, objective_of(instance, placed), rtol=1e-12)
    assert np.array_equal(loads(instance, model.host_index(x)), loads(instance, in_order(compile(instance), placed)))


def test_the_first_of_a_class_go_first() -> None:
    """Tests by hand that VMs are dealt in the order of the instance, and that the others run nowhere."""
    dealer = Dealer(Instance.from_arrays([[4], [2], [4], [2], [4], [2]], [[8], [8]]).vm_classes)
    counts = np.array([1, 0, 0]), np.array([1, 1, 0]), np.array([2, 1, 1])
    assert dealer.deal(*counts).tolist() == [1, 1, 0, 1, -1, -1]
    assert [column.tolist() for column in dealer.count(np.full(6, -1))] == [[], [], []]


def test_patterns_take_hosts_of_their_class_in_order() -> None:
    """Tests by hand that patterns of two host classes, in any order, share no host and leave the last ones."""
    big, small = [8], [4]
    cluster = Instance.from_arrays(
        [[4], [2], [4], [2], [4], [2], [4]],
        [big, small, big, small, big, big, small],
    )
    large, little = cluster.host_classes.of[:2]
    placed = Dealer(cluster.vm_classes).deal_patterns(
        cluster.host_classes,
        np.array([little, large, little, large]),
        np.array([[0, 2], [1, 0], [1, 0], [1, 1]]),
        np.array([1, 2, 1, 1]),
    )
    assert placed.tolist() == [0, 1, 2, 1, 3, 4, 4]
