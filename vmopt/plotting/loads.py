"""Utilisation: how full every host is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.plotting import style
from vmopt.plurals import count
from vmopt.solution import require_solution

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vmopt.solution import Solution

MOST_BARS = 48


def utilisation(solution: Solution, ax: Axes | None = None) -> Axes:
    """Draw load over capacity of every host and resource.

    Bars where there are few; else a heat map with a row for each resource and a column for each host, the fullest
    first. Where hosts outnumber columns, a column is the mean of neighbours in that order.

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
    >>> len(utilisation(solution, ax=Figure().subplots()).patches)  # 10 hosts of 3 resources
    30
    """
    require_solution(solution)
    ax = style.canvas(ax)
    used = solution.host_utilisation
    style.title(ax, "Utilisation of the hosts")
    if used.size <= MOST_BARS:
        _bars(solution, used, ax)
        style.key(ax)
    else:
        _heat_map(solution, used, ax)
    return ax


def _bars(solution: Solution, used: FloatArray, ax: Axes) -> None:
    names, n_resources = solution.instance.host_names, used.shape[1]
    centres, width = np.arange(len(used)), 0.8 / n_resources
    for k, overall in enumerate(solution.utilisation.items()):
        left = centres - 0.4 + k * width
        ax.bar(left, used[:, k], width, align="edge", color=style.CYCLE[k % 6], label=_with_percent(*overall))
    long = sum(map(len, names)) > 66
    ax.set_xticks(centres, list(names), rotation=45 if long else 0, ha="right" if long else "center")
    ax.tick_params(axis="x", length=0)
    ax.set_ylim(0, 1)
    style.percent_axis(ax.yaxis)
    style.grid(ax, "y")


def _heat_map(solution: Solution, used: FloatArray, ax: Axes) -> None:
    n_hosts, n_resources = used.shape
    fullest_first = used[np.argsort(-used.mean(axis=1), kind="stable")]
    cells = style.means(fullest_first, style.MOST_COLUMNS).T
    columns, rows = np.linspace(0, n_hosts, cells.shape[1] + 1), np.arange(n_resources + 1) - 0.5
    image = ax.pcolormesh(columns, rows, cells, vmin=0, vmax=1, cmap="viridis_r", rasterized=True)
    ax.invert_yaxis()
    overall = solution.utilisation.items()
    ax.set_yticks(range(n_resources), [_with_percent(*of_one, between="\n") for of_one in overall])
    ax.tick_params(axis="y", length=0)
    ax.hlines(rows[1:-1], 0, n_hosts, color="white", linewidth=2)
    ax.spines[:].set_visible(False)
    style.thousands(ax.xaxis)
    style.axis_labels(ax, x=f"{count(n_hosts, 'host')}, the fullest first")
    scale = ax.figure.colorbar(image, ax=ax, pad=0.02, aspect=12)
    scale.outline.set_visible(False)
    scale.ax.tick_params(labelsize=style.SMALL, color=style.GREY, labelcolor=style.INK)
    style.percent_axis(scale.ax.yaxis)


def _with_percent(resource: str, used: float, between: str = " ") -> str:
    return f"{resource}{between}{100 * used:.1f} %"
