"""The bound and the prices of the class relaxation."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.backends import registry
from vmopt.backends.base import LPOptions
from vmopt.bounds import RulePrices
from vmopt.bounds.price_bound import verify_bound
from vmopt.errors import SolverError
from vmopt.formulation.class_relaxation import class_relaxation
from vmopt.methods.search import Search
from vmopt.model.instance import Instance
from vmopt.problem import Problem, compile
from vmopt.relaxation import Relaxation
from vmopt.rules.contradictions import contradictions
from vmopt.rules.eligible import eligible
from vmopt.rules.text import shown_rule
from vmopt.status import Limit, Status

DEFAULT_BACKEND = "glop"
AS_GOOD = 1e-12
"""Part by which a bound may be higher that has fewer prices: rounding."""


@dataclass(frozen=True)
class RelaxationParameters:
    """What is built, and how long that may take."""

    most_entries: int = 10_000_000
    """Entries of the program up to which it is built: some 150 bytes each, the solver's copy included."""
    most_looked_at: int = 100_000_000
    """Pairs of classes up to which those are counted that rules allow, where all of them would be too many: a byte
    each."""
    entries_per_second: int = 2_000_000
    """How fast it is built at the least; what cannot be built in time is not begun."""
    share: float = 0.5
    """Part of the time left for the method by itself: bounds may follow that take longer."""
    loaded_for: float = 0.1
    """Seconds from which on loading the solver, once in a process, takes nothing of them: that takes as long as ten
    small programs, and who is given a part of five seconds would prove nothing the first time. Less is not worth it."""
    most_tried: int = 20
    """Rules that are left out on trial, to see whether the bound needs their prices: each is a pass over all VMs."""


DEFAULT = RelaxationParameters()


def relax(
    instance: Instance,
    *,
    backend: str = DEFAULT_BACKEND,
    time_limit: float,
    threads: int,
    limits: bool = True,
    pooled: Problem | None = None,
) -> Relaxation | None:
    """Solve the class relaxation, with the limits of rules or without; None when time ran out.

    Parameters
    ----------
    limits : bool
        Whether it has the limits of rules.
    pooled : Problem, optional
        The instance in coarser classes: then limits of single hosts are left out.

    Raises
    ------
    SolverError
        If the backend ends without prices for another reason, such as rules that leave no placement.
    """
    solver = registry.get(backend)
    if time_limit >= DEFAULT.loaded_for:
        solver.unavailable()
    begin = time.perf_counter()
    problem = pooled or compile(instance)
    relaxation = class_relaxation(problem, limits=limits, by_host=pooled is None)
    seconds = max(0.0, time_limit - (time.perf_counter() - begin))
    result = solver.solve(relaxation.program, LPOptions(time_limit=seconds, threads=threads))
    if result.limit is Limit.INTERRUPTED:
        raise KeyboardInterrupt
    if result.limit is not None:
        return None
    if result.status is Status.INFEASIBLE:
        raise SolverError(f"rules leave no placement, not even of fractions: {_impossible(instance)}")
    if result.status is not Status.OPTIMAL or result.x is None or result.prices is None:
        raise SolverError(f"{backend} ended the class relaxation as {result.status.value!r} without prices.")
    prices = relaxation.prices(result.prices)
    rule_prices = needed(instance, prices, relaxation.rule_prices(result.prices))
    return Relaxation(
        instance=instance,
        bound=verify_bound(instance, prices, rule_prices),
        prices=prices,
        rule_prices=rule_prices,
        placement=relaxation.placement(np.maximum(result.x, 0.0)),
        objective=relaxation.program.value(result.x) * relaxation.unit,
        backend=f"{solver.name} ({solver.version()})",
        seconds=time.perf_counter() - begin,
    )


def _impossible(instance: Instance) -> str:
    """Say which rules cannot all be had, as far as that is found, and how to mend it."""
    fatal = [str(found) for found in contradictions(instance) if found.fatal]
    if fatal:
        return fatal[0]
    both = zip(instance.rules, instance.rules_in_force, strict=True)
    asked = " and ".join(shown_rule(rule) for rule, here in both if here.must_run is not None)
    return (
        f"not all VMs of {asked} can run beside each other. Ask for fewer, make the rule soft (penalty=...), or give "
        "them hosts; vmopt.contradictions(instance) names what is impossible by itself."
    )


def needed(
    instance: Instance,
    prices: FloatArray,
    rule_prices: RulePrices | None,
    parameters: RelaxationParameters = DEFAULT,
) -> RulePrices | None:
    """Leave out prices of rules without which the bound is as low: a limit that nothing depends on costs nothing."""
    if rule_prices is None:
        return None
    most = verify_bound(instance, prices, rule_prices) * (1 + AS_GOOD)
    if verify_bound(instance, prices) <= most:
        return None
    for rule in np.unique(rule_prices.rule)[: parameters.most_tried].tolist():
        others = rule_prices.kept(rule_prices.rule != rule)
        if verify_bound(instance, prices, others) <= most:
            rule_prices = others
    return rule_prices


def relax_within(search: Search, share: float, *, limits: bool = False) -> Relaxation | None:
    """Solve the class relaxation in a share of the time left; None, with the limit set, where that cannot be.

    Most methods that search by its prices know those of capacity alone: it is solved without limits of rules.
    """
    seconds = share * search.remaining
    limit = beyond_reach(search.problem, seconds)
    if limit is None:
        relaxed = relax(search.instance, time_limit=seconds, threads=search.options.threads, limits=limits)
        if relaxed is not None:
            return relaxed
    search.limit = limit or Limit.TIME
    return None


def beyond_reach(problem: Problem, seconds: float, parameters: RelaxationParameters = DEFAULT) -> Limit | None:
    """Tell what keeps the class relaxation from being built, before anything is: memory, time, or None for nothing."""
    n_limits = sum(rule.most_in_domain is not None for rule in problem.limits)
    per_pair = 1 + problem.n_resources * (4 if problem.elastic else 1) + n_limits
    n_pairs = len(problem.vms) * len(problem.hosts)
    if _beyond(n_pairs * per_pair, seconds, parameters) is not None and n_pairs <= parameters.most_looked_at:
        allowed = eligible(problem.instance, problem.members)
        n_pairs = n_pairs if allowed is None else int(np.count_nonzero(allowed))
    return _beyond(n_pairs * per_pair, seconds, parameters)


def _beyond(n_entries: int, seconds: float, parameters: RelaxationParameters) -> Limit | None:
    if n_entries > parameters.most_entries:
        return Limit.MEMORY
    return Limit.TIME if n_entries > parameters.entries_per_second * seconds else None


def run(search: Search, parameters: RelaxationParameters = DEFAULT) -> None:
    """Tighten the bound by the prices of the class relaxation, in a part of the time left."""
    relaxed = relax_within(search, parameters.share)
    if relaxed is not None:
        search.tighten_by_prices(relaxed.prices, "relaxation")
