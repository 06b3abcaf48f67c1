"""Draws: a move or an exchange of one VM among all that it can do, the cheaper the likelier (heat bath).

It is as if moves were proposed at random until one passes (Metropolis 1953), at the cost of one pass over them: late in
a cooling hardly one in a thousand passes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.methods.goals.anneal.chance import below, cheapest, draw, least_of, likelihoods, passes, whose
from vmopt.methods.goals.anneal.compiled import compiled, inlined, part
from vmopt.methods.goals.anneal.eject import go, goes_on, send_on
from vmopt.methods.goals.anneal.judge import options
from vmopt.methods.goals.anneal.kernel import attempt, carry, change_of, count, may_go, weigh, welcome
from vmopt.methods.goals.anneal.parameters import DEFAULT
from vmopt.methods.goals.anneal.rows import Rows, refresh, relist

MOST_HEATS, TRIES, UNDERFLOW, NEAR = DEFAULT.most_heats, DEFAULT.tries, DEFAULT.underflow, DEFAULT.near
ROUNDING = DEFAULT.rounding


@part
def judge_again(s: Any, r: Rows, p: int, found: int) -> None:
    """Work out in double precision what options cost more: where nothing may, no rounding may either."""
    for k in range(found):
        q = max(r.option[k], -1)
        to = s.at[q] if q >= 0 else -1 - r.option[k]
        r.change[k] = change_of(s, p, to, q)


@inlined
def is_open(s: Any, p: int, to: int, q: int) -> bool:
    """Whether room and limits of rules let a VM go there, and another come in return."""
    if not may_go(s, p, to) or not welcome(s, p, to, q):
        return False
    return q < 0 or (may_go(s, q, s.at[p]) and welcome(s, q, s.at[p], p))


@inlined
def make(s: Any, r: Rows, p: int, k: int, heat: float, rng: Any) -> bool:
    """Make what an option stands for if rules allow it, and what it costs groups more passes; tell whether it did."""
    source, q = s.at[p], r.option[k]
    to = s.at[q] if q >= 0 else -1 - q
    q = max(q, -1)
    if not is_open(s, p, to, q):
        return False
    change = change_of(s, p, to, q)
    if not passes(change - r.change[k] if heat > 0.0 else change, heat, rng) or not attempt(s, p, to, q):
        return False
    relist(s, r, p, source, to)
    if q >= 0:
        relist(s, r, q, to, source)
    refresh(s, r, source)
    refresh(s, r, to)
    return True


@inlined
def goes(s: Any, r: Rows, p: int, found: int, is_sent: bool, paid: float, guess: float, heat: float, rng: Any) -> bool:
    """Let a VM make one of some options; if it is sent on it may not stay, but all is given up if it costs too much."""
    total, stays = 0.0, 0.0
    if heat > 0.0:
        total = likelihoods(r.change, r.likelihood, found, heat)
        stays = np.exp(least_of(r.change, found) / heat) if is_sent else 0.0
    else:
        judge_again(s, r, p, found)
    if is_sent and not goes_on(r, found, total - stays, paid, guess, heat, rng):
        return False
    for _ in range(TRIES):
        k = draw(r.likelihood, found, total - stays, rng) if heat > 0.0 else cheapest(r.change, found)
        if k < 0 or make(s, r, p, k, heat, rng):
            return k >= 0
        found -= 1
        total -= r.likelihood[k]
        r.option[k], r.change[k], r.likelihood[k] = r.option[found], r.change[found], r.likelihood[found]
        if heat > 0.0 and total - stays < UNDERFLOW:
            total = likelihoods(r.change, r.likelihood, found, heat)
            stays = np.exp(least_of(r.change, found) / heat) if is_sent else 0.0
    return False


@inlined
def step(s: Any, r: Rows, p: int, heat: float, start: int, stop: int, ejected: float, rng: Any) -> bool:
    """Let a VM go where chance has it, or stay; tell whether it went, and whoever had to go on."""
    source, goer, paid, guess = s.at[p], p, 0.0, 0.0
    most = MOST_HEATS * heat if heat > 0.0 else ROUNDING * (s.paid[source] + r.way[p])
    if rng.random() < ejected:
        goer, paid, guess = send_on(s, r, p, heat, most, stop - start, rng)
        if goer < 0:
            return False
    found = options(s, r, goer, most - paid, start, stop)
    went = goes(s, r, goer, found, goer != p, paid, guess, heat, rng)
    if goer != p and not went:
        go(s, r, p, source)
    return went


@compiled
def cool(s: Any, r: Rows, draws: int, heat: float, partners: int, ejected: float, rng: Any) -> int:
    """Draw VMs at one heat, and what they do; tell how many moved.

    Parameters
    ----------
    draws : int
    heat : float
        What costs so much more than something else is drawn e times less often.
    partners : int
        With how many others exchanges are judged: neighbours in the order of VMs, by size that is, or anywhere in it.
    rng : numpy.random.Generator
    """
    made, n = 0, len(s.at) - 1
    partners = min(partners, n)
    for j in range(len(s.price)):
        r.price[j] = s.price[j]
    for j in range(len(s.toll)):
        r.price[len(s.price) + j] = s.toll[j]
    for _ in range(draws):
        p = whose(r.turn, rng.random())
        near = min(max(p - below(partners + 1, rng), 0), n - partners)
        start = near if rng.random() < NEAR else below(n - partners + 1, rng)
        made += step(s, r, p, heat, start, start + partners, ejected, rng)
    return made


@compiled
def put(s: Any, r: Rows, at: Any) -> None:
    """Bring VMs to where another placement has them.

    Parameters
    ----------
    at : (n,) int64 array
    """
    for p in range(len(at)):
        source, to = s.at[p], at[p]
        if source != to:
            count(s, p, source, to)
            carry(s, p, source, to)
            relist(s, r, p, source, to)
    for host in range(len(s.paid)):
        weigh(s, host)
        refresh(s, r, host)
