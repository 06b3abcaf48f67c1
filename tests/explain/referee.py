"""Explanations against brute force: every placement of a tiny instance is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

import vmopt
from tests.explain.draws import best_of, seconds
from tests.rules.brute import broken, feasible, fits, worth
from vmopt.explain import Explanation, Reason, Step

CLOSE = 1e-7


def faults(solution: vmopt.Solution, vm: int, told: Explanation) -> Iterator[str]:
    """Find what an explanation says wrongly."""
    instance = solution.instance
    if solution.host_index[vm] >= 0:
        if told.kind is not Reason.RUNS or told.host != solution.placement[told.vm]:
            yield "does not say where it runs"
        return
    every = feasible(instance)
    yield from _kind_faults(solution, vm, told, every)
    yield from _host_faults(solution, vm, told)
    yield from _step_faults(solution, vm, told)
    yield from _priority_faults(solution, vm, told, every)
    yield from _tier_faults(solution, vm, told, every)


def _kind_faults(solution: Any, vm: int, told: Explanation, every: Any) -> Iterator[str]:
    with_it = [at for at in every if at[vm] >= 0]
    best = best_of(solution.instance, every)
    proven = solution.status is vmopt.Status.OPTIMAL and not solution.requested_gap
    as_good = any(at[vm] >= 0 for at in best)
    empty = bool((solution.instance.reserved[vm] <= solution.instance.capacity).all(axis=1).any())
    if (told.kind is Reason.TOO_LARGE) == empty:
        yield f"says {told.kind}, but empty hosts say {empty}"
    if told.kind is Reason.FORBIDDEN and with_it:
        yield f"says forbidden, but {with_it[0]} is feasible"
    if told.certain and told.kind not in (Reason.TOO_LARGE, Reason.FORBIDDEN) and not with_it:
        yield f"says {told.kind}, but nothing runs it"
    if told.kind is Reason.OUTBID and as_good:
        yield "says outbid, but it runs in a best placement"
    if told.kind is Reason.LEFT_OUT and told.certain and proven and not as_good:
        yield "says that it could as well run, but it runs in no best placement"
    if told.kind is Reason.LEFT_OUT and told.certain and not solution.levels:
        at_best = max((total(solution.instance, at) for at in with_it), default=-np.inf)
        if at_best < solution.objective - CLOSE:
            yield f"says that it could as well run, but at best {at_best} of {solution.objective}"


def _host_faults(solution: Any, vm: int, told: Explanation) -> Iterator[str]:
    instance, now = solution.instance, list(solution.host_index)
    if sum(reason.hosts for reason in told.hosts) != instance.n_hosts:
        yield "does not count every host once"
    takes = [h for h in range(instance.n_hosts) if runs(instance, with_at(now, vm, h))]
    if sum(reason.hosts for reason in told.hosts if reason.why == "free") != len(takes):
        yield f"hosts {takes} take it, but it says {told.hosts}"
    for reason in told.hosts:
        if reason.worth_more:
            yield from _worth_more_faults(solution, vm, reason)


def _worth_more_faults(solution: Any, vm: int, reason: Any) -> Iterator[str]:
    """On so many hosts at least nobody worth less can make room."""
    instance = solution.instance
    hosts = 0
    for host in range(instance.n_hosts):
        there = np.flatnonzero(solution.host_index == host)
        rooms = [
            float(instance.value[out].sum())
            for mask in range(2 ** len(there))
            for out in [there[[bool(mask >> n & 1) for n in range(len(there))]]]
            if (instance.reserved[[*np.setdiff1d(there, out), vm]].sum(axis=0) <= instance.capacity[host]).all()
        ]
        hosts += bool(rooms) and min(rooms) > instance.value[vm] - CLOSE and len(there) > 0
    must = any(rule.name == "must-run" for rule in instance.rules)
    if reason.worth_more > hosts and not must:
        yield f"says that {reason.worth_more} hosts are full by VMs worth more, but {hosts} are"


def _step_faults(solution: Any, vm: int, told: Explanation) -> Iterator[str]:
    instance, now = solution.instance, [int(h) for h in solution.host_index]
    hosts = range(instance.n_hosts)
    for step in told.steps:
        if step.kind not in ("priority", "tier") and not tried(solution, vm, step):
            yield f"the VM does not run after: {step}"
    if told.step("place"):
        return
    for k, resource in enumerate(instance.resources):
        least = min((more for h in hosts if (more := _lacking(instance, now, vm, h, k)) is not None), default=None)
        said = next((s.amount for s in told.steps if s.kind == "capacity" and s.resource == resource), None)
        if (least is None) != (said is None) or (said is not None and round(said * instance.scale[k]) != least):
            yield f"{resource}: {least} units are the least, it says {said}"
    moves = [
        (j, t, h)
        for j, source in enumerate(now)
        for t in hosts
        for h in hosts
        if source >= 0 and t != source and runs(instance, with_at(with_at(now, j, t), vm, h))
    ]
    if bool(moves) != (told.step("move") is not None):
        yield f"moves {moves[:3]} do, it says {told.step('move')}"
    droppable = {
        n
        for n, rule in enumerate(instance.rules)
        if rule.penalty is None and any(runs(_without(instance, n), with_at(now, vm, h)) for h in hosts)
    }
    said_rules = {step.number for step in told.steps if step.kind == "rule"}
    if droppable != said_rules:
        yield f"dropping {droppable} does, it says {said_rules}"


def tried(solution: Any, vm: int, step: Step) -> bool:
    """Whether a VM runs once a change is made, by `verify`."""
    instance, at = solution.instance, np.array(solution.host_index)
    hosts = instance.host_names.index_of
    at[vm] = hosts[step.host]
    for name in step.instead:
        at[instance.vm_names.index_of[name]] = -1
    if step.kind == "capacity":
        capacity = np.array(instance.capacity) / instance.scale
        capacity[hosts[step.host], instance.resources.index(step.resource)] += step.amount
        instance = instance.replace(capacity=capacity)
    if step.kind == "move":
        at[instance.vm_names.index_of[step.vm]] = hosts[step.target]
    if step.kind == "rule":
        instance = _without(instance, step.number)
    return vmopt.verify(instance, at) == ()


def _lacking(instance: Any, now: Any, vm: int, host: int, k: int) -> int | None:
    """The least that a host needs of a resource to take a VM; None where that is not enough, or nothing is needed."""
    at = with_at(now, vm, host)
    load = instance.reserved[[i for i, h in enumerate(at) if h == host]].sum(axis=0)
    short = load - instance.capacity[host]
    others = [short[j] for j in range(len(short)) if j != k]
    return int(short[k]) if short[k] > 0 and max(others, default=0) <= 0 and not broken(instance, at) else None


def _priority_faults(solution: Any, vm: int, told: Explanation, every: Any) -> Iterator[str]:
    step = told.step("priority")
    if step is None:
        if told.kind is Reason.OUTBID and not told.open and not told.step("tier"):
            yield "says nothing of a priority"
        return
    more = best_run(changed(solution.instance, vm, step, step.above * (1 + 1e-6) + 1e-6), vm, every)
    if more != {True}:
        yield f"above {step.above} the best placements say {more}"
    less = best_run(changed(solution.instance, vm, step, max(step.above * (1 - 1e-6) - 1e-6, 1e-9)), vm, every)
    if step.least and step.above > 1e-5 and less != {False}:
        yield f"below {step.above} the best placements say {less}"


def _tier_faults(solution: Any, vm: int, told: Explanation, every: Any) -> Iterator[str]:
    step = told.step("tier")
    if step is None:
        return
    tiers = solution.instance.priority
    if best_run(changed(solution.instance, vm, step, step.tier), vm, every) != {True}:
        yield f"in tier {step.tier} not every best placement runs it"
    lower = max((tier for tier in tiers.tolist() if tiers[vm] < tier < step.tier), default=None)
    if step.least and lower is not None and best_run(changed(solution.instance, vm, step, lower), vm, every) == {True}:
        yield f"in tier {lower}, which is lower than {step.tier}, every best placement runs it"


def best_run(instance: Any, vm: int, every: Any) -> set[bool]:
    """Whether the best placements run a VM."""
    return {at[vm] >= 0 for at in best_of(instance, every)}


def total(instance: Any, at: Any) -> float:
    """What a placement is worth, less what its latency costs."""
    return worth(instance, at) - seconds(instance, at)


def changed(instance: Any, vm: int, step: Step, amount: float) -> Any:
    """The instance with another priority, or value, of a VM."""
    if not step.own_value:
        return instance.replace(priority=np.where(np.arange(instance.n_vms) == vm, amount, instance.priority))
    own = np.full(instance.n_vms, np.nan) if instance.own_value is None else np.array(instance.own_value)
    own[vm] = amount
    return instance.replace(value=own)


def runs(instance: Any, at: Any) -> bool:
    """Whether a placement fits and keeps all hard rules, by their meaning."""
    return fits(instance, at) and not broken(instance, at)


def with_at(at: Any, vm: int, host: int) -> list[int]:
    """The placement with a VM on a host."""
    return [host if i == vm else int(h) for i, h in enumerate(at)]


def _without(instance: Any, number: int) -> Any:
    return replace(instance, rules=tuple(rule for n, rule in enumerate(instance.rules) if n != number))
