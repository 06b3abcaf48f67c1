"""Proof by enumeration: every pattern that a better placement could use, and the integer program over them.

A placement worth more than the best so far loses less than the gap against the bound, and so does each of its patterns.
When all patterns that lose so little are known, the integer program over them decides (Baldacci, Christofides and
Mingozzi 2008, for vehicle routing). Hosts so large that their patterns are too many stay as they are in the assignment
formulation, one column per VM class, beside the patterns of the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from vmopt.arrays import FloatArray, IntArray
from vmopt.backends import registry
from vmopt.backends.base import LPOptions, LPResult
from vmopt.bounds import Enumeration
from vmopt.errors import SolverError
from vmopt.formulation.core import at_least
from vmopt.formulation.linear_program import LinearProgram
from vmopt.methods.patterns.beam import explore
from vmopt.methods.patterns.knapsack import TOLERANCE
from vmopt.methods.patterns.parameters import DEFAULT, ColumnGenerationParameters
from vmopt.methods.patterns.pricing import CLOSED
from vmopt.methods.patterns.program import PatternProgram
from vmopt.methods.search import Search
from vmopt.problem import Problem
from vmopt.status import Status

METHOD = "column-generation"
BACKEND, IN_INTEGERS = "highs", "cp-sat"


@dataclass(frozen=True, eq=False)
class Within:
    """What a better placement can be made of.

    Attributes
    ----------
    host_class : (n_patterns,) int64 array
    counts : (n_patterns, n_vm_classes) int64 array
        Every pattern that loses little enough, for the host classes that have not too many.
    individual : (n_individual,) int64 array
        Classes of the hosts of which not every pattern is known, one entry a host.
    """

    host_class: IntArray
    counts: IntArray
    individual: IntArray


def run(search: Search, program: PatternProgram, parameters: ColumnGenerationParameters = DEFAULT) -> None:
    """Prove the best placement optimal, or find the optimum, where the patterns within the gap are few."""
    if search.finished:
        return
    known = search.objective
    better = (known + search.step * (1 - CLOSED)) / program.classes.unit
    within = enumerate_within(search, program, program.bound - better, parameters)
    if within is None:
        return
    unit = search.step or program.classes.unit
    least = np.rint(known / unit) + 1 if search.step else known / unit - CLOSED
    value = search.problem.vms.value / unit
    rows = integer_program(program, within, np.rint(value) if search.step else value)
    result = _solve(search, at_least(rows, rows.objective, least), parameters.decision_share)
    search.limit = result.limit
    if result.x is not None:
        search.offer(placement(search.problem, within, np.rint(result.x).astype(np.int64)), METHOD)
    bound = known if result.status is Status.INFEASIBLE else max(known, result.bound * unit)
    search.tighten_by_claim(bound, Enumeration("enumeration"), METHOD)


def _solve(search: Search, rows: LinearProgram, share: float) -> LPResult:
    """Solve the integer program; in integers where tolerances turned out too coarse for the row of the objective."""
    try:
        return registry.get(BACKEND).solve(rows, _options(search, share))
    except SolverError:
        return registry.get(IN_INTEGERS).solve(rows, _options(search, share))


def enumerate_within(
    search: Search, program: PatternProgram, gap: float, parameters: ColumnGenerationParameters = DEFAULT
) -> Within | None:
    """All patterns that lose at most `gap`; None where they are too many on most hosts.

    A VM whose class costs more than it is worth may still be in one, as long as that costs no more than the gap.
    """
    host_class, counts, individual = [], [], []
    for c in range(len(program.hosts)):
        found = _patterns_of(search, program, c, gap, parameters)
        if found is None:
            individual.append(np.full(int(program.hosts[c]), c))
        else:
            host_class.append(np.full(len(found), c))
            counts.append(found)
    n_individual = sum(map(len, individual))
    if sum(map(len, counts)) > parameters.most_patterns_to_decide or 2 * n_individual > program.hosts.sum():
        return None
    none = np.zeros(0, dtype=np.int64)
    return Within(np.concatenate(host_class), np.concatenate(counts), np.concatenate([none, *individual]))


def _patterns_of(
    search: Search, program: PatternProgram, c: int, gap: float, parameters: ColumnGenerationParameters
) -> IntArray | None:
    """Every pattern of one host class that loses at most `gap`; None where they are too many."""
    knapsack = program.classes.knapsacks[c].unmerged()
    relaxed = knapsack.relax(program.classes.value - program.valid.vms, program.supply, -gap - CLOSED)
    if relaxed is None:
        return np.zeros((0, len(program.supply)), dtype=np.int64)
    threshold = float(program.valid.hosts[c]) - gap - CLOSED
    found = explore(relaxed, threshold, parameters.enumeration, lambda: search.finished)
    complete = found.bound <= float(found.profit.max(initial=threshold)) + TOLERANCE
    return found.counts if complete and len(found.counts) <= parameters.most_patterns_to_decide else None


def integer_program(program: PatternProgram, within: Within, value: FloatArray) -> LinearProgram:
    """How often to use each pattern, and how many VMs of each class to run on each individual host.

        maximise   sum_p (a[p] . value) y[p]  +  sum_hj value[j] x[h,j]
        subject to sum_p a[p,j] y[p] + sum_h x[h,j] <= n[j]      for each VM class j
                   sum_{p of c} y[p] <= m[c]                     for each host class c, less its individual hosts
                   sum_j d[j,k] x[h,j] <= C[h,k]                 for each individual host h and resource k

    Parameters
    ----------
    value : (n_vm_classes,) array
        Value of a VM of each class, in the unit of the objective.
    """
    n_individual, knapsacks = len(within.individual), [program.classes.knapsacks[c] for c in within.individual.tolist()]
    most = [np.minimum(knapsack.most, program.supply) for knapsack in knapsacks]
    in_patterns = program.hosts - np.bincount(within.individual, minlength=len(program.hosts))
    return LinearProgram.with_upper_rows(
        np.concatenate([within.counts @ value, np.tile(value, n_individual)]),
        _matrix(program, within),
        np.concatenate([program.supply, in_patterns, *[knapsack.capacity for knapsack in knapsacks]]),
        upper=np.concatenate([in_patterns[within.host_class], *most]),
        integer=True,
    )


def _matrix(program: PatternProgram, within: Within) -> Any:
    """Rows of VM classes, of host classes, and of the resources of each individual host."""
    n_patterns, n_individual, n_vms = len(within.counts), len(within.individual), len(program.supply)
    where = within.host_class, np.arange(n_patterns)
    on_host = sparse.csr_array((np.ones(n_patterns), where), shape=(len(program.hosts), n_patterns))
    on_individual = sparse.csr_array((len(program.hosts), n_individual * n_vms))
    supply = sparse.hstack([sparse.csr_array(within.counts.T), *[sparse.eye_array(n_vms)] * n_individual])
    hosts = sparse.hstack([on_host, on_individual])
    if not n_individual:
        return sparse.vstack([supply, hosts])
    loads = sparse.block_diag([sparse.csr_array(program.classes.demand.T)] * n_individual)
    patterns_load_no_loose_host = sparse.csr_array((loads.shape[0], n_patterns))
    return sparse.vstack([supply, hosts, sparse.hstack([patterns_load_no_loose_host, loads])])


def placement(problem: Problem, within: Within, x: IntArray) -> IntArray:
    """Placement of a point: the patterns in use, and the individual hosts as patterns used once."""
    n_patterns = len(within.counts)
    used = np.flatnonzero(x[:n_patterns])
    return problem.dealer.deal_patterns(
        problem.hosts,
        np.concatenate([within.host_class[used], within.individual]),
        np.concatenate([within.counts[used], x[n_patterns:].reshape(len(within.individual), within.counts.shape[1])]),
        np.concatenate([x[used], np.ones(len(within.individual), dtype=np.int64)]),
    )


def _options(search: Search, share: float) -> LPOptions:
    options = search.options
    return LPOptions(share * search.remaining, options.gap, options.seed, options.threads)
