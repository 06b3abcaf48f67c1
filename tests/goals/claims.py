"""What a solution with levels claims, against brute force."""

from __future__ import annotations

from collections.abc import Iterator

import vmopt
from tests.goals.brute import ROUNDING, Step, climbed, steps
from tests.rules.brute import Placement, feasible
from vmopt import Status

NEAR = 1e-9
TOLERANCE = 2e-6
"""Gap that backends of doubles leave open, in parts of sums with many units."""


def faults(solution: vmopt.Solution, *, optimal: bool) -> Iterator[str]:
    """Find what a solution claims wrongly; with `optimal`, whoever does not prove every level is at fault too."""
    instance = solution.instance
    possible = feasible(instance)
    if solution.status in (Status.INFEASIBLE, Status.NOT_FOUND):
        if possible and (optimal or solution.status is Status.INFEASIBLE):
            yield f"is {solution.status.value}, but there are placements"
        return
    at = tuple(solution.host_index.tolist())
    if at not in set(possible):
        yield f"has {at}, which is not feasible"
        return
    found = steps(instance)
    if len(found) != len(solution.levels):
        yield f"has {len(solution.levels)} levels, not {len(found)}"
        return
    yield from _values(solution, found, at)
    yield from _bounds(solution, found, possible, at)
    yield from _optimum(solution, found, at)
    proven = [row for row in solution.levels if row.goal != "latency"]  # of that nobody knows a bound
    if optimal and any(row.status is not Status.OPTIMAL and row.gap > TOLERANCE for row in proven):
        yield f"is {solution.status.value}: {[(r.value, r.bound, r.status.value) for r in solution.levels]}"


def _values(solution: vmopt.Solution, found: list[Step], at: Placement) -> Iterator[str]:
    for row, step in zip(solution.levels, found, strict=True):
        if abs(row.value - float(step.of(at))) > NEAR:
            yield f"says {row.goal} is {row.value}, it is {float(step.of(at))}"
        if row.maximised is not step.maximised:
            yield f"says {row.goal} is {row.maximised=}"


def _bounds(solution: vmopt.Solution, found: list[Step], some: list[Placement], at: Placement) -> Iterator[str]:
    """No placement that is as good in every level above is better than the bound of a level.

    Of a tier that is said of what the tiers above had reached, before the levels below lost any of that again.
    """
    for row, step in zip(solution.levels, found, strict=True):
        best = float(step.best(some))
        if step.slack and row.priority not in (None, solution.levels[0].priority):
            best = row.bound
        if row.bound < best - NEAR if row.maximised else row.bound > best + NEAR:
            yield f"bounds {row.goal} by {row.bound}, but {best} is possible ({row.bound_by})"
        some = step.strict.kept(some, step.of(at))


def _optimum(solution: vmopt.Solution, found: list[Step], at: Placement) -> Iterator[str]:
    """Levels that are optimal have what is best given those above, less slack; so far as all above are, too."""
    if solution.requested_gap:
        return
    reached, _ = climbed(solution.instance)
    for k, (row, step, best) in enumerate(zip(solution.levels, found, reached, strict=True)):
        if row.status is not Status.OPTIMAL:
            return
        if not step.kept([at], best, ROUNDING):
            yield f"level {k}, {row.goal}: {row.value} is optimal, but {float(best)} is best (slack {step.slack})"
        if abs(row.bound - float(best)) > NEAR:
            yield f"level {k}, {row.goal}: bound {row.bound} is optimal, but {float(best)} is best"
