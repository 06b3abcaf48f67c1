"""Auto: what pays, in the order in which it pays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf

from vmopt.formulation.assignment import assignment_size
from vmopt.methods import (
    column_generation,
    dual_prices,
    exact,
    greedy,
    knapsack_bound,
    narrow,
    neighbourhood,
    price_guided,
    quota_guided,
    resume,
)
from vmopt.methods.faults import Faults
from vmopt.methods.patterns.parameters import DEFAULT as OF_PATTERNS
from vmopt.methods.relaxation import beyond_reach
from vmopt.methods.search import Search
from vmopt.methods.tabu import walk
from vmopt.problem import Problem
from vmopt.rules.inside import inside_of
from vmopt.status import Limit

Stage = tuple[Callable[[Search], None], float]
"""What to run, and the share of the time left that it may take."""


@dataclass(frozen=True)
class AutoParameters:
    """What counts as small, and which part of the time left each stage gets.

    A stage that ends early, as most do on most instances, leaves its time to those after it.
    """

    tiny: int = 500
    """Columns of the assignment formulation up to which an exact search comes before swaps: it may well end at once."""
    small: int = 5_000
    """Columns of it up to which time is kept for proofs by search: beyond, all of it goes into placements."""
    quickly_relaxed: int = 5_000
    """Columns of the class relaxation up to which a solver of linear programs has its prices before the dual has."""
    dived_per_second: int = 80_000
    """VM classes times VMs, nearly all different, up to which a dive in the time given gains more than swaps do: what a
    pattern takes to find goes with the VMs that it has, and those on all hosts together with the VMs that there are."""
    few_per_host: int = 16
    """VMs per host up to which patterns say more than prices, even where every VM is different."""
    few_per_host_of_small: int = 50
    """The same where an exact search is within reach and hosts are several: patterns combined gain more than swaps."""
    prices: float = 0.5
    """For prices: all that follows is guided by them, but half of the time must be left for it."""
    exact_at_first: float = 0.1
    """For an exact search before and after swaps: what it does not prove soon, it does not prove for long."""
    swaps_at_first: float = 0.7
    """For swaps as long as they gain fast: their own patience ends them sooner, this only where hosts are very many."""
    swaps_of_small: float = 0.3
    """The same where a proof may be had, for which time has to be left."""
    swaps_of_different: float = 0.1
    """For swaps before a dive, where hosts hold few VMs, and different ones: they gain most in the first seconds."""
    dive_of_different: float = 0.8
    """For that dive, whose patterns are many: what is left is for swaps around what it finds."""
    dive: float = 0.5
    """For the dive where VMs repeat: swaps around its placement close what patterns leave open."""
    dive_inside: float = 0.8
    """For that dive where hosts have parts: no swaps come before it, and those after it gain slowly."""
    dive_of_small: float = 0.3
    """The same where a proof may be had."""
    dive_of_small_and_different: float = 0.5
    """The same where all VMs are different, too: patterns have to be combined then, which takes time."""
    walkers_at_first: float = 0.15
    """For tabu search on one host: it has most of what it finds soon, and programs need a good start."""
    narrow: float = 0.4
    """For integer programs over the VMs in doubt there: they find what walkers do not where resources are few."""
    walkers: float = 0.8
    """For tabu search from there on, which gains most where resources are many: what is left is for the proof."""
    more_swaps: float = 0.25
    """For swaps of small instances before proofs; on all others they have all that is left."""
    pattern_proof: float = 0.4
    """For the bound by patterns: what it leaves open, two backends race for."""


DEFAULT = AutoParameters()


def run(search: Search, parameters: AutoParameters = DEFAULT) -> None:
    """Run the stages in turn until the gap is proven or the time is up; greedy runs where nothing is proven yet.

    An error in one stage takes nothing away from what the others can do.
    """
    faults = Faults(search)
    with faults.kept(resume.__name__):
        resume.run(search)
    with faults.kept(greedy.__name__):
        if not search.proven:
            greedy.run_best(search)
    for stage, share in _stages(search.problem, search.options.time_limit, parameters):
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


def _stages(problem: Problem, seconds: float, parts: AutoParameters = DEFAULT) -> Iterator[Stage]:
    """What gains most per second comes first: prices, a deal guided by them, swaps as long as they gain fast."""
    size = assignment_size(problem)
    small = size <= parts.small
    repeated = 2 * len(problem.vms) <= problem.n_vms
    patterned = _patterned(problem, seconds, repeated, parts)
    inside = patterned and inside_of(problem.instance) is not None  # swaps know no parts of hosts, patterns do
    yield knapsack_bound.run, 1.0
    yield (quota_guided.run if _relaxes_quickly(problem, parts) else dual_prices.run), parts.prices
    yield price_guided.run, 1.0
    if size <= parts.tiny:
        yield exact.run, parts.exact_at_first
    alone = problem.n_hosts == 1 and walk.suits(problem)
    if (small or repeated) and not alone and not inside:
        yield neighbourhood.burst, parts.swaps_of_small if small else parts.swaps_at_first
    if parts.tiny < size <= parts.small:
        yield exact.run, parts.exact_at_first
    if patterned and not repeated and not small:
        # Where hosts hold few VMs, and different ones, swaps gain most at first, and diving again later on.
        yield neighbourhood.run, parts.swaps_of_different
        yield column_generation.run, parts.dive_of_different
    elif patterned:
        of_small = parts.dive_of_small if repeated else parts.dive_of_small_and_different
        yield column_generation.run_once, of_small if small else parts.dive_inside if inside else parts.dive
    if alone:
        yield walk.run, parts.walkers_at_first
        yield narrow.run_beside_walk, parts.narrow
        yield walk.run, parts.walkers
    else:
        yield neighbourhood.run, parts.more_swaps if small else 1.0
    if small and patterned:
        yield column_generation.run_proof, parts.pattern_proof
    if small:
        yield exact.race, 1.0


def _patterned(problem: Problem, seconds: float, repeated: bool, parts: AutoParameters) -> bool:
    """Whether patterns are worth their time: there are few VM classes, or few VMs on a host and time for a dive."""
    n_classes = len(problem.vms)
    if beyond_reach(problem, inf) is not None:
        return False
    quickly = n_classes * problem.n_vms <= parts.dived_per_second * seconds
    in_time = quickly or n_classes * problem.n_hosts <= parts.small
    of_small = problem.n_hosts > 1 and assignment_size(problem) <= parts.small
    most_per_host = parts.few_per_host_of_small if of_small else parts.few_per_host
    few_per_host = problem.n_vms <= most_per_host * problem.n_hosts
    return n_classes <= OF_PATTERNS.most_vm_classes and (repeated or (few_per_host and in_time))


def _relaxes_quickly(problem: Problem, parts: AutoParameters) -> bool:
    """Whether the class relaxation is so small that a linear program solver has its prices before the dual has."""
    return len(problem.vms) * len(problem.hosts) <= parts.quickly_relaxed
