"""The history of a search: what was known when, in few points."""

from __future__ import annotations

from vmopt.solution import HistoryPoint

MOST_POINTS = 256
"""Points that are kept: more than a picture shows."""


class History:
    """Points of a search, at most `most` of them: when they are full, every second one goes.

    The first point and the last one always stay. Adding a point costs constant time on average.

    Parameters
    ----------
    most : int
        At least 4.

    Examples
    --------
    >>> history = History(most=5)
    >>> for step in range(9):
    ...     history.add(HistoryPoint(float(step), float(step), 9.0, "neighbourhood"))
    >>> [point.seconds for point in history.points]
    [0.0, 4.0, 6.0, 7.0, 8.0]
    """

    def __init__(self, most: int = MOST_POINTS) -> None:
        self._most = most
        self._points: list[HistoryPoint] = []

    @property
    def points(self) -> tuple[HistoryPoint, ...]:
        """What is kept, in order of time."""
        return tuple(self._points)

    def add(self, point: HistoryPoint) -> None:
        """Keep a point, and thin the older ones out if there are too many."""
        if len(self._points) >= self._most:
            del self._points[1:-1:2]
        self._points.append(point)
