"""How much of each rule a placement breaks, word for word from the docstrings, one VM and one domain after another."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import floor
from typing import Any

from tests.rules.meaning import (
    Where,
    asked_by,
    crosses,
    excess_moves,
    lowest,
    on,
    outside,
    running,
    too_much_entered,
)
from tests.rules.who import domains, each, hosts_meant, vm_groups, vms_meant


def violation(rule: Any, instance: Any, host_index: Any) -> float:
    """How much of a rule a placement breaks, in the unit of the rule."""
    where = {vm: int(host) for vm, host in enumerate(host_index) if host >= 0}
    return float(VIOLATIONS[rule.name](rule, instance, where))


def cost(instance: Any, host_index: Any) -> float:
    """What a placement loses by breaking soft rules."""
    soft = [rule for rule in instance.rules if rule.penalty is not None]
    return sum(rule.penalty * violation(rule, instance, host_index) for rule in soft)


def spread(rule: Any, instance: Any, where: Where) -> int:
    """VMs above most[g], in each domain."""
    groups, places = vm_groups(rule.groups, instance), domains(rule.over, instance)
    pairs = zip(groups, each(rule.most, groups), strict=True)
    return sum(max(len(on(where, group, hosts)) - most, 0) for group, most in pairs for hosts in places.values())


def skew(rule: Any, instance: Any, where: Where) -> int:
    """By how much each group is too uneven, and its VMs in no domain."""
    groups, places, total = vm_groups(rule.groups, instance), domains(rule.over, instance), 0
    for group, most in zip(groups, each(rule.most, groups), strict=True):
        highest = max(len(on(where, group, hosts)) for hosts in places.values())
        total += max(highest - lowest(rule, instance, where, group) - most, 0) + len(outside(where, group, places))
    return total


def reach(rule: Any, instance: Any, where: Where) -> int:
    """Domains too few."""
    groups, places, total = vm_groups(rule.groups, instance), domains(rule.over, instance), 0
    for group, least in zip(groups, each(rule.least, groups), strict=True):
        used = sum(1 for hosts in places.values() if on(where, group, hosts))
        total += max(min(least, len(group & set(where))) - used, 0)
    return total


def gather(rule: Any, instance: Any, where: Where) -> int:
    """VMs that are not in the fullest domain of their group."""
    places = domains(rule.within, instance)
    groups = vm_groups(rule.groups, instance)
    return sum(
        len(group & set(where)) - max(len(on(where, group, hosts)) for hosts in places.values()) for group in groups
    )


def whole(rule: Any, instance: Any, where: Where) -> int:
    """VMs that groups lack which run in part."""
    groups = vm_groups(rule.groups, instance)
    least = [len(group) for group in groups] if rule.least is None else each(rule.least, groups)
    numbers = [len(group & set(where)) for group in groups]
    return sum(max(wanted - n, 0) for n, wanted in zip(numbers, least, strict=True) if n)


def apart(rule: Any, instance: Any, where: Where) -> int:
    """VMs of b above most, in domains of a."""
    first, second = vm_groups(rule.a, instance), vm_groups(rule.b, instance)
    return sum(
        max(len(on(where, b, hosts)) - most, 0)
        for a, b, most in zip(first, second, each(rule.most, first), strict=True)
        for hosts in domains(rule.over, instance).values()
        if on(where, a, hosts)
    )


def alone(rule: Any, instance: Any, where: Where) -> int:
    """VMs that keep groups company."""
    return sum(
        len(on(where, set(where), hosts) - group)
        for group in vm_groups(rule.groups, instance)
        for hosts in domains(rule.over, instance).values()
        if on(where, group, hosts)
    )


def near(rule: Any, instance: Any, where: Where) -> int:
    """VMs of a without one of b in their domain."""
    places, total = domains(rule.over, instance), 0
    for a, b in zip(vm_groups(rule.a, instance), vm_groups(rule.b, instance), strict=True):
        total += len(outside(where, a, places))
        total += sum(len(on(where, a, hosts)) for hosts in places.values() if not on(where, b, hosts))
    return total


def fence(rule: Any, instance: Any, where: Where) -> int:
    """VMs on other hosts."""
    others = set(range(instance.n_hosts)) - hosts_meant(rule.hosts, instance)
    return len(on(where, vms_meant(rule.vms, instance), others))


def ban(rule: Any, instance: Any, where: Where) -> int:
    """VMs on such hosts."""
    return len(on(where, vms_meant(rule.vms, instance), hosts_meant(rule.hosts, instance)))


def empty(rule: Any, instance: Any, where: Where) -> int:
    """VMs there."""
    return len(on(where, set(where), hosts_meant(rule.hosts, instance)))


def quota(rule: Any, instance: Any, where: Where) -> Fraction:
    """Units above the limit, which is whole units of the instance."""
    groups = [set(range(instance.n_vms))] if rule.of is None else vm_groups(rule.of, instance)
    scale = 1 if rule.resource is None else int(instance.scale[list(instance.resources).index(rule.resource)])
    most = Fraction(floor(Fraction(str(rule.most)) * scale), scale)
    asked = [
        sum((asked_by(rule, instance, vm) for vm in on(where, group, hosts)), Fraction(0))
        for group in groups
        for hosts in domains(rule.over, instance).values()
    ]
    return sum((max(each - most, Fraction(0)) for each in asked), Fraction(0))


def must_run(rule: Any, instance: Any, where: Where) -> int:
    """VMs that run nowhere."""
    return len(vms_meant(rule.vms, instance) - set(where))


def keep(rule: Any, instance: Any, where: Where) -> int:
    """VMs that are kept, on other hosts."""
    kept = vms_meant(rule.vms, instance) & running(instance, where)
    return sum(where[vm] != instance.current[vm] for vm in kept)


def quarantine(rule: Any, instance: Any, where: Where) -> int:
    """VMs that enter or leave."""
    shut = hosts_meant(rule.hosts, instance)
    return sum(crosses(instance, vm, host, shut) for vm, host in where.items())


VIOLATIONS: dict[str, Callable[[Any, Any, Where], int | Fraction]] = {
    "spread": spread,
    "skew": skew,
    "reach": reach,
    "gather": gather,
    "whole": whole,
    "apart": apart,
    "alone": alone,
    "near": near,
    "fence": fence,
    "ban": ban,
    "empty": empty,
    "quota": quota,
    "must-run": must_run,
    "keep": keep,
    "resident": keep,
    "quarantine": quarantine,
    "most-moves": excess_moves,
    "transient": too_much_entered,
}
