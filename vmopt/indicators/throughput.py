"""Throughput: how much of the traffic gets through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.indicators.exchange import Exchange, opposite

FULL = 1 - 1e-9
"""Load over bandwidth from which a link counts as full."""


class FullLink(NamedTuple):
    """One direction of a link that is asked for all it has, or more: names, and bit/s."""

    tail: str
    head: str
    load: float
    bandwidth: float


@dataclass(frozen=True)
class Throughput:
    """Bit/s that VMs offer and that get through.

    Attributes
    ----------
    offered : float
        Of all pairs with both ends placed: inside hosts and over the network.
    inside : float
        Between VMs on the same host; always carried.
    over_network : float
        What the network is asked to carry.
    unplaced : float
        Of pairs with an end that runs nowhere; not in `offered`.
    carried : float
        Inside hosts and over the network, when shortest paths share equally and links are fair.
    share : float
        Part of its rate that every pair can send over the network at the same time, routed that way. Above 1, all
        traffic could grow so much; infinite where nothing crosses the network.
    most : float or None
        The most that any routing could carry in all, inside hosts and over the network. None if it was not worked out:
        too large a program, or no time.
    best_share : float or None
        The `share` under the best routing of all: the maximum concurrent flow. None as for `most`.
    full_links : tuple of FullLink
        Under equal sharing, the fullest first.
    """

    offered: float
    inside: float
    over_network: float
    unplaced: float
    carried: float
    share: float
    most: float | None
    best_share: float | None
    full_links: tuple[FullLink, ...]


def equal_share(exchange: Exchange) -> float:
    """Smallest ``bandwidth / load`` of any link when shortest paths share equally; infinite where there is no load."""
    bandwidth = np.concatenate([exchange.network.bandwidth, exchange.network.bandwidth])
    loaded = exchange.load > 0
    return float((bandwidth[loaded] / exchange.load[loaded]).min(initial=np.inf))


def fair_rates(exchange: Exchange) -> FloatArray:
    """What each pair of hosts gets through, bit/s, when shortest paths share equally and links are fair.

    A link that is asked for more than its bandwidth lets the same part, ``bandwidth / load``, of everything through. A
    pair sends at the smallest part of any link on its paths. What that leaves free on other links is not dealt out
    again, so that this is what fairness grants at the least.
    """
    network, routes = exchange.network, exchange.network.routes
    bandwidth = np.concatenate([network.bandwidth, network.bandwidth])
    part = np.divide(bandwidth, exchange.load, out=np.ones(len(bandwidth)), where=exchange.load > bandwidth)
    one, other = exchange.source, exchange.target
    smallest = np.minimum(routes.least(part)[routes.terminal[one], routes.terminal[other]], 1.0)
    up, down = routes.uplink[one], routes.uplink[other]
    smallest = np.where(up >= 0, np.minimum(smallest, part[up]), smallest)
    smallest = np.where(down >= 0, np.minimum(smallest, part[opposite(network, down)]), smallest)
    return np.asarray(exchange.rate * smallest)


def full_links(exchange: Exchange) -> tuple[FullLink, ...]:
    """Directions of links that are asked for all they have, or more; the fullest first."""
    network = exchange.network
    bandwidth = np.concatenate([network.bandwidth, network.bandwidth])
    fullness = exchange.load / bandwidth
    full = np.flatnonzero(fullness >= FULL)
    names = network.node_names
    return tuple(
        FullLink(names[int(network.tail[a])], names[int(network.head[a])], float(exchange.load[a]), float(bandwidth[a]))
        for a in full[np.argsort(-fullness[full], kind="stable")]
    )
