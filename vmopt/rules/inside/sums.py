"""What pieces add up to on one part: the rest of its room is of no use to them."""

from __future__ import annotations

from typing import NamedTuple

MOST_BITS = 1 << 14
"""Sums up to which each is told apart; where there are more, a room counts down to the unit of the pieces."""


class Sums(NamedTuple):
    """The sums that one part may hold of some pieces.

    Attributes
    ----------
    unit : int
        What all amounts are multiples of.
    most : int
        Units that a part has at most.
    reached : int or None
        A bit for each number of units that some of the pieces add up to; None where these are not told apart.

    Examples
    --------
    >>> node = Sums.of(64, 2)
    >>> for piece in (6, 6, 6, 6, 6, 6, 6, 8):
    ...     node = node.and_one_of(piece)
    >>> [node.within(room) for room in (5, 13, 40, 64)]
    [0, 12, 38, 50]
    """

    unit: int
    most: int
    reached: int | None

    @classmethod
    def of(cls, most: int, unit: int) -> Sums:
        """No piece yet, of a part that has at most so much; all of them will be multiples of the unit."""
        unit = max(unit, 1)
        return cls(unit, most // unit, 1 if most // unit < MOST_BITS else None)

    def and_one_of(self, piece: int) -> Sums:
        """Return what there is with one piece more."""
        if self.reached is None:
            return self
        more = self.reached | self.reached << piece // self.unit
        return self._replace(reached=more & (2 << self.most) - 1)

    def within(self, room: int) -> int:
        """Return the greatest sum, or what may be one, that is within a room."""
        units = min(room // self.unit, self.most)
        if self.reached is None:
            return units * self.unit
        return ((self.reached & (2 << units) - 1).bit_length() - 1) * self.unit
