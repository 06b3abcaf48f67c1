"""What each rule means, word for word from set notation, one VM and one domain after the other.

`where` maps each placed VM to its host; n(g, d) is ``len(on(g, d))``.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from tests.rules.who import domains, each, hosts_meant, vm_groups, vms_meant

Where = dict[int, int]


def holds(rule: Any, instance: Any, host_index: Any) -> bool:
    """Whether a placement keeps a rule."""
    where = {vm: int(host) for vm, host in enumerate(host_index) if host >= 0}
    return MEANINGS[rule.name](rule, instance, where)


def on(where: Where, group: set[int], hosts: set[int]) -> set[int]:
    """The VMs of a group on these hosts."""
    return {vm for vm, host in where.items() if vm in group and host in hosts}


def outside(where: Where, group: set[int], places: dict[Any, set[int]]) -> set[int]:
    """The VMs of a group on hosts that are in no domain."""
    return {vm for vm, host in where.items() if vm in group and not any(host in hosts for hosts in places.values())}


def spread(rule: Any, instance: Any, where: Where) -> bool:
    """n(g,d) <= most[g]."""
    groups, places = vm_groups(rule.groups, instance), domains(rule.over, instance)
    pairs = zip(groups, each(rule.most, groups), strict=True)
    return all(len(on(where, group, hosts)) <= most for group, most in pairs for hosts in places.values())


def skew(rule: Any, instance: Any, where: Where) -> bool:
    """max_d n(g,d) - min_d n(g,d) <= most[g], see `lowest` for the minimum; no VM of g in no domain."""
    groups, places = vm_groups(rule.groups, instance), domains(rule.over, instance)
    for group, most in zip(groups, each(rule.most, groups), strict=True):
        highest = max(len(on(where, group, hosts)) for hosts in places.values())
        if highest - lowest(rule, instance, where, group) > most or outside(where, group, places):
            return False
    return True


def lowest(rule: Any, instance: Any, where: Where, group: set[int]) -> int:
    """The least n(g,d) of all d where a VM of g may run on a host; 0 where these are few, or none."""
    places = domains(rule.over, instance).values()
    numbers = [
        len(on(where, group, hosts))
        for hosts in places
        if any(may_run(instance, vm, host) for vm in group for host in hosts)
    ]
    return 0 if len(numbers) < rule.least_domains or not numbers else min(numbers)


def may_run(instance: Any, vm: int, host: int) -> bool:
    """Whether a VM by itself on a host breaks no hard Fence, Ban or Empty."""
    bars = [rule for rule in instance.rules if rule.name in ("fence", "ban", "empty") and rule.penalty is None]
    return all(MEANINGS[rule.name](rule, instance, {vm: host}) for rule in bars)


def reach(rule: Any, instance: Any, where: Where) -> bool:
    """The number of d with n(g,d) > 0 is at least min(least[g], n(g))."""
    groups, places = vm_groups(rule.groups, instance), domains(rule.over, instance)
    for group, least in zip(groups, each(rule.least, groups), strict=True):
        used = sum(1 for hosts in places.values() if on(where, group, hosts))
        if used < min(least, len(group & set(where))):
            return False
    return True


def gather(rule: Any, instance: Any, where: Where) -> bool:
    """n(g,d) > 0 for at most one d, and no VM of g in no domain."""
    places = domains(rule.within, instance)
    return all(
        sum(1 for hosts in places.values() if on(where, group, hosts)) <= 1 and not outside(where, group, places)
        for group in vm_groups(rule.groups, instance)
    )


def whole(rule: Any, instance: Any, where: Where) -> bool:
    """n(g) = 0 or n(g) >= least[g], by default all of g."""
    groups = vm_groups(rule.groups, instance)
    least = [len(group) for group in groups] if rule.least is None else each(rule.least, groups)
    numbers = [len(group & set(where)) for group in groups]
    return all(n == 0 or n >= wanted for n, wanted in zip(numbers, least, strict=True))


def apart(rule: Any, instance: Any, where: Where) -> bool:
    """n(a,d) > 0 implies n(b,d) <= most."""
    first, second = vm_groups(rule.a, instance), vm_groups(rule.b, instance)
    return all(
        len(on(where, b, hosts)) <= most
        for a, b, most in zip(first, second, each(rule.most, first), strict=True)
        for hosts in domains(rule.over, instance).values()
        if on(where, a, hosts)
    )


def alone(rule: Any, instance: Any, where: Where) -> bool:
    """n(g,d) > 0 implies n(i,d) = 0 for all i that are not in g."""
    return all(
        on(where, group, hosts) == on(where, set(where), hosts)
        for group in vm_groups(rule.groups, instance)
        for hosts in domains(rule.over, instance).values()
        if on(where, group, hosts)
    )


def near(rule: Any, instance: Any, where: Where) -> bool:
    """n(a,d) > 0 implies n(b,d) > 0; no VM of a in no domain."""
    places = domains(rule.over, instance)
    for a, b in zip(vm_groups(rule.a, instance), vm_groups(rule.b, instance), strict=True):
        if outside(where, a, places):
            return False
        if any(on(where, a, hosts) and not on(where, b, hosts) for hosts in places.values()):
            return False
    return True


def fence(rule: Any, instance: Any, where: Where) -> bool:
    """x[i,h] = 0 for i in vms and h not in hosts."""
    return not on(
        where, vms_meant(rule.vms, instance), set(range(instance.n_hosts)) - hosts_meant(rule.hosts, instance)
    )


def ban(rule: Any, instance: Any, where: Where) -> bool:
    """x[i,h] = 0 for i in vms and h in hosts."""
    return not on(where, vms_meant(rule.vms, instance), hosts_meant(rule.hosts, instance))


def empty(rule: Any, instance: Any, where: Where) -> bool:
    """x[i,h] = 0 for h in hosts."""
    return not on(where, set(where), hosts_meant(rule.hosts, instance))


def quota(rule: Any, instance: Any, where: Where) -> bool:
    """sum_i w[i] x[i,d] <= most for each g and d."""
    groups = [set(range(instance.n_vms))] if rule.of is None else vm_groups(rule.of, instance)
    places = domains(rule.over, instance)
    asks = {vm: asked_by(rule, instance, vm) for vm in where}
    most = Fraction(str(rule.most))
    return all(sum(asks[vm] for vm in on(where, group, hosts)) <= most for group in groups for hosts in places.values())


def asked_by(rule: Any, instance: Any, vm: int) -> Fraction:
    """What a VM counts for in a quota."""
    if rule.resource is None:
        return Fraction(1)
    k = list(instance.resources).index(rule.resource)
    return Fraction(int(instance.demand[vm, k]), int(instance.scale[k]))


def must_run(rule: Any, instance: Any, where: Where) -> bool:
    """sum_h x[i,h] = 1."""
    return vms_meant(rule.vms, instance) <= set(where)


def keep(rule: Any, instance: Any, where: Where) -> bool:
    """x[i,h] = 0 for i that runs now and h not its host."""
    return all(where[vm] == instance.current[vm] for vm in vms_meant(rule.vms, instance) & running(instance, where))


def running(instance: Any, where: Where) -> set[int]:
    """The placed VMs that run now."""
    return {vm for vm in where if instance.current[vm] >= 0}


def quarantine(rule: Any, instance: Any, where: Where) -> bool:
    """A VM is on h in `hosts` if it runs there now, and only then."""
    shut = hosts_meant(rule.hosts, instance)
    return not any(crosses(instance, vm, host, shut) for vm, host in where.items())


def crosses(instance: Any, vm: int, host: int, shut: set[int]) -> bool:
    """Whether a VM enters or leaves one of these hosts."""
    now = int(instance.current[vm])
    return now != host and (now in shut or host in shut)


def moves(instance: Any, where: Where) -> list[tuple[int, int]]:
    """From which host, and to which, each VM moves that does."""
    return [
        (int(instance.current[vm]), where[vm]) for vm in running(instance, where) if where[vm] != instance.current[vm]
    ]


def transient(rule: Any, instance: Any, where: Where) -> bool:
    """Who runs on a host now, and who comes, fit it together in what moves take twice; or nobody comes."""
    return not too_much_entered(rule, instance, where)


def too_much_entered(rule: Any, instance: Any, where: Where) -> int:
    """What enters above what is left beside all that runs there now, in the units of the instance."""
    total, least = 0, instance.demand if instance.reservation is None else instance.reservation
    for host in range(instance.n_hosts):
        for k in (instance.resources.index(name) for name in instance.transient):
            now = sum(int(least[vm, k]) for vm in range(instance.n_vms) if instance.current[vm] == host)
            come = [vm for vm, to in where.items() if to == host != instance.current[vm]]
            room = max(int(instance.capacity[host, k]) - now, 0)
            total += max(sum(int(least[vm, k]) for vm in come) - room, 0)
    return total


def most_moves(rule: Any, instance: Any, where: Where) -> bool:
    """At most so many moves, to any one host, and from any one."""
    return not excess_moves(rule, instance, where)


def excess_moves(rule: Any, instance: Any, where: Where) -> int:
    """Moves above each limit, added up."""
    made = moves(instance, where)
    hosts = range(instance.n_hosts)
    numbers = [
        (rule.most, [len(made)]),
        (rule.most_in, [sum(to == host for _, to in made) for host in hosts]),
        (rule.most_out, [sum(home == host for home, _ in made) for host in hosts]),
    ]
    return sum(max(n - limit, 0) for limit, counted in numbers if limit is not None for n in counted)


MEANINGS: dict[str, Callable[[Any, Any, Where], bool]] = {
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
    "most-moves": most_moves,
    "transient": transient,
}
