"""Annealing: many independent exchanges at a time, at temperatures that fall."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from vmopt import interruption
from vmopt.arrays import IntArray
from vmopt.methods.locality.parameters import DEFAULT, LocalityParameters
from vmopt.methods.locality.proposals import Proposals
from vmopt.methods.locality.seating import Seating

ZERO = 1e-12
"""Changes below this part of the average one are rounding."""

Told = Callable[[IntArray, float], object]
"""Called with every better seating and its cost."""


def anneal(
    seating: Seating,
    *,
    rng: np.random.Generator,
    deadline: float,
    cycles: int | None,
    told: Told | None = None,
    parameters: LocalityParameters = DEFAULT,
) -> tuple[IntArray, float]:
    """Lower the cost of a seating (Metropolis et al. 1953; Kirkpatrick, Gelatt and Vecchi 1983).

    A cycle cools down from a warm start and ends without warmth; the next one is twice as long and starts from the best
    seating so far. The first one is cold from the beginning: a descent.

    Parameters
    ----------
    seating : Seating
        May consist of copies; the best copy counts. Changed on the way.
    deadline : float
        Value of ``time.perf_counter()`` at which to stop.
    cycles : int, optional
        How many cycles at most; with it, and time enough, the result depends on `rng` alone.

    Returns
    -------
    (per_copy items,) int64 array, float
        Site of each item of the best copy, as sites of the first copy, and its cost.
    """
    best, cost = _best_copy(seating)
    if not len(seating.links.to):
        return best, cost
    proposals = Proposals(seating, rng, parameters)
    count = max(1, int(parameters.batch * len(seating)))
    unit = _typical_change(seating, proposals, count)
    cycle = 0
    while unit > 0 and (cycles is None or cycle < cycles) and not _is_over(deadline):
        sweeps = parameters.first_sweeps << cycle
        for part in np.linspace(0.0, 1.0, int(sweeps / parameters.batch)):
            heat = 0.0 if cycle == 0 else _temperature(part, parameters)
            _round(seating, proposals, count, unit * heat, unit, rng)
            if _is_over(deadline):
                break
        found, its_cost = _best_copy(seating)
        if its_cost < cost:
            best, cost = found, its_cost
            if told is not None:
                told(best, cost)
        if len(seating.sites) == seating.sites.per_copy:
            seating.seat(best)
        cycle += 1
    return best, cost


def _is_over(deadline: float) -> bool:
    return interruption.wanted() or time.perf_counter() >= deadline


def _round(
    seating: Seating, proposals: Proposals, count: int, temperature: float, unit: float, rng: np.random.Generator
) -> None:
    """Draw exchanges, keep those that the temperature lets pass, and make as many as do not touch each other."""
    swaps = proposals.draw(count)
    swaps = swaps.take(np.flatnonzero(seating.feasible(swaps)))
    change = seating.change(swaps)
    passes = np.flatnonzero(change < temperature * rng.exponential(size=len(change)) - ZERO * unit)
    passes = passes[np.argsort(change[passes], kind="stable")] if temperature == 0 else passes
    swaps = swaps.take(passes)
    seating.apply(swaps.take(seating.independent(swaps)))


def _temperature(part: float, parameters: LocalityParameters) -> float:
    warm, hot = 1 - parameters.quiet, parameters.hot
    return 0.0 if part > warm else float(hot * (parameters.cold / hot) ** (part / warm))


def _typical_change(seating: Seating, proposals: Proposals, count: int) -> float:
    """Mean size of what feasible exchanges change."""
    swaps = proposals.draw(max(count, 1000))
    change = np.abs(seating.change(swaps.take(np.flatnonzero(seating.feasible(swaps)))))
    return float(change.mean()) if len(change) else 0.0


def _best_copy(seating: Seating) -> tuple[IntArray, float]:
    cost = seating.cost()
    copy, per_copy = int(cost.argmin()), seating.sites.per_copy
    size = len(seating) // len(cost)
    return seating.at[copy * size : (copy + 1) * size] - copy * per_copy, float(cost[copy])
