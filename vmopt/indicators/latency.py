"""Latency: the delay between VMs that talk, weighted by what they say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.indicators.exchange import Exchange, opposite

PERCENTILES = (0.50, 0.95, 0.99)


@dataclass(frozen=True)
class LatencyIndicators:
    """Seconds from VM to VM, one way, over all pairs with both ends placed; 0 on the same host.

    Attributes
    ----------
    mean : float
        Weighted by rate.
    p50, p95, p99 : float
        So much of the traffic takes no longer.
    worst : float
        Of any pair.
    worst_pair : (int, int) or None
        Positions of the VMs of the worst pair, of equals the first; None where no pair crosses the network.
    """

    mean: float
    p50: float
    p95: float
    p99: float
    worst: float
    worst_pair: tuple[int, int] | None


def latency_of(exchange: Exchange, ends: IntArray, *, packet_bits: float | None = None) -> LatencyIndicators:
    """Work out the latency of the traffic.

    A pair takes the mean over its shortest paths. With `packet_bits` L, every link adds the time in an M/M/1 queue,
    ``L / (bandwidth - load)`` seconds (Kleinrock, *Communication Nets*, 1964; Bertsekas and Gallagher, *Data Networks*,
    section 3.6): Poisson arrivals, exponential packets of L bits on average, links independent of each other. A link
    that is asked for all it has, or more, makes the pairs that cross it wait for ever: infinity.

    Parameters
    ----------
    exchange : Exchange
    ends : (n_pairs, 2) int64 array
        VMs of every pair of the traffic.
    packet_bits : float, optional
        Without it, links delay by their own latency only.
    """
    network = exchange.network
    seconds = np.concatenate([network.latency, network.latency])
    if packet_bits is not None:
        left = np.concatenate([network.bandwidth, network.bandwidth]) - exchange.load
        seconds = seconds + np.divide(packet_bits, left, out=np.full(len(left), np.inf), where=left > 0)
    taken = _seconds_of_pairs(exchange, seconds)
    value, weight = np.append(taken, 0.0), np.append(exchange.rate, exchange.inside)
    order = np.argsort(value, kind="stable")
    total = float(weight.sum())
    below = np.cumsum(weight[order])
    at = np.minimum(np.searchsorted(below, np.array(PERCENTILES) * total * (1 - 1e-12)), len(value) - 1)
    worst = int(taken.argmax()) if len(taken) else -1
    return LatencyIndicators(
        mean=float((value[weight > 0] * weight[weight > 0]).sum() / total) if total else 0.0,
        **dict(zip(("p50", "p95", "p99"), value[order][at].tolist(), strict=True)),
        worst=float(taken[worst]) if len(taken) else 0.0,
        worst_pair=(int(ends[exchange.vm_pair[worst], 0]), int(ends[exchange.vm_pair[worst], 1]))
        if len(taken)
        else None,
    )


def seconds_of_pairs(exchange: Exchange) -> FloatArray:
    """Latency of each pair of hosts without queueing, in seconds."""
    latency = exchange.network.latency
    return _seconds_of_pairs(exchange, np.concatenate([latency, latency]))


def _seconds_of_pairs(exchange: Exchange, seconds: FloatArray) -> FloatArray:
    """Latency of each pair of hosts when every arc takes so many seconds; infinite where a path has an infinite arc."""
    routes = exchange.network.routes
    endless = np.isinf(seconds)
    between = routes.mean(np.where(endless, 0.0, seconds))
    if endless.any():
        between = np.where(routes.mean(endless.astype(np.float64)) > 0, np.inf, between)
    one, other = exchange.source, exchange.target
    taken = between[routes.terminal[one], routes.terminal[other]]
    up, down = routes.uplink[one], routes.uplink[other]
    taken = taken + np.where(up >= 0, seconds[up], 0.0)
    return np.asarray(taken + np.where(down >= 0, seconds[opposite(exchange.network, down)], 0.0))
