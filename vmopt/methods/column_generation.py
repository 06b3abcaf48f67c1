"""Column generation: patterns of VM classes that fill hosts, priced, combined and dived into a placement.

For instances with VM classes, or with VMs that are large against hosts (Gilmore and Gomory 1961; diving as in Sadykov,
Vanderbeck, Pessoa, Tahiri and Uchoa 2019).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.bounds.best_profit import best_profit
from vmopt.formulation.patterns import Patterns
from vmopt.methods import greedy
from vmopt.methods.patterns import enumeration
from vmopt.methods.patterns.combination import combine, held_by
from vmopt.methods.patterns.diving import Chosen, dive, fill
from vmopt.methods.patterns.improvement import Filling, improve
from vmopt.methods.patterns.inside import PartAmounts
from vmopt.methods.patterns.knapsack import Knapsack
from vmopt.methods.patterns.parameters import DEFAULT, ColumnGenerationParameters, PricingLimits
from vmopt.methods.patterns.pricing import CLOSED, Stop
from vmopt.methods.patterns.program import Classes, DualPoint, PatternProgram
from vmopt.methods.relaxation import relax_within
from vmopt.methods.search import Search
from vmopt.model.classes import VMClasses

METHOD = "column-generation"


def run(search: Search, parameters: ColumnGenerationParameters = DEFAULT) -> None:
    """Fill hosts with patterns, generate better ones, combine them, dive, prove the bound, and dive again from there.

    Nothing is done beyond the class relaxation where VM classes are so many that patterns of them mean little.
    """
    program = begin(search, parameters)
    if program is None or search.finished:
        return
    chosen = construct(search, program, parameters)
    prove(search, program, parameters)
    if search.problem.n_hosts > parameters.most_hosts_to_improve:
        return
    decided_at = search.bound - search.objective
    filling = Filling(chosen, program.hosts, len(program.supply))
    for better in improve(program, filling, search.options.seed, lambda: search.finished, parameters):
        if better:
            _offer(search, filling.chosen())
        if search.bound - search.objective < decided_at * parameters.retry:
            decide(search, program, parameters)
            decided_at = search.bound - search.objective


def run_once(search: Search, parameters: ColumnGenerationParameters = DEFAULT) -> None:
    """Fill, generate, combine, dive and prove, once."""
    program = begin(search, parameters)
    if program is not None and not search.finished:
        construct(search, program, parameters)
        prove(search, program, parameters)


def run_proof(search: Search, parameters: ColumnGenerationParameters = DEFAULT) -> None:
    """Generate with exact pricing and decide; for when a good placement is known."""
    program = begin(search, parameters)
    if program is not None and not search.finished:
        prove(search, program, parameters)


def begin(search: Search, parameters: ColumnGenerationParameters = DEFAULT) -> PatternProgram | None:
    """Set up the program over patterns from the prices of the class relaxation; None where it does not apply."""
    parts = PartAmounts.of(search.problem)
    relaxed = relax_within(search, parameters.relaxation_share, limits=parts.known)
    if relaxed is None:
        return None
    search.tighten_by_prices(relaxed.prices, METHOD, relaxed.rule_prices)
    if relaxed.bound <= 0 or len(search.problem.vms) > parameters.most_vm_classes:
        return None
    vms, hosts = search.problem.vms, search.problem.hosts
    unit, of_parts = relaxed.bound / search.problem.n_hosts, parts.prices(relaxed.rule_prices)
    prices, parts = np.hstack([relaxed.prices, of_parts[:, (of_parts > 0).any(axis=0)]]), parts.priced(of_parts)
    demand, capacities = np.hstack([vms.demand, parts.demand]), np.hstack([hosts.capacity, parts.capacity])
    knapsacks = tuple(
        Knapsack(demand, capacity, at_most=vms.most, holding=holding)
        for capacity, holding in zip(capacities, parts.holding, strict=True)
    )
    classes = Classes(demand, vms.value / unit, knapsacks, unit, parameters.pricing)
    of_all = VMClasses.inelastic(vms.of, vms.count, demand, vms.value)
    valid = _dual_point(of_all, capacities, prices, unit, knapsacks)
    return PatternProgram(classes, vms.count, hosts.count, valid, Patterns(len(vms)))


def construct(search: Search, program: PatternProgram, parameters: ColumnGenerationParameters) -> Chosen:
    """Fill, generate patterns, combine them, dive; every placement on the way is offered.

    Where most VMs are different, what the hosts of the best placement hold is the first fill. Where patterns have to
    land, it comes beside the fills, and quick pricing, which does not look at that before a pattern is whole, proves
    little: the bound comes before the dive where no placement would be near enough to it.
    """
    landing = _lands(program)
    if search.found and not landing and _fills_slowly(search, parameters):
        chosen = _begin_with_the_best(search, program)
    else:
        chosen = fill(program, lambda: search.finished, parameters.dive)
        _offer(search, chosen)
        if search.found and landing:
            _begin_with_the_best(search, program)
    if search.finished:
        return chosen
    program.generate(_limits(program, parameters.quick, parameters), _until(search, parameters.quick_share))
    search.tighten_by_patterns(program.certificate(), METHOD)
    if landing and program.gap > search.options.gap * program.bound:
        _close(search, program, parameters)
        if search.finished:
            return chosen
    combine(search, program, parameters)
    dived = program.part(program.supply, program.hosts, len(program.pool))
    chosen = dive(dived, lambda: search.finished, parameters.dive, search.remaining)
    _offer(search, chosen)
    return chosen


def _fills_slowly(search: Search, parameters: ColumnGenerationParameters) -> bool:
    """Whether a fill takes long and comes to less than the best placement: hosts are many, and most VMs different."""
    different = 2 * len(search.problem.vms) > search.problem.n_vms
    return different and search.problem.n_hosts > parameters.most_hosts_to_decide


def _begin_with_the_best(search: Search, program: PatternProgram) -> Chosen:
    """Add what each host holds as a pattern."""
    chosen = Chosen()
    for c, held in enumerate(held_by(search.problem, search.host_index)):
        patterns, times = np.unique(held, axis=0, return_counts=True)
        program.add(c, patterns)
        for row, often in zip(patterns, times.tolist(), strict=True):
            chosen.add(c, row, often)
    return chosen


def prove(search: Search, program: PatternProgram, parameters: ColumnGenerationParameters) -> None:
    """Generate with exact pricing, for the bound, unless the linear program over patterns is closed; then decide.

    What it added is combined first: a better placement leaves less to decide.
    """
    if search.finished:
        return
    if _close(search, program, parameters):
        combine(search, program, parameters)
    decide(search, program, parameters)


def _close(search: Search, program: PatternProgram, parameters: ColumnGenerationParameters) -> bool:
    """Generate with exact pricing, unless the linear program over patterns is closed; tell whether it was open."""
    if program.gap > CLOSED * program.bound:
        whole = program.part(program.supply, program.hosts, len(program.pool))
        whole.generate(_limits(program, parameters.exact, parameters), _until(search, parameters.exact_share))
        program.valid, program.gap = whole.valid, whole.gap
        search.tighten_by_patterns(program.certificate(), METHOD)
        return True
    return False


def _lands(program: PatternProgram) -> bool:
    """Whether patterns have to land on the parts of hosts."""
    return program.classes.knapsacks[0].holding is not None


def _limits(program: PatternProgram, limits: PricingLimits, parameters: ColumnGenerationParameters) -> PricingLimits:
    """How to generate patterns, where they have to land as well."""
    return replace(limits, outward=parameters.outward_inside) if _lands(program) else limits


def decide(search: Search, program: PatternProgram, parameters: ColumnGenerationParameters) -> None:
    """Try to prove the optimum by enumeration, where hosts are few."""
    if search.problem.n_hosts <= parameters.most_hosts_to_decide:
        enumeration.run(search, program, parameters)


def _until(search: Search, share: float) -> Stop:
    """Stop when the search is finished or a share of the time that now remains is used."""
    end = search.remaining * (1 - share)
    return lambda: search.finished or search.remaining < end


def _dual_point(
    vms: VMClasses, capacity: IntArray, prices: FloatArray, unit: float, knapsacks: tuple[Knapsack, ...]
) -> DualPoint:
    """Prices of VM classes and host classes that the prices of resources imply; a valid point by construction."""
    if knapsacks[0].holding is None:
        profit = best_profit(vms, capacity, prices)[0]
    else:  # whoever does not even land on an empty host earns nothing there
        profit = np.full(len(vms), -np.inf)
        for of_host, knapsack in zip(prices, knapsacks, strict=True):
            np.maximum(profit, np.where(knapsack.copies > 0, vms.value - vms.demand @ of_host, -np.inf), out=profit)
    return DualPoint(np.maximum(profit, 0.0) / unit, (prices * capacity).sum(axis=1) / unit)


def _offer(search: Search, chosen: Chosen) -> None:
    if chosen.times:
        columns = np.array(chosen.host_class), np.array(chosen.counts), np.array(chosen.times)
        problem = search.problem
        dealt = problem.dealer.deal_patterns(problem.hosts, *columns)
        search.offer(greedy.complete(problem, dealt), METHOD)
