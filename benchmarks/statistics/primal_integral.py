"""Primal integral: how far a search was from the bound, and for how long.

T. Berthold: Measuring the impact of primal heuristics. Operations Research Letters 41 (2013), 611-614.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from vmopt.arrays import FloatArray

History = Iterable[Sequence[Any]]
"""Points [seconds, objective, ...], in order of time."""


def primal_integral(history: History, bound: float, end: float) -> float:
    """Area between the incumbent and the bound over time, in parts of the bound: seconds, at most `end`.

    With ``p(t) = (bound - objective(t)) / bound``, where ``objective(t)`` is that of the best placement known at time
    t, or 0 before the first one, it is the integral of p from 0 to `end`. Berthold measures p against the optimum;
    against a bound, which is known in every case, it is the larger by at most ``end * (bound - optimum) / bound``.
    A search that ends early keeps its last gap until `end`.

    Parameters
    ----------
    history : iterable of (seconds, objective, ...)
    bound : float
        Above 0.
    end : float
        Seconds.

    Examples
    --------
    >>> primal_integral([(1.0, 8.0), (3.0, 9.0)], bound=10.0, end=10.0)  # 1 s of 100 %, 2 s of 20 %, 7 s of 10 %
    2.1
    """
    points = [(min(max(seconds, 0.0), end), objective) for seconds, objective, *_ in history]
    times = np.array([0.0, *(seconds for seconds, _ in points), end])
    gaps = _gaps([0.0, *(objective for _, objective in points)], bound)
    return float(np.diff(times) @ gaps)


def gap_at(history: History, bound: float, seconds: FloatArray) -> FloatArray:
    """Primal gap ``p(t)`` at some times, as in `primal_integral`.

    Examples
    --------
    >>> gap_at([(1.0, 8.0), (3.0, 9.0)], 10.0, np.array([0.5, 1.0, 9.0])).round(3).tolist()
    [1.0, 0.2, 0.1]
    """
    points = [(when, objective) for when, objective, *_ in history]
    gaps = _gaps([0.0, *(objective for _, objective in points)], bound)
    return np.asarray(gaps[np.searchsorted([when for when, _ in points], seconds, side="right")])


def _gaps(objectives: Sequence[float], bound: float) -> FloatArray:
    best = np.maximum.accumulate(np.asarray(objectives, dtype=float))
    return np.clip((bound - best) / bound, 0.0, 1.0)
