"""Eject: a VM goes to a host from which another goes on at once.

Where hosts are nearly full, hardly any VM can go anywhere alone. What such a chain costs is what the first host saves,
what the second has then, and what whoever goes on costs elsewhere; that is known from when it was last judged by
itself. So all chains of a VM are judged at the price of its exchanges, and the one that is drawn is judged again.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.methods.goals.anneal.chance import cheapest, draw, least_of, likelihoods, passes
from vmopt.methods.goals.anneal.compiled import inlined, part
from vmopt.methods.goals.anneal.judge import NONE, OPEN, bind, gate, put_down
from vmopt.methods.goals.anneal.kernel import attempt, change_of, cost_with, may_go, way, welcome
from vmopt.methods.goals.anneal.rows import Rows, refresh, relist


@inlined
def relieved(s: Any, r: Rows, h: int, p: int, q: int) -> Any:
    """What a host costs with one VM more and another less."""
    enters, leaves, total = 0 if s.home[p] == h else 1, 0 if s.home[q] == h else 1, NONE
    for j in range(len(r.price)):
        total += r.price[j] * max(r.excess[h, j] + r.adds[enters, p, j] - r.adds[leaves, q, j], NONE)
    return total


@inlined
def ejections(s: Any, r: Rows, p: int, most: float, judged: int, share: float) -> int:
    """List whom a VM can send on from other hosts for so much at most, groups apart; count them.

    So many are judged at least, if there are, on the hosts that come after that share of all.
    """
    source, found, bound, nobody = s.at[p], 0, bind(s, r, p), len(s.at) - 1
    listed = len(s.places) > 0
    first, n = (s.first[p], s.first[p + 1] - s.first[p]) if listed else (0, len(s.paid))
    left, begin = cost_with(s, source, p, nobody) - s.paid[source] - r.way[p], int(share * n)
    for k in range(n):
        place = first + (begin + k) % n
        h = s.places[place] if listed else place
        if h == source or not (listed or may_go(s, p, h)) or gate(s, r, p, h, bound) != OPEN:
            continue
        paid, q = left + way(s, p, h) - s.paid[h], r.first[h]
        while q >= 0:
            found = put_down(r, found, q, paid + relieved(s, r, h, p, q) + r.comes[q], most)
            judged -= 1
            q = r.following[q]
        if judged <= 0:
            break
    return found


@inlined
def send_on(s: Any, r: Rows, p: int, heat: float, most: float, judged: int, rng: Any) -> tuple[int, float, float]:
    """Let a VM go where another must go on; tell who, what was paid so far, and what the whole may cost.

    Nobody goes if that is -1.
    """
    found = ejections(s, r, p, most, judged, rng.random())
    if heat > 0.0:
        k = draw(r.likelihood, found, likelihoods(r.change, r.likelihood, found, heat), rng)
    else:
        k = cheapest(r.change, found)
    if k < 0:
        return -1, 0.0, 0.0
    q, guess = r.option[k], r.change[k]
    paid = change_of(s, p, s.at[q], -1)
    if not welcome(s, p, s.at[q], -1) or not go(s, r, p, s.at[q]):
        return -1, 0.0, 0.0
    return q, paid, guess


@part
def go(s: Any, r: Rows, p: int, to: int) -> bool:
    """Let a VM go to a host if rules are kept; tell whether it did."""
    source = s.at[p]
    if not attempt(s, p, to, -1):
        return False
    relist(s, r, p, source, to)
    refresh(s, r, source)
    refresh(s, r, to)
    return True


@part
def goes_on(r: Rows, found: int, total: float, paid: float, guess: float, heat: float, rng: Any) -> bool:
    """Whether who was sent on has places that are as cheap, with what was paid so far, as was guessed.

    Parameters
    ----------
    total : float
        Sum of the likelihoods of those places, of which there are `found`.
    """
    least = least_of(r.change, found)
    if heat <= 0.0:
        return paid + least < 0.0
    return total > 0.0 and passes(paid + least - heat * np.log(total) - guess, heat, rng)
