"""Column generation: patterns of VM classes that fill hosts, priced, combined and dived into a placement.

For instances with VM classes, or with VMs that are large against hosts (Gilmore and Gomory 1961; diving as in Sadykov,
Vanderbeck, Pessoa, Tahiri and Uchoa 2019).
"""

from __future__ import annotations

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.bounds.best_profit import best_profit
from vmopt.formulation.patterns import Patterns
from vmopt.methods import greedy
from vmopt.methods.patterns import enumeration
from vmopt.methods.patterns.diving import Chosen, dive, fill
from vmopt.methods.patterns.improvement import Filling, improve
from vmopt.methods.patterns.knapsack import Knapsack
from vmopt.methods.patterns.pricing import CLOSED, Stop
from vmopt.methods.patterns.program import Classes, DualPoint, PatternProgram, PricingLimits
from vmopt.methods.relaxation import relax_within
from vmopt.methods.search import Search
from vmopt.problem import Problem

METHOD = "column-generation"
MOST_VM_CLASSES = 2000
MOST_HOSTS_TO_IMPROVE = 20_000
QUICK_PACE = PricingLimits(rounds=200, outward=0.5, hardest=1)
EXACT_PACE = PricingLimits(rounds=200, outward=0.8, hardest=3)
QUICK_SHARE, EXACT_SHARE = 0.4, 0.4
MOST_HOSTS_TO_DECIDE = 20
RETRY = 0.8
"""Part of the gap at which enumeration failed that must remain for it to be tried again, at most."""


def run(search: Search) -> None:
    """Fill hosts with patterns, generate better ones, dive, prove the pattern bound, and dive again from there.

    Nothing is done beyond the class relaxation where VM classes are so many that patterns of them mean little.
    """
    program = begin(search)
    if program is None or search.finished:
        return
    chosen = construct(search, program)
    prove(search, program)
    if search.problem.n_hosts > MOST_HOSTS_TO_IMPROVE:
        return
    decided_at = search.bound - search.objective
    filling = Filling(chosen, program.hosts, len(program.supply))
    for better in improve(program, filling, search.options.seed, lambda: search.finished):
        if better:
            _offer(search, filling.chosen())
        if search.bound - search.objective < decided_at * RETRY:
            decide(search, program)
            decided_at = search.bound - search.objective


def run_once(search: Search) -> None:
    """Fill, generate, dive and prove, once."""
    program = begin(search)
    if program is not None and not search.finished:
        construct(search, program)
        prove(search, program)


def run_proof(search: Search) -> None:
    """Generate with exact pricing and decide; for when a good placement is known."""
    program = begin(search)
    if program is not None and not search.finished:
        prove(search, program)


def begin(search: Search) -> PatternProgram | None:
    """Set up the program over patterns from the prices of the class relaxation; None where it does not apply."""
    relaxed = relax_within(search, 0.5)
    if relaxed is None:
        return None
    search.tighten_by_prices(relaxed.prices, METHOD)
    if relaxed.bound <= 0 or len(search.problem.vms) > MOST_VM_CLASSES:
        return None
    vms, hosts = search.problem.vms, search.problem.hosts
    unit = relaxed.bound / search.problem.n_hosts
    knapsacks = tuple(Knapsack(vms.demand, capacity, at_most=vms.most) for capacity in hosts.capacity)
    classes = Classes(vms.demand, vms.value / unit, knapsacks, unit)
    valid = _dual_point(search.problem, relaxed.prices, unit)
    return PatternProgram(classes, vms.count, hosts.count, valid, Patterns(len(vms)))


def construct(search: Search, program: PatternProgram) -> Chosen:
    """Fill, generate patterns, dive; every placement on the way is offered."""
    chosen = fill(program, lambda: search.finished)
    _offer(search, chosen)
    if search.finished:
        return chosen
    program.generate(QUICK_PACE, _until(search, QUICK_SHARE))
    search.tighten_by_patterns(program.certificate(), METHOD)
    dived = program.part(program.supply, program.hosts, len(program.pool))
    chosen = dive(dived, lambda: search.finished)
    _offer(search, chosen)
    return chosen


def prove(search: Search, program: PatternProgram) -> None:
    """Generate with exact pricing, for the bound, unless the linear program over patterns is closed; then decide."""
    if search.finished:
        return
    if program.gap > CLOSED * program.bound:
        whole = program.part(program.supply, program.hosts, len(program.pool))
        whole.generate(EXACT_PACE, _until(search, EXACT_SHARE))
        program.valid = whole.valid
        search.tighten_by_patterns(program.certificate(), METHOD)
    decide(search, program)


def decide(search: Search, program: PatternProgram) -> None:
    """Try to prove the optimum by enumeration, where hosts are few."""
    if search.problem.n_hosts <= MOST_HOSTS_TO_DECIDE:
        enumeration.run(search, program)


def _until(search: Search, share: float) -> Stop:
    """Stop when the search is finished or a share of the time that now remains is used."""
    end = search.remaining * (1 - share)
    return lambda: search.finished or search.remaining < end


def _dual_point(problem: Problem, prices: FloatArray, unit: float) -> DualPoint:
    """Prices of VM classes and host classes that the prices of resources imply; a valid point by construction."""
    vms, hosts = problem.vms, problem.hosts
    profit = np.maximum(best_profit(vms, hosts.capacity, prices)[0], 0.0)
    return DualPoint(profit / unit, (prices * hosts.capacity).sum(axis=1) / unit)


def _offer(search: Search, chosen: Chosen) -> None:
    if chosen.times:
        columns = np.array(chosen.host_class), np.array(chosen.counts), np.array(chosen.times)
        problem = search.problem
        dealt = problem.dealer.deal_patterns(problem.hosts, *columns)
        search.offer(greedy.complete(problem, dealt), METHOD)
