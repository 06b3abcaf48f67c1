"""Judge: all that one VM can do, in one pass over the hosts that rules leave it and the VMs there.

It is as good as proposing moves at random until one passes, at the price of one pass: late in a cooling hardly one in a
thousand passes. Hosts that rules shut are left out with all that runs there, which is most of them in many clusters.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.methods.goals.anneal.compiled import inlined
from vmopt.methods.goals.anneal.kernel import cost_with, may_go, way
from vmopt.methods.goals.anneal.rows import Rows

SHUT, OPEN = -2, -1
"""Hosts to which a VM may not go, or may; else the rule that lets it go there for another of its group alone."""
NONE = np.float32(0.0)


@inlined
def bind(s: Any, r: Rows, p: int) -> int:
    """List the rules that may shut hosts to a VM; count them."""
    source, found = s.at[p], 0
    for k in range(s.rule_group.shape[0]):
        group, domain, kind, beside = s.rule_group[k, p], s.rule_domain[k, source], s.rule_kind[k], s.rule_partner[k]
        if group < 0 or (kind == 2 and s.rule_group[beside, p] == group):
            continue
        if kind == 1 or kind == 3:
            if domain < 0 or s.counts[s.rule_start[k] + group * s.rule_width[k] + domain] > 1:
                continue
            used, own = s.used_start[k] + group, s.rule_group[beside, p] == group
            if kind == 1 and s.used[used] > s.limit[used]:
                continue
            if kind == 3 and s.counts[s.rule_start[beside] + group * s.rule_width[beside] + domain] <= own:
                continue
        r.binding[found] = k
        found += 1
    return found


@inlined
def gate(s: Any, r: Rows, p: int, to: int, bound: int) -> int:
    """Tell whether rules let a VM go to a host, or for whom: `SHUT`, `OPEN` or a rule."""
    source, answer = s.at[p], OPEN
    for each in range(bound):
        k = r.binding[each]
        domain, kind, group = s.rule_domain[k, to], s.rule_kind[k], s.rule_group[k, p]
        if domain == s.rule_domain[k, source]:
            continue
        row = s.rule_partner[k] if kind == 2 else k
        there = s.counts[s.rule_start[row] + group * s.rule_width[row] + domain] if domain >= 0 else 0
        if kind == 2 and there == 0:
            return SHUT
        is_full = domain >= 0 and there >= s.limit[s.used_start[k] + group]
        if kind == 3 or (kind == 1 and (domain < 0 or there > 0)) or (kind == 0 and is_full):
            answer = k
    return answer


@inlined
def joined(r: Rows, h: int, p: int, enters: int) -> Any:
    """What a host costs with one VM more."""
    total = NONE
    for j in range(len(r.price)):
        total += r.price[j] * max(r.excess[h, j] + r.adds[enters, p, j], NONE)
    return total


@inlined
def exchanged(s: Any, r: Rows, p: int, h: int, q: int) -> Any:
    """What two hosts cost once a VM has gone from one to the other, and one from there has come in return."""
    enters, leaves = 0 if s.home[p] == h else 1, 0 if s.home[q] == h else 1
    comes, total = 0 if s.home[q] == s.at[p] else 1, NONE
    for j in range(len(r.price)):
        there = r.excess[h, j] + r.adds[enters, p, j] - r.adds[leaves, q, j]
        total += r.price[j] * (max(r.without[j] + r.adds[comes, q, j], NONE) + max(there, NONE))
    return total


@inlined
def put_down(r: Rows, found: int, option: int, change: float, most: float) -> int:
    """List an option if it does not cost too much; count them."""
    if change > most:
        return found
    r.option[found], r.change[found] = option, change
    return found + 1


@inlined
def partners_on(s: Any, r: Rows, p: int, h: int, rule: int, paid: float, most: float, found: int) -> int:
    """List with which VMs of a host a VM can change places."""
    source, listed = s.at[p], len(s.places) > 0
    q = r.first[h]
    while q >= 0:
        fits = rule == OPEN or s.rule_group[rule, q] == s.rule_group[rule, p]
        if fits and (not listed or r.to[source, q]):
            change = exchanged(s, r, p, h, q) + paid - r.way[q]
            if change <= most:
                found = put_down(r, found, q, change + way(s, q, source), most)
        q = r.following[q]
    return found


@inlined
def partners_between(s: Any, r: Rows, p: int, start: int, stop: int, bound: int, most: float, found: int) -> int:
    """List with which VMs from `start` to before `stop` a VM can change places."""
    source, listed = s.at[p], len(s.places) > 0
    paid = s.paid[source] + r.way[p]
    for q in range(start, stop):
        h = s.at[q]
        if h == source or (listed and not (s.may[p, h] and r.to[source, q])):
            continue
        change = exchanged(s, r, p, h, q) - paid - s.paid[h] - r.way[q]
        if change <= most:
            rule = gate(s, r, p, h, bound)
            if rule == OPEN or (rule >= 0 and s.rule_group[rule, q] == s.rule_group[rule, p]):
                found = put_down(r, found, q, change + way(s, p, h) + way(s, q, source), most)
    return found


@inlined
def options(s: Any, r: Rows, p: int, most: float, start: int, stop: int) -> int:
    """List where a VM can go for so much at most, and with whom change places, groups apart; count them.

    Those with whom are looked for from `start` to before `stop`.
    """
    source, found, bound, nobody = s.at[p], 0, bind(s, r, p), len(s.at) - 1
    listed, leaves = len(s.places) > 0, 0 if s.home[p] == s.at[p] else 1
    for j in range(len(r.without)):
        r.without[j] = r.excess[source, j] - r.adds[leaves, p, j]
    left, least = cost_with(s, source, p, nobody), np.inf
    for k in range(s.first[p], s.first[p + 1]) if listed else range(len(s.paid)):
        h = s.places[k] if listed else k
        rule = gate(s, r, p, h, bound) if h != source and (listed or may_go(s, p, h)) else SHUT
        if rule == SHUT:
            continue
        paid = way(s, p, h) - s.paid[h] - s.paid[source] - r.way[p]
        if rule == OPEN:
            comes = paid + joined(r, h, p, 0 if s.home[p] == h else 1)
            least = min(least, comes)
            found = put_down(r, found, -1 - h, left + comes, most)
        if stop - start == nobody:
            found = partners_on(s, r, p, h, rule, paid, most, found)
    r.comes[p] = least + s.paid[source]
    if stop - start < nobody:
        found = partners_between(s, r, p, start, stop, bound, most, found)
    return found
