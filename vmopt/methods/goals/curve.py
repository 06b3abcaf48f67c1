"""Points of a curve of two goals as solutions, and bounds that hold for more than one of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from vmopt.arrays import IntArray
from vmopt.levels import Level
from vmopt.methods.goals.climb import with_placement
from vmopt.solution import Solution
from vmopt.status import Limit, Status

ROUNDING = 1e-9
"""What a gap in doubles may be off."""


def placed(first: Solution, host_index: IntArray, row: Level, limit: Limit | None, gap: float) -> Solution:
    """A placement as a solution of the levels of the first end of the curve, with its own row of the last level.

    What the first end has in the levels above, others may have given away: they keep its bounds, and are optimal in
    these levels where they are as good.
    """
    made = with_placement(first, host_index, [*first.levels[:-1], row], limit)
    rows = tuple(judged(level, gap) for level in made.levels)
    proven = all(level.status is Status.OPTIMAL for level in rows)
    status = Status.OPTIMAL if proven else Status.FEASIBLE
    return replace(made, levels=rows, status=status, limit=None if proven else limit)


def nested(rows: Sequence[Level], holds_too: Callable[[int, int], bool]) -> list[Level]:
    """Rows of the second goal with the closest bound that is known of each.

    Parameters
    ----------
    rows : sequence of Level
        From the best of the first goal on: what is as good in that as one point is as good as all after it, so that
        the bounds of those hold for it.
    holds_too : callable
        Whether, for two points, what is as good as the first in all levels above is as good as the second there.

    Examples
    --------
    >>> from vmopt.bounds import Bound, Claim
    >>> two = [Bound(2, Claim("one")), Bound(4, Claim("another"))]
    >>> rows = [Level(None, 9, bound, Status.FEASIBLE, 0.0, maximised=False) for bound in two]
    >>> [row.bound for row in nested(rows, lambda k, n: True)]
    [4, 4]
    """
    closest = min if rows[0].maximised else max
    made = []
    for k, row in enumerate(rows):
        known = [row, *(rows[n] for n in range(k + 1, len(rows)) if holds_too(k, n))]
        best = closest(known, key=lambda each: each.bound)
        made.append(replace(row, certificate=best.certificate))
    return made


def judged(row: Level, gap: float) -> Level:
    """The row, optimal where its value is within the gap of its bound; a bound beyond the value is the value."""
    beyond = row.bound < row.value if row.maximised else row.bound > row.value
    if beyond:
        row = replace(row, certificate=replace(row.certificate, value=row.value))
    return replace(row, status=Status.OPTIMAL if row.gap <= gap + ROUNDING else Status.FEASIBLE)
