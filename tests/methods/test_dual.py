"""Prices from the dual where VMs are very many: first of a sample, then of all, in parts."""

from __future__ import annotations

import numpy as np
import pytest

from vmopt.bounds import dual, price_function
from vmopt.bounds.price_bound import verify_bound
from vmopt.generate import generate
from vmopt.methods import dual_prices
from vmopt.methods.search import Search
from vmopt.options import Options
from vmopt.problem import compile


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the number of VM classes of every evaluation."""
    seen: list[int] = []
    evaluate = price_function.PriceFunction.__call__

    def counted(function: price_function.PriceFunction, prices: np.ndarray) -> tuple[float, np.ndarray]:
        seen.append(len(function.value))
        return evaluate(function, prices)

    monkeypatch.setattr(price_function.PriceFunction, "__call__", counted)
    return seen


@pytest.mark.parametrize("reservation", [1.0, 0.5])
def test_a_sample_comes_first(rows: list[int], reservation: float) -> None:
    """Tests that the first prices look at a sample alone and prove nearly as much as those of all VMs."""
    few = dual.DualParameters(sample=400)
    instance = generate("distinct", hosts=100, seed=1, reservation=reservation)
    steps = dual.approach(compile(instance), lambda: True, few)
    bound = verify_bound(instance, next(steps))
    assert max(rows) < 2 * few.sample
    rows.clear()
    refined = verify_bound(instance, next(steps))
    assert set(rows) == {len(instance.vm_classes)}
    assert refined <= bound <= refined * 1.01


@pytest.mark.parametrize(("parts", "steps"), [(1, 1), (2, 2), (3, 2)])
def test_only_many_vms_have_a_sample(parts: int, steps: int) -> None:
    """Tests that prices come at once where VM classes are few, and in two steps from twice the sample on."""
    problem = compile(generate("distinct", hosts=4, vms=60, seed=1))
    few = dual.DualParameters(sample=len(problem.vms) // parts)
    assert len(list(dual.approach(problem, lambda: True, few))) == steps


def test_no_time_for_all(rows: list[int]) -> None:
    """Tests that the step to all VMs is left out when there is no time for it, and the sample's bound stands."""
    few = dual.DualParameters(sample=400)
    search = Search(generate("distinct", hosts=100, seed=1), Options(time_limit=0))
    dual_prices.run(search, dual_prices.DualPriceParameters(found=few))
    assert max(rows) < 2 * few.sample
    assert search.bound == verify_bound(search.instance, search.prices)


@pytest.mark.parametrize("reservation", [1.0, 0.5])
def test_parts_add_up(monkeypatch: pytest.MonkeyPatch, reservation: float) -> None:
    """Tests that value and slope are the same whether VMs are looked at together or a few at a time."""
    instance = generate("distinct", hosts=20, seed=2, reservation=reservation)
    function = price_function.price_function(compile(instance), np.arange(len(instance.host_classes)))
    prices = np.random.default_rng(0).uniform(0, 1, function.capacity.shape)
    whole = function(prices)
    monkeypatch.setattr(price_function, "CHUNK", 100)
    in_parts = function(prices)
    assert in_parts[0] == pytest.approx(whole[0])
    assert in_parts[1] == pytest.approx(whole[1])


def test_the_function_is_the_bound() -> None:
    """Tests that the function of all VMs, in its own unit, is what `verify_bound` computes."""
    instance = generate("distinct", hosts=20, seed=2)
    group = np.arange(len(instance.host_classes))
    function = price_function.price_function(compile(instance), group)
    prices = np.random.default_rng(0).uniform(0, 1, function.capacity.shape)
    worth = float(instance.vm_classes.count @ instance.vm_classes.value)
    assert function(prices)[0] * worth == pytest.approx(verify_bound(instance, function.in_units(prices)))
