"""What a solution claims, against brute force."""

from __future__ import annotations

from collections.abc import Iterator
from math import isclose

import vmopt
from vmopt import Status

TOLERANCE = 1e-9


def faults(solution: vmopt.Solution, best: float | None, *, optimal: bool) -> Iterator[str]:
    """Find what a solution claims wrongly, given what the best placement is worth, None where there is none.

    With `optimal`, whoever does not find the best placement and prove it is at fault too.
    """
    if solution.status in (Status.INFEASIBLE, Status.NOT_FOUND):
        if solution.status is Status.INFEASIBLE and best is not None:
            yield f"says infeasible, but a placement is worth {best}"
        if optimal and solution.status is Status.NOT_FOUND:
            yield f"finds nothing, the best is {best}"
        return
    yield from map(str, vmopt.verify(solution.instance, solution.placement, solution.allocation))
    if best is None:
        yield "has a placement where there is none"
        return
    if solution.bound < best - TOLERANCE * abs(best):
        yield f"has bound {solution.bound} below the best, {best}"
    if solution.objective > best + TOLERANCE * abs(best) + TOLERANCE:
        yield f"is worth {solution.objective}, more than the best, {best}"
    proven = solution.status is Status.OPTIMAL and solution.requested_gap == 0
    if (proven or optimal) and not isclose(solution.objective, best, rel_tol=TOLERANCE, abs_tol=TOLERANCE):
        yield f"is worth {solution.objective} where the best is {best} ({solution.status.value})"
    if optimal and solution.status is not Status.OPTIMAL:
        yield f"is {solution.status.value}, not optimal"
