"""Packing: what stands on single hosts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.patches import Patch

from vmopt import checks, metrics
from vmopt.arrays import FloatArray, IntArray
from vmopt.errors import OptionError
from vmopt.plotting import style
from vmopt.plotting.levels import levels
from vmopt.plurals import plural
from vmopt.solution import require_solution

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vmopt.model.instance import Instance
    from vmopt.solution import Solution

MOST_HOSTS = 10
MOST_PRIORITIES = 6
WIDTH = 0.8


def packing(
    solution: Solution, hosts: Sequence[str] | None = None, resource: str | None = None, ax: Axes | None = None
) -> Axes:
    """Draw single hosts as stacks of their VMs, coloured by priority, under their capacity.

    Parameters
    ----------
    solution : Solution
    hosts : sequence of str, optional
        Names of the hosts; default: all of them, or of many hosts ten, from the fullest to the emptiest.
    resource : str, optional
        Default: the one that the cluster uses most.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    OptionError
        If there is no such host or resource.

    Examples
    --------
    >>> import vmopt
    >>> from matplotlib.figure import Figure
    >>> solution = vmopt.solve(vmopt.generate(hosts=10, seed=1), method="greedy-priority")
    >>> packing(solution, ["host-0", "host-7"], "cpu", ax=Figure().subplots()).get_ylabel()
    'cpu'
    """
    require_solution(solution)
    k = chosen_resource(solution, resource)
    chosen = chosen_hosts(solution, hosts, k)
    ax = style.canvas(ax)
    instance = solution.instance
    unit = float(instance.scale[k])
    capacity = instance.capacity[chosen, k] / unit
    level_of, level_names = levels(instance.priority, MOST_PRIORITIES)
    colours = style.shades(len(level_names))
    for place, host in enumerate(chosen):
        vms = np.flatnonzero(solution.host_index == host)
        _stack(ax, place, instance.demand[vms, k] / unit, level_of[vms], colours)
    ax.bar(np.arange(len(chosen)), capacity, WIDTH, facecolor="none", edgecolor=style.INK, linewidth=1.0)
    _finish(ax, instance, chosen, k)
    handles = [Patch(color=colour, label=name) for name, colour in zip(level_names, colours, strict=True)]
    ax.legend(handles=handles[::-1], title="priority", **style.BESIDE)
    return ax


def _finish(ax: Axes, instance: Instance, chosen: IntArray, k: int) -> None:
    names = [instance.host_names[int(host)] for host in chosen]
    long = sum(map(len, names)) > 60
    ax.set_xticks(np.arange(len(names)), names, rotation=45 if long else 0, ha="right" if long else "center")
    ax.tick_params(axis="x", length=0)
    ax.set_xlim(-0.6, len(names) - 0.4)
    ax.set_ylim(0, None)
    style.thousands(ax.yaxis)
    style.grid(ax, "y")
    style.axis_labels(ax, y=instance.resources[k])
    of_all = f" of {instance.n_hosts:,}" if len(names) < instance.n_hosts else ""
    style.title(ax, f"VMs on {len(names)}{of_all} {plural(instance.n_hosts, 'host')}: {instance.resources[k]}")


def _stack(ax: Axes, place: int, demand: FloatArray, level: IntArray, colours: list[tuple[float, ...]]) -> None:
    """Put the VMs of one host on each other: the highest priority at the foot, of equals the largest first."""
    order = np.lexsort((-demand, -level))
    tops = np.cumsum(demand[order])
    bottoms = tops - demand[order]
    left, right = place - WIDTH / 2, place + WIDTH / 2
    corners = np.empty((len(order), 4, 2))
    corners[:, :, 0] = [left, right, right, left]
    corners[:, :, 1] = np.column_stack([bottoms, bottoms, tops, tops])
    faces = np.array(colours)[level[order]]
    ax.add_collection(
        PolyCollection(
            list(corners), facecolors=faces, edgecolors="white", linewidths=min(0.6, 30 / max(len(order), 1))
        )
    )


def chosen_resource(solution: Solution, resource: str | None) -> int:
    """Return the number of a resource, by default of the one that the cluster uses most."""
    names = solution.instance.resources
    if resource is None:
        return int(np.argmax(list(solution.utilisation.values())))
    return names.index(checks.choice(resource, "resource", names))


def chosen_hosts(solution: Solution, hosts: Sequence[str] | None, k: int) -> IntArray:
    """Return the numbers of hosts, by default of all, or of many ten, from the fullest to the emptiest."""
    instance = solution.instance
    if hosts is not None:
        names = [hosts] if isinstance(hosts, str) else checks.listed(hosts, "hosts", what="names of hosts")
        if not names:
            raise OptionError("there are no hosts to draw: name at least one.")
        return np.array([_index(instance, name) for name in names], dtype=np.int64)
    if instance.n_hosts <= MOST_HOSTS:
        return np.arange(instance.n_hosts)
    used = metrics.utilisation(solution.loads[:, k], instance.capacity[:, k])
    ranks = np.linspace(0, instance.n_hosts - 1, MOST_HOSTS).astype(np.int64)
    return np.argsort(-used, kind="stable")[ranks]


def _index(instance: Instance, name: str) -> int:
    checks.text(name, "a host", what="names of hosts")
    if name not in instance.host_names.index_of:
        raise OptionError(f"there is no host {name!r}: the first is {instance.host_names[0]!r}.")
    return instance.host_names.index_of[name]
