"""Progress: how placement and bound came together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from vmopt import checks
from vmopt.arrays import FloatArray
from vmopt.errors import OptionError
from vmopt.gap import relative_gap
from vmopt.plotting import style
from vmopt.solution import HistoryPoint, Solution
from vmopt.summary.figures import apart, percent, seconds

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHORTEST = 1e-4
"""Seconds; a time of 0 has no place in powers of ten."""
LARGE_STEP = 0.05
"""Part of the height from which a step is worth a name."""
LONG = 30.0
"""From this ratio of the last time to the first on, the clock is drawn in powers of ten."""


def progress(history: Sequence[HistoryPoint] | Solution, ax: Axes | None = None) -> Axes:
    """Draw the best placement and the best bound over time; what lies between them is the gap.

    The first bound is often many times the last; the axis then shows only what lies near the placements.

    Parameters
    ----------
    history : Solution, or sequence of HistoryPoint
        Or of tuples (seconds, objective, bound, method), as a progress callback gets them.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    OptionError
        If the history is empty, as in a solution read from a file.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> points = [(0.1, 6.0, 9.0, "greedy"), (0.5, 7.0, 9.0, "exact"), (2.0, 8.0, 8.0, "exact")]
    >>> progress(points, ax=Figure().subplots()).get_title(loc="left")
    'Gap 0 % after 2.0 s'
    """
    points = history.history if isinstance(history, Solution) else _points(history)
    if not points:
        raise OptionError("there is no history to draw: take a solution from solve(), not from a file.")
    ax = style.canvas(ax)
    times = np.maximum([point.seconds for point in points], SHORTEST)
    objective = np.array([point.objective for point in points])
    placed = np.where(np.cumsum(objective != 0) > 0, objective, np.nan)  # 0 until there is a placement
    bound = np.array([point.bound for point in points])
    _clock(ax, times)
    _window(ax, placed, bound)
    to_the_edge = np.append(times, ax.get_xlim()[1])
    placed_on, bound_on = np.append(placed, placed[-1]), np.append(bound, bound[-1])
    ax.fill_between(to_the_edge, placed_on, bound_on, step="post", color=style.PALE, linewidth=0)
    ax.step(to_the_edge, bound_on, where="post", color=style.ORANGE, linestyle="--", linewidth=1.8)
    ax.step(to_the_edge, placed_on, where="post", color=style.BLUE, linewidth=1.8)
    _name_methods(ax, points)
    _name_lines(ax, points[-1])
    style.grid(ax, "y")
    style.axis_labels(ax, x="seconds", y="objective")
    return ax


def _clock(ax: Axes, times: FloatArray) -> None:
    """Draw time in powers of ten where it spans many, and leave a little room after the end."""
    first, last = float(times[0]), float(times[-1])
    if last > LONG * first:
        ax.set_xscale("log")
        ax.set_xlim(first, last * (last / first) ** 0.05)
        style.thousands(ax.xaxis)
    else:
        ax.set_xlim(0, 1.05 * last)


def _window(ax: Axes, placed: FloatArray, bound: FloatArray) -> None:
    """Show all placements, and of the bounds those that are as near to the last one as the first placement is."""
    low, high = float(np.nanmin(placed, initial=bound[-1])), float(bound[-1])
    above = min(float(bound.max()), high + max(high - low, 0.01 * high))
    margin = 0.1 * max(above - low, 0.01 * high, 1e-12)
    ax.set_ylim(low - margin, above + margin)


def _name_methods(ax: Axes, points: Sequence[HistoryPoint]) -> None:
    """Write who made the large steps, where there is room: right below the line, or left of it near the end."""
    low, high = ax.get_ylim()
    to_width = ax.transData + ax.transAxes.inverted()
    before, taken = HistoryPoint(0.0, low, 0.0, ""), -1.0
    for point in points:
        at = float(to_width.transform((max(point.seconds, SHORTEST), point.objective))[0])
        if point.objective - before.objective > LARGE_STEP * (high - low) and at > taken:
            late = at > 0.6
            offset = (-5, -10) if late else (5, -10)
            style.note(ax, point.method, (point.seconds, point.objective), offset, ha="right" if late else "left")
            taken = at + 0.2
        if point.objective > before.objective:
            before = point


def _name_lines(ax: Axes, last: HistoryPoint) -> None:
    """Name both lines at their right end, and say the gap."""
    placed, bound = apart(last.objective, last.bound)
    low, high = ax.get_ylim()
    heights = style.spread([last.objective, last.bound], low, high, 0.08 * (high - low))
    for height, text, colour in (
        (heights[0], f"placement {placed}", style.BLUE),
        (heights[1], f"bound {bound}", style.ORANGE),
    ):
        style.beside(ax, height, text, colour)
    gap = percent(relative_gap(last.objective, last.bound), 2)
    style.title(ax, f"Gap {gap} after {seconds(last.seconds)}")


def _points(history: Any) -> tuple[HistoryPoint, ...]:
    points = checks.listed(history, "the history", what="a Solution, or its history")
    for point in points:
        checks.of_kind(point, tuple, "a point of the history", "(seconds, objective, bound, method)")
    if any(len(point) != len(HistoryPoint._fields) for point in points):
        raise OptionError(f"a point of the history is no ({', '.join(HistoryPoint._fields)}).")
    return tuple(HistoryPoint(*point) for point in points)
