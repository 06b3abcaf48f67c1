"""Proof by enumeration: every pattern that a better placement could use, and the integer program over them.

A placement worth more than the best so far loses less than the gap against the bound, and so does each of its patterns.
When all patterns that lose so little are known, the integer program over them decides (Baldacci, Christofides and
Mingozzi 2008, for vehicle routing).
"""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from vmopt.formulation.patterns import place_patterns
from vmopt.methods.patterns.beam import explore
from vmopt.methods.patterns.knapsack import Effort, Knapsack
from vmopt.methods.patterns.program import CLOSED, PatternProgram
from vmopt.methods.search import Search
from vmopt.model.objective import IntArray

METHOD = "column-generation"
MOST_PATTERNS = 20_000
ALL = Effort(beam=40_000, core=10**6, every=True)
TIME_SHARE = 0.3


def run(search: Search, program: PatternProgram) -> None:
    """Prove the best placement optimal, or find the optimum, where the patterns within the gap are few."""
    if search.finished:
        return
    unit = program.classes.unit
    better = (search.objective + search.step * (1 - CLOSED)) / unit
    within = enumerate_within(search, program, program.bound - better)
    if within is None:
        return
    host_class, counts = within
    times, bound = _solve(program, host_class, counts, search.remaining * TIME_SHARE)
    if times is not None:
        used = np.flatnonzero(times)
        search.offer(place_patterns(search.instance, host_class[used], counts[used], times[used]), METHOD)
    search.tighten_by_claim(max(search.objective, bound * unit), "enumeration", METHOD)


def enumerate_within(search: Search, program: PatternProgram, gap: float) -> tuple[IntArray, IntArray] | None:
    """All patterns that lose at most `gap`, with their host class; None where they are too many.

    A VM whose class costs more than it is worth may still be in one, as long as that costs no more than the gap.
    """
    host_class, counts = [], []
    for c, merged in enumerate(program.classes.knapsacks):
        knapsack = Knapsack(merged.demand, merged.capacity, merge=False)
        relaxed = knapsack.relax(program.classes.value - program.valid.vms, program.supply, -gap - CLOSED)
        if relaxed is None:
            continue
        threshold = max(0.0, float(program.valid.hosts[c]) - gap - CLOSED)
        found = explore(relaxed, threshold, ALL, lambda: search.finished)
        best = max(threshold, float(found.profit.max(initial=0.0)))
        host_class.append(np.full(len(found.counts), c))
        counts.append(found.counts)
        if found.bound > best + CLOSED or sum(map(len, counts)) > MOST_PATTERNS:
            return None
    return (np.concatenate(host_class), np.concatenate(counts)) if counts else None


def _solve(
    program: PatternProgram, host_class: IntArray, counts: IntArray, seconds: float
) -> tuple[IntArray | None, float]:
    """Best whole numbers of the patterns, if any were found, and the bound on them."""
    n_patterns, n_hosts = len(host_class), len(program.hosts)
    if n_patterns == 0:
        return None, 0.0
    value = counts @ program.classes.value
    on_host = sparse.csc_array((np.ones(n_patterns), (host_class, np.arange(n_patterns))), shape=(n_hosts, n_patterns))
    rows = sparse.vstack([sparse.csc_array(counts.T.astype(np.float64)), on_host])
    result = milp(
        -value,
        integrality=[1] * n_patterns,
        bounds=Bounds(0, np.inf),
        constraints=LinearConstraint(rows, -np.inf, np.concatenate([program.supply, program.hosts])),
        options={"time_limit": max(seconds, 0.1), "mip_rel_gap": CLOSED},
    )
    times = None if result.x is None else np.rint(result.x).astype(np.int64)
    bound = result.mip_dual_bound
    return times, program.bound if bound is None or not np.isfinite(bound) else -float(bound)
