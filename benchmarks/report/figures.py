"""Figures: the pictures of a report, drawn by `vmopt.plotting`."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from statistics import fmean
from typing import TYPE_CHECKING

from benchmarks.report import gap_over_time
from benchmarks.results import Row
from benchmarks.statistics.growth import growths
from benchmarks.statistics.profile import GOOD_ENOUGH, times
from benchmarks.statistics.standing import Problem, Standing
from vmopt.solution import HistoryPoint

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 4.8, 3.0
"""Inches; narrow, so that letters stay readable on a phone."""


@dataclass(frozen=True)
class Figure:
    """A picture: a name for its file, a caption, and the SVG text."""

    name: str
    caption: str
    svg: str


def figures(rows: Sequence[Row], standing: Mapping[Problem, Standing]) -> Iterator[Figure]:
    """Draw what the rows of one set have to show."""
    methods = {row.label for row in rows}
    if any(row.method.startswith("greedy") for row in rows) and len(methods) > 1:
        yield _dumbbells(rows, standing)
    if len(methods) > 1 and any(isfinite(t) for column in times(rows, standing).values() for t in column):
        yield _profile(rows, standing)
    if rows[0].set == "growth":
        yield _growth(rows)
    if traced := gap_over_time.traced(rows, standing):
        yield _gap_over_time(traced, standing)
    told = [row for row in rows if row.method == "auto" and len(row.history) > 1]
    if told:
        yield _history(max(told, key=lambda row: row.vms))


def _dumbbells(rows: Sequence[Row], standing: Mapping[Problem, Standing]) -> Figure:
    """Of each instance, the better greedy heuristic and the best placement, in parts of the bound."""
    from vmopt.plotting import dumbbells, style

    greedy: dict[str, dict[Problem, float]] = {}
    for row in rows:
        if row.method.startswith("greedy") and isfinite(standing[row.problem].bound):
            seen = greedy.setdefault(row.instance, {})
            seen[row.problem] = max(row.objective, seen.get(row.problem, 0.0))
    low = [fmean(found / standing[p].bound for p, found in of.items()) for of in greedy.values()]
    high = [fmean(standing[p].best / standing[p].bound for p in of) for of in greedy.values()]
    height = max(1.8, 1.0 + 0.24 * min(len(greedy), 40))

    def draw(ax: Axes) -> None:
        dumbbells(list(greedy), low, high, low_label="greedy, the better one", high_label="best placement", ax=ax)
        style.axis_labels(ax, x="part of the bound")

    caption = "Optimal against greedy: part of the bound that each reaches, mean over seeds"
    return Figure("optimal-against-greedy", caption, draw_svg(draw, height))


def _profile(rows: Sequence[Row], standing: Mapping[Problem, Standing]) -> Figure:
    from vmopt.plotting import performance_profile

    columns = times(rows, standing)
    caption = (
        f"Performance profile: on which part of the instances a method ends with a gap of at most "
        f"{100 * GOOD_ENOUGH:g} %, within a factor of the fastest that does"
    )
    return Figure("performance-profile", caption, draw_svg(lambda ax: performance_profile(columns, ax=ax)))


def _growth(rows: Sequence[Row]) -> Figure:
    from vmopt.plotting import growth, style

    found = growths(rows)
    sizes = sorted({vms for of in found for vms in of.vms})
    measured = {of.kind: dict(zip(of.vms, of.seconds, strict=True)) for of in found}
    columns = {kind: [by_size.get(vms, float("nan")) for vms in sizes] for kind, by_size in measured.items()}

    def draw(ax: Axes) -> None:
        growth(sizes, columns, ax=ax)
        style.axis_labels(ax, x="VMs", y="seconds")

    return Figure("growth", "Seconds until the gap is proven, against the number of VMs", draw_svg(draw))


def _gap_over_time(rows: Sequence[Row], standing: Mapping[Problem, Standing]) -> Figure:
    caption = (
        f"Gap between placement and bound over time, mean over {len({row.problem for row in rows}):,} instances at "
        f"{rows[0].time_limit:g} s: the area below a curve is the primal integral"
    )
    return Figure("gap-over-time", caption, draw_svg(lambda ax: gap_over_time.draw(rows, standing, ax)))


def _history(row: Row) -> Figure:
    from vmopt.plotting import progress

    caption = f"Placement and bound over time: {row.instance}, {row.vms:,} VMs on {row.hosts:,} hosts, seed {row.seed}"
    points = [HistoryPoint(*point) for point in row.history]
    return Figure("over-time", caption, draw_svg(lambda ax: progress(points, ax=ax)))


def draw_svg(draw: Callable[[Axes], object], height: float = HEIGHT) -> str:
    """Draw on a figure of its own; the same data give the same text, and letters stay letters."""
    import matplotlib as mpl
    from matplotlib.figure import Figure as Canvas

    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "vmopt", "font.family": ["sans-serif"]}):
        canvas = Canvas(figsize=(WIDTH, height), layout="constrained")
        draw(canvas.subplots())
        buffer = io.StringIO()
        canvas.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()
