"""Pricing: both searches inside the knapsack, against another solver and against all subsets."""

from __future__ import annotations

from functools import partial
from itertools import combinations

import numpy as np
import pytest

from vmopt.backends.base import LPOptions
from vmopt.backends.registry import get
from vmopt.formulation.linear_program import LinearProgram
from vmopt.methods.patterns.beam import explore
from vmopt.methods.patterns.branching import branch
from vmopt.methods.patterns.completion import Completion
from vmopt.methods.patterns.knapsack import Knapsack, RelaxedKnapsack
from vmopt.methods.patterns.parameters import PricingEffort
from vmopt.methods.patterns.pricing import Pricing

WIDE = PricingEffort(beam=20_000, core=10**6, width=10**6)
never = partial(bool, False)


def knapsack(seed: int, n_resources: int, n: int = 8) -> tuple[RelaxedKnapsack, np.ndarray, float]:
    """Make a random knapsack, some of its classes of equal demand; return it, its profits and its optimum by CP-SAT."""
    rng = np.random.default_rng(seed)
    demand = rng.integers(0, 9, (n, n_resources))
    demand[n // 2] = demand[0]
    capacity, limit, profit = rng.integers(12, 20, n_resources), rng.integers(1, 4, n), rng.uniform(0.1, 1.0, n)
    relaxed = Knapsack(demand, capacity).relax(profit, limit)
    assert relaxed is not None
    most = limit.astype(float)
    program = LinearProgram.with_upper_rows(profit, demand.T.astype(float), capacity, upper=most, integer=True)
    return relaxed, profit, program.value(get("cp-sat").solve(program, LPOptions(gap=0.0)).x)


@pytest.mark.parametrize("search", [explore, branch])
@pytest.mark.parametrize("n_resources", [1, 2, 3, 4])
@pytest.mark.parametrize("seed", range(3))
def test_pricing_is_exact(search, n_resources: int, seed: int) -> None:
    """Tests that either search finds the optimum that CP-SAT finds, proves it, and that its patterns are sound."""
    relaxed, profit, best = knapsack(seed, n_resources)
    found = search(relaxed, 0.0, WIDE, never)
    assert found.profit[0] == pytest.approx(best)
    assert found.bound == pytest.approx(best)
    assert (found.counts @ relaxed.knapsack.demand <= relaxed.knapsack.capacity).all()
    assert found.counts @ profit == pytest.approx(found.profit)
    assert (found.counts[:, relaxed.use] <= relaxed.limit).all()


@pytest.mark.parametrize("width", [1, 2, 5, 20])
@pytest.mark.parametrize("seed", range(6))
def test_a_narrow_search_claims_no_more_than_it_knows(width: int, seed: int) -> None:
    """Tests that the bound of a search that drops partial patterns is never below the optimum, nor wide of it."""
    relaxed, _, best = knapsack(seed, 2, n=12)
    found = branch(relaxed, 0.0, PricingEffort(beam=0, core=0, width=width), never)
    assert found.profit.max(initial=0.0) <= best + 1e-9
    assert best - 1e-9 <= found.bound <= relaxed.top * (1 + 1e-4)


@pytest.mark.parametrize("share", [0.8, 0.95, 1.0, 1.05])
def test_only_what_beats_the_threshold_is_returned(share: float) -> None:
    """Tests that patterns beat the threshold and that the bound lies between optimum and threshold."""
    relaxed, _, best = knapsack(11, 3)
    found = branch(relaxed, share * best, WIDE, never)
    assert (found.profit > share * best).all()
    assert len(found.counts) if share < 1 else not len(found.counts)
    assert best * (1 - 1e-9) <= found.bound <= max(share, 1.0) * best * (1 + 1e-9)


def test_a_stopped_search_proves_what_the_relaxation_does() -> None:
    """Tests that a search stopped at once returns nothing and the bound of the relaxation."""
    relaxed, _, _ = knapsack(4, 2)
    found = branch(relaxed, 0.0, WIDE, lambda: True)
    assert not len(found.counts)
    assert found.bound == relaxed.top


@pytest.mark.parametrize("n_resources", [1, 2, 3])
def test_no_completion_earns_more_than_its_bound(n_resources: int) -> None:
    """Tests the bound on completions against all subsets, amounts in the billions among them."""
    rng = np.random.default_rng(n_resources)
    for scale in (1, 10**9):
        demand, profit = rng.integers(0, 50, (7, n_resources)) * scale + 1, rng.uniform(0.0, 1.0, 7)
        capacity, slack = np.full(n_resources, 100 * scale), rng.integers(0, 100, (20, n_resources)) * scale
        completion = Completion(demand, profit, capacity, rng.uniform(0.0, 0.02, n_resources) / scale)
        for begin in range(8):
            bound = completion.bound(np.full(20, begin), slack)
            for size in range(8 - begin):
                for subset in map(list, combinations(range(begin, 7), size)):
                    fits = (demand[subset].sum(axis=0) <= slack).all(axis=1)
                    assert (bound[fits] >= profit[subset].sum() - 1e-9).all()


def test_what_cannot_reach_a_goal_is_not_looked_at() -> None:
    """Tests that from the VM that `end` names on, nothing reaches the goal, by the table itself."""
    rng = np.random.default_rng(8)
    demand, profit = rng.integers(10, 50, (30, 2)), rng.uniform(0.0, 1.0, 30)
    completion = Completion(demand, profit, np.full(2, 100), np.zeros(2))
    begin, slack, goal = rng.integers(0, 30, 50), rng.integers(0, 100, (50, 2)), rng.uniform(0.0, 2.0, 50)
    end = completion.end(begin, slack, goal)
    assert (end >= begin).all()
    assert (end > begin).any()
    after, before = completion.bound(end, slack), completion.bound(np.maximum(end - 1, begin), slack)
    assert (after <= goal + completion.margin).all()
    assert (before[end > begin] > goal[end > begin] - completion.margin).all()


def test_few_vms_are_added_one_by_one_and_proven() -> None:
    """Tests that the pricing of hosts that hold few VMs finds a pattern quickly and then proves the best one."""
    rng = np.random.default_rng(2)
    demand, capacity = rng.integers(150, 500, (60, 2)), np.array([1000, 1000])
    value = rng.uniform(0.5, 1.5, 60) * demand.sum(axis=1)
    pricing = Pricing((Knapsack(demand, capacity),), value)
    prices, supply = np.zeros(60), np.ones(60, dtype=np.int64)
    found = pricing.price(0, prices, 0.0, supply, 0, never)
    assert found.counts.sum(axis=1).max() <= pricing.parameters.few_vms
    proven = pricing.prove(0, prices, float(found.profit[0]), supply, never)
    program = LinearProgram.with_upper_rows(value, demand.T.astype(float), capacity, upper=np.ones(60), integer=True)
    best = program.value(get("cp-sat").solve(program, LPOptions(gap=0.0)).x)
    assert proven.bound == pytest.approx(best)
