"""Dumbbells and comparison: the optimum beside greedy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from vmopt import checks
from vmopt.arrays import FloatArray
from vmopt.comparison import Comparison
from vmopt.errors import OptionError
from vmopt.plotting import style
from vmopt.summary.figures import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vmopt.solution import Solution

MOST_NAMED = 40


def dumbbells(
    labels: Sequence[str],
    low: Sequence[float],
    high: Sequence[float],
    *,
    low_label: str = "greedy",
    high_label: str = "optimal",
    ax: Axes | None = None,
) -> Axes:
    """Draw two values of each instance as the ends of a dumbbell, the first instance on top.

    More than 40 instances lose their names and are sorted by the high value, the highest on top.

    Parameters
    ----------
    labels : (n,) sequence of str
        Names of the instances.
    low, high : (n,) sequences of float
        Their values, such as the utilisation that greedy and the optimum reach; NaN where there is none.
    low_label, high_label : str
        What the values are.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: a new figure, as high as it takes.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    OptionError
        If there is nothing to draw, or not one value of either kind for every label.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = dumbbells(["flavor", "large"], [0.81, 0.74], [0.88, 0.86], ax=Figure().subplots())
    >>> [tick.get_text() for tick in ax.get_yticklabels()]
    ['flavor', 'large']
    """
    labels = checks.listed(labels, "labels", what="a name for each instance")
    left, right = checks.floats(low, "low"), checks.floats(high, "high")
    n = len(labels)
    if not n or left.shape != (n,) or right.shape != (n,):
        raise OptionError(f"{n} labels, {left.size} low and {right.size} high values: give one of each per instance.")
    named = n <= MOST_NAMED
    ax = style.canvas(ax, (style.NOTEBOOK_SIZE[0], max(1.6, 0.9 + 0.26 * n) if named else 3.5))
    order = np.arange(n) if named else np.argsort(-np.nan_to_num(right, nan=-np.inf), kind="stable")
    rows, left, right = np.arange(n), left[order], right[order]
    width, size = (2.0, 40) if named else (max(0.2, 150 / n), max(1.0, 1500 / n))
    ax.hlines(rows, left, right, color=style.LINK, linewidth=width, zorder=1)
    for values, label, colour, marker in ((left, low_label, style.ORANGE, "o"), (right, high_label, style.BLUE, "D")):
        ax.scatter(values, rows, size, color=colour, marker=marker, label=label, zorder=2, linewidths=0)
    ax.set_ylim(n - 0.4, -0.6)
    ax.set_yticks(rows if named else [], list(labels) if named else [])
    ax.tick_params(axis="y", length=0)
    if not named:
        style.axis_labels(ax, y=f"{n:,} instances, the best first")
    style.grid(ax, "x")
    style.key(ax, marker_size=1.0 if named else 6 / np.sqrt(size))
    return ax


def comparison(solutions: Comparison | Iterable[Solution], ax: Axes | None = None) -> Axes:
    """Draw what each method reached, against the lowest bound of all.

    Parameters
    ----------
    solutions : Comparison, or iterable of Solution
        What `vmopt.compare` returns, or solutions of one instance.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    OptionError, InstanceError
        If there are none, or they are not all of one instance.

    Examples
    --------
    >>> import vmopt
    >>> from matplotlib.figure import Figure
    >>> table = vmopt.compare(vmopt.generate(hosts=10, seed=1), ["greedy-priority", "greedy-demand"])
    >>> [tick.get_text() for tick in comparison(table, ax=Figure().subplots()).get_yticklabels()]
    ['greedy-priority', 'greedy-demand']
    """
    table = solutions if isinstance(solutions, Comparison) else Comparison.of(solutions)
    ax = style.canvas(ax, (style.NOTEBOOK_SIZE[0], 1.2 + 0.32 * len(table)))
    reached, rows = np.array([row.objective for row in table]), np.arange(len(table))
    ax.hlines(rows, reached, table.bound, color=style.LINK, linewidth=2.0, zorder=1)
    ax.scatter(reached, rows, 45, color=style.BLUE, zorder=2)
    ax.axvline(table.bound, color=style.ORANGE, linestyle="--", linewidth=1.8)
    ax.set_yticks(rows, [row.method for row in table])
    ax.tick_params(axis="y", length=0)
    _gap_labels(ax, table, reached)
    style.grid(ax, "x")
    style.axis_labels(ax, x="objective")
    style.title(ax, "Methods, and their gap to the bound")
    return ax


def _gap_labels(ax: Axes, table: Comparison, reached: FloatArray) -> None:
    """Write each gap to the left of its dot, and leave room for it."""
    span = max(table.bound - float(reached.min()), 0.01 * table.bound, 1e-12)
    ax.set_xlim(float(reached.min()) - 0.25 * span, table.bound + 0.05 * span)
    ax.set_ylim(len(table) - 0.4, -0.6)
    for place, row in enumerate(table):
        text, dot = percent(row.gap, 2), (row.objective, place)
        style.note(ax, text, dot, (-7, 0), ha="right", va="center")
    style.note(ax, "bound", (table.bound, -0.6), (0, 2), ha="right", va="bottom", color=style.DARK_ORANGE)
