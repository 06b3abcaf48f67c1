"""Parameters of what a method calls are handed down to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

import vmopt
from tests.patience import PATIENCE
from vmopt.bounds.dual import DualParameters
from vmopt.methods import greedy, greedy_spread, narrow, price_guided, redeal, resume
from vmopt.methods.dual_prices import DualPriceParameters
from vmopt.methods.greedy import GreedyParameters
from vmopt.methods.narrow import NarrowParameters
from vmopt.methods.neighbourhood import improve
from vmopt.methods.packing.parameters import NeighbourhoodParameters
from vmopt.methods.price_guided import DealParameters
from vmopt.methods.redeal import RedealParameters
from vmopt.methods.registry import METHODS
from vmopt.methods.resume import ResumeParameters
from vmopt.methods.ruled import rounds
from vmopt.methods.ruled.blind import run_as, run_blind
from vmopt.methods.ruled.parameters import RuledParameters
from vmopt.methods.ruled.rounds import RoundParameters
from vmopt.methods.search import Search
from vmopt.methods.tabu import walk
from vmopt.methods.tabu.parameters import TabuParameters
from vmopt.methods.tiers import run as tiers
from vmopt.methods.tiers.ladder import Ladder
from vmopt.methods.tiers.parameters import TierParameters
from vmopt.options import Options

HASTY = DualPriceParameters(found=DualParameters(most_evaluations=1))
Run = Callable[[Search, DualPriceParameters], None]


def searched(instance: vmopt.Instance, run: Callable[[Search], None]) -> Search:
    search = Search(instance, Options(time_limit=PATIENCE, threads=1, gap=0))
    order, nowhere = greedy.order_by(search.problem, "priority"), np.full(instance.n_vms, -1)
    search.offer(greedy.place(search.problem, order, "first-fit", nowhere), "greedy")
    run(search)
    return search


def go_on(search: Search, parameters: ResumeParameters) -> None:
    """Resume what was placed before, as if the caller had given it."""
    search.suggested.append(search.host_index)
    resume.run(search, parameters)


def nothing(search: Search) -> None:
    """A method that places nothing and proves nothing."""


NO_PROGRAM = 10**6
"""Columns at first that no program has: prices are made, and nothing is solved."""


@pytest.mark.parametrize(
    ("run", "hosts"),
    [
        (lambda search, prices: price_guided.run(search, DealParameters(prices=prices)), 4),
        (lambda search, prices: rounds.run(search, RoundParameters(dealt=DealParameters(prices=prices))), 4),
        (lambda search, prices: improve(search, steps=1, parameters=NeighbourhoodParameters(prices=prices)), 4),
        (lambda search, prices: walk.improve(search, rounds=1, parameters=TabuParameters(prices=prices)), 4),
        (lambda search, prices: narrow.run(search, NarrowParameters(columns=NO_PROGRAM, prices=prices)), 1),
        (lambda search, prices: redeal.run(search, 1, RedealParameters(by_prices=DealParameters(prices=prices))), 4),
    ],
    ids=["price-guided", "rounds", "neighbourhood", "tabu", "narrow", "redeal"],
)
def test_prices_are_made_as_a_method_is_told(run: Run, hosts: int) -> None:
    """Tests that prices found in one evaluation prove less than those that are searched for."""
    instance = vmopt.generate("distinct", hosts=hosts, seed=1)
    hasty, careful = (searched(instance, partial(run, prices=prices)) for prices in (HASTY, DualPriceParameters()))
    assert hasty.price_bound > careful.price_bound


def test_what_is_resumed_is_improved_as_it_is_told() -> None:
    """Tests the improvement alone: under rules, which allow all here, nothing is dealt anew."""
    anywhere = vmopt.Spread("vm-*", most=1000)
    instance, bounds = vmopt.generate("distinct", hosts=4, seed=1).replace(rules=[anywhere]), []
    for prices in (HASTY, DualPriceParameters()):
        improved = NeighbourhoodParameters(prices=prices)
        told = ResumeParameters(near=np.inf, relaxed=0, rounds=1, patience=0.0, improved=improved)
        bounds.append(searched(instance, partial(go_on, parameters=told)).price_bound)
    assert bounds[0] > bounds[1]


def test_a_walk_beside_narrow_programs_goes_as_these_are_told() -> None:
    """Tests that where no backend solves them, the prices are those that the walk makes."""
    instance, bounds = vmopt.generate("distinct", hosts=1, seed=1), []
    for prices in (HASTY, DualPriceParameters()):
        search = searched(instance, nothing)
        search.options = replace(search.options, threads=2)
        narrow.run_beside_walk(search, NarrowParameters(backends=(), walk=TabuParameters(prices=prices)))
        bounds.append(search.price_bound)
    assert bounds[0] > bounds[1]


def test_bundles_are_chosen_at_prices_made_as_rules_are_told() -> None:
    """Tests that VMs that share a host are compared at prices of the parameters, whatever the method does itself."""
    instance = vmopt.generate("distinct", hosts=4, seed=1).replace(rules=[vmopt.Gather(["vm-0", "vm-1"])])
    hasty, careful = (
        searched(instance, partial(run_blind, inner=nothing, parameters=RuledParameters(prices=prices)))
        for prices in (HASTY, DualPriceParameters())
    )
    assert hasty.price_bound > careful.price_bound


@pytest.mark.parametrize("stricter", [0.25, 0.5])
def test_a_method_without_rules_is_asked_for_the_gap_that_it_is_told(stricter: float) -> None:
    """Tests that the part of the gap, which leaves the rest to dealing, reaches the method."""
    rules, asked = [vmopt.Spread("vm-*", most=2)], []
    instance = vmopt.generate("distinct", hosts=2, seed=1).replace(rules=rules)
    search = Search(instance, Options(time_limit=PATIENCE, threads=1, gap=0.08))
    run_as(
        search,
        lambda inside: asked.append(inside.options.gap),
        search.instance.replace(rules=()),
        RuledParameters(stricter=stricter),
    )
    assert asked == [stricter * 0.08]


@pytest.mark.parametrize("climb", [tiers.run, tiers.run_baseline])
def test_levels_are_bounded_by_prices_made_as_tiers_are_told(climb: Callable[..., None]) -> None:
    """Tests that bounds of levels by prices of one evaluation are larger, be the method a baseline or not."""
    plain = vmopt.generate("distinct", hosts=10, seed=1)
    instance, known = (
        plain.replace(priority=np.minimum(np.arange(plain.n_vms) % 4, 1), objective=vmopt.Objective("tiers")),
        [],
    )
    for prices in (HASTY, DualPriceParameters()):
        ladder = Ladder(instance, Options(time_limit=PATIENCE, threads=1, gap=0))
        inner = greedy.run_by_priority if climb is tiers.run_baseline else nothing
        climb(ladder, METHODS["greedy-priority"], inner, TierParameters(prices=prices))
        known.append([one.bound for one in ladder.known])
    hasty, careful = known
    assert all(more >= less for more, less in zip(hasty, careful, strict=True))
    assert hasty != careful


def test_levels_are_filled_in_the_grace_that_they_are_told() -> None:
    """Tests that a fill whose grace ended long ago places fewer VMs than one that has time."""
    plain = vmopt.generate("distinct", hosts=4, seed=1)
    instance, placed = plain.replace(priority=np.arange(plain.n_vms) % 3, objective=vmopt.Objective("tiers")), []
    for grace in (-2 * PATIENCE, 0.0):
        ladder = Ladder(instance, Options(time_limit=PATIENCE, threads=1, gap=0))
        tiers.run(ladder, METHODS["price-guided"], nothing, TierParameters(grace_seconds=grace))
        placed.append(int((ladder.host_index >= 0).sum()))
    assert placed[0] < placed[1]


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
