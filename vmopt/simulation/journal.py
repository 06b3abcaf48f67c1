"""Journal: what happened, and where things stood after each moment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vmopt.simulation.kinds import EventKind

EVENT = np.dtype([("time", "f8"), ("kind", "i1"), ("vm", "i8"), ("host", "i8")])
"""A row of the events of a `Timeline`; -1 where no VM or no host is concerned."""
SERIES = np.dtype(
    [
        ("time", "f8"),
        ("utilisation", "f8"),
        ("weighted", "f8"),
        ("waiting", "i8"),
        ("running", "i8"),
        ("decision_seconds", "f8"),
    ]
)
"""A row of the series of a `Timeline`: where things stand from this time on."""

Event = tuple[float, int, int, int]


class Journal:
    """Lists while the simulation runs, structured arrays afterwards."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._series: list[tuple[float, float, float, int, int, float]] = []
        self._seen = 0

    def log(self, time: float, kind: EventKind, vm: int, host: int) -> None:
        """Write down one event."""
        self._events.append((time, int(kind), vm, host))

    def close_books(
        self, time: float, utilisation: float, weighted: float, waiting: int, running: int, seconds: float
    ) -> None:
        """Write down where things stand after all that happened at one moment."""
        self._series.append((time, utilisation, weighted, waiting, running, seconds))
        self._seen = len(self._events)

    def since_last_books(self) -> Sequence[Event]:
        """Events that came after the books were closed last."""
        return self._events[self._seen :]

    @property
    def events(self) -> np.ndarray[tuple[int], np.dtype[np.void]]:
        """All events, an array of type `EVENT`."""
        return np.array(self._events, dtype=EVENT)

    @property
    def series(self) -> np.ndarray[tuple[int], np.dtype[np.void]]:
        """All moments, an array of type `SERIES`."""
        return np.array(self._series, dtype=SERIES)
