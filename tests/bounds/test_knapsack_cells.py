"""Tables over cells of capacity: what is left to earn, against every choice of VMs."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from vmopt.arrays import FloatArray, IntArray
from vmopt.bounds.knapsack_cells import CellTables

DEMAND, PROFIT, MOST = np.array([[3, 1], [2, 2], [1, 0]]), np.array([5.5, 4.0, 1.25]), np.array([7, 3, 4])
CAPACITY, PRICE = np.array([7, 5]), np.array([1.0, 0.5])
MANY, FEW = 10_000, 40


def earned(begin: int, left: IntArray) -> float:
    """The most that VMs of the classes from one on earn, by trying all numbers of them."""
    best = 0.0
    for counts in product(*(range(n + 1) for n in MOST[begin:].tolist())):
        if (np.array(counts, dtype=np.int64) @ DEMAND[begin:] <= left).all():
            best = max(best, float(np.dot(counts, PROFIT[begin:])))
    return best


def everywhere() -> tuple[IntArray, IntArray]:
    """Every class to begin with, the end of all included, in every capacity left."""
    states = np.array(list(product(range(len(PROFIT) + 1), *(range(c + 1) for c in CAPACITY.tolist()))))
    return states[:, 0], states[:, 1:]


@pytest.fixture(scope="module")
def truth() -> FloatArray:
    begin, left = everywhere()
    return np.array([earned(int(b), row) for b, row in zip(begin, left, strict=True)])


def test_with_a_cell_for_each_unit_nothing_is_lost(truth: FloatArray) -> None:
    """Tests that tables are exact where cells are, for whatever is left."""
    tables = CellTables(DEMAND, PROFIT, MOST, CAPACITY, PRICE, MANY)
    assert sorted(tables.resources.tolist()) == [0, 1]
    assert tables.flat.size == 4 * 8 * 6
    np.testing.assert_array_equal(tables.bound(*everywhere()), truth)


@pytest.mark.parametrize("entries", [1, 8, FEW, 100])
def test_wide_cells_bound_from_above(entries: int, truth: FloatArray) -> None:
    """Tests that no choice earns more than the tables say, in as many entries as may be, or the fewest."""
    tables = CellTables(DEMAND, PROFIT, MOST, CAPACITY, PRICE, entries)
    assert tables.flat.size <= max(entries, len(PROFIT) + 1)
    bound = tables.bound(*everywhere())
    assert (bound >= truth).all()
    assert bound.max() <= MOST @ PROFIT


def test_narrower_cells_say_more(truth: FloatArray) -> None:
    begin, left = everywhere()
    off = [
        float((CellTables(DEMAND, PROFIT, MOST, CAPACITY, PRICE, n).bound(begin, left) - truth).sum())
        for n in (1, 40, MANY)
    ]
    assert off[0] > off[1] > off[2] == 0


@pytest.mark.parametrize(
    ("price", "capacity", "looked_at"),
    [
        ([4, 1, 3, 2], [9, 9, 9, 9], {0, 2, 3}),
        ([1, 1, 1, 1], [9, 40, 30, 20], {1, 2, 3}),
        ([0, 2, 0, 0], [9, 9, 9, 9], {1}),
        ([0.01, 0.02, 0, 0], [9, 9, 9, 9], {0, 1}),
    ],
)
def test_the_scarcest_resources_make_the_cells(price: list[float], capacity: list[int], looked_at: set[int]) -> None:
    """Tests that capacity is looked at by what all of it is worth: of three at most, all with a price."""
    tables = CellTables(
        np.ones((2, 4), dtype=np.int64), np.ones(2), np.ones(2), np.array(capacity), np.array(price), MANY
    )
    assert set(tables.resources.tolist()) == looked_at


def test_without_prices_one_resource_is_looked_at() -> None:
    tables = CellTables(DEMAND, PROFIT, MOST, CAPACITY, np.zeros(2), MANY)
    assert len(tables.resources) == 1


@pytest.mark.parametrize("entries", [FEW, MANY])
def test_the_end_is_where_no_more_can_be_earned_than_is_needed(entries: int) -> None:
    """Tests the bisection against looking at one class after the other, for needs that are met exactly as well."""
    tables = CellTables(DEMAND, PROFIT, MOST, CAPACITY, PRICE, entries)
    begin, left = everywhere()
    for need in (-1.0, 0.0, 1.25, 4.0, 5.5, 11.0, 100.0):
        first = []
        for b, row in zip(begin.tolist(), left, strict=True):
            classes = range(b, len(PROFIT) + 1)
            says = {j: float(tables.bound(np.array([j]), row[None])[0]) for j in classes}
            first.append(next((j for j in classes if says[j] <= need), len(PROFIT)))
        np.testing.assert_array_equal(tables.end(begin, left, np.full(len(begin), need)), first)


def test_what_nobody_asks_for_makes_one_wide_cell_of_no_harm(truth: FloatArray) -> None:
    """Tests a third resource with a price, of which no VM wants any."""
    begin, left = everywhere()
    more = [np.column_stack([DEMAND, np.zeros(3, dtype=np.int64)]), np.append(CAPACITY, 3), np.append(PRICE, 9.0)]
    tables = CellTables(more[0], PROFIT, MOST, more[1], more[2], MANY)
    np.testing.assert_array_equal(tables.bound(begin, np.column_stack([left, np.full(len(left), 3)])), truth)
