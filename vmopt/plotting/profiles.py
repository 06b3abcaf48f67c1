"""Performance profiles: which method is fast, and on how many instances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from vmopt import checks
from vmopt.arrays import FloatArray
from vmopt.errors import OptionError
from vmopt.plotting import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEAST = 1e-9
"""Seconds; a time of 0 has no ratio."""


def performance_profile(times: Mapping[str, Sequence[float]], ax: Axes | None = None) -> Axes:
    r"""Draw on which part of the instances a method is within a factor of the fastest.

    With ``t[p,s]`` the time of method s on instance p and ``r[p,s] = t[p,s] / min_s t[p,s]``, the curve of s is
    ``rho_s(tau) = |{p : r[p,s] <= tau}| / n``: at 1 it says how often s is the fastest, at the right end how often it
    succeeds at all.

    Parameters
    ----------
    times : mapping of str to (n,) sequence of float
        Seconds, or any measure of which less is better, of each method on the same n instances in the same order;
        infinity or NaN where it failed.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    OptionError
        If there is nothing to draw, the methods do not have equally many times, or one is negative.

    References
    ----------
    E. D. Dolan, J. J. Moré: Benchmarking optimization software with performance profiles. Mathematical Programming 91
    (2002), 201-213.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = performance_profile({"auto": [1, 2, 8], "exact": [2, 1, float("inf")]}, ax=Figure().subplots())
    >>> [text.get_text().strip() for text in ax.texts]
    ['auto 100 %', 'exact 67 %']
    """
    ratio = ratios(times)
    ax = style.canvas(ax)
    solved = np.isfinite(ratio)
    right = 1.1 * max(float(ratio[solved].max(initial=1.0)), 1.8)
    ends = []
    for s, row in enumerate(ratio):
        later = np.sort(row[solved[s] & (row > 1.0)])
        at_once = np.count_nonzero(row <= 1.0)
        part = np.arange(at_once, at_once + len(later) + 1) / len(row)
        ends.append(float(part[-1]))
        xs, ys = np.concatenate([[1.0], later, [right]]), np.append(part, part[-1])
        ax.step(xs, ys, where="post", color=style.CYCLE[s % 6], linestyle=style.LINES[s % 4], linewidth=1.8)
    for s, (name, height) in enumerate(zip(times, style.spread(ends, 0.0, 1.0, 0.065), strict=True)):
        text = f"{name} {100 * ends[s]:.0f} %"
        style.beside(ax, height, text, style.CYCLE[s % 6])
    ax.set_xscale("log", base=2)
    ax.set_xlim(1.0, right)
    ax.set_ylim(0, 1.02)
    ax.xaxis.set_major_formatter("{x:,.0f} x")
    style.percent_axis(ax.yaxis)
    style.grid(ax, "both")
    style.axis_labels(ax, x="within this factor of the fastest", y=f"part of {ratio.shape[1]:,} instances")
    return ax


def ratios(times: Mapping[str, Sequence[float]]) -> FloatArray:
    """Time of each method over the least of all, ``(n_methods, n_instances)``; infinity where it failed.

    Examples
    --------
    >>> ratios({"a": [1, 4], "b": [3, float("nan")]}).tolist()
    [[1.0, 1.0], [3.0, inf]]
    """
    checks.of_kind(times, Mapping, "times", "a dict of the times of each method")  # type: ignore[type-abstract]
    rows = [checks.floats(row, "the times") for row in times.values()]
    if not rows or not rows[0].size or any(row.shape != (rows[0].size,) for row in rows):
        raise OptionError("give each method a time for every instance, in the same order, infinity where it failed.")
    table = np.array(rows)
    if (table < 0).any():
        raise OptionError("a time is negative: give seconds, at least 0.")
    table = np.where(np.isnan(table), np.inf, np.maximum(table, LEAST))
    best = table.min(axis=0)
    return np.asarray(np.divide(table, best, out=np.full(table.shape, np.inf), where=np.isfinite(table)))
