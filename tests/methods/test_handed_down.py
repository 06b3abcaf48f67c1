"""Parameters of what a method calls are handed down to it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

import vmopt
from tests.patience import PATIENCE
from vmopt.bounds.dual import DualParameters
from vmopt.methods import greedy, greedy_spread, price_guided
from vmopt.methods.dual_prices import DualPriceParameters
from vmopt.methods.greedy import GreedyParameters
from vmopt.methods.neighbourhood import improve
from vmopt.methods.packing.parameters import NeighbourhoodParameters
from vmopt.methods.price_guided import DealParameters
from vmopt.methods.ruled import rounds
from vmopt.methods.ruled.parameters import RuledParameters
from vmopt.methods.ruled.rounds import RoundParameters
from vmopt.methods.search import Search
from vmopt.methods.tabu import walk
from vmopt.methods.tabu.parameters import TabuParameters
from vmopt.options import Options

HASTY = DualPriceParameters(found=DualParameters(most_evaluations=1))
Run = Callable[[Search, DualPriceParameters], None]


def searched(instance: vmopt.Instance, run: Callable[[Search], None]) -> Search:
    search = Search(instance, Options(time_limit=PATIENCE, threads=1, gap=0))
    order, nothing = greedy.order_by(search.problem, "priority"), np.full(instance.n_vms, -1)
    search.offer(greedy.place(search.problem, order, "first-fit", nothing), "greedy")
    run(search)
    return search


@pytest.mark.parametrize(
    "run",
    [
        lambda search, prices: price_guided.run(search, DealParameters(prices=prices)),
        lambda search, prices: rounds.run(search, RoundParameters(dealt=DealParameters(prices=prices))),
        lambda search, prices: improve(search, steps=1, parameters=NeighbourhoodParameters(prices=prices)),
        lambda search, prices: walk.improve(search, rounds=1, parameters=TabuParameters(prices=prices)),
    ],
    ids=["price-guided", "rounds", "neighbourhood", "tabu"],
)
def test_prices_are_made_as_a_method_is_told(run: Run) -> None:
    """Tests that prices found in one evaluation prove less than those that are searched for."""
    instance = vmopt.generate("distinct", hosts=4, seed=1)
    hasty, careful = (searched(instance, partial(run, prices=prices)) for prices in (HASTY, DualPriceParameters()))
    assert hasty.price_bound > careful.price_bound


@pytest.mark.parametrize("run", [greedy.run_by_priority, greedy_spread.run])
def test_greedy_bends_soft_rules_as_it_is_told(run: Callable[..., None]) -> None:
    """Tests that no VM is placed against a soft rule where none may be tried."""
    apart = vmopt.Spread("vm-*", penalty=0.01)
    instance = vmopt.Instance.from_arrays([[1], [1]], [[4]], value=[1, 1], rules=[apart])
    placed = []
    for bent in (0, 100):
        search = Search(instance, Options(time_limit=PATIENCE, threads=1))
        run(search, parameters=GreedyParameters(ruled=RuledParameters(bent=bent)))
        placed.append(int((search.host_index >= 0).sum()))
    assert placed == [1, 2]
