"""The bound of the class relaxation with rules: prices of capacity and of the limits that rules set."""

from __future__ import annotations

from contextlib import suppress

from vmopt.errors import SolverError
from vmopt.methods.relaxation import beyond_reach, relax
from vmopt.methods.search import Search
from vmopt.problem import Problem

METHOD = "rule-prices"
SHARE = 0.1
"""Part of the time left that it may take."""


def run(search: Search) -> None:
    """Tighten the bound by prices of capacity and rules; nothing where no rule has any, or the program is too large."""
    seconds = SHARE * search.remaining
    if search.finished or not _crosses_hosts(search.problem) or beyond_reach(search.problem, seconds) is not None:
        return
    relaxed = None
    with suppress(SolverError):  # other bounds stand, and who claims that there is no placement has to prove it
        relaxed = relax(search.instance, time_limit=seconds, threads=search.options.threads)
    if relaxed is not None:
        search.tighten_by_prices(relaxed.prices, METHOD, relaxed.rule_prices)


def _crosses_hosts(problem: Problem) -> bool:
    """Whether a rule limits groups, keeps VMs off hosts or has them run: what prices of capacity do not see."""
    nobody = problem.vms.of[:0]
    limits = (rule.most_in_domain is not None or rule.must_run is not None for rule in problem.rules)
    return any(limits) or any(rule.forbids(nobody, nobody) is not None for rule in problem.rules)
