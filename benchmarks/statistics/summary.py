"""Summary: the figures of one method on one set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from benchmarks.results import Row
from benchmarks.statistics.profile import succeeded
from benchmarks.statistics.shifted_mean import MEMORY_SHIFT_MB, SECONDS_SHIFT, shifted_geometric_mean
from benchmarks.statistics.standing import Problem, Standing, wrong_claims


@dataclass(frozen=True)
class MethodSummary:
    """How a method did on a set; rates and gaps are fractions, None where nothing was measured.

    Attributes
    ----------
    label : str
    solves, errors : int
    proven : float
        Part of the solves that say ``optimal``.
    success : float
        Part that ended with a verified placement close to the bound or to the best known one.
    correct : float or None
        Part of those that claim something of which nothing was found wrong.
    gap, worst_gap : float or None
        Mean and largest gap to the least bound of all methods.
    best_known_gap : float or None
        Mean gap to the best known objective.
    primal_integral : float or None
        Mean seconds, each counted by the gap at that time.
    seconds, memory_mb : float
        Shifted geometric means.
    """

    label: str
    solves: int
    errors: int
    proven: float
    success: float
    correct: float | None
    gap: float | None
    worst_gap: float | None
    best_known_gap: float | None
    primal_integral: float | None
    seconds: float
    memory_mb: float


def summarise(label: str, rows: Sequence[Row], standing: Mapping[Problem, Standing]) -> MethodSummary:
    """Put together the rows of one method on one set."""
    done = [row for row in rows if not row.failed]
    gaps = [gap for row in done if (gap := standing[row.problem].gap(row)) is not None]
    known = [gap for row in done if (gap := standing[row.problem].gap_to_best_known(row)) is not None]
    areas = [area for row in done if (area := standing[row.problem].primal_integral(row)) is not None]
    right = [not wrong_claims(row, standing[row.problem]) for row in done]
    return MethodSummary(
        label=label,
        solves=len(rows),
        errors=len(rows) - len(done),
        proven=fmean(row.status == "optimal" for row in rows),
        success=fmean(succeeded(row, standing[row.problem]) for row in rows),
        correct=fmean(right) if right else None,
        gap=fmean(gaps) if gaps else None,
        worst_gap=max(gaps, default=None),
        best_known_gap=fmean(known) if known else None,
        primal_integral=fmean(areas) if areas else None,
        seconds=shifted_geometric_mean((row.total_seconds for row in done), SECONDS_SHIFT),
        memory_mb=shifted_geometric_mean((row.peak_memory_mb for row in done), MEMORY_SHIFT_MB),
    )
