"""Before and after: what a change did to each method on each set, seed by seed, as medians."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import fmean, median

from benchmarks.compare import Thresholds, relative
from benchmarks.results import Results, Row
from benchmarks.statistics.standing import Problem, Standing, standings


@dataclass(frozen=True)
class Figures:
    """A method on a set; each figure is the mean over the instances of the median over the seeds.

    Attributes
    ----------
    objective : float
        Relative to the best objective that the method has of the instance in either result.
    proven : float
        Part of the solves that say ``optimal``.
    primal_integral : float or None
        Seconds, each counted by the gap to the least bound of either result; None where it is unknown.
    seconds : float
        Of the whole call.
    """

    objective: float
    proven: float
    primal_integral: float | None
    seconds: float


@dataclass(frozen=True)
class BeforeAfter:
    """What a method did on a set in two results, over the solves that both hold."""

    set: str
    label: str
    solves: int
    old: Figures
    new: Figures

    def worse(self, thresholds: Thresholds) -> tuple[str, ...]:
        """In what the new result is worse, beyond the thresholds; both times have to leave the noise."""
        old, new = self.old, self.new
        found = []
        if old.objective - new.objective > thresholds.objective:
            found.append("objective")
        if new.proven < old.proven:
            found.append("proven")
        before, after = old.primal_integral, new.primal_integral
        if before is not None and after is not None and _longer(before, after, thresholds):
            found.append("primal integral")
        if _longer(old.seconds, new.seconds, thresholds):
            found.append("seconds")
        return tuple(found)


def before_after(old: Results, new: Results) -> list[BeforeAfter]:
    """Compare each method on each set, over the solves that both results hold; a failed solve is worth 0."""
    before = {row.job: row for row in old}
    groups: dict[tuple[str, str], list[tuple[Row, Row]]] = {}
    for row in new:
        if row.job in before:
            groups.setdefault((row.set, row.label), []).append((before[row.job], row))
    return [_compared(name, label, pairs) for (name, label), pairs in groups.items()]


def _compared(name: str, label: str, pairs: list[tuple[Row, Row]]) -> BeforeAfter:
    old, new = [first for first, _ in pairs], [second for _, second in pairs]
    standing = standings([*old, *new])
    return BeforeAfter(name, label, len(pairs), _figures(old, standing), _figures(new, standing))


def _figures(rows: list[Row], standing: Mapping[Problem, Standing]) -> Figures:
    def reached(row: Row) -> float:
        best = standing[row.problem].best
        return 0.0 if row.failed else 1.0 - relative(row.objective, best)

    integrals = {row.job: standing[row.problem].primal_integral(row) for row in rows}
    known = [row for row in rows if integrals[row.job] is not None]
    return Figures(
        _of_medians(rows, reached),
        fmean(row.status == "optimal" for row in rows),
        _of_medians(known, lambda row: integrals[row.job] or 0.0) if known else None,
        _of_medians(rows, lambda row: row.total_seconds),
    )


def _of_medians(rows: list[Row], figure: Callable[[Row], float]) -> float:
    by_instance: dict[str, list[float]] = {}
    for row in rows:
        by_instance.setdefault(row.instance, []).append(figure(row))
    return fmean(map(median, by_instance.values()))


def _longer(before: float, after: float, thresholds: Thresholds) -> bool:
    return after > thresholds.factor * before and after - before > thresholds.seconds
