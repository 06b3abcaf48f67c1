"""Timelines: how full the cluster is over time, and how long VMs wait, policy by policy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from vmopt import checks
from vmopt.arrays import FloatArray
from vmopt.errors import OptionError
from vmopt.plotting import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STEPS = 400
"""Points of a curve: each is the average of what lies between it and the next."""
HOUR = 3600.0


class Simulated(Protocol):
    """What is drawn of a simulation, which may know of pictures, and not the other way round."""

    @property
    def policy(self) -> str:
        """Who decided."""

    @property
    def series(self) -> Any:
        """Columns by name, a row a moment."""

    @property
    def window(self) -> tuple[float, float]:
        """From the first request to the last, in seconds."""

    def by_priority(self) -> Sequence[Any]:
        """How the VMs of each priority fared."""


def timeline(timelines: Sequence[Simulated], what: str = "weighted", ax: Axes | None = None) -> Axes:
    """Draw weighted utilisation, or another column of the series, over time, one line a policy.

    Parameters
    ----------
    timelines : sequence of Timeline
        Of the same requests.
    what : {"weighted", "utilisation", "waiting", "running"}
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    OptionError
        If there is nothing to draw, or no such column.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> import vmopt
    >>> hosts, requests = vmopt.generate_requests(hosts=2, span=36_000, seed=1)
    >>> ax = timeline([vmopt.simulate(hosts, requests, policy="fcfs")], ax=Figure().subplots())
    >>> ax.get_ylabel(), ax.get_xlabel()
    ('weighted utilisation', 'hours')
    """
    labels = {"weighted": "weighted utilisation", "utilisation": "utilisation"}
    labels |= {"waiting": "VMs that wait", "running": "VMs that run"}
    timelines = _checked(timelines)
    checks.choice(what, "what is drawn over time,", labels)
    ax = style.canvas(ax)
    begin, end = timelines[0].window
    end = end if end > begin else begin + 1  # a second of what took no time
    edges = np.linspace(begin, max(end, *(shown.window[1] for shown in timelines)), STEPS + 1)
    for s, shown in enumerate(timelines):
        level = averages(shown.series["time"], shown.series[what], edges)
        hours = (edges[:-1] - begin) / HOUR
        ax.step(
            hours,
            level,
            where="post",
            color=style.CYCLE[s % len(style.CYCLE)],
            linestyle=style.LINES[s // len(style.CYCLE) % len(style.LINES)],
            linewidth=1.3,
            label=shown.policy,
        )
    ax.set_xlim(0, (end - begin) / HOUR)
    ax.set_ylim(0, None)
    if what == "utilisation":
        style.percent_axis(ax.yaxis)
    style.key(ax, min(len(timelines), 4))
    style.grid(ax, "y")
    style.axis_labels(ax, x="hours", y=labels[what])
    return ax


def waiting(timelines: Sequence[Simulated], ax: Axes | None = None) -> Axes:
    """Draw the mean wait of the VMs of each priority, one row of bars a policy.

    Parameters
    ----------
    timelines : sequence of Timeline
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: a new figure.

    Raises
    ------
    OptionError
        If there is nothing to draw.
    """
    timelines = _checked(timelines)
    ax = style.canvas(ax)
    means = [{row.priority: row.waiting.mean for row in shown.by_priority()} for shown in timelines]
    levels = sorted(set().union(*means), reverse=True)
    height = 0.8 / max(1, len(levels))
    for rank, (level, colour) in enumerate(zip(levels, style.shades(len(levels)), strict=True)):
        hours = [mean.get(level, 0.0) / HOUR for mean in means]
        where = np.arange(len(timelines)) + (rank - (len(levels) - 1) / 2) * height
        ax.barh(where, hours, height=height, color=colour, label=f"{level:g}")
    ax.set_yticks(range(len(timelines)), [shown.policy for shown in timelines])
    ax.invert_yaxis()
    ax.legend(title="priority", **style.BESIDE)
    style.grid(ax, "x")
    style.axis_labels(ax, x="mean wait in hours")
    return ax


def averages(time: FloatArray, level: FloatArray, edges: FloatArray) -> FloatArray:
    """Average between each two edges of a function that has ``level[i]`` from ``time[i]`` on, and 0 before.

    Examples
    --------
    >>> averages(np.array([0.0, 10.0]), np.array([1.0, 3.0]), np.array([0.0, 5.0, 15.0])).tolist()
    [1.0, 2.0]
    """
    area = np.concatenate([[0.0], np.cumsum(np.diff(time) * level[:-1])])
    at = np.searchsorted(time, edges, side="right") - 1
    until = np.where(at >= 0, area[at] + (edges - time[at]) * level[at], 0.0)
    means: FloatArray = np.diff(until) / np.diff(edges)
    return means


def _checked(timelines: Any) -> list[Simulated]:
    shown = checks.listed(timelines, "timelines", what="a list of what vmopt.simulate returned")
    if not shown:
        raise OptionError("there is nothing to draw: give at least one timeline.")
    for one in shown:
        if not hasattr(one, "by_priority"):
            raise OptionError(f"{checks.shown(one)} is no timeline: give what vmopt.simulate returned.")
    return shown
