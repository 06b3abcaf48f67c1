"""Indicators: what is reported of a placement in a network."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from vmopt.errors import OptionError
from vmopt.indicators import flow
from vmopt.indicators.exchange import Exchange, exchange_of
from vmopt.indicators.latency import LatencyIndicators, latency_of
from vmopt.indicators.throughput import Throughput, equal_share, fair_rates, full_links
from vmopt.network.network import Network, require_network
from vmopt.network.traffic import Traffic, require_traffic
from vmopt.solution import Solution, require_solution

PACKET_BITS = 12_000.0
"""1,500 bytes, the usual largest packet of an Ethernet."""


@dataclass(frozen=True)
class Indicators:
    """Utilisation, throughput and latency of a placement.

    Attributes
    ----------
    utilisation : dict of str to float
        Load over capacity of the whole cluster, by resource.
    throughput : Throughput or None
        None without a network.
    latency : LatencyIndicators or None
        Links delay by their own latency only.
    queueing : LatencyIndicators or None
        With queues at the links (M/M/1).
    unplaced_pairs : int
        Pairs of the traffic with an end that runs nowhere; they are in none of the other figures.
    """

    utilisation: dict[str, float]
    throughput: Throughput | None = None
    latency: LatencyIndicators | None = None
    queueing: LatencyIndicators | None = None
    unplaced_pairs: int = 0


def indicators(
    solution: Solution,
    network: Network | None = None,
    traffic: Traffic | None = None,
    *,
    packet_bits: float = PACKET_BITS,
    backend: str | None = None,
    time_limit: float = 10.0,
) -> Indicators:
    """Utilisation, throughput and latency of a placement.

    Parameters
    ----------
    solution : Solution
    network, traffic : Network and Traffic, optional
        Both or neither; without them utilisation is all there is.
    packet_bits : float
        Mean length of a packet, for the delay in queues.
    backend : str, optional
        Solves the linear programs of the best routing; default ``glop``.
    time_limit : float
        Seconds that these programs may take; without an answer by then, they have none in the result.

    Returns
    -------
    Indicators

    Raises
    ------
    NetworkError
        If network or traffic are not those of the instance.
    OptionError
        If an argument makes no sense.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.network import Traffic, star
    >>> cluster = vmopt.Instance.from_arrays([[1], [1]], [[1], [1]], vm_names=["web", "db"])
    >>> chatty = Traffic.from_edges(cluster, [("web", "db", 4e9)])
    >>> found = indicators(vmopt.solve(cluster), star(cluster, bandwidth=1e9, latency=1e-6), chatty)
    >>> found.throughput.carried, found.throughput.most, found.latency.mean
    (1000000000.0, 1000000000.0, 2e-06)
    """
    if (network is None) != (traffic is None):
        raise OptionError("network and traffic belong together: give both, or neither.")
    _check(packet_bits, time_limit)
    require_solution(solution)
    if network is None or traffic is None:
        return Indicators(solution.utilisation)
    exchange = exchange_of(solution, require_network(network), require_traffic(traffic))
    ends = np.column_stack([traffic.source, traffic.target])
    return Indicators(
        utilisation=solution.utilisation,
        throughput=_throughput(
            exchange, flow.DEFAULT_BACKEND if backend is None else backend, time.perf_counter() + time_limit
        ),
        latency=latency_of(exchange, ends),
        queueing=latency_of(exchange, ends, packet_bits=packet_bits),
        unplaced_pairs=exchange.n_unplaced,
    )


def _throughput(exchange: Exchange, backend: str, deadline: float) -> Throughput:
    """Equal sharing is one of all routings: where rounding lets the best of them fall behind it, it is as good."""
    share, carried = equal_share(exchange), float(fair_rates(exchange).sum())
    best = flow.best_share(exchange, backend=backend, deadline=deadline)
    most = exchange.offered if share >= 1 else flow.most_carried(exchange, backend=backend, deadline=deadline)
    return Throughput(
        offered=exchange.inside + exchange.offered,
        inside=exchange.inside,
        over_network=exchange.offered,
        unplaced=exchange.unplaced,
        carried=exchange.inside + carried,
        share=share,
        most=None if most is None else exchange.inside + max(most, carried),
        best_share=None if best is None else max(best, share),
        full_links=full_links(exchange),
    )


def _check(packet_bits: Any, time_limit: Any) -> None:
    for name, number, least in (("packet_bits", packet_bits, "above 0"), ("time_limit", time_limit, "at least 0")):
        good = isinstance(number, int | float) and not isinstance(number, bool) and 0 <= number < np.inf
        if not good or (number == 0 and name == "packet_bits"):
            raise OptionError(f"{name} is {number!r}: give a finite number {least}.")
