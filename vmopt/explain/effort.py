"""Effort: how long changed data are looked at, so that the answer is about the changes and not about more search."""

from __future__ import annotations

from vmopt.solution import Solution
from vmopt.status import Status

SHORTEST, LONGEST = 3.0, 60.0
"""Seconds at the least, and at most."""


def seconds_for(solution: Solution) -> float:
    """Return as many seconds as a solution took that is not proven, within limits; the longest for one that is.

    What is proven is reached again, or the search goes on for as long as any would. What is not would be improved with
    the time, whatever the changes do.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[4], [3], [3]], [[6]])
    >>> seconds_for(vmopt.solve(cluster, gap=0)), seconds_for(vmopt.solve(cluster, method="greedy-priority", gap=0))
    (60.0, 3.0)
    """
    if solution.status is Status.OPTIMAL:
        return LONGEST
    return min(max(solution.build_seconds + solution.solve_seconds, SHORTEST), LONGEST)
