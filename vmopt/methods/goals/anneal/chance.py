"""Chance: which of some things is drawn, the cheaper the likelier; without heat it is the cheapest."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.methods.goals.anneal.compiled import part


@part
def below(n: int, rng: Any) -> int:
    """Draw a whole number below n."""
    return min(int(rng.random() * n), n - 1)


@part
def whose(turn: FloatArray, share: float) -> int:
    """Tell whose turn it is when that share of all turns is over."""
    low, high, sought = 0, len(turn) - 1, share * turn[-1]
    while low < high:
        middle = (low + high) // 2
        if turn[middle] < sought:
            low = middle + 1
        else:
            high = middle
    return low


@part
def passes(change: float, heat: float, rng: Any) -> bool:
    """Whether something is made that costs so much more."""
    return change <= 0.0 or (heat > 0.0 and change <= -heat * np.log(rng.random()))


@part
def least_of(change: FloatArray, found: int) -> float:
    """What the cheapest of some options costs more, or staying."""
    least = 0.0
    for k in range(found):
        least = min(least, change[k])
    return least


@part
def likelihoods(change: FloatArray, likelihood: FloatArray, found: int, heat: float) -> float:
    """Work out how likely each option is; return the sum, with that of staying."""
    least = least_of(change, found)
    total: float = np.exp(least / heat)
    for k in range(found):
        likelihood[k] = np.exp((least - change[k]) / heat)
        total += likelihood[k]
    return total


@part
def draw(likelihood: FloatArray, found: int, total: float, rng: Any) -> int:
    """Draw an option; -1 for staying."""
    left = rng.random() * total
    for k in range(found):
        left -= likelihood[k]
        if left < 0.0:
            return k
    return -1


@part
def cheapest(change: FloatArray, found: int) -> int:
    """The option that saves most; -1 where none saves anything."""
    least, best = 0.0, -1
    for k in range(found):
        if change[k] < least:
            least, best = change[k], k
    return best
