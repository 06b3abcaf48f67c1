"""Thinned: a history in fewer points that tells nearly the same."""

from __future__ import annotations

from collections.abc import Sequence

from vmopt.solution import HistoryPoint


def thinned(history: Sequence[HistoryPoint], most: int) -> list[HistoryPoint]:
    """At most so many points, the first and the last among them: those go without which the curves change least.

    What a point is worth is the area by which objective and bound would be off without it, until the next one:
    integrals over time stay as they were as far as can be.

    Parameters
    ----------
    history : sequence of HistoryPoint
    most : int
        At least 2.

    Examples
    --------
    >>> course = {0: 1.0, 1: 1.1, 2: 5.0, 3: 5.1, 9: 6.0}
    >>> points = [HistoryPoint(seconds, objective, 9.0, "auto") for seconds, objective in course.items()]
    >>> [point.seconds for point in thinned(points, 3)]
    [0, 2, 9]
    """
    kept = list(history)
    while len(kept) > most:
        losses = [_loss(kept[i - 1], kept[i], kept[i + 1]) for i in range(1, len(kept) - 1)]
        del kept[1 + losses.index(min(losses))]
    return kept


def _loss(before: HistoryPoint, point: HistoryPoint, after: HistoryPoint) -> float:
    moved = point.objective - before.objective + before.bound - point.bound
    return abs(moved) * (after.seconds - point.seconds)
