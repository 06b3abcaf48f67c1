"""What is worth saying of a solution."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from vmopt.bounds import AllPlaced, Claim, Enumeration, Levels, PatternBound, Prices
from vmopt.bounds.proofs import name_of
from vmopt.summary.contradictions import contradictions_of
from vmopt.summary.figures import apart, count, number, percent, seconds
from vmopt.summary.layout import Fact
from vmopt.summary.levels import hints_of
from vmopt.summary.misfits import misfits_of
from vmopt.summary.soft_rules import soft_rules_of

if TYPE_CHECKING:
    from vmopt.solution import Solution

MAX_PRIORITIES = 6

STOPPED = {
    "time": "stopped at the time limit",
    "nodes": "stopped at the node limit",
    "memory": "stopped at the memory limit",
    "interrupted": "interrupted",
}


WORDS: dict[type, str] = {
    Prices: "proven by prices (verify_bound rechecks it, no solver needed)",
    PatternBound: "proven by patterns (verify_pattern_bound rechecks it)",
    AllPlaced: "what all VMs together are worth",
    Levels: "the sum of the bounds of the levels, each given those above",
    Enumeration: "proven by {}, which only another search can recheck",
    Claim: "claimed by {}",
}
WITH_RULES = "proven by prices of capacity and rules (verify_bound rechecks it, no solver needed)"


def facts(solution: Solution) -> list[Fact]:
    """Say status, objective, bound, gap, VMs placed, utilisation, and what it took."""
    told = [Fact("status", status(solution))]
    objective, bound = apart(solution.objective, solution.bound)
    if solution.status.value in ("optimal", "feasible"):
        told += [
            Fact("objective", objective),
            *_traded(solution),
            *soft_rules_of(solution.instance, solution.host_index),
            Fact("bound", f"{bound}, {proof(solution)}"),
            Fact("gap", percent(solution.gap)),
            Fact("placed", f"{solution.n_placed:,} of {count(solution.instance.n_vms, 'VM')}"),
            *_unplaced(solution),
            *_pieces(solution),
            *hints_of(solution),
            *misfits_of(solution.instance, np.flatnonzero(solution.host_index < 0)),
            *contradictions_of(solution.instance),
            *_less_than_asked(solution),
            *(Fact(f"{name} used", percent(used, 1), used) for name, used in solution.utilisation.items()),
        ]
    elif solution.status.value == "infeasible":
        told.append(Fact("proven by", solution.bound_by))
    else:
        told.append(Fact("bound", f"{bound}, {proof(solution)}"))
    if solution.warm_start is not None:
        told.append(Fact("warm start", str(solution.warm_start)))
    return [*told, Fact("method", _made_by(solution))]


def _traded(solution: Solution) -> list[Fact]:
    """Say what the objective consists of, where latency has a price."""
    trade = solution.trade
    if trade is None:
        return []
    lost = trade.weight * trade.latency
    told = f"{number(solution.objective + lost)} of value, less {number(lost)} for {number(trade.latency)} s of latency"
    return [Fact("made up of", told)]


def status(solution: Solution) -> str:
    """Status in words, with the reason why the search stopped."""
    every = "each level " if solution.instance.objective.goal_levels else ""
    meaning = {
        "optimal": f"{every}proven within {percent(solution.requested_gap)} of the best",
        "feasible": "not proven",
        "infeasible": "proven that there is no placement",
        "not found": "no placement yet, and nothing proven",
    }[solution.status.value]
    stopped = "" if solution.limit is None else f"; {STOPPED[solution.limit.value]}"
    return f"{solution.status.value} ({meaning}{stopped})"


def proof(solution: Solution) -> str:
    """Where the bound comes from."""
    step = solution.certificate.step
    steps = f", to the last of the steps of {step:g} that values come in" if step else ""
    shown = solution.certificate.proof
    words = WITH_RULES if isinstance(shown, Prices) and shown.rules is not None else WORDS[type(shown)]
    return words.format(name_of(shown)) + steps


def _less_than_asked(solution: Solution) -> list[Fact]:
    if solution.elastic_allocation is None:
        return []
    placed = solution.host_index >= 0
    less = (solution.elastic_allocation < solution.instance.demand)[placed].any(axis=1)
    return [Fact("shared", f"{count(int(less.sum()), 'placed VM')} with less than asked for")]


def _unplaced(solution: Solution) -> list[Fact]:
    left = solution.host_index < 0
    if not left.any():
        return []
    total = f"{count(int(left.sum()), 'VM')}"
    levels, asked = np.unique(solution.instance.priority, return_counts=True)
    if len(levels) == 1:
        return [Fact("unplaced", total)]
    missing = dict(zip(*np.unique(solution.instance.priority[left], return_counts=True), strict=True))
    told = [
        f"{number(float(level))}: {int(missing.get(level, 0)):,} of {int(n):,}"
        for level, n in list(zip(levels, asked, strict=True))[::-1]
    ]
    more = f"; {len(told) - MAX_PRIORITIES:,} lower priorities" if len(told) > MAX_PRIORITIES else ""
    return [Fact("unplaced", f"{total} (priority {'; '.join(told[:MAX_PRIORITIES])}{more})")]


def _pieces(solution: Solution) -> list[Fact]:
    """Say how many parts of each kind have a piece, where hosts have parts."""
    at = solution.placement if solution.parts else {}
    used = {(one.kind, at[vm], part) for vm, landed in solution.parts.items() for one in landed for part in one.parts}
    told = [f"{n:,} {kind}" for kind, n in sorted(Counter(kind for kind, *_ in used).items())]
    return [Fact("parts used", f"{', '.join(told)} by {count(len(solution.parts), 'VM')}")] if told else []


def _made_by(solution: Solution) -> str:
    by = f" with {solution.backend}" if solution.backend else ""
    return f"{solution.method}{by}, {seconds(solution.solve_seconds)}, seed {solution.seed}"
