"""Rules in every state of a plan: proven by lines of actions that cannot overlap, and one walk along them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from vmopt.change.checking.before import Before
from vmopt.change.checking.fault import Fault
from vmopt.change.plans import Plan
from vmopt.rules import Alone, Apart, BaseRule, Gather, InForce, Quota, Spread
from vmopt.rules.fence import Eligibility

BY_DOMAIN = (Spread, Quota, Apart, Alone)
"""What these say of a domain depends on who is there, and on nothing elsewhere."""


def rule_faults(plan: Plan, before: Before) -> Iterator[Fault]:
    """Find rules that may not hold in some state.

    What a rule says is split into parts: who is in one domain, or where the VMs of one group are. If all actions that
    change a part are in line, the part goes through the same states whatever happens, which one walk along the graph
    visits. While a VM moves, the part where it was is as before, and the part where it goes as after.
    """
    for rule in plan.always:
        here = rule.on(plan.instance)
        parts: dict[Any, list[int]] = {}
        for number, action in enumerate(plan.actions):
            if here.counts_vm[action.vm]:
                for part in _parts(rule, here, action.vm, action.source, action.target):
                    parts.setdefault(part, []).append(number)
        for part, numbers in parts.items():
            if not before.are_in_line(numbers):
                yield Fault("rule", f"{rule}: actions {numbers} may overlap, which change the same of it ({part})")
        yield from _walk(plan, rule, here, before)


def _parts(rule: BaseRule, here: InForce, vm: int, source: int, target: int) -> set[Any]:
    if isinstance(rule, Eligibility):
        return set()  # it allows a VM the same hosts whoever else runs
    if isinstance(rule, BY_DOMAIN):
        domains = {int(here.domain.of[host]) for host in (source, target) if host >= 0} - {-1}
        group = int(here.group.of[vm]) if isinstance(rule, Spread) else None
        return {(domain, group) for domain in domains}
    return {int(here.group.of[vm])} if isinstance(rule, Gather) else {None}


def _walk(plan: Plan, rule: BaseRule, here: InForce, before: Before) -> Iterator[Fault]:
    """Go through the states of one order; nothing that is broken becomes worse, and nothing new is broken."""
    now = plan.current.copy()
    broken = _broken(rule, here, now)
    for number in before.order:
        action = plan.actions[number]
        now[action.vm] = action.target
        if not here.counts_vm[action.vm]:
            continue
        after = _broken(rule, here, now)
        worse = [where for where, excess in after.items() if excess > broken.get(where, 0)]
        if worse:
            yield Fault("rule", f"{rule} is broken after action {number}")
        broken = after


def _broken(rule: BaseRule, here: InForce, now: Any) -> dict[Any, int]:
    return {(found.group, found.domain): found.excess for found in rule.find_breaches(here, now)}
