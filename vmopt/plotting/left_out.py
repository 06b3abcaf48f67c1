"""Unplaced: what was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from vmopt.arrays import FloatArray, IntArray
from vmopt.plotting import style
from vmopt.plotting.levels import levels
from vmopt.plurals import count
from vmopt.solution import require_solution
from vmopt.summary.figures import number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vmopt.solution import Solution

MOST_LEVELS = 10
MOST_DEMANDS = 8
LEFT_OUT = LinearSegmentedColormap.from_list("left_out", ["#F2F2F2", "#FBD38A", style.VERMILLION, "#6B2200"])


def unplaced(solution: Solution, ax: Axes | None = None) -> Axes:
    """Draw which part of the VMs was left out, by priority and by demand.

    A row holds the VMs of one priority, the highest on top; a column those of similar demand, measured against an
    average host: ``R[i]`` times the number of hosts. A cell's colour tells the part left out, its number how many
    VMs that are. Cells without VMs stay white.

    Parameters
    ----------
    solution : Solution
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import vmopt
    >>> from matplotlib.figure import Figure
    >>> solution = vmopt.solve(vmopt.generate(hosts=10, seed=1), method="greedy-priority")
    >>> unplaced(solution, ax=Figure().subplots()).get_ylabel()
    'priority'
    """
    require_solution(solution)
    ax = style.canvas(ax)
    instance, out = solution.instance, solution.host_index < 0
    level_of, names = levels(instance.priority, MOST_LEVELS)
    demand_of, edges = _demands(instance.share * instance.n_hosts)
    shape = (len(names), len(edges) - 1)
    cell = level_of * shape[1] + demand_of
    total = np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape)
    left = np.bincount(cell[out], minlength=shape[0] * shape[1]).reshape(shape)
    _heat_map(ax, left, total)
    ax.set_yticks(range(shape[0]), names)
    ax.set_xticks(np.arange(shape[1] + 1) - 0.5, [number(100 * edge, 2) for edge in edges])
    style.axis_labels(ax, x="demand, % of an average host", y="priority")
    share = instance.share[out].sum() / instance.share.sum() if instance.share.any() else 0.0
    style.title(ax, f"Left out: {out.sum():,} of {count(instance.n_vms, 'VM')} ({percent(share, 1)} of demand)")
    return ax


def _heat_map(ax: Axes, left: IntArray, total: IntArray) -> None:
    part = np.ma.masked_where(total == 0, left / np.maximum(total, 1))
    image = ax.pcolormesh(
        np.arange(left.shape[1] + 1) - 0.5,
        np.arange(left.shape[0] + 1) - 0.5,
        part,
        vmin=0,
        vmax=1,
        cmap=LEFT_OUT,
        edgecolor="white",
        linewidth=1,
    )
    for row, column in np.argwhere(left > 0):
        dark = part[row, column] > 0.5
        number = _short(int(left[row, column]))
        ax.text(column, row, number, ha="center", va="center", fontsize=7, color="white" if dark else style.INK)
    ax.spines[:].set_visible(False)
    ax.tick_params(axis="y", length=0)
    scale = ax.figure.colorbar(image, ax=ax, pad=0.02, aspect=15)
    scale.outline.set_visible(False)
    scale.ax.tick_params(labelsize=style.SMALL, color=style.GREY, labelcolor=style.INK)
    scale.set_label("left out", fontsize=style.SMALL, color=style.INK)
    style.percent_axis(scale.ax.yaxis)


def _demands(demand: FloatArray) -> tuple[IntArray, FloatArray]:
    """Bins of equal ratio from the least demand to the greatest; VMs that ask for nothing go with the least."""
    some = demand[demand > 0]
    low, high = (float(some.min()), float(some.max())) if len(some) else (1.0, 1.0)
    n_bins = int(np.clip(np.ceil(2 * np.log2(high / low)), 1, MOST_DEMANDS))
    edges = np.geomspace(low, high, n_bins + 1)
    of = np.searchsorted(edges[1:-1], demand, side="right")
    return of, edges


def _short(count: int) -> str:
    """Write a count in at most four characters.

    Examples
    --------
    >>> _short(950), _short(12_345), _short(3_400_000)
    ('950', '12k', '3.4M')
    """
    for unit, suffix in ((1_000_000, "M"), (1_000, "k")):
        if count >= unit:
            return f"{count / unit:.2g}{suffix}" if count < 100 * unit else f"{count // unit}{suffix}"
    return str(count)
