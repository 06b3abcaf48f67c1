"""After the search: the same VMs elsewhere, as good in all that was asked for."""

from __future__ import annotations

import time
from dataclasses import replace

from vmopt.methods.goals import climb
from vmopt.methods.search import Search
from vmopt.methods.tiers.ladder import Ladder
from vmopt.methods.ties import settled as ties_settled
from vmopt.model.instance import Instance
from vmopt.network.latency import Latency
from vmopt.options import Options, Ties
from vmopt.solution import Solution
from vmopt.status import Limit

SHARE_OF_LOCALISING = 1 / 3
"""Part of the time that is kept for moves at no loss, where latency has no price."""


def share_before(instance: Instance) -> float:
    """Part of the time for the search of the first objective."""
    left = 1 - SHARE_OF_LOCALISING if _localises(instance) else 1.0
    return left * climb.share_of_first(instance.objective.goal_levels)


def settled(
    search: Search | Ladder, solution: Solution, options: Options, ties: Ties | None, deadline: float
) -> Solution:
    """The solution with VMs where they are now, or else closer to each other, or as `ties` says, where that is free.

    Parameters
    ----------
    search : Search or Ladder
        The search of the first objective.
    solution : Solution
        Of all levels.
    options : Options
        Of the whole call.
    ties : {"spread", "pack"} or None
    deadline : float
        Value of ``time.perf_counter()`` at which the call has to end.
    """
    by_levels = search.found and bool(search.instance.objective.goal_levels)
    if by_levels or search.problem.current is not None:
        solution = climb.settled(solution, options, search.started, deadline)
    elif not search.found or search.limit is Limit.INTERRUPTED or time.perf_counter() >= deadline:
        return solution
    else:
        try:
            solution = _moved(solution, ties, options.seed, deadline)
        except KeyboardInterrupt:
            return replace(solution, limit=Limit.INTERRUPTED)
    return replace(solution, solve_seconds=time.perf_counter() - search.started)


def _localises(instance: Instance) -> bool:
    """Whether latency decides among equally good placements, and no more."""
    return instance.objective.latency is not None and not instance.objective.trades


def _moved(solution: Solution, ties: Ties | None, seed: int, deadline: float) -> Solution:
    """The same VMs elsewhere, at no loss: closer to each other where latency counts at no price, or as `ties` says."""
    latency = solution.instance.objective.latency
    if latency is None:
        return ties_settled(solution, ties)
    if latency.weight > 0:
        return solution
    from vmopt.methods.locality.localise import localise

    assert isinstance(latency, Latency)
    left = max(0.0, deadline - time.perf_counter())
    return localise(solution, latency.network, latency.traffic, time_limit=left, seed=seed)
