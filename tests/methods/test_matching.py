"""Tests of matching bundles of VMs with many hosts at once."""

from __future__ import annotations

import numpy as np
import pytest

from vmopt import metrics
from vmopt.arrays import IntArray
from vmopt.bounds import dual
from vmopt.generate import generate
from vmopt.methods import greedy
from vmopt.methods.packing.losses import Losses
from vmopt.methods.packing.matching import rematch
from vmopt.methods.packing.occupancy import Occupancy
from vmopt.model.instance import Instance
from vmopt.problem import compile
from vmopt.verify import verify


def begun(instance: Instance, placed: IntArray) -> tuple[Occupancy, Losses]:
    problem = compile(instance)
    return Occupancy(problem, placed), Losses(problem, dual.prices(problem))


@pytest.mark.parametrize(("kind", "resources"), [("large", 3), ("flavor", 3), ("distinct", 3), ("large", 8)])
def test_books_are_kept(kind: str, resources: int) -> None:
    """Tests that after many matchings the placement fits, is better, and free capacity and what is left are right."""
    instance = generate(kind, hosts=12, seed=5, resources=resources)
    problem = compile(instance)
    nothing = np.full(instance.n_vms, -1)
    placed = greedy.place(problem, greedy.order_by(problem, "priority"), "first-fit", nothing)
    occupancy, losses = begun(instance, placed)
    rng = np.random.default_rng(2)
    gain = sum(rematch(occupancy, losses, rng.permutation(12)[:8], rng) for _ in range(200))
    placement = occupancy.placement()
    assert not verify(instance, placement)
    assert gain > 0
    assert metrics.objective_of(instance, placement) == pytest.approx(metrics.objective_of(instance, placed) + gain)
    anew = Occupancy(problem, placement)
    np.testing.assert_array_equal(occupancy.free, anew.free)
    np.testing.assert_array_equal(occupancy.left, anew.left)


def test_a_chain_over_three_hosts_makes_room() -> None:
    """Tests that one VM moves on for another that moves on for a third from outside, all at once."""
    only_some = [[2, 1, 0, 0], [2, 0, 1, 0], [2, 0, 0, 1]]
    cluster = Instance.from_arrays(only_some, [[3, 1, 0, 1], [3, 1, 1, 0], [3, 0, 1, 0]])
    occupancy, losses = begun(cluster, np.array([0, 1, -1]))
    rng = np.random.default_rng(0)
    gain = max(rematch(occupancy, losses, np.arange(3), rng) for _ in range(20))
    assert gain == pytest.approx(cluster.value[2])
    assert occupancy.placement().tolist() == [1, 2, 0]


def test_one_vm_makes_room_for_two() -> None:
    """Tests that a VM gives way to two that are worth more together."""
    cluster = Instance.from_arrays([[8], [4], [4], [3]], [[8]], value=[10, 6, 6, 1])
    occupancy, losses = begun(cluster, np.array([0, -1, -1, -1]))
    rng = np.random.default_rng(0)
    assert sum(rematch(occupancy, losses, np.array([0]), rng) for _ in range(20)) == pytest.approx(2)
    assert occupancy.placement().tolist() == [-1, 0, 0, -1]


def test_nothing_runs() -> None:
    """Tests that hosts which run nothing get VMs, and that nothing happens where no VM fits."""
    cluster = Instance.from_arrays([[3], [9]], [[4], [2]])
    occupancy, losses = begun(cluster, np.array([-1, -1]))
    rng = np.random.default_rng(0)
    assert sum(rematch(occupancy, losses, np.array([1, 0]), rng) for _ in range(10)) == pytest.approx(cluster.value[0])
    assert occupancy.placement().tolist() == [0, -1]
    assert rematch(occupancy, losses, np.array([1, 0]), rng) == 0.0
