"""Curves of two goals, and hosts by how full they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from vmopt import checks
from vmopt.errors import OptionError
from vmopt.plotting import style
from vmopt.solution import Solution, require_solution

if TYPE_CHECKING:
    from matplotlib.axes import Axes


CURVE = "what vmopt.trade_off returned"


def trade_off(curve: Any, ax: Axes | None = None) -> Axes:
    """Draw the points of a `vmopt.TradeOff`, and below (or above) each the bound that none goes beyond.

    Parameters
    ----------
    curve : TradeOff
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import vmopt
    >>> from matplotlib.figure import Figure
    >>> cluster = vmopt.Instance.from_arrays([[2]] * 4, [[8]] * 4, resources=["cpu"])
    >>> curve = vmopt.trade_off(cluster, vmopt.FewestHosts(), vmopt.Balance("cpu"), points=4)
    >>> ax = trade_off(curve, ax=Figure().subplots())
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('fewest-hosts', 'balance-max(cpu)')
    """
    points = checks.listed(curve, "curve", what=CURVE)
    if not hasattr(curve, "a") or not all(hasattr(point, "bound") for point in points):
        raise OptionError(f"curve is {checks.shown(curve)}: give {CURVE}.")
    ax = style.canvas(ax)
    a, b, bound = (np.array([getattr(point, key) for point in points]) for key in ("a", "b", "bound"))
    ax.fill_between(a, bound, b, color=style.PALE, label="not proven")
    ax.plot(a, bound, color=style.GREY, linestyle="--", label="bound")
    ax.plot(a, b, color=style.BLUE, marker="o", label="found")
    style.axis_labels(ax, str(curve.a), str(curve.b))
    style.title(ax, "What one goal costs in the other")
    ax.legend(**style.LEGEND)
    return ax


def hosts_sorted(solution: Solution, before: Solution | None = None, ax: Axes | None = None) -> Axes:
    """Draw how full each host is in its fullest resource, the fullest first; of another solution too, to compare.

    Parameters
    ----------
    solution : Solution
    before : Solution, optional
        Of the same hosts.
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
    >>> len(hosts_sorted(solution, ax=Figure().subplots()).lines)
    1
    """
    require_solution(solution)
    shown = [] if before is None else [(require_solution(before, name="before"), style.GREY, "before")]
    ax = style.canvas(ax)
    for each, colour, name in [*shown, (solution, style.BLUE, "after" if shown else "hosts")]:
        used = np.sort(each.host_utilisation.max(axis=1))[::-1]
        in_use = int((used > 0).sum())
        label = f"{name}: {in_use:,} in use"
        ax.plot(np.arange(1, len(used) + 1), used, color=colour, label=label, drawstyle="steps-mid")
    style.percent_axis(ax.yaxis)
    style.axis_labels(ax, "hosts, the fullest first")
    style.title(ax, "How full the hosts are in their fullest resource")
    ax.legend(**style.LEGEND)
    return ax
