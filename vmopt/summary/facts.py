"""What is worth saying of a solution, an instance and a relaxation."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from vmopt.arrays import BoolArray
from vmopt.bounds import AllPlaced, Claim, Enumeration, Levels, PatternBound, Prices
from vmopt.bounds.proofs import name_of
from vmopt.plurals import count
from vmopt.summary.contradictions import contradictions_of
from vmopt.summary.figures import apart, number, percent, seconds
from vmopt.summary.layout import Fact, Table
from vmopt.summary.levels import hints_of
from vmopt.summary.misfits import misfits_of
from vmopt.summary.soft_rules import soft_rules_of

if TYPE_CHECKING:
    from vmopt.model.instance import Instance
    from vmopt.relaxation import Relaxation
    from vmopt.solution import Solution

MAX_PRIORITIES = 6
MAX_HOST_CLASSES = 20
MAX_RULE_PRICES = 20
SCARCE = 1e-3
NEGLIGIBLE = 1e-9

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


def of_solution(solution: Solution) -> list[Fact]:
    """Say status, objective, bound, gap, VMs placed, utilisation, and what it took."""
    facts = [Fact("status", status(solution))]
    objective, bound = apart(solution.objective, solution.bound)
    if solution.status.value in ("optimal", "feasible"):
        facts += [
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
        facts.append(Fact("proven by", solution.bound_by))
    else:
        facts.append(Fact("bound", f"{bound}, {proof(solution)}"))
    if solution.warm_start is not None:
        facts.append(Fact("warm start", str(solution.warm_start)))
    return [*facts, Fact("method", _made_by(solution))]


def _traded(solution: Solution) -> list[Fact]:
    """Say what the objective consists of, where latency has a price."""
    trade = solution.trade
    if trade is None:
        return []
    lost = trade.weight * trade.latency
    told = f"{number(solution.objective + lost)} of value, less {number(lost)} for {number(trade.latency)} s of latency"
    return [Fact("made up of", told)]


def _latency(instance: Instance) -> str:
    latency = instance.objective.latency
    if latency is None:
        return ""
    if not latency.weight:
        return "; of equally good placements the one of least latency"
    return f", less {number(latency.weight)} for each second of latency"


def _goals(instance: Instance) -> str:
    levels = instance.objective.goal_levels
    return f"; in turn {', '.join(map(str, levels))}" if levels else ""


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


def of_instance(instance: Instance) -> list[Fact]:
    """Say how many VMs, hosts and classes there are, and what counts."""
    vms, hosts = instance.vm_classes, instance.host_classes
    facts = [
        Fact("VMs", f"{instance.n_vms:,} in {count(len(vms), 'class', 'classes')}"),
        Fact("hosts", f"{instance.n_hosts:,} in {count(len(hosts), 'class', 'classes')}"),
        Fact("objective", f"{instance.objective.weighting} weighting{_latency(instance)}{_goals(instance)}"),
        Fact("priorities", _priorities(instance)),
    ]
    if instance.is_container is not None:
        facts.append(Fact("containers", f"{int(instance.is_container.sum()):,} of the VMs"))
    if instance.elastic:
        elastic = int((instance.reserved < instance.demand).any(axis=1).sum())
        facts.append(Fact("elastic", f"{count(elastic, 'VM')} can do with less than asked for"))
    if instance.own_value is not None:
        own = int(np.isfinite(instance.own_value).sum())
        facts.append(Fact("values", f"{count(own, 'VM')} with a value of its own"))
    if instance.rules:
        names = Counter(getattr(rule, "name", type(rule).__name__) for rule in instance.rules)
        soft = f"; {len(instance.soft_rules):,} of them soft" if instance.soft_rules else ""
        facts.append(Fact("rules", ", ".join(f"{number} {name}" for name, number in names.items()) + soft))
    return facts


def resources_of(instance: Instance) -> Table:
    """Tabulate capacity and demand of each resource, in the user's own units."""
    rows = []
    for k, name in enumerate(instance.resources):
        capacity, demand = int(instance.total[k]), int(instance.demand[:, k].sum())
        ratio = percent(demand / capacity, 1) if capacity else "none offered"
        rows.append((name, number(capacity / instance.scale[k]), number(demand / instance.scale[k]), ratio))
    return Table(("resource", "capacity", "demand", "demand / capacity"), rows)


def of_relaxation(relaxation: Relaxation) -> list[Fact]:
    """Say the bound, what is scarce, and who says so."""
    reached, bound = apart(relaxation.objective, relaxation.bound)
    return [
        Fact("bound", f"{bound}: no placement is worth more"),
        Fact("reached", f"{reached}, with fractions of VMs"),
        *_scarcity(relaxation),
        Fact("solved by", f"{relaxation.backend}, {seconds(relaxation.seconds)}"),
    ]


def prices_of(relaxation: Relaxation) -> Table:
    """Tabulate what one more unit (the user's own) of each resource would be worth in a host of each class."""
    instance, classes = relaxation.instance, relaxation.instance.host_classes
    first = np.unique(classes.of, return_index=True)[1][:MAX_HOST_CLASSES]
    per_unit = np.where(_matters(relaxation), relaxation.prices * instance.scale, 0.0)
    rows = [
        (instance.host_names[int(host)], f"{int(classes.count[c]):,}", *(number(p, 3) for p in per_unit[c].tolist()))
        for c, host in enumerate(first)
    ]
    if len(classes) > MAX_HOST_CLASSES:
        rest = int(classes.count[MAX_HOST_CLASSES:].sum())
        rows.append((f"{len(classes) - MAX_HOST_CLASSES:,} more classes", f"{rest:,}", *[""] * len(instance.resources)))
    return Table(("hosts like", "hosts", *(f"{name} price" for name in instance.resources)), rows)


def rule_prices_of(relaxation: Relaxation) -> Table | None:
    """Tabulate what one more unit of the limits of rules would be worth, the dearest first; None where nothing."""
    dear = [row for row in relaxation.rule_table if row.limit * row.price > NEGLIGIBLE * relaxation.bound]
    if not dear:
        return None
    dear.sort(key=lambda row: -row.price)
    rows = [(p.rule, p.group, p.domain, number(p.limit), number(p.price, 3)) for p in dear[:MAX_RULE_PRICES]]
    if len(dear) > MAX_RULE_PRICES:
        rows.append((f"{len(dear) - MAX_RULE_PRICES:,} more limits", "", "", "", ""))
    return Table(("rule", "group", "where", "limit", "price"), rows)


def _matters(relaxation: Relaxation) -> BoolArray:
    """Which prices are more than rounding: those that make the capacity of their class worth something."""
    classes = relaxation.instance.host_classes
    worth = classes.count[:, None] * classes.capacity * relaxation.prices
    return np.asarray(worth > NEGLIGIBLE * relaxation.bound)


def _scarcity(relaxation: Relaxation) -> list[Fact]:
    """Each resource's part in the worth of all capacity: ``sum_c m_c C[c,k] lam[c,k]``."""
    classes, names = relaxation.instance.host_classes, relaxation.instance.resources
    prices = np.where(_matters(relaxation), relaxation.prices, 0.0)
    worth = (classes.count[:, None] * classes.capacity * prices).sum(axis=0)
    part = worth / worth.sum() if worth.any() else worth
    order = np.argsort(-part, kind="stable")
    scarce = [f"{names[k]} {percent(float(part[k]), 1)}" for k in order if part[k] > SCARCE]
    plenty = [names[k] for k in order if part[k] <= SCARCE]
    told = f"{', '.join(scarce)} of the worth of all capacity" if scarce else "nothing: more capacity would add nothing"
    facts = [Fact("scarce", told)]
    return [*facts, Fact("plenty", ", ".join(plenty))] if plenty else facts


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


def _priorities(instance: Instance) -> str:
    low, high = float(instance.priority.min()), float(instance.priority.max())
    return f"all {number(low)}" if low == high else f"{number(low)} to {number(high)}"
