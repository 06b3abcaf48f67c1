"""Draws: moves and exchanges proposed at random, and made where chance lets what they cost pass (Metropolis 1953)."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.methods.goals.anneal.compiled import compiled, inlined
from vmopt.methods.goals.anneal.kernel import attempt, change_of, may_go, welcome

EXCHANGES = 0.5
"""Part of the draws in which somebody comes in return."""


@inlined
def below(n: int, rng: Any) -> int:
    """Draw a whole number below n."""
    return min(int(rng.random() * n), n - 1)


@inlined
def place(s: Any, p: int, rng: Any) -> int:
    """Draw a host for a VM, of those that it may go to where they are listed."""
    if len(s.places):
        return int(s.places[s.first[p] + below(s.first[p + 1] - s.first[p], rng)])
    return below(len(s.paid), rng)


@inlined
def passes(change: float, heat: float, rng: Any) -> bool:
    """Whether something is made that costs so much more."""
    return change <= 0.0 or (heat > 0.0 and change <= -heat * np.log(rng.random()))


@compiled
def cool(s: Any, draws: int, heat: float, rng: Any) -> int:
    """Draw moves and exchanges at one heat; tell how many were made.

    Parameters
    ----------
    draws : int
    heat : float
        What may cost so much more passes once in e times.
    rng : numpy.random.Generator
    """
    made, n = 0, len(s.at) - 1
    for _ in range(draws):
        p, q = below(n, rng), -1
        source = s.at[p]
        if rng.random() < EXCHANGES:
            q = below(n, rng)
            to = s.at[q]
            if to == source or not may_go(s, q, source) or not welcome(s, q, source, p):
                continue
        else:
            to = place(s, p, rng)
            if to == source:
                continue
        if not may_go(s, p, to) or not welcome(s, p, to, q):
            continue
        if passes(change_of(s, p, to, q), heat, rng):
            made += attempt(s, p, to, q)
    return made
