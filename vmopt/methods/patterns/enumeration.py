"""Proof by enumeration: every pattern that a better placement could use, and the integer program over them.

A placement worth more than the best so far loses less than the gap against the bound, and so does each of its patterns.
When all patterns that lose so little are known, the integer program over them decides (Baldacci, Christofides and
Mingozzi 2008, for vehicle routing).
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from vmopt.backends import registry
from vmopt.backends.base import LPOptions
from vmopt.formulation.core import at_least
from vmopt.formulation.linear_program import LinearProgram
from vmopt.formulation.patterns import place_patterns
from vmopt.methods.patterns.beam import explore
from vmopt.methods.patterns.knapsack import Effort, Knapsack
from vmopt.methods.patterns.program import CLOSED, PatternProgram
from vmopt.methods.search import Search
from vmopt.model.objective import FloatArray, IntArray
from vmopt.solution import Status

METHOD = "column-generation"
MOST_PATTERNS = 20_000
ALL = Effort(beam=40_000, core=10**6, every=True)
BACKEND = "highs"
TIME_SHARE = 0.8


def run(search: Search, program: PatternProgram) -> None:
    """Prove the best placement optimal, or find the optimum, where the patterns within the gap are few."""
    if search.finished:
        return
    known = search.objective
    better = (known + search.step * (1 - CLOSED)) / program.classes.unit
    within = enumerate_within(search, program, program.bound - better)
    if within is None:
        return
    host_class, counts = within
    unit = search.step or program.classes.unit
    value = counts @ (search.instance.vm_classes.value / unit)
    least = np.rint(known / unit) + 1 if search.step else known / unit - CLOSED
    rows = _integer_program(program, host_class, counts, value)
    result = registry.get(BACKEND).solve(at_least(rows, value, least), _options(search))
    search.limit = result.limit
    if result.x is not None:
        times = np.rint(result.x).astype(np.int64)
        used = np.flatnonzero(times)
        search.offer(place_patterns(search.instance, host_class[used], counts[used], times[used]), METHOD)
    bound = known if result.status is Status.INFEASIBLE else max(known, result.bound * unit)
    search.tighten_by_claim(bound, "enumeration", METHOD)


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


def _integer_program(
    program: PatternProgram, host_class: IntArray, counts: IntArray, value: FloatArray
) -> LinearProgram:
    """How often to use each pattern."""
    shape = len(program.hosts), len(host_class)
    on_host = sparse.csr_array((np.ones(shape[1]), (host_class, np.arange(shape[1]))), shape=shape)
    return LinearProgram.with_upper_rows(
        value,
        sparse.vstack([sparse.csr_array(counts.T), on_host]),
        np.concatenate([program.supply, program.hosts]),
        upper=program.hosts[host_class],
        integer=True,
    )


def _options(search: Search) -> LPOptions:
    options = search.options
    return LPOptions(TIME_SHARE * search.remaining, options.gap, options.seed, options.threads)
