"""Auto: what pays, in the order in which it pays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf

from vmopt.formulation.assignment import assignment_size
from vmopt.methods import (
    column_generation,
    dual_prices,
    exact,
    greedy,
    knapsack_bound,
    neighbourhood,
    price_guided,
    quota_guided,
    resume,
)
from vmopt.methods.faults import Faults
from vmopt.methods.relaxation import beyond_reach
from vmopt.methods.search import Search
from vmopt.methods.tabu import walk
from vmopt.problem import Problem
from vmopt.rules.inside import inside_of
from vmopt.solution import Limit

Stage = tuple[Callable[[Search], None], float]
"""What to run, and the share of the time left that it may take."""

TINY, SMALL = 500, 5_000
"""Columns of the assignment formulation up to which a proof may be had at once, or at all."""
QUICKLY_RELAXED = 5_000
"""Columns of the class relaxation up to which it is solved as it is."""
DIVED_PER_SECOND = 10_000
"""VM classes times hosts, all VMs different, up to which a dive in the time given gains more than swaps do."""
FEW_PER_HOST = 16
"""VMs per host up to which patterns say more than prices, even where every VM is different."""


def run(search: Search) -> None:
    """Run the stages in turn until the gap is proven or the time is up; greedy runs where nothing is proven yet.

    An error in one stage takes nothing away from what the others can do.
    """
    faults = Faults(search)
    with faults.kept(resume.__name__):
        resume.run(search)
    with faults.kept(greedy.__name__):
        if not search.proven:
            greedy.run_best(search)
    for stage, share in _stages(search.problem, search.options.time_limit):
        if search.finished or search.limit is Limit.INTERRUPTED:
            break
        search.limit = None
        with search.within(share), faults.kept(f"{stage.__module__}.{stage.__name__}"):
            stage(search)
    if search.limit is not Limit.INTERRUPTED and search.remaining <= 0:
        search.limit = Limit.TIME
    if not search.found:
        faults.raise_first()
    faults.warn()


def _stages(problem: Problem, seconds: float) -> Iterator[Stage]:
    """What gains most per second comes first: prices, a deal guided by them, swaps as long as they gain fast."""
    size = assignment_size(problem)
    small = size <= SMALL
    repeated = 2 * len(problem.vms) <= problem.n_vms
    patterned = _patterned(problem, seconds, repeated)
    inside = patterned and inside_of(problem.instance) is not None  # swaps know no parts, patterns do
    yield knapsack_bound.run, 1.0
    yield (quota_guided.run if _relaxes_quickly(problem) else dual_prices.run), 0.5
    yield price_guided.run, 1.0
    if size <= TINY:
        yield exact.run, 0.1
    alone = problem.n_hosts == 1 and walk.suits(problem)
    if (small or repeated) and not alone and not inside:
        yield neighbourhood.burst, 0.3 if small else 0.7
    if TINY < size <= SMALL:
        yield exact.run, 0.1
    if patterned and not repeated and not small:
        # Where hosts hold few VMs, and different ones, swaps gain most at first, and diving again later on.
        yield neighbourhood.run, 0.1
        yield column_generation.run, 0.8
    elif patterned:
        yield column_generation.run_once, 0.3 if small else 0.8 if inside else 0.5
    if alone:
        yield walk.run, 0.85
    else:
        yield neighbourhood.run, 0.25 if small else 1.0
    if small and patterned:
        yield column_generation.run_proof, 0.4
    if small:
        yield exact.race, 1.0


def _patterned(problem: Problem, seconds: float, repeated: bool) -> bool:
    """Whether patterns are worth their time: there are few VM classes, or few VMs on a host and time for a dive."""
    n_classes = len(problem.vms)
    if beyond_reach(problem, inf) is not None:
        return False
    in_time = n_classes * problem.n_hosts <= max(SMALL, DIVED_PER_SECOND * seconds)
    few_per_host = problem.n_vms <= FEW_PER_HOST * problem.n_hosts
    return n_classes <= column_generation.DEFAULT.most_vm_classes and (repeated or (few_per_host and in_time))


def _relaxes_quickly(problem: Problem) -> bool:
    """Whether the class relaxation is so small that a linear program solver has its prices before the dual has."""
    return len(problem.vms) * len(problem.hosts) <= QUICKLY_RELAXED
