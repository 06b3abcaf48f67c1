"""Times for a performance profile: seconds until a placement that is good enough, infinity where it never came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf

from benchmarks.results import Row
from benchmarks.statistics.standing import Problem, Standing

GOOD_ENOUGH = 0.01
"""Gap to the least bound, or to the best known placement, up to which a solve counts as a success."""


def succeeded(row: Row, standing: Standing, good_enough: float = GOOD_ENOUGH) -> bool:
    """Whether a solve ended with a verified placement close enough to the bound, or to the best known one."""
    if row.failed or not row.verified:
        return False
    gaps = [gap for gap in (standing.gap(row), standing.gap_to_best_known(row)) if gap is not None]
    return bool(gaps) and min(gaps) <= good_enough


def times(rows: Iterable[Row], standing: Mapping[Problem, Standing]) -> dict[str, list[float]]:
    """Seconds of each method on the same instances in the same order, infinity where it did not succeed.

    They are those of the whole call, with whatever the method does beyond a good placement, such as proving more.
    An instance that a method was not run on counts as not solved by it.

    References
    ----------
    E. D. Dolan, J. J. Moré: Benchmarking optimization software with performance profiles. Mathematical Programming 91
    (2002), 201-213.
    """
    kept = list(rows)
    problems = list(dict.fromkeys(row.problem for row in kept))
    found: dict[str, dict[Problem, float]] = {row.label: {} for row in kept}
    for row in kept:
        found[row.label][row.problem] = row.total_seconds if succeeded(row, standing[row.problem]) else inf
    return {label: [seconds.get(problem, inf) for problem in problems] for label, seconds in found.items()}
