"""Draws: where VMs go by chance, the cheaper the likelier, compiled by numba."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.methods.goals.anneal.compiled import compiled
from vmopt.methods.goals.anneal.kernel import attempt, change_of, enters, group_change, kept, move, positive, way

MOST_NOISE = 25.0
"""Heats by which chance makes something cheaper at most: once in a hundred thousand million draws it is more."""


@compiled
def _welcome(s: Any, p: int, to: int) -> bool:
    """Whether limits and needs of rules let a VM go there by itself."""
    source = s.at[p]
    for r in range(s.rule_group.shape[0]):
        group, kind = s.rule_group[r, p], s.rule_kind[r]
        if group < 0 or kind == 1 or kind == 3 or s.rule_domain[r, to] == s.rule_domain[r, source]:
            continue
        domain = s.rule_domain[r, to]
        if kind == 0:
            at = s.rule_start[r] + group * s.rule_width[r] + domain
            if domain >= 0 and s.counts[at] >= s.limit[s.used_start[r] + group]:
                return False
        elif domain < 0:
            return False
        else:
            partner = s.rule_partner[r]
            if s.rule_group[partner, p] == group:
                continue
            if s.counts[s.rule_start[partner] + group * s.rule_width[partner] + domain] == 0:
                return False
    return True


@compiled
def _room(s: Any, p: int, to: int) -> bool:
    for k in range(s.demand.shape[1]):
        if s.demand[p, k] > s.free[to, k]:
            return False
    return bool(s.allowed[s.vm_kind[p], s.host_kind[to]]) and enters(s, p, to, -1)


@compiled
def _noise(heat: float, rng: Any) -> float:
    """Least of many exponential draws: whoever has the least of cost and noise is drawn as often as heat has it."""
    return heat * np.log(-np.log(rng.random())) if heat > 0.0 else 0.0


@compiled
def _draw_move(s: Any, p: int, heat: float, rng: Any, leaves: bool) -> int:
    """Draw a host for a VM among all, the cheaper the more often (heat bath); -1 for its own, if it need not leave."""
    source, drawn = s.at[p], -1
    best = np.inf if leaves else _noise(heat, rng)
    left = -way(s, p, source)
    for j in range(s.price.shape[0]):
        here = s.excess[source, j]
        left += s.price[j] * (positive(here - s.adds[p, j]) - positive(here))
    for to in range(s.free.shape[0]):
        if to == source or not _room(s, p, to):
            continue
        change = left + way(s, p, to)
        for j in range(s.price.shape[0]):
            there = s.excess[to, j]
            change += s.price[j] * (positive(there + s.adds[p, j]) - positive(there))
        if change - MOST_NOISE * heat >= best:
            continue
        change += group_change(s, p, source, to) + _noise(heat, rng)
        if change < best and _welcome(s, p, to):
            best, drawn = change, to
    return drawn


@compiled
def _eject(s: Any, p: int, tries: int, heat: float, rng: Any) -> int:
    """Move a VM to where it fits once somebody else has left for a third host; tell whether that was done."""
    source, q, to = s.at[p], -1, -1
    for _ in range(tries):
        q = rng.integers(0, len(s.at))
        to = s.at[q]
        if to != source and s.allowed[s.vm_kind[p], s.host_kind[to]] and _fits_without(s, p, to, q):
            break
        q = -1
    if q < 0:
        return 0
    third = _draw_move(s, q, heat, rng, True)
    if third < 0:
        return 0
    change = change_of(s, q, third, -1)
    move(s, q, third)
    change += change_of(s, p, to, -1)
    if change <= 0.0 or (heat > 0.0 and change < -heat * np.log(rng.random())):
        move(s, p, to)
        if kept(s, q, to) and kept(s, p, source):
            return 1
        move(s, p, source)
    move(s, q, to)
    return 0


@compiled
def _fits_without(s: Any, p: int, to: int, q: int) -> bool:
    for k in range(s.demand.shape[1]):
        if s.demand[p, k] > s.free[to, k] + s.demand[q, k]:
            return False
    return bool(enters(s, p, to, q))


@compiled
def _draw_swap(s: Any, p: int, partners: int, heat: float, rng: Any) -> int:
    """Draw who changes places with a VM, among some, likewise."""
    best, drawn = _noise(heat, rng), -1
    for _ in range(partners):
        q = rng.integers(0, len(s.at))
        if s.at[q] == s.at[p]:
            continue
        change = change_of(s, p, s.at[q], q)
        if change - MOST_NOISE * heat < best:
            change += _noise(heat, rng)
            if change < best:
                best, drawn = change, q
    return drawn


@compiled
def cool(s: Any, movers: Any, partners: int, heat: float, rng: Any) -> int:
    """Draw a host for each VM, then who changes places with it, then who makes room; tell how often that was done.

    Parameters
    ----------
    movers : (n,) int64 array
        VMs, as often as they are to be drawn.
    partners : int
        Among how many.
    rng : numpy.random.Generator
    """
    made = 0
    for p in movers:
        to = _draw_move(s, p, heat, rng, False)
        if to >= 0:
            made += attempt(s, p, to, -1)
        q = _draw_swap(s, p, partners, heat, rng) if partners else -1
        if q >= 0:
            made += attempt(s, p, s.at[q], q)
        if partners:
            made += _eject(s, p, partners, heat, rng)
    return made
