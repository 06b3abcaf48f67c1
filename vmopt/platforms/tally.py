"""Counts what a reader meets, and what became of it."""

from __future__ import annotations

from typing import Literal

from vmopt.platforms.imported import Feature

Outcome = Literal["modelled", "approximated", "left out"]


class FeatureTally:
    """Features by name, each with a count that grows as they are met.

    Examples
    --------
    >>> tally = FeatureTally()
    >>> tally.add("locked", "modelled", "servers", "they stay")
    >>> tally.add("locked", "modelled", "servers", "they stay")
    >>> [(feature.name, feature.count) for feature in tally.features]
    [('locked', 2)]
    """

    def __init__(self) -> None:
        self._rows: dict[tuple[str, Outcome, str, str], int] = {}

    def add(self, name: str, outcome: Outcome, of: str, how: str, count: int = 1) -> None:
        """Count some more; none of them is nothing to tell."""
        if count:
            key = (name, outcome, of, how)
            self._rows[key] = self._rows.get(key, 0) + count

    @property
    def features(self) -> tuple[Feature, ...]:
        """In the order in which they were met."""
        return tuple(Feature(name, outcome, count, of, how) for (name, outcome, of, how), count in self._rows.items())
