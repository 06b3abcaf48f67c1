"""Level by level: every level is searched under what those above have, in a fair share of the time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from vmopt.bounds.level_worth import combined
from vmopt.methods import dual_prices, knapsack_bound
from vmopt.methods.info import MethodInfo
from vmopt.methods.search import Search
from vmopt.methods.tiers import settling
from vmopt.methods.tiers.ladder import Ladder
from vmopt.methods.tiers.level_search import LevelSearch
from vmopt.methods.tiers.parameters import DEFAULT, TierParameters
from vmopt.methods.tiers.weights import gentle, weights
from vmopt.status import Limit

Method = Callable[[Search], None]


def run(ladder: Ladder, info: MethodInfo, inner: Method, parameters: TierParameters = DEFAULT) -> None:
    """Fill by priority, then search the levels that this does not settle, from the first to the last.

    Parameters
    ----------
    ladder : Ladder
    info : MethodInfo
        Of the method; where that proves, what it leaves open is settled in whole numbers.
    inner : callable
        The method for a single objective.
    parameters : TierParameters
    """
    ladder.fill(ladder.host_index, -1, "greedy-priority", parameters.grace_seconds)
    for _ in range(parameters.most_passes):
        if not _climb(ladder, info.name, inner, parameters):
            break
    if info.proves and ladder.limit is not Limit.INTERRUPTED and ladder.found:
        ladder.limit = settling.run(ladder, parameters) or ladder.limit
    ladder.complete = ladder.remaining > 0


def run_baseline(ladder: Ladder, info: MethodInfo, inner: Method, parameters: TierParameters = DEFAULT) -> None:
    """Let a greedy baseline place all VMs as it always does, and bound the levels by prices."""
    search = Search(ladder.instance, replace(ladder.options, progress=None), ladder.started)
    inner(search)
    if search.found:
        ladder.offer(search.host_index, info.name)
    ladder.infeasible_by = search.infeasible_by
    for level in range(len(ladder.tiers)):
        if ladder.remaining <= 0 or not ladder.found:
            break
        if not ladder.is_settled(level):
            _bound(ladder, level, parameters.gentle[0], ladder.remaining, parameters)
    ladder.complete = search.complete


def _climb(ladder: Ladder, method: str, inner: Method, parameters: TierParameters) -> bool:
    """Search every level that is not settled; tell whether some were stopped that could go on."""
    unfinished = False
    level = 0
    while level < len(ladder.tiers):
        if ladder.is_settled(level):
            level += 1
            continue
        if ladder.remaining <= 0 or ladder.limit is Limit.INTERRUPTED or ladder.infeasible_by is not None:
            return False
        last, seconds = _share(ladder, level, parameters)
        begin = time.perf_counter()
        try:
            _bound_below(ladder, level, seconds, parameters)
            unfinished |= _search(ladder, (level, last), seconds, method, inner, parameters)
        finally:
            spent = (time.perf_counter() - begin) / (last + 1 - level)
            for k in range(level, last + 1):
                ladder.seconds_of[k] += spent
        level = last + 1
    return unfinished


def _share(ladder: Ladder, level: int, parameters: TierParameters) -> tuple[int, float]:
    """Last level to search together with this one, and the seconds for it: few levels each have their own search."""
    unsettled = [k for k in range(level, len(ladder.tiers)) if not ladder.is_settled(k)]
    least = max(parameters.least_seconds, parameters.least_part * ladder.options.time_limit)
    n_searches = max(1, min(len(unsettled), int(ladder.remaining / least)))
    together = -(-len(unsettled) // n_searches)
    return unsettled[together - 1], ladder.remaining / -(-len(unsettled) // together)


def _search(
    ladder: Ladder, levels: tuple[int, int], seconds: float, method: str, inner: Method, parameters: TierParameters
) -> bool:
    """Search with weights that keep the levels apart, with stricter ones where they do not; tell if it was stopped."""
    stop = time.perf_counter() + seconds
    search, (level, last) = None, levels
    for factors in weights(level, last, ladder.worth, ladder.steps, ladder.values, parameters):
        left = min(stop - time.perf_counter(), ladder.remaining)
        if left <= 0 and search is not None:
            return True
        search = LevelSearch(ladder, level, last, factors, max(left, 0.0))
        try:
            inner(search)
        finally:
            _learn(ladder, search, method, parameters)
            ladder.limit = search.limit
        if search.limit is Limit.INTERRUPTED or not search.misled:
            break
    return search is not None and not search.proven and search.remaining <= 0


def _learn(ladder: Ladder, search: LevelSearch, method: str, parameters: TierParameters) -> None:
    """Take what a search of some levels found out."""
    ladder.build_seconds += search.build_seconds
    ladder.backend = search.backend or ladder.backend
    if not ladder.found:
        ladder.infeasible_by = search.infeasible_by
    if search.infeasible_by is not None:
        return
    ladder.claim(search, search.level, search.weights)
    if search.values > ladder.values[: search.last + 1] or (search.found and not ladder.found):
        ladder.fill(search.best, search.last, method, parameters.grace_seconds)
    ladder.report(method)


def _bound_below(ladder: Ladder, level: int, seconds: float, parameters: TierParameters) -> None:
    """Bound a level by prices where levels above it have left VMs out: the capacity that they leave says most."""
    if all(ladder.values[k] == ladder.steps.totals[k] for k in range(level)):
        return
    stop = time.perf_counter() + parameters.bound_share * seconds
    for weight in parameters.gentle:
        left = stop - time.perf_counter()
        if left > 0 and not ladder.is_settled(level):
            _bound(ladder, level, weight, left, parameters)


def _bound(ladder: Ladder, level: int, weight: float, seconds: float, parameters: TierParameters) -> None:
    factors = gentle(level, ladder.worth, ladder.steps, ladder.values, weight, parameters.full_ratio)
    part, _ = combined(ladder.instance, ladder.worth, factors.per_value, factors.per_vm)
    search = Search(part, replace(ladder.options, time_limit=seconds, progress=None))
    knapsack_bound.run(search)
    if search.remaining > 0:
        dual_prices.run(search, parameters.prices)
    ladder.claim(search, level, factors)
