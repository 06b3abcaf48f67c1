"""Latency at a price: a method places by utilisation, and what it found is traded for less latency."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from vmopt.backends import registry
from vmopt.backends.base import LPOptions
from vmopt.bounds import Claim, Enumeration, PatternBound
from vmopt.formulation.closeness import closeness, closeness_size
from vmopt.methods.inner_search import InnerSearch
from vmopt.methods.locality import annealing, localise
from vmopt.methods.locality.movable import traffic_of_all, traffic_of_placed
from vmopt.methods.locality.parameters import DEFAULT, LocalityParameters
from vmopt.methods.repair import repair
from vmopt.methods.ruled.mend import mend
from vmopt.methods.search import Search
from vmopt.model.objective import Objective
from vmopt.network.latency import Delays
from vmopt.status import Limit

BACKEND = "highs"


def run(search: Search, inner: Callable[[Search], None], parameters: LocalityParameters = DEFAULT) -> None:
    """Let a method maximise utilisation, then trade it for latency; a bound of utilisation is one of the objective."""
    plain = _of_utilisation(search, parameters.method)
    plain.tighten_by_prices(search.prices, "prices")
    if search.found:
        plain.offer(search.host_index, "warm-start")
    try:
        inner(plain)
    finally:
        _learn(search, plain)
    if search.found and not search.finished and plain.limit is not Limit.INTERRUPTED:
        _trade(search, plain, parameters)
    search.complete = search.remaining > 0


def _of_utilisation(search: Search, share: float) -> InnerSearch:
    """A search for utilisation alone."""
    objective = search.instance.objective
    plain = replace(search.instance, objective=Objective(objective.weighting, objective.resource_weights))
    return InnerSearch(search, plain, share=share, gap=search.options.gap)


def _learn(search: Search, plain: Search) -> None:
    """Take what the search for utilisation proved: latency is never below 0."""
    search.build_seconds += plain.build_seconds
    search.backend, search.limit = plain.backend, plain.limit
    search.tighten_by_prices(plain.prices, "prices")
    if plain.infeasible_by is not None:
        search.prove_infeasible(plain.infeasible_by)
    elif isinstance(plain.proof, PatternBound):
        search.tighten_by_patterns(plain.proof, "patterns")
    elif isinstance(plain.proof, Claim | Enumeration):
        search.tighten_by_claim(plain.bound, plain.proof, plain.proof.by)


def _trade(search: Search, plain: Search, parameters: LocalityParameters) -> None:
    delays = search.instance.delays
    assert isinstance(delays, Delays)
    if not delays.traffic.n_pairs:
        return
    _localised(search, plain, delays, parameters)
    if search.finished:
        return
    if closeness_size(search.instance, len(delays.one)) <= parameters.most_columns:
        _exact(search, delays)
    else:
        _annealed(search, delays, parameters)


def _localised(search: Search, plain: Search, delays: Delays, parameters: LocalityParameters) -> None:
    """Offer the placement of most utilisation with the same VMs closer to each other."""
    movable = traffic_of_placed(search.instance, plain.host_index, delays.traffic)
    deadline = time.perf_counter() + parameters.localising * search.remaining
    seating = movable.seating(delays.sites, plain.host_index)
    at, _ = localise.search(seating, seed=search.options.seed, deadline=deadline, parameters=parameters)
    search.offer(movable.host_index(at), "localise")


def _exact(search: Search, delays: Delays) -> None:
    """Solve the linearised program; with elastic VMs it is one of many, and bounds nothing."""
    options = search.options
    with search.building():
        model = closeness(search.instance, delays.one, delays.other, delays.weight * delays.part, delays.table)
    limits = LPOptions(time_limit=search.remaining, gap=options.gap, seed=options.seed, threads=options.threads)
    result = registry.get(BACKEND).solve(model.program, limits)
    search.limit = result.limit
    if result.x is not None:
        found = mend(search.problem, repair(search.problem, model.host_index(result.x)))
        if found is not None:
            search.offer(found, "trade")
    if not search.problem.elastic:
        search.tighten_by_claim(result.bound, Claim(BACKEND), "trade")


def _annealed(search: Search, delays: Delays, parameters: LocalityParameters) -> None:
    """Exchanges as in `localise`, with one more place to be: nowhere, at the price of the value."""
    movable = traffic_of_all(search.instance, delays.traffic, delays.weight)
    seating = movable.seating(delays.sites.with_nowhere(), search.host_index)
    n_copies = parameters.small // len(seating)
    rng, deadline = np.random.default_rng(search.options.seed), time.perf_counter() + search.remaining
    some, cycles = (seating.copies(n_copies), parameters.cycles_of_small) if n_copies > 1 else (seating, None)
    at, _ = annealing.anneal(some, rng=rng, deadline=deadline, cycles=cycles, parameters=parameters)
    search.offer(movable.host_index(at), "trade")
