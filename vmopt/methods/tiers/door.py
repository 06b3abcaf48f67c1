"""The way in: a search of one objective, or of one level after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from vmopt.methods.info import MethodInfo
from vmopt.methods.locality import priced
from vmopt.methods.search import Search
from vmopt.methods.tiers.ladder import Ladder
from vmopt.methods.tiers.run import Method, run, run_baseline
from vmopt.model.instance import Instance
from vmopt.options import Options
from vmopt.solution import Solution
from vmopt.status import Status


def begin(
    instance: Instance, info: MethodInfo, inner: Method, options: Options, started: float
) -> tuple[Search | Ladder, Callable[[], None]]:
    """Return what is to be searched, and the work; an instance without tiers is one search."""
    if instance.tiers is None:
        search = Search(instance, options, started)
        if instance.objective.trades:
            return search, partial(priced.run, search, inner)
        return search, partial(inner, search)
    ladder = Ladder(instance, options, started)
    return ladder, partial(run_baseline if info.baseline else run, ladder, info, inner)


def with_levels(solution: Solution) -> Solution:
    """Add the only level where all VMs have the same tier: it is what the solution says itself."""
    if solution.instance.objective.weighting != "tiers" or solution.levels or solution.status is Status.INFEASIBLE:
        return solution
    return replace(solution, levels=(solution.as_level(),))
