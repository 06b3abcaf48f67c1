"""Compare: what got better or worse between two results, and what cannot both be true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.results import Results, Row
from benchmarks.settings import Job
from benchmarks.statistics.standing import TOLERANCE, standings, wrong_claims


@dataclass(frozen=True)
class Thresholds:
    """What counts as a change.

    Attributes
    ----------
    objective : float
        Relative difference of the objectives.
    gap : float
        Difference of the gaps, each by its row's own bound.
    factor, seconds : float
        Times differ when one is this many times the other, and by more than this many seconds.
    """

    objective: float = 1e-4
    gap: float = 1e-4
    factor: float = 1.5
    seconds: float = 1.0


@dataclass(frozen=True)
class Change:
    """One solve in both results, and what is better or worse in the new one."""

    job: Job
    old: Row
    new: Row
    better: tuple[str, ...]
    worse: tuple[str, ...]


def changes(old: Results, new: Results, thresholds: Thresholds) -> Iterator[Change]:
    """Go through the solves that both results hold, with what changed beyond the thresholds."""
    before = {row.job: row for row in old}
    for row in new:
        if row.job in before:
            first = before[row.job]
            yield Change(row.job, first, row, _better(first, row, thresholds), _better(row, first, thresholds))


def contradictions(old: Results, new: Results) -> list[str]:
    """Say which proven objectives differ, and which claims of either results are wrong by what both know.

    Two objectives that are each proven within a gap agree when they differ by no more than that gap.
    """
    found = []
    for change in changes(old, new, Thresholds()):
        first, second = change.old, change.new
        if first.status == second.status == "optimal":
            allowed = max(first.requested_gap, second.requested_gap) + TOLERANCE
            if relative(first.objective, second.objective) > allowed:
                found.append(f"{_where(second)}: proven {first.objective:.9g}, then {second.objective:.9g}")
    standing = standings([*old, *new])
    for when, results in (("old", old), ("new", new)):
        for row in results:
            found += [f"{_where(row)}, {when}: {wrong}" for wrong in wrong_claims(row, standing[row.problem])]
    return found


def _better(first: Row, second: Row, thresholds: Thresholds) -> tuple[str, ...]:
    """In what the second row is better than the first."""
    if first.failed or second.failed:
        return ("error",) if first.failed and not second.failed else ()
    found = []
    if second.objective > first.objective and relative(first.objective, second.objective) > thresholds.objective:
        found.append("objective")
    if first.gap is not None and second.gap is not None and first.gap - second.gap > thresholds.gap:
        found.append("gap")
    if second.status == "optimal" != first.status:
        found.append("proof")
    slower, faster = first.total_seconds, second.total_seconds
    if slower > thresholds.factor * faster and slower - faster > thresholds.seconds:
        found.append("seconds")
    return tuple(found)


def relative(first: float, second: float) -> float:
    """Return the difference of two numbers in parts of the larger magnitude."""
    largest = max(abs(first), abs(second))
    return abs(first - second) / largest if largest else 0.0


def _where(row: Row) -> str:
    return f"{row.set} {row.instance}, {row.label}, seed {row.seed}"
