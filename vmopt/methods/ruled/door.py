"""The way in for methods that know no rules."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from vmopt.formulation.assignment import assignment_size
from vmopt.methods import exact, greedy, neighbourhood
from vmopt.methods.faults import Faults
from vmopt.methods.ruled import hasty, priced
from vmopt.methods.ruled.blind import run_blind
from vmopt.methods.search import Search
from vmopt.rules.contradictions import contradictions
from vmopt.solution import Limit

Method = Callable[[Search], None]

SMALL = 20_000
"""VM classes times hosts up to which the assignment formulation is worth a try."""


def adapted(method: str, run: Method) -> Method:
    """Make of a method that knows no rules one that keeps them, and does not begin where they contradict each other."""
    return partial(_unless_contradicted, run=_ruled(method, run))


def _unless_contradicted(search: Search, run: Method) -> None:
    fatal = [found for found in contradictions(search.instance) if found.fatal]
    if not fatal or not search.prove_infeasible(str(fatal[0])):
        run(search)


def _ruled(method: str, run: Method) -> Method:
    """Exact and greedy keep rules as they are."""
    if method in ("exact", "greedy-priority", "greedy-demand", "greedy-spread"):
        return run
    if method == "auto":
        return partial(run_auto, inner=run)
    return partial(run_and_improve if method == "neighbourhood" else run_dealt, inner=run)


def run_auto(search: Search, inner: Method) -> None:
    """Greedy, the instance without rules, prices, a proof where it is small, and few hosts at a time in the end."""
    small = assignment_size(search.problem) <= SMALL
    cut = greedy.run_best(search, most=None if small else 1)  # what is dealt soon is much better
    if cut:
        hasty.run(search)
    blind: Method = partial(run_blind, inner=inner)
    stages: list[tuple[Method, float]] = [(blind, 0.4), (priced.run, 1.0), (neighbourhood.run, 1.0)]
    if small:
        stages = [(priced.run, 1.0), (exact.run, 0.1), (blind, 0.4), (neighbourhood.run, 0.4), (exact.race, 1.0)]
    faults = Faults(search)
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


def run_dealt(search: Search, inner: Method) -> None:
    """Place without rules, and deal."""
    greedy.run_best(search)
    priced.run(search)
    run_blind(search, inner)


def run_and_improve(search: Search, inner: Method) -> None:
    """Place without rules, deal, and improve few hosts at a time."""
    greedy.run_best(search)
    priced.run(search)
    with search.within(0.5):
        run_blind(search, inner)
    search.limit = None
    neighbourhood.run(search)
