"""Auto: the best greedy placement, the bound of the relaxation, then the exact search as far as time and size allow."""

from __future__ import annotations

from vmopt.methods import exact, greedy, knapsack_bound, relaxation
from vmopt.methods.search import Search
from vmopt.solution import Limit

STAGES = (knapsack_bound.run, relaxation.run, exact.run)


def run(search: Search) -> None:
    """Run the stages in turn until the gap is proven or the time is up; greedy runs in any case."""
    greedy.run_best(search)
    for stage in STAGES:
        if not search.finished:
            stage(search)
    if search.remaining <= 0:
        search.limit = search.limit or Limit.TIME
