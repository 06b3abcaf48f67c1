"""Gap over time: the curve whose area is the primal integral, mean over instances and seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.results import Row
from benchmarks.statistics.primal_integral import gap_at
from benchmarks.statistics.standing import Problem, Standing
from vmopt.arrays import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FIRST = 0.01
"""Seconds at which the picture begins."""
N_TIMES = 200
LEAST = 1e-6
"""Gaps below are drawn here."""


def traced(rows: Sequence[Row], standing: Mapping[Problem, Standing]) -> list[Row]:
    """Rows whose course is known, of the longest time limit among those: gaps at a time can be compared."""
    known = [row for row in rows if len(row.history) > 1 and 0 < standing[row.problem].bound < float("inf")]
    longest = max((row.time_limit for row in known), default=0.0)
    return [row for row in known if row.time_limit == longest]


def mean_gaps(rows: Sequence[Row], standing: Mapping[Problem, Standing], seconds: FloatArray) -> FloatArray:
    """Mean primal gap of some rows at some times."""
    return np.mean([gap_at(row.history, standing[row.problem].bound, seconds) for row in rows], axis=0)


def draw(rows: Sequence[Row], standing: Mapping[Problem, Standing], ax: Axes) -> None:
    """Draw the mean gap of each method over the seconds, both in powers of ten."""
    from vmopt.plotting import style

    end = max(row.time_limit for row in rows)
    seconds = np.geomspace(min(FIRST, end / 10), end, N_TIMES)
    ax = style.canvas(ax)
    ax.set_xscale("log")
    ax.set_yscale("log")
    for s, label in enumerate(dict.fromkeys(row.label for row in rows)):
        gaps = np.maximum(mean_gaps([row for row in rows if row.label == label], standing, seconds), LEAST)
        ax.step(seconds, gaps, where="post", color=style.CYCLE[s % 6], linestyle=style.LINES[s % 4], label=label)
    style.percent_axis(ax.yaxis, decimals=None)
    style.grid(ax, "both")
    style.axis_labels(ax, x="seconds", y="mean gap of the placement to the bound")
    ax.legend(**style.LEGEND)
