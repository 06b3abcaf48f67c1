"""The way in for methods that know no rules."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from vmopt.formulation.assignment import assignment_size
from vmopt.formulation.coarse import crossing
from vmopt.methods import exact, greedy, neighbourhood, resume
from vmopt.methods.change import must_leave
from vmopt.methods.elastic.sized import run_sized
from vmopt.methods.faults import Faults
from vmopt.methods.ruled import hasty, pinned, priced, rounds, separately
from vmopt.methods.ruled.blind import run_blind
from vmopt.methods.ruled.bundles import has_bundles
from vmopt.methods.ruled.chosen import run_chosen
from vmopt.methods.ruled.parameters import DEFAULT, RuledParameters
from vmopt.methods.search import Search
from vmopt.problem import Problem
from vmopt.rules.contradictions import contradictions
from vmopt.rules.inside import inside_of
from vmopt.rules.lowered import lowered
from vmopt.status import Limit

Method = Callable[[Search], None]
Stage = tuple[Method, float]
"""What to run, and the share of the time left that it may take."""


def unless_contradicted(search: Search, run: Method) -> None:
    """Run a method that keeps rules, unless they contradict each other, or let fewer VMs move than have to."""
    fatal = [found for found in contradictions(search.instance) if found.fatal]
    if not fatal or not search.prove_infeasible(str(fatal[0])):
        must_leave.run(search)
        if search.infeasible_by is None:
            run(search)


def run_auto(search: Search, inner: Method, parameters: RuledParameters = DEFAULT) -> None:
    """Greedy, the instance without rules, prices, a proof where it is small, and few hosts at a time in the end."""
    faults = Faults(search)
    with faults.kept(resume.__name__):
        resume.run(search)
    if search.proven:
        return
    small = assignment_size(search.problem) <= parameters.small
    if small or not _is_dealt_soon(search, parameters):
        cut = greedy.run_best(search, most=None if small else 1)  # what is dealt soon is much better
        if cut:
            hasty.run(search, parameters)
    again: Method = partial(run_auto, inner=inner, parameters=parameters)
    with faults.kept(separately.METHOD):
        separately.run(search, inner, again, parameters)
    if not small and not search.finished:
        with faults.kept(pinned.METHOD):
            pinned.run(search, inner, again, parameters)
    blind: Method = partial(run_blind, inner=inner, parameters=parameters)
    priced_run: Method = partial(priced.run, parameters=parameters)
    of_chosen: Method = partial(run_chosen, inner=inner, parameters=parameters)
    stages = (_small_stages if small else _stages)(search.problem, blind, priced_run, of_chosen, parameters)
    for number, (stage, share) in enumerate(stages):
        if search.finished or search.limit is Limit.INTERRUPTED:
            break
        search.limit = None
        with search.within(share), faults.kept(f"stage {number}"):
            stage(search)
    if search.limit is not Limit.INTERRUPTED and search.remaining <= 0:
        search.limit = Limit.TIME
    if not search.found and search.infeasible_by is None:
        faults.raise_first()
    faults.warn()


def _small_stages(_: Problem, blind: Method, prices: Method, of_chosen: Method, parts: RuledParameters) -> list[Stage]:
    """Proofs before and after what else there is."""
    searches = [(blind, parts.blind), (of_chosen, parts.of_chosen), (_few_hosts, parts.few_hosts_of_small)]
    return [(prices, 1.0), (exact.run, parts.exact_at_first), *searches, (exact.race, 1.0)]


def _stages(problem: Problem, blind: Method, prices: Method, of_chosen: Method, parts: RuledParameters) -> list[Stage]:
    """Rounds come first where a placement without rules says little: VMs share hosts, need others, or all differ.

    Where they differ it says nothing, for nobody could change places.
    """
    if lowered(problem.instance) is problem.instance:  # methods that know no other rules know all of these
        return [(prices, 1.0), (blind, 1.0), (_few_hosts, 1.0)]
    alike = _are_alike(problem, parts)
    inside = inside_of(problem.instance) is not None
    if alike and _may_change_places(problem):
        first = (blind, parts.blind_inside if inside else parts.blind)
        return [first, (prices, 1.0), (of_chosen, parts.of_chosen), (_few_hosts, 1.0)]
    beside = [(blind, parts.blind_inside if inside else parts.dealt), (of_chosen, parts.dealt)] if alike else []
    dealt: list[Stage] = [(rounds.run, parts.dealt), *beside]
    return [*([(prices, 1.0), *dealt] if crossing(problem) else [*dealt, (prices, 1.0)]), (_few_hosts, 1.0)]


def _are_alike(problem: Problem, parts: RuledParameters) -> bool:
    """Whether there are several VMs of a size."""
    return parts.few_alike * len(problem.instance.without_rules.vm_classes) <= problem.n_vms


def _may_change_places(problem: Problem) -> bool:
    """Whether VMs of a size are free to change places but for limits: none shares a host with others, or needs them."""
    return not has_bundles(problem.rules) and not any(rule.needs for rule in problem.rules)


def _is_dealt_soon(search: Search, parts: RuledParameters) -> bool:
    """Whether a placement without rules is sure to be dealt, and that soon: then greedy ones are of no use.

    Where VMs must run, dealing may end without any placement.
    """
    problem = search.problem
    if search.found or problem.elastic or lowered(problem.instance) is problem.instance:
        return False
    if any(rule.urgent is not None for rule in problem.rules) or inside_of(problem.instance) is not None:
        return False
    seconds = greedy.work(problem, "first-fit") / greedy.DEFAULT.work_per_second
    ample = parts.ample * seconds <= search.remaining
    return ample and _are_alike(problem, parts) and _may_change_places(problem)


def run_dealt(search: Search, inner: Method, parameters: RuledParameters = DEFAULT) -> None:
    """Place without rules, and deal."""
    greedy.run_best(search)
    priced.run(search, parameters)
    run_blind(search, inner, parameters)


def run_and_improve(search: Search, inner: Method, parameters: RuledParameters = DEFAULT) -> None:
    """Place without rules, deal, and improve few hosts at a time."""
    greedy.run_best(search)
    priced.run(search, parameters)
    with search.within(parameters.blind_of_neighbourhood):
        run_blind(search, inner, parameters)
    search.limit = None
    _few_hosts(search)


def _few_hosts(search: Search) -> None:
    """Fill few hosts at a time anew; elastic VMs have fixed sizes meanwhile, for that is all it knows."""
    if search.problem.elastic:
        run_sized(search, inner=neighbourhood.run)
    else:
        neighbourhood.run(search)
