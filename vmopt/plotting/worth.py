"""Prices: what capacity is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vmopt.errors import OptionError
from vmopt.model.objective import FloatArray, IntArray
from vmopt.plotting import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vmopt.model.instance import Instance
    from vmopt.solution import Relaxation, Solution

MOST_NAMED = 12


def prices(relaxation: Relaxation | Solution, ax: Axes | None = None) -> Axes:
    """Draw what the capacity of one host of each class is worth, resource by resource.

    A price is per unit, and a GiB is not a core. What compares is the worth of all that one host offers of a
    resource, ``C[c,k] * lam[c,k]``; the sum over the resources says what one more host of class c would add at most,
    here in percent of the bound. Host classes are sorted by it. More than twelve are drawn as one landscape over the
    hosts, without names.

    Parameters
    ----------
    relaxation : Relaxation or Solution
        A solution with prices, as most have.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    OptionError
        If the solution has no prices.

    Examples
    --------
    >>> import vmopt
    >>> from matplotlib.figure import Figure
    >>> relaxation = vmopt.relax(vmopt.generate(hosts=10, seed=1))
    >>> prices(relaxation, ax=Figure().subplots()).get_xlabel()
    'worth of one host, % of the bound'
    """
    if relaxation.prices is None:
        raise OptionError("this solution has no prices: take one from solve(), or vmopt.relax(instance).")
    instance, bound = relaxation.instance, relaxation.bound
    worth = instance.host_classes.capacity * relaxation.prices / (bound if bound > 0 else 1.0)
    order = np.argsort(-worth.sum(axis=1), kind="stable")
    few = len(order) <= MOST_NAMED
    ax = style.canvas(ax, (style.NOTEBOOK_SIZE[0], 1.5 + 0.4 * len(order)) if few else style.NOTEBOOK_SIZE)
    draw = _bars if few else _landscape
    draw(ax, instance, worth[order], order)
    style.title(ax, "Worth of capacity")
    style.key(ax, len(instance.resources))
    return ax


def _bars(ax: Axes, instance: Instance, worth: FloatArray, order: IntArray) -> None:
    rows, done = np.arange(len(worth)), np.zeros(len(worth))
    for k, resource in enumerate(instance.resources):
        ax.barh(rows, worth[:, k], 0.7, left=done, color=style.CYCLE[k % 6], label=resource, edgecolor="white")
        done += worth[:, k]
    ax.set_yticks(rows, [_name(instance, int(c)) for c in order])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_xlim(0, 1.05 * max(float(done.max()), 1e-12))
    style.percent_axis(ax.xaxis, decimals=None)
    style.grid(ax, "x")
    style.axis_labels(ax, x="worth of one host, % of the bound")


def _landscape(ax: Axes, instance: Instance, worth: FloatArray, order: IntArray) -> None:
    edges = np.concatenate([[0], np.cumsum(instance.host_classes.count[order])])
    done = np.zeros(len(worth))
    for k, resource in enumerate(instance.resources):
        top = done + worth[:, k]
        ax.stairs(top, edges, baseline=done, fill=True, color=style.CYCLE[k % 6], label=resource)
        done = top
    ax.set_xlim(0, edges[-1])
    ax.set_ylim(0, 1.05 * max(float(done.max()), 1e-12))
    style.percent_axis(ax.yaxis, decimals=None)
    style.grid(ax, "y")
    hosts = f"{instance.n_hosts:,} hosts of {len(order):,} classes, the most valuable first"
    style.axis_labels(ax, x=hosts, y="worth of one host, % of the bound")


def _name(instance: Instance, c: int) -> str:
    """Say how many hosts a class has and what each of them offers."""
    classes = instance.host_classes
    amounts = classes.capacity[c] / instance.scale
    offered = [f"{resource} {amount:,.6g}" for resource, amount in zip(instance.resources, amounts, strict=True)]
    return f"{classes.count[c]:,} hosts with\n{', '.join(offered)}"
