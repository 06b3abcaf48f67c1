"""The best of all routings: flows through a backend, on host pairs merged by rack where that is exact."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from scipy import sparse

from vmopt import checks
from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.backends import registry
from vmopt.backends.base import LPOptions
from vmopt.errors import NetworkError
from vmopt.formulation.flow import Commodities, FlowGraph, concurrent_program, flow_size, total_program
from vmopt.formulation.linear_program import LinearProgram
from vmopt.indicators.exchange import Exchange
from vmopt.network.network import Network, require_network
from vmopt.status import Limit, Status

DEFAULT_BACKEND = "glop"
MOST_COLUMNS = 400_000


def concurrent_flow(
    network: Network,
    source: Any,
    target: Any,
    rate: Any,
    *,
    backend: str = DEFAULT_BACKEND,
    time_limit: float = 60.0,
) -> float | None:
    """Largest part of their rates that pairs of hosts can send at the same time, under the best of all routings.

    The maximum concurrent flow (Shahrokhi and Matula, "The maximum concurrent flow problem", JACM 1990), as a linear
    program. For a single pair, times its rate, it is the maximum flow.

    Parameters
    ----------
    network : Network
    source, target : sequences of str
        Names of hosts, pair by pair.
    rate : sequence of float
        Bit/s, above 0.
    backend : str
        One of `vmopt.backends()` for linear programs.
    time_limit : float
        Seconds for the backend.

    Returns
    -------
    float or None
        Above 1 where everything could grow; None where the program is too large or the time too short.

    Raises
    ------
    NetworkError
        If a host is unknown, or a rate makes no sense.

    Examples
    --------
    >>> from vmopt.network import star
    >>> concurrent_flow(star(["a", "b", "c"], bandwidth=1e9), ["a", "b"], ["c", "c"], [1e9, 1e9])
    0.5
    """
    one, other = _hosts(require_network(network), source, "source"), _hosts(network, target, "target")
    rates, seconds = checks.floats(rate, "rate"), checks.seconds(time_limit, "time_limit")
    if rates.shape != one.shape or one.shape != other.shape or not (rates > 0).all():
        raise NetworkError("give as many sources, targets and rates, the rates above 0.")
    if not np.isfinite(rates).all() or (one == other).any():
        raise NetworkError("the pairs need finite rates and two different hosts each.")
    exchange = Exchange(network, one, other, rates, 0.0, 0.0, 0, np.arange(len(rates)))
    return best_share(exchange, backend=backend, deadline=time.perf_counter() + seconds)


def best_share(exchange: Exchange, *, backend: str, deadline: float) -> float | None:
    """The maximum concurrent flow; infinite where nothing crosses the network, None where it cannot be had."""
    if not len(exchange.rate):
        return float(np.inf)
    graph, unit, of_node = merged_graph(exchange.network)
    goods, free = _commodities(exchange, of_node, unit, everything=True)
    if not len(goods.rate):
        return free
    value = _solve(graph, goods, concurrent_program, backend, deadline)
    return None if value is None else min(value, free)


def most_carried(exchange: Exchange, *, backend: str, deadline: float) -> float | None:
    """The most bit/s that any routing could carry over the network, no pair more than its rate."""
    graph, unit, of_node = merged_graph(exchange.network)
    goods, _ = _commodities(exchange, of_node, unit, everything=False)
    value = _solve(graph, goods, total_program, backend, deadline) if len(goods.rate) else 0.0
    return None if value is None else min(value * unit, exchange.offered)


def merged_graph(network: Network) -> tuple[FlowGraph, float, IntArray]:
    """The network without folded hosts, with switches that are alike merged: bandwidths add up, and nothing is lost.

    Two switches without hosts that have the same neighbours, at the same bandwidths, can carry in halves whatever the
    two carry together, as the spines of a leaf-spine do.

    Returns
    -------
    FlowGraph, float, (n_nodes,) int64 array
        The graph in units of bit/s, the unit, and the node of the graph for each node of the network.
    """
    routes = network.routes
    arcs, stops = routes.arcs, set(routes.node[routes.at].tolist())
    around: dict[int, list[tuple[int, float]]] = {int(node): [] for node in routes.node}
    bandwidth = np.concatenate([network.bandwidth, network.bandwidth])
    ends = (network.tail[arcs].tolist(), network.head[arcs].tolist())
    for tail, head, bits in zip(*ends, bandwidth[arcs].tolist(), strict=True):
        around[tail].append((head, bits))
    first: dict[Any, int] = {}
    leader = np.arange(network.n_nodes)
    for node, neighbours in around.items():
        alone = node in stops or network.is_host[node]
        leader[node] = first.setdefault(node if alone else tuple(sorted(neighbours)), node)
    kept = np.unique(leader[routes.node])
    position = np.full(network.n_nodes, -1)
    position[kept] = np.arange(len(kept))
    of_node = position[leader]
    key, of = np.unique(of_node[network.tail[arcs]] * len(kept) + of_node[network.head[arcs]], return_inverse=True)
    unit = float(network.bandwidth.max())
    total = np.bincount(of, bandwidth[arcs], len(key)) / unit
    return FlowGraph(len(kept), key // len(kept), key % len(kept), total, ~network.is_host[kept]), unit, of_node


def _commodities(exchange: Exchange, of_node: IntArray, unit: float, *, everything: bool) -> tuple[Commodities, float]:
    """What crosses the graph, and the share that the links of folded hosts leave.

    Hosts of a rack are one source where their own links cannot stop them: always in a concurrent flow (`everything`),
    whose share those links limit each for itself; in the total, where a link can carry all that its host offers.
    """
    network, routes = exchange.network, exchange.network.routes
    bandwidth = np.concatenate([network.bandwidth, network.bandwidth])
    uplink = routes.uplink
    sent, received = (np.where(uplink >= 0, rates, 0.0) for rates in (exchange.sent, exchange.received))
    room = np.where(uplink >= 0, bandwidth[uplink], np.inf)
    asked = np.maximum(sent, received)
    free = float((room[asked > 0] / asked[asked > 0]).min(initial=np.inf))
    tight_out, tight_in = ((rates > room) & (not everything) for rates in (sent, received))
    one, other = exchange.source, exchange.target
    stop = np.where(routes.terminal >= 0, routes.node[routes.at][routes.terminal], -1)
    key_of = np.column_stack(
        [
            np.where(tight_out[one], one, -1),
            np.where(tight_in[other], other, -1),
            of_node[stop[one]],
            of_node[stop[other]],
        ]
    )
    keys, of = np.unique(key_of, axis=0, return_inverse=True)
    rate = np.bincount(of.ravel(), exchange.rate, len(keys)) / unit
    kept = np.flatnonzero(keys[:, 2] != keys[:, 3]) if everything else np.arange(len(keys))
    limits, limit = _limits(keys[kept], tight_out, tight_in, room / unit)
    return Commodities(keys[kept, 2], keys[kept, 3], rate[kept], limits, limit), free


def _limits(
    keys: IntArray, tight_out: BoolArray, tight_in: BoolArray, room: FloatArray
) -> tuple[sparse.csr_array, FloatArray]:
    """A row for each link of a folded host that cannot carry what the host sends, or receives."""
    sends, receives = (np.flatnonzero(keys[:, column] >= 0) for column in (0, 1))
    row_out = (np.cumsum(tight_out) - 1)[keys[sends, 0]]
    row_in = (np.cumsum(tight_in) - 1)[keys[receives, 1]] + int(tight_out.sum())
    limit = np.concatenate([room[tight_out], room[tight_in]])
    row, column = np.concatenate([row_out, row_in]), np.concatenate([sends, receives])
    return sparse.coo_array((np.ones(len(row)), (row, column)), shape=(len(limit), len(keys))).tocsr(), limit


def _solve(graph: FlowGraph, goods: Commodities, formulate: Any, backend: str, deadline: float) -> float | None:
    solver = registry.get(backend)
    seconds = deadline - time.perf_counter()
    if flow_size(graph, goods) > MOST_COLUMNS or seconds <= 0:
        return None
    program: LinearProgram = formulate(graph, goods)
    result = solver.solve(program, LPOptions(time_limit=max(0.0, deadline - time.perf_counter())))
    if result.limit is Limit.INTERRUPTED:
        raise KeyboardInterrupt
    if result.status is not Status.OPTIMAL or result.x is None:
        return None
    return program.value(result.x)


def _hosts(network: Network, names: Any, what: str) -> IntArray:
    names, known = checks.listed(names, what, what="a list of names of hosts"), network.node_names.index_of
    for name in names:
        if not isinstance(name, str) or name not in known or not network.is_host[known[name]]:
            raise NetworkError(f"{checks.shown(name)} of {what} is no host of the network: correct its name.")
    return np.array([known[name] for name in names], dtype=np.int64)
