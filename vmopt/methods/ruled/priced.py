"""The bound of the class relaxation with rules: prices of capacity and of the limits that rules set."""

from __future__ import annotations

import time
from contextlib import suppress

from vmopt.errors import SolverError
from vmopt.formulation.coarse import coarse, crossing
from vmopt.methods.relaxation import beyond_reach, relax
from vmopt.methods.ruled.parameters import DEFAULT, RuledParameters
from vmopt.methods.search import Search
from vmopt.problem import Problem

METHOD = "rule-prices"


def run(search: Search, parameters: RuledParameters = DEFAULT) -> None:
    """Tighten the bound by prices of capacity and rules; nothing where no rule has any, or the program is too large.

    Limits over more than a host each come first, over VMs that only these tell apart: a much smaller program, which
    often proves as much. All limits follow where that takes little time.
    """
    problem = search.problem
    if search.finished or not _has_prices(problem):
        return
    begin, seconds = time.perf_counter(), parameters.priced_share * search.remaining
    pooled = coarse(problem) if crossing(problem) else problem
    if pooled is not problem:
        _tighten(search, seconds, pooled)
        taken = (time.perf_counter() - begin) * len(problem.vms) / len(pooled.vms)
        if search.finished or taken > seconds:
            return
    _tighten(search, parameters.priced_share * search.remaining)


def _tighten(search: Search, seconds: float, pooled: Problem | None = None) -> None:
    """Solve the relaxation, whole or pooled, if that can be done in time."""
    if beyond_reach(pooled or search.problem, seconds) is not None:
        return
    relaxed = None
    with suppress(SolverError):  # other bounds stand, and who claims that there is no placement has to prove it
        relaxed = relax(search.instance, time_limit=seconds, threads=search.options.threads, pooled=pooled)
    if relaxed is not None:
        search.tighten_by_prices(relaxed.prices, METHOD, relaxed.rule_prices)


def _has_prices(problem: Problem) -> bool:
    """Whether a rule limits groups, keeps VMs off hosts or has them run: what prices of capacity do not see."""
    nobody = problem.vms.of[:0]
    known = problem.limits
    limits = (rule.most_in_domain is not None or rule.must_run is not None for rule in known)
    return any(limits) or any(rule.forbids(nobody, nobody) is not None for rule in problem.rules)
