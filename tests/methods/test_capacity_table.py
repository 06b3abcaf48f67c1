"""The table of all host classes: against brute force and against the search of each knapsack."""

from __future__ import annotations

from functools import partial
from itertools import product

import numpy as np
import pytest

from vmopt.methods.patterns.branching import branch
from vmopt.methods.patterns.capacity_table import CapacityTable, CapacityTableParameters
from vmopt.methods.patterns.knapsack import Knapsack
from vmopt.methods.patterns.parameters import PricingEffort

WIDE = PricingEffort(beam=20_000, core=10**6, width=10**6)
never = partial(bool, False)


def brute(demand, capacity, worth, most) -> float:
    """Worth of the best of all multisets that fit."""
    every = np.array(list(product(*(range(n + 1) for n in most.tolist()))))
    return float((every @ worth)[(every @ demand <= capacity).all(axis=1)].max())


@pytest.mark.parametrize("seed", range(12))
def test_the_table_holds_the_optimum_of_every_class(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n_resources = int(rng.integers(1, 4))
    demand = rng.integers(0, 6, (5, n_resources)) * rng.integers(1, 4, n_resources)
    capacity = rng.integers(0, 14, (6, n_resources))
    worth, supply = rng.uniform(-0.2, 1.0, 5), rng.integers(0, 4, 5)
    at_most = rng.integers(0, 4, 5) if seed % 2 else None
    best = CapacityTable(demand, capacity, at_most).best(worth, supply)
    most = supply if at_most is None else np.minimum(supply, at_most)
    assert (best.counts <= most).all()
    assert (best.counts @ demand <= capacity).all()
    assert best.counts @ worth == pytest.approx(best.worth)
    expected = [brute(demand, row, worth, most) for row in capacity]
    assert best.worth == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(4))
def test_it_agrees_with_a_search_of_each_knapsack(seed: int) -> None:
    rng = np.random.default_rng(seed)
    demand, capacity = rng.integers(1, 12, (30, 3)), rng.integers(10, 31, (5, 3))
    worth, supply = rng.uniform(0.1, 1.0, 30), rng.integers(1, 5, 30)
    best = CapacityTable(demand, capacity).best(worth, supply)
    for row, found in zip(capacity, best.worth.tolist(), strict=True):
        relaxed = Knapsack(demand, row).relax(worth, supply)
        expected = 0.0 if relaxed is None else branch(relaxed, 0.0, WIDE, never).bound
        assert found == pytest.approx(expected)


def test_a_resource_that_nobody_asks_for_takes_no_room() -> None:
    table = CapacityTable(np.array([[4, 0], [6, 0]]), np.array([[10**9, 7], [20, 10**12]]))
    assert table.shape == (1, 5 * 10**8 + 1)


def test_tables_are_made_where_they_are_quick() -> None:
    demand, capacity, supply = np.array([[2], [3]]), np.arange(4, 14)[:, None], np.array([9, 9])
    assert CapacityTable.where_quick(demand, capacity, None, supply) is not None
    for few in (
        CapacityTableParameters(most_cells=13),
        CapacityTableParameters(most_entries=83),
        CapacityTableParameters(least_classes=11),
    ):
        assert CapacityTable.where_quick(demand, capacity, None, supply, few) is None
