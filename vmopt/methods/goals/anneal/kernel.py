"""The kernel: moves and exchanges of VMs, drawn, judged and made one after the other, compiled by numba.

A state is a tuple of arrays, see `vmopt.methods.goals.anneal.state.State`; every function changes it in place.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.methods.goals.anneal.compiled import compiled


@compiled
def positive(x: float) -> float:
    """What is above 0 of it."""
    return x if x > 0.0 else 0.0


@compiled
def _recount(s: Any, p: int, more: int) -> None:
    """One move of the group of a VM more or less; the most of all groups with it."""
    group = s.group[p]
    if group < 0:
        return
    s.with_moves[s.moves[group]] -= 1
    s.moves[group] += more
    s.with_moves[s.moves[group]] += 1
    while s.top[0] > 0 and s.with_moves[s.top[0]] == 0:
        s.top[0] -= 1
    if s.moves[group] > s.top[0]:
        s.top[0] = s.moves[group]


@compiled
def _count(s: Any, p: int, host: int, sign: int) -> None:
    """Count a VM in or out of the domains of a host."""
    for r in range(s.rule_group.shape[0]):
        group = s.rule_group[r, p]
        domain = s.rule_domain[r, host]
        if group >= 0 and domain >= 0:
            at = s.rule_start[r] + group * s.rule_width[r] + domain
            before = s.counts[at]
            s.counts[at] = before + sign
            if (sign > 0 and before == 0) or (sign < 0 and before == 1):
                s.used[s.used_start[r] + group] += sign


@compiled
def move(s: Any, p: int, to: int) -> None:
    """Move a VM, whether it fits or not."""
    source = s.at[p]
    home = s.home[p]
    for k in range(s.demand.shape[1]):
        amount = s.demand[p, k]
        s.free[source, k] += amount
        s.free[to, k] -= amount
        if s.is_transient[k]:
            if source != home:
                s.entry[source, k] += amount
            if to != home:
                s.entry[to, k] -= amount
    for j in range(s.price.shape[0]):
        s.excess[source, j] -= s.adds[p, j]
        s.excess[to, j] += s.adds[p, j]
    if source == home and to != home:
        _recount(s, p, 1)
    elif source != home and to == home:
        _recount(s, p, -1)
    _count(s, p, source, -1)
    _count(s, p, to, 1)
    s.at[p] = to


@compiled
def kept(s: Any, p: int, source: int) -> bool:
    """Whether rules are kept after a VM has moved away from `source`."""
    here = s.at[p]
    for r in range(s.rule_group.shape[0]):
        group = s.rule_group[r, p]
        if group < 0:
            continue
        kind = s.rule_kind[r]
        start = s.rule_start[r] + group * s.rule_width[r]
        old, new = s.rule_domain[r, source], s.rule_domain[r, here]
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


@compiled
def way(s: Any, p: int, to: int) -> float:
    """What it costs that a VM runs there, its group apart."""
    home = s.home[p]
    if home < 0 or home == to:
        return 0.0
    return s.move_cost[p] + s.way[home, to] if s.way.shape[0] > 1 else s.move_cost[p]


@compiled
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


@compiled
def enters(s: Any, p: int, to: int, q: int) -> bool:
    """Whether there is room for a VM on its way, where another may leave; -1 for nobody."""
    if to == s.home[p]:
        return True
    returns = q >= 0 and s.home[q] != to
    for k in range(s.demand.shape[1]):
        if s.is_transient[k] and s.demand[p, k] > s.entry[to, k] + (s.demand[q, k] if returns else 0):
            return False
    return True


@compiled
def change_of(s: Any, p: int, to: int, q: int) -> float:
    """What a move costs more, or an exchange with q (-1 for nobody); infinite where it does not fit."""
    source = s.at[p]
    if not s.allowed[s.vm_kind[p], s.host_kind[to]]:
        return np.inf
    for k in range(s.demand.shape[1]):
        more = s.demand[p, k] - (s.demand[q, k] if q >= 0 else 0)
        if more > s.free[to, k] or -more > s.free[source, k]:
            return np.inf
    if not enters(s, p, to, q):
        return np.inf
    total = way(s, p, to) - way(s, p, source) + group_change(s, p, source, to)
    if q >= 0:
        if not s.allowed[s.vm_kind[q], s.host_kind[source]] or not enters(s, q, source, p):
            return np.inf
        total += way(s, q, source) - way(s, q, to) + group_change(s, q, to, source)
    for j in range(s.price.shape[0]):
        more = s.adds[p, j] - (s.adds[q, j] if q >= 0 else 0.0)
        here, there = s.excess[source, j], s.excess[to, j]
        change = positive(here - more) - positive(here) + positive(there + more) - positive(there)
        total += s.price[j] * change
    return total


@compiled
def attempt(s: Any, p: int, to: int, q: int) -> bool:
    """Make a move or an exchange, if rules are kept."""
    source = s.at[p]
    move(s, p, to)
    if q >= 0:
        move(s, q, source)
    if kept(s, p, source) and (q < 0 or kept(s, q, to)):
        return True
    if q >= 0:
        move(s, q, to)
    move(s, p, source)
    return False
