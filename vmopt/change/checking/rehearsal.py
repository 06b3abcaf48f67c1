"""Rehearsal: carry a plan out with random durations, and look at every state."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vmopt.arrays import IntArray
from vmopt.change.checking.fault import Fault
from vmopt.change.plans import Plan


def rehearse(plan: Plan, rng: np.random.Generator) -> Iterator[Fault]:
    """Begin any action that may begin, end any that is under way, in random order; find states that break something.

    Parameters
    ----------
    plan : Plan
    rng : numpy.random.Generator
    """
    instance, actions = plan.instance, plan.actions
    amounts, load = instance.reserved, np.zeros_like(instance.capacity)
    running = plan.current >= 0
    np.add.at(load, plan.current[running], amounts[running])
    now, waits = plan.current.copy(), {n: set(plan.graph.predecessors(n)) for n in range(len(actions))}
    under_way, open_ = set[int](), [number for number, before in waits.items() if not before]
    rules = [(rule, rule.on(instance)) for rule in plan.always]
    short = [sum(breach.excess for breach in rule.find_breaches(here, now)) for rule, here in rules]
    while open_ or under_way:
        may_begin = [number for number in open_ if _has_slot(plan, number, under_way)]
        if may_begin and (not under_way or rng.random() < 0.6):
            number = may_begin[int(rng.integers(len(may_begin)))]
            open_.remove(number)
            under_way.add(number)
            action = actions[number]
            if action.target >= 0:
                load[action.target] += amounts[action.vm]
                over = (load[action.target] > instance.capacity[action.target]) & (amounts[action.vm] > 0)
                if over.any():
                    yield Fault("capacity", f"host {action.target} is overfull while action {number} is under way")
        else:
            number = sorted(under_way)[int(rng.integers(len(under_way)))]
            under_way.remove(number)
            action = actions[number]
            if action.source >= 0:
                load[action.source] -= amounts[action.vm]
            now[action.vm] = action.target
            for later in plan.graph.successors(number):
                waits[later].discard(number)
                if not waits[later]:
                    open_.append(later)
        for place, (rule, here) in enumerate(rules):
            seen = _half_way(plan, now, under_way, rng)
            excess = sum(breach.excess for breach in rule.find_breaches(here, seen))
            if excess > short[place]:
                yield Fault("rule", f"{rule} is broken on the way")
    if (now != plan.target).any():
        yield Fault("path", "in the end VMs are not where they are to be")


def _half_way(plan: Plan, now: IntArray, under_way: set[int], rng: np.random.Generator) -> IntArray:
    """Where VMs may be seen: each that is under way on its old or on its new host."""
    seen = now.copy()
    for number in under_way:
        if rng.random() < 0.5:
            seen[plan.actions[number].vm] = plan.actions[number].target
    return seen


def _has_slot(plan: Plan, number: int, under_way: set[int]) -> bool:
    """Whether the limits leave room for one more action."""
    settings = plan.settings
    if len(under_way) >= settings.at_once:
        return False
    return all(
        sum(host in (plan.actions[other].source, plan.actions[other].target) for other in under_way) < settings.per_host
        for host in plan.actions[number].hosts
    )
