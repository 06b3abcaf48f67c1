"""Greedy packing host by host: the VM next that suits best what is left there.

Scores as in Panigrahy, Talwar, Uyeda and Wieder (2011), "Heuristics for vector bin packing". Weights of resources are
given, or follow what the VMs that wait ask for, as in Gabay and Zaourar (2016), "Vector bin packing with heterogeneous
bins".
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Protocol

import numpy as np

from vmopt.arrays import FloatArray, IntArray


class Score(Protocol):
    """What suits: demands and what is left, in parts of a host, and weights; the largest is taken."""

    def __call__(self, part: FloatArray, left: FloatArray, weight: FloatArray) -> FloatArray:
        """A number for each row of `part`."""
        ...


def dot(part: FloatArray, left: FloatArray, weight: FloatArray) -> FloatArray:
    """How far a demand points towards what is left."""
    found: FloatArray = part @ (weight * left)
    return found


def cosine(part: FloatArray, left: FloatArray, weight: FloatArray) -> FloatArray:
    """The same, whatever the size of the demand."""
    found: FloatArray = dot(part, left, weight) / np.maximum(np.sqrt((part**2) @ weight), 1e-12)
    return found


def near(part: FloatArray, left: FloatArray, weight: FloatArray) -> FloatArray:
    """How little is left after it, by the Euclidean norm."""
    found: FloatArray = -((left - part) ** 2) @ weight
    return found


SCORES: tuple[Score, ...] = (dot, near, cosine)


def noisy(score: Score, noise: float, rng: np.random.Generator) -> Score:
    """The score, each number larger or smaller by about this part of it: near ties go either way.

    Examples
    --------
    >>> rng, half = np.random.default_rng(0), np.full((2, 1), 0.5)
    >>> noisy(dot, 0.1, rng)(half, np.ones(1), np.ones(1)).round(3).tolist()
    [0.506, 0.493]
    """

    def scored(part: FloatArray, left: FloatArray, weight: FloatArray) -> FloatArray:
        found = score(part, left, weight)
        return found * (1.0 + noise * rng.standard_normal(len(found)))

    return scored


def host_by_host(
    demand: IntArray, capacity: IntArray, score: Score, weight: FloatArray | None, stop: float = np.inf
) -> IntArray:
    """Fill one host after the other, each time with the VM of the best score among those that fit.

    Parameters
    ----------
    demand : (n, n_resources) int64 array
    capacity : (n_hosts, n_resources) int64 array
    score : Score
    weight : (n_resources,) float64 array, optional
        Of resources in parts of the largest host; default: anew for each host, what the VMs that wait ask for.
    stop : float
        Value of ``time.perf_counter()`` at which to leave the rest unplaced.

    Returns
    -------
    (n,) int64 array
        Row of `capacity` for each VM, -1 where no host has room.

    Examples
    --------
    >>> demand, capacity = np.array([[3, 1], [1, 3], [2, 2]]), np.array([[4, 4]] * 2)
    >>> host_by_host(demand, capacity, dot, np.ones(2)).tolist()
    [0, 0, 1]
    """
    largest = np.maximum(capacity.max(axis=0, initial=1), 1)
    where, part = np.full(len(demand), -1, dtype=np.int64), demand / largest
    waiting = np.arange(len(demand))
    for host, room in enumerate(capacity):
        if not waiting.size or time.perf_counter() > stop:
            break
        weights = part[waiting].mean(axis=0) if weight is None else weight
        taken = _filled(demand[waiting], room, part[waiting], largest, partial(score, weight=weights))
        where[waiting[taken]] = host
        waiting = np.delete(waiting, taken)
    return where


def _filled(
    demand: IntArray,
    room: IntArray,
    part: FloatArray,
    largest: IntArray,
    score: Callable[[FloatArray, FloatArray], FloatArray],
) -> list[int]:
    """Rows that a host gets."""
    taken: list[int] = []
    left = room.astype(np.int64)
    able = np.flatnonzero((demand <= left).all(axis=1))
    while able.size:
        best = int(score(part[able], left / largest).argmax())
        taken.append(int(able[best]))
        left = left - demand[taken[-1]]
        able = np.delete(able, best)
        able = able[(demand[able] <= left).all(axis=1)]
    return taken
