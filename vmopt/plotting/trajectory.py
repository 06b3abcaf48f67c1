"""Progress: how placement and bound came together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from vmopt.errors import OptionError
from vmopt.model.objective import FloatArray
from vmopt.plotting import style
from vmopt.solution import HistoryPoint, Solution
from vmopt.summary.figures import apart, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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
    'Gap closed to 0 % in 2.0 s'
    """
    points = history.history if isinstance(history, Solution) else tuple(HistoryPoint(*point) for point in history)
    if not points:
        raise OptionError("there is no history to draw: take a solution from solve(), not from a file.")
    ax = style.canvas(ax)
    seconds = np.maximum([point.seconds for point in points], 1e-4)
    objective = np.array([point.objective for point in points])
    bound = np.array([point.bound for point in points])
    shown = np.where(objective > 0, objective, np.nan)
    ax.fill_between(seconds, shown, bound, step="post", color=style.PALE, linewidth=0)
    ax.step(seconds, bound, where="post", color=style.ORANGE, linestyle="--", linewidth=1.8)
    ax.step(seconds, shown, where="post", color=style.BLUE, linewidth=1.8)
    _limits(ax, seconds, shown, bound)
    _labels(ax, points[-1])
    style.axis_labels(ax, x="seconds", y="objective")
    return ax


def _limits(ax: Axes, seconds: FloatArray, shown: FloatArray, bound: FloatArray) -> None:
    if seconds[-1] > LONG * seconds[0]:
        ax.set_xscale("log")
    if seconds[-1] > seconds[0]:
        ax.set_xlim(seconds[0], seconds[-1])
    low = float(np.nanmin(shown)) if np.isfinite(shown).any() else float(bound[-1])
    best = float(np.nanmax(shown)) if np.isfinite(shown).any() else float(bound[-1])
    high = min(float(bound.max()), float(bound[-1]) + max(bound[-1] - low, 0.01 * bound[-1]))
    margin = 0.08 * max(high - low, 0.01 * abs(best), 1e-12)
    ax.set_ylim(low - margin, high + margin)
    style.grid(ax, "y")


def _labels(ax: Axes, last: HistoryPoint) -> None:
    """Name both lines at their right end, and say the gap."""
    placed, bound = apart(last.objective, last.bound)
    low, high = ax.get_ylim()
    heights = style.spread([last.objective, last.bound], low, high, 0.08 * (high - low))
    for height, text, colour in (
        (heights[0], f" placement {placed}", style.BLUE),
        (heights[1], f" bound {bound}", style.DARK_ORANGE),
    ):
        ax.text(1.0, height, text, transform=ax.get_yaxis_transform(), color=colour, fontsize=style.SMALL, va="center")
    gap = (last.bound - last.objective) / last.bound if last.bound > 0 else 0.0
    style.title(ax, f"Gap closed to {percent(gap, 2)} in {last.seconds:.1f} s")
