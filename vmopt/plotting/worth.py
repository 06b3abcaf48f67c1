"""Prices: what capacity is worth."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np

from vmopt import checks
from vmopt.arrays import FloatArray, IntArray
from vmopt.errors import OptionError
from vmopt.plotting import style
from vmopt.plurals import count
from vmopt.summary.figures import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vmopt.model.instance import Instance
    from vmopt.relaxation import Relaxation
    from vmopt.solution import Solution

MOST_NAMED = 12
LINE = 32
UNIT = "worth of one host, in average hosts"


def prices(relaxation: Relaxation | Solution, ax: Axes | None = None) -> Axes:
    """Draw what the capacity of one host of each class is worth, resource by resource.

    A price is per unit, and a GiB is not a core. What compares is the worth of all that one host offers of a
    resource, ``C[c,k] * lam[c,k]``; the sum over the resources says what one more host of class c would add at most,
    drawn in multiples of the mean over all hosts, and written in percent of the bound. The most valuable class comes
    first. More than twelve are drawn as one landscape over the hosts, without names.

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
    'worth of one host, in average hosts'
    """
    if not hasattr(relaxation, "prices"):
        raise OptionError(f"relaxation is {checks.shown(relaxation)}: give a Solution, or vmopt.relax(instance).")
    if relaxation.prices is None:
        raise OptionError("this solution has no prices: take one from solve(), or vmopt.relax(instance).")
    instance, classes = relaxation.instance, relaxation.instance.host_classes
    worth = classes.capacity * relaxation.prices
    order = np.argsort(-worth.sum(axis=1), kind="stable")
    mean = float(classes.count @ worth.sum(axis=1)) / instance.n_hosts
    relative = worth[order] / (mean if mean > 0 else 1.0)
    few = len(order) <= MOST_NAMED
    ax = style.canvas(ax, (style.NOTEBOOK_SIZE[0], 1.5 + 0.4 * len(order)) if few else style.NOTEBOOK_SIZE)
    (_bars if few else _landscape)(ax, instance, relative, order)
    if few and relaxation.bound > 0:
        _write_totals(ax, relative.sum(axis=1), worth.sum(axis=1)[order] / relaxation.bound)
    style.title(ax, "Worth of a host" if mean > 0 else "Worth of a host: nothing is scarce")
    if mean > 0:
        style.key(ax)
    return ax


def _bars(ax: Axes, instance: Instance, worth: FloatArray, order: IntArray) -> None:
    rows, done = np.arange(len(worth)), np.zeros(len(worth))
    for k, resource in enumerate(instance.resources):
        ax.barh(rows, worth[:, k], 0.7, left=done, color=style.CYCLE[k % 6], label=resource, edgecolor="white")
        done += worth[:, k]
    ax.set_yticks(rows, [_name(instance, int(c)) for c in order])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    style.grid(ax, "x")
    style.axis_labels(ax, x=UNIT)


def _write_totals(ax: Axes, ends: FloatArray, parts: FloatArray) -> None:
    """Write beside each bar what one more such host would add at most, in percent of the bound."""
    for row, (end, part) in enumerate(zip(ends, parts, strict=True)):
        of_what = " of the bound" if row == 0 else ""
        style.note(ax, f"{100 * part:.2g} %{of_what}", (end, row), (4, 0), va="center")
    ax.set_xlim(0, 1.45 * max(float(ends.max()), 1.0))


def _landscape(ax: Axes, instance: Instance, worth: FloatArray, order: IntArray) -> None:
    of_hosts = style.means(np.repeat(worth, instance.host_classes.count[order], axis=0), style.MOST_COLUMNS)
    edges, done = np.linspace(0, instance.n_hosts, len(of_hosts) + 1), np.zeros(len(of_hosts))
    for k, resource in enumerate(instance.resources):
        top = done + of_hosts[:, k]
        ax.stairs(top, edges, baseline=done, fill=True, color=style.CYCLE[k % 6], label=resource)
        done = top
    style.thousands(ax.xaxis)
    ax.set_xlim(0, instance.n_hosts)
    ax.set_ylim(0, 1.05 * max(float(done.max()), 1.0))
    style.grid(ax, "y")
    hosts = f"{count(instance.n_hosts, 'host')} of {count(len(order), 'class', 'classes')}, the most valuable first"
    style.axis_labels(ax, x=hosts, y=UNIT)


def _name(instance: Instance, c: int) -> str:
    """Say how many hosts a class has and what each of them offers."""
    classes = instance.host_classes
    amounts = zip(instance.resources, classes.capacity[c] / instance.scale, strict=True)
    offered = ", ".join(f"{resource}\N{NO-BREAK SPACE}{number(amount)}" for resource, amount in amounts)
    return "\n".join([f"{count(int(classes.count[c]), 'host')} with", *wrap(offered, LINE)])
