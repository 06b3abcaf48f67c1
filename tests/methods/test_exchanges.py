"""Tests of exchanges between many pairs of hosts at once."""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np
import pytest

from vmopt import metrics
from vmopt.arrays import IntArray
from vmopt.bounds import dual
from vmopt.generate import generate
from vmopt.methods import greedy
from vmopt.methods.packing.losses import Losses
from vmopt.methods.packing.moves import NOBODY, Boxes, Moves, Pairs
from vmopt.methods.packing.neighbours import Chooser
from vmopt.methods.packing.occupancy import Occupancy
from vmopt.methods.packing.offers import Offers
from vmopt.methods.packing.pairs import exchange
from vmopt.methods.packing.parameters import DEFAULT
from vmopt.model.instance import Instance
from vmopt.problem import compile
from vmopt.verify import verify


def greedily(kind: str, hosts: int, resources: int = 3) -> tuple[Occupancy, Losses]:
    instance = generate(kind, hosts=hosts, seed=5, resources=resources)
    nothing = np.full(instance.n_vms, -1)
    placed = greedy.place(compile(instance), greedy.order_by(compile(instance), "priority"), "first-fit", nothing)
    return Occupancy(compile(instance), placed), Losses(compile(instance), dual.prices(compile(instance)))


def some_pairs(n_hosts: int, count: int, rng: np.random.Generator) -> IntArray:
    return np.asarray(rng.permutation(n_hosts)[: 2 * count].reshape(-1, 2))


@pytest.mark.parametrize(("kind", "resources"), [("large", 3), ("flavor", 3), ("large", 6)])
def test_all_couples_that_fit(kind: str, resources: int) -> None:
    """Tests that the couples found are all those, and only those, that fit a box and move no row twice."""
    occupancy, losses = greedily(kind, 10, resources)
    rng = np.random.default_rng(1)
    pairs = Pairs.of(occupancy, some_pairs(10, 3, rng))
    moves = Moves(pairs, losses.weight, rng)
    free = occupancy.free[pairs.hosts]
    out = np.array([pairs.first[0], NOBODY, pairs.first[5]])
    boxes = Boxes(np.arange(3), -free[:, 0], free[:, 1], out)
    couples = moves.couples(boxes)
    found = set(zip(couples.box.tolist(), couples.one.tolist(), couples.two.tolist(), strict=True))
    expected = set()
    pair_of = np.repeat(np.arange(3), (pairs.size + 1).prod(axis=1))
    for box in range(3):
        for one, two in combinations_with_replacement(np.flatnonzero(pair_of == box).tolist(), 2):
            shift = moves.shift[one] + moves.shift[two]
            rows = [[moves.from_a[m], moves.from_b[m], out[box]] for m in (one, two)]
            twice = any(a == b != NOBODY for a, b in zip(rows[0][:2], rows[1][:2], strict=True))
            leaving = out[box] != NOBODY and out[box] in rows[0][:2] + rows[1][:2]
            if (boxes.least[box] <= shift).all() and (shift <= boxes.most[box]).all() and not twice and not leaving:
                expected.add((box, one, two))
    assert found == expected
    assert len(found) > 3


@pytest.mark.parametrize(("kind", "resources"), [("large", 3), ("flavor", 3), ("distinct", 3), ("large", 8)])
def test_books_are_kept(kind: str, resources: int) -> None:
    """Tests that after many exchanges the placement fits, and value, free capacity and what is left are right."""
    occupancy, losses = greedily(kind, 12, resources)
    problem, instance = occupancy.problem, occupancy.problem.instance
    before = metrics.objective_of(instance, occupancy.placement())
    rng = np.random.default_rng(2)
    gain = sum(exchange(occupancy, losses, some_pairs(12, 5, rng), rng) for _ in range(30))
    placement = occupancy.placement()
    assert not verify(instance, placement)
    assert gain > 0
    assert metrics.objective_of(instance, placement) == pytest.approx(before + gain)
    anew = Occupancy(problem, placement)
    np.testing.assert_array_equal(occupancy.free, anew.free)
    np.testing.assert_array_equal(occupancy.left, anew.left)


def test_a_swap_makes_room() -> None:
    """Tests that a VM comes in that only a swap of two others makes room for."""
    cluster = Instance.from_arrays([[5], [3], [6], [4]], [[10], [10]], value=[5, 3, 6, 4])
    occupancy = Occupancy(compile(cluster), np.array([0, 0, 1, -1]))
    losses = Losses(compile(cluster), np.array([[1.0]]))
    assert exchange(occupancy, losses, np.array([[0, 1]]), np.random.default_rng(0)) == 4.0
    assert (occupancy.free.sum(), occupancy.left.sum()) == (2, 0)


def test_one_vm_for_two_pairs() -> None:
    """Tests that of two pairs that want the same VM only one gets it."""
    cluster = Instance.from_arrays([[4], [3], [5]], [[5]] * 4, value=[4, 3, 5])
    occupancy = Occupancy(compile(cluster), np.array([0, 2, -1]))
    losses = Losses(compile(cluster), np.array([[1.0]]))
    exchange(occupancy, losses, np.array([[0, 1], [2, 3]]), np.random.default_rng(0))
    assert occupancy.left.tolist() == [0, 0, 0]
    assert (occupancy.free >= 0).all()


def test_where_very_many_moves_are_left_out_nothing_goes_wrong() -> None:
    """Tests hosts that run so many classes that only some moves and offers are looked at."""
    rng = np.random.default_rng(3)
    demand = rng.integers(10, 100, (200, 2))
    cluster = Instance.from_arrays(demand, [[3000, 3000]] * 2)
    placement = np.where(np.arange(200) < 100, np.arange(200) % 2, -1)
    occupancy, losses = (
        Occupancy(compile(cluster), placement),
        Losses(compile(cluster), dual.prices(compile(cluster))),
    )
    pairs = Pairs.of(occupancy, np.array([[0, 1]]))
    assert len(Moves(pairs, losses.weight, rng).shift) == DEFAULT.exchange.most_moves
    assert Offers.to(pairs, occupancy, losses, rng).rank.max() < DEFAULT.exchange.most_offers
    exchange(occupancy, losses, pairs.hosts, rng)
    assert not verify(cluster, occupancy.placement())


@pytest.mark.parametrize("hosts", [2, 3, 9, 100])
def test_no_host_is_chosen_twice(hosts: int) -> None:
    """Tests that pairs share no host and leave busy ones alone, and that every host has its turn with any other."""
    occupancy, losses = greedily("large", hosts)
    chooser = Chooser(occupancy, losses, np.random.default_rng(0))
    chooser.busy[: hosts - 2 if hosts < 9 else 3] = True
    met = set()
    for _ in range(200):
        pairs = chooser.choose_pairs()
        assert pairs.shape[1] == 2
        assert len(np.unique(pairs)) == pairs.size
        assert not chooser.busy[pairs].any()
        met |= {frozenset(pair) for pair in pairs.tolist()}
    if hosts == 9:
        assert len(met) == 15
