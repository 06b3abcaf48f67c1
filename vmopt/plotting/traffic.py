"""Traffic: the network with its load, latency before and after, and who talks across racks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.collections import LineCollection

from vmopt import checks
from vmopt.arrays import FloatArray
from vmopt.errors import OptionError
from vmopt.indicators.exchange import Exchange, exchange_of
from vmopt.indicators.latency import seconds_of_pairs
from vmopt.network.network import require_network
from vmopt.plotting import style
from vmopt.summary.layout import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vmopt.network import Network, Traffic
    from vmopt.solution import Solution

MOST_NAMED = 24
MICROSECONDS = 1e6
LOAD_MAP = "viridis_r"


def network(solution: Solution, links: Network, traffic: Traffic, ax: Axes | None = None) -> Axes:
    """Draw the network, hosts below and switches above them, every link in the colour of its load.

    The load is that of the busier direction when shortest paths share equally, over the bandwidth; links that are asked
    for more than they have are drawn in red.

    Parameters
    ----------
    solution : Solution
    links : Network
    traffic : Traffic
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import vmopt
    >>> from matplotlib.figure import Figure
    >>> from vmopt.network import generate_traffic, star
    >>> solution = vmopt.solve(vmopt.generate(hosts=4, seed=1), method="greedy-priority")
    >>> talk = generate_traffic(solution.instance, seed=1)
    >>> len(network(solution, star(solution.instance), talk, ax=Figure().subplots()).texts)  # every node is named
    5
    """
    exchange = exchange_of(solution, require_network(links, "links"), traffic)
    ax = style.canvas(ax)
    load = exchange.load.reshape(2, -1).max(axis=0) / links.bandwidth
    spot = _spots(links)
    scale = mpl.colors.Normalize(0.0, 1.0)
    colours = mpl.colormaps[LOAD_MAP](scale(np.minimum(load, 1.0)))
    colours[load > 1] = mpl.colors.to_rgba(style.VERMILLION)
    order = np.argsort(load, kind="stable")
    widths = 0.8 + 1.8 * np.minimum(load, 1.0)
    ax.add_collection(
        LineCollection(list(spot[links.ends[order]]), colors=colours[order], linewidths=widths[order], zorder=1)
    )
    for is_host, marker, size in ((True, "o", 14), (False, "s", 34)):
        at = spot[links.is_host == is_host]
        ax.scatter(at[:, 0], at[:, 1], size, marker=marker, color=style.INK, zorder=2)
    ax.margins(0.03, 0.12)
    _name_nodes(ax, links, spot)
    ax.set_axis_off()
    bar = ax.figure.colorbar(mpl.cm.ScalarMappable(scale, LOAD_MAP), ax=ax, fraction=0.04)
    style.percent_axis(bar.ax.yaxis)
    bar.ax.tick_params(labelsize=style.SMALL)
    over = int((load > 1).sum())
    style.title(ax, f"Load of the links{f'; {over:,} asked for more than they have' if over else ''}")
    return ax


def latency(solutions: Mapping[str, Solution], links: Network, traffic: Traffic, ax: Axes | None = None) -> Axes:
    """Draw which part of the traffic takes no longer than so much, for several placements of one instance.

    Parameters
    ----------
    solutions : mapping of str to Solution
        By the name to show, such as ``{"before": solution, "after": localise(solution, ...)}``.
    links : Network
    traffic : Traffic
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import vmopt
    >>> from matplotlib.figure import Figure
    >>> from vmopt.network import generate_traffic, star
    >>> solution = vmopt.solve(vmopt.generate(hosts=4, seed=1), method="greedy-priority")
    >>> talk = generate_traffic(solution.instance, seed=1)
    >>> len(latency({"greedy": solution}, star(solution.instance), talk, ax=Figure().subplots()).lines)
    1
    """
    checks.of_kind(solutions, Mapping, "solutions", "a dict of solutions by name")  # type: ignore[type-abstract]
    if not solutions:
        raise OptionError("there is nothing to draw: give at least one solution.")
    exchanges = [exchange_of(solution, require_network(links, "links"), traffic) for solution in solutions.values()]
    ax = style.canvas(ax)
    for number, (name, exchange) in enumerate(zip(solutions, exchanges, strict=True)):
        seconds, part = _cumulated(exchange)
        look: dict[str, Any] = {"color": style.CYCLE[number % 6], "linestyle": style.LINES[number % 4]}
        ax.step(seconds * MICROSECONDS, part, where="post", label=name, **look)
    ax.set_ylim(0.0, 1.02)
    ax.set_xlim(left=0.0)
    style.percent_axis(ax.yaxis)
    style.grid(ax, "both")
    style.axis_labels(ax, x="latency in microseconds", y="traffic that takes no longer")
    style.title(ax, "Latency between VMs")
    style.key(ax)
    return ax


def traffic_matrix(
    solution: Solution,
    links: Network,
    traffic: Traffic,
    ax: Axes | None = None,
    *,
    name: str = "",
    most: float | None = None,
) -> Axes:
    """Draw how much the VMs of each rack send to those of each other, as a part of all that is placed.

    A rack is a switch with hosts at it, or a host with several links. What stays inside of hosts is not drawn.

    Parameters
    ----------
    solution : Solution
    links : Network
    traffic : Traffic
    ax : matplotlib.axes.Axes, optional
    name : str
        What the placement is called in the title, such as ``"before"``.
    most : float, optional
        The part of the traffic that the darkest colour stands for, so that two pictures can be compared; default: the
        largest of this one.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    OptionError
        If `most` is no number above 0, or `name` is no text.

    Examples
    --------
    >>> import vmopt
    >>> from matplotlib.figure import Figure
    >>> from vmopt.network import generate_traffic, leaf_spine
    >>> solution = vmopt.solve(vmopt.generate(hosts=4, seed=1), method="greedy-priority")
    >>> talk = generate_traffic(solution.instance, seed=1)
    >>> racks = leaf_spine(solution.instance, hosts_per_rack=2)
    >>> traffic_matrix(solution, racks, talk, ax=Figure().subplots()).images[0].get_array().shape
    (2, 2)
    """
    if most is not None:
        most = checks.between(most, "most", 1e-300, 1.0, "a part of the traffic, above 0 and at most 1")
    name = checks.text(name, "name")
    exchange, routes = exchange_of(solution, require_network(links, "links"), traffic), links.routes
    ax = style.canvas(ax)
    table = np.zeros((routes.n_terminals, routes.n_terminals))
    np.add.at(table, (routes.terminal[exchange.source], routes.terminal[exchange.target]), exchange.rate)
    image = ax.imshow(table / max(exchange.offered + exchange.inside, 1e-300), cmap="cividis_r", vmin=0.0, vmax=most)
    names = [links.node_names[int(routes.node[i])] for i in routes.at]
    if len(names) <= MOST_NAMED:
        ax.set_xticks(range(len(names)), names, rotation=90)
        ax.set_yticks(range(len(names)), names)
    bar = ax.figure.colorbar(image, ax=ax, fraction=0.04)
    style.percent_axis(bar.ax.yaxis, None)
    bar.ax.tick_params(labelsize=style.SMALL)
    style.axis_labels(ax, x="to", y="from")
    style.title(ax, f"{f'{printable(name)}: traffic' if name else 'Traffic'} between racks, as a part of all")
    return ax


def _cumulated(exchange: Exchange) -> tuple[FloatArray, FloatArray]:
    """Latencies in rising order, from 0 inside hosts on, and the part of the traffic that takes no longer."""
    seconds = np.append(0.0, seconds_of_pairs(exchange))
    rate = np.append(exchange.inside, exchange.rate)
    value, of = np.unique(seconds, return_inverse=True)
    below = np.cumsum(np.bincount(of, rate, len(value)))
    return value, below / max(float(below[-1]), 1e-300)


def _spots(links: Network) -> FloatArray:
    """Where to draw each node: as high as it is far from the nearest host, hosts beside those of their rack."""
    height = np.where(links.is_host, 0, -1)
    while (height < 0).any():
        reached = np.maximum.reduceat(height[links.head[np.argsort(links.tail, kind="stable")]], _begins(links))
        new = (height < 0) & (reached >= 0)
        if not new.any():
            height[height < 0] = height.max() + 1
            break
        height[new] = height.max() + 1
    across = np.zeros(links.n_nodes)
    order = links.hosts[np.argsort(links.routes.terminal[links.hosts], kind="stable")]
    across[order] = np.linspace(0.0, 1.0, len(order)) if len(order) > 1 else 0.5
    for level in range(1, int(height.max()) + 1):
        here = np.flatnonzero(height == level)
        across[here] = (np.arange(len(here)) + 0.5) / len(here)
    return np.column_stack([across, height.astype(np.float64)])


def _begins(links: Network) -> Any:
    return np.searchsorted(np.sort(links.tail), np.arange(links.n_nodes))


def _name_nodes(ax: Axes, links: Network, spot: FloatArray) -> None:
    """Name the nodes of each level where there are few."""
    for level in np.unique(spot[:, 1]):
        here = np.flatnonzero(spot[:, 1] == level)
        if len(here) <= MOST_NAMED:
            upright = 90 if len(here) > MOST_NAMED // 3 else 0
            for node in here:
                below = (0.0, -6.0) if level == 0 else (0.0, 6.0)
                how: dict[str, Any] = {"ha": "center", "va": "top" if level == 0 else "bottom", "rotation": upright}
                if 0 < level < spot[:, 1].max():  # links to the level above would cross it
                    how["bbox"] = {"facecolor": ax.get_facecolor(), "edgecolor": "none", "pad": 1.0}
                style.note(ax, links.node_names[int(node)], tuple(spot[node]), below, **how)
