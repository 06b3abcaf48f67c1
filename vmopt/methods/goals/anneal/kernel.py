"""The kernel: moves and exchanges of VMs, judged and made one after the other, compiled by numba.

A state is a tuple of arrays, see `vmopt.methods.goals.anneal.state.AnnealState`; every function changes it in place. In
an exchange VM p goes to a host, and VM q of that host comes in return; -1 is nobody.
"""

from __future__ import annotations

from typing import Any

from vmopt.methods.goals.anneal.compiled import part


@part
def may_go(s: Any, p: int, to: int) -> bool:
    """Whether a VM may run there at all, if it were alone and all that runs there now were still there."""
    if len(s.places):
        return bool(s.may[p, to])
    if not s.allowed[s.vm_kind[p], s.host_kind[to]]:
        return False
    hard, lacks = s.adds.shape[1] - s.room.shape[1], 0
    for k in range(s.room.shape[1]):
        lacks += s.adds[p, hard + k] > s.room[to, k]
    if to != s.home[p]:
        for k in range(s.door.shape[1]):
            lacks += s.enters[p, k] > s.door[to, k]
    return lacks == 0


@part
def welcome(s: Any, p: int, to: int, q: int) -> bool:
    """Whether limits of rules let a VM go there once another has left."""
    source = s.at[p]
    for r in range(s.rule_group.shape[0]):
        group, domain = s.rule_group[r, p], s.rule_domain[r, to]
        if group < 0 or domain < 0 or s.rule_kind[r] != 0 or domain == s.rule_domain[r, source]:
            continue
        if s.rule_group[r, q] == group:
            continue
        if s.counts[s.rule_start[r] + group * s.rule_width[r] + domain] >= s.limit[s.used_start[r] + group]:
            return False
    return True


@part
def cost_with(s: Any, host: int, leaves: int, joins: int) -> float:
    """What a host costs once somebody has left it and somebody has joined it."""
    total = 0.0
    less, more, now = s.adds[leaves], s.adds[joins], s.excess[host]
    for j in range(len(s.price)):
        total += s.price[j] * max(now[j] + more[j] - less[j], 0.0)
    if len(s.toll):
        left = 0.0 if s.home[leaves] == host else 1.0
        joined = 0.0 if s.home[joins] == host else 1.0
        for j in range(len(s.toll)):
            change = joined * s.enters[joins, j] - left * s.enters[leaves, j]
            total += s.toll[j] * max(s.entry[host, j] + change, 0.0)
    return total


@part
def way(s: Any, p: int, to: int) -> float:
    """What it costs that a VM runs there, its group apart."""
    home = s.home[p]
    if home < 0 or home == to:
        return 0.0
    return s.move_cost[p] + s.way[home, to] if s.way.shape[0] > 1 else s.move_cost[p]


@part
def group_change(s: Any, p: int, source: int, to: int) -> float:
    """What the most moves of a group cost more, if this VM alone moves."""
    group, home = s.group[p], s.home[p]
    if group < 0 or source == to:
        return 0.0
    if source == home and s.moves[group] == s.top[0]:
        return s.group_price
    if to == home and s.moves[group] == s.top[0] and s.with_moves[s.top[0]] == 1:
        return -s.group_price
    return 0.0


@part
def change_of(s: Any, p: int, to: int, q: int) -> float:
    """What a move costs more, or an exchange, tolls included."""
    source = s.at[p]
    loads = cost_with(s, source, p, q) + cost_with(s, to, q, p) - s.paid[source] - s.paid[to]
    ways = way(s, p, to) - way(s, p, source) + group_change(s, p, source, to)
    if q >= 0:
        ways += way(s, q, source) - way(s, q, to) + group_change(s, q, to, source)
    return loads + ways


@part
def count(s: Any, p: int, source: int, to: int) -> None:
    """Count a VM out of the domains of a host, and into those of another."""
    for r in range(s.rule_group.shape[0]):
        group = s.rule_group[r, p]
        if group < 0:
            continue
        start, used = s.rule_start[r] + group * s.rule_width[r], s.used_start[r] + group
        old, new = s.rule_domain[r, source], s.rule_domain[r, to]
        if old >= 0:
            s.counts[start + old] -= 1
            s.used[used] -= s.counts[start + old] == 0
        if new >= 0:
            s.used[used] += s.counts[start + new] == 0
            s.counts[start + new] += 1


@part
def kept(s: Any, p: int, source: int, to: int) -> bool:
    """Whether rules are kept once a VM is counted elsewhere."""
    for r in range(s.rule_group.shape[0]):
        group = s.rule_group[r, p]
        if group < 0:
            continue
        kind, start = s.rule_kind[r], s.rule_start[r] + group * s.rule_width[r]
        old, new = s.rule_domain[r, source], s.rule_domain[r, to]
        if kind == 0:
            if new >= 0 and s.counts[start + new] > s.limit[s.used_start[r] + group]:
                return False
        elif kind == 1:
            if s.used[s.used_start[r] + group] < s.limit[s.used_start[r] + group]:
                return False
        else:
            partner = s.rule_partner[r]
            beside = s.rule_start[partner] + group * s.rule_width[partner]
            if kind == 2:
                if new < 0 or s.counts[beside + new] == 0:
                    return False
            elif old >= 0 and s.counts[start + old] == 0 and s.counts[beside + old] > 0:
                return False
    return True


@part
def carry(s: Any, p: int, source: int, to: int) -> None:
    """Take what a VM adds from one host to another, and count its move."""
    home = s.home[p]
    for j in range(s.adds.shape[1]):
        s.excess[source, j] -= s.adds[p, j]
        s.excess[to, j] += s.adds[p, j]
    for j in range(s.enters.shape[1]):
        if source != home:
            s.entry[source, j] -= s.enters[p, j]
        if to != home:
            s.entry[to, j] += s.enters[p, j]
    s.at[p] = to
    group = s.group[p]
    if group < 0 or (source == home) == (to == home):
        return
    s.with_moves[s.moves[group]] -= 1
    s.moves[group] += 1 if source == home else -1
    s.with_moves[s.moves[group]] += 1
    while s.top[0] > 0 and s.with_moves[s.top[0]] == 0:
        s.top[0] -= 1
    s.top[0] = max(s.top[0], s.moves[group])


@part
def weigh(s: Any, host: int) -> None:
    """Work out anew what a host costs, and whether it is overfull."""
    nobody, above = len(s.at) - 1, 0
    s.paid[host] = cost_with(s, host, nobody, nobody)
    for j in range(len(s.price) - s.room.shape[1], len(s.price)):
        above += s.excess[host, j] > 0.0
    for j in range(len(s.toll)):
        above += s.entry[host, j] > 0.0
    is_over = 1 if above else 0
    s.over[-1] += is_over - s.over[host]
    s.over[host] = is_over


@part
def attempt(s: Any, p: int, to: int, q: int) -> bool:
    """Make a move or an exchange, if rules are kept; tell whether it was made."""
    source = s.at[p]
    count(s, p, source, to)
    if q >= 0:
        count(s, q, to, source)
    if not (kept(s, p, source, to) and (q < 0 or kept(s, q, to, source))):
        count(s, p, to, source)
        if q >= 0:
            count(s, q, source, to)
        return False
    carry(s, p, source, to)
    if q >= 0:
        carry(s, q, to, source)
    weigh(s, source)
    weigh(s, to)
    return True
