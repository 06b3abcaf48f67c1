"""Auto: what pays, in the order in which it pays."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from vmopt.formulation.assignment import assignment_size
from vmopt.methods import dual, exact, greedy, knapsack_bound, neighbourhood, price_guided, relaxation
from vmopt.methods.search import Search
from vmopt.solution import Limit

Stage = Callable[[Search], None]

FEW_PAIRS = 5_000
"""Pairs of VM class and host class up to which the class relaxation takes milliseconds."""
SMALL = 5_000
"""Columns of the assignment formulation up to which a proof may be had."""


def run(search: Search) -> None:
    """Run the stages in turn until the gap is proven or the time is up; greedy runs in any case."""
    greedy.run_best(search)
    for stage in _stages(search):
        if not search.finished:
            stage(search)
    if search.remaining <= 0:
        search.limit = search.limit or Limit.TIME


def _stages(search: Search) -> Iterator[Stage]:
    instance = search.instance
    yield knapsack_bound.run
    few = len(instance.vm_classes) * len(instance.host_classes) <= FEW_PAIRS
    yield relaxation.run if few else dual.run
    yield price_guided.run
    if assignment_size(instance) <= SMALL:
        yield exact.run
    yield neighbourhood.run
