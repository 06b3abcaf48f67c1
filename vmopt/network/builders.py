"""Networks that data centres are built as: star, leaf-spine, fat tree; and any graph."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from math import ceil, inf
from typing import TYPE_CHECKING, Any

import numpy as np

from vmopt.checks import integer, is_integer, is_number, listed, shown, text
from vmopt.errors import NetworkError
from vmopt.model.instance import Instance
from vmopt.model.names import Names
from vmopt.network import checks
from vmopt.network.network import Network

if TYPE_CHECKING:
    import networkx as nx

Hosts = Instance | Iterable[str] | int
"""An instance whose hosts are meant, their names, or how many (then ``host-0``, ``host-1``, ...)."""
GIGABIT = 1e9
MICROSECOND = 1e-6
MOST_HOSTS, MOST_PORTS, MOST_SPINES = 10**7, 340, 10**4
"""Hosts that are made without names, ports with which a fat tree has no more than that, and spines."""


def star(hosts: Hosts, *, bandwidth: float = 10 * GIGABIT, latency: float = 5 * MICROSECOND) -> Network:
    """Join all hosts to one switch.

    Parameters
    ----------
    hosts : Instance, iterable of str, or int
    bandwidth : float
        Bit/s of each link, in each direction.
    latency : float
        Seconds from a host to the switch.

    Examples
    --------
    >>> star(4)
    Network(4 hosts, 1 switch, 4 links)
    """
    names = _names(hosts)
    links = [(i, len(names)) for i in range(len(names))]
    return _network(names, ["switch"], [(links, bandwidth, latency)])


def leaf_spine(
    hosts: Hosts,
    *,
    hosts_per_rack: int = 40,
    spines: int = 4,
    bandwidth: float = 25 * GIGABIT,
    uplink_bandwidth: float = 100 * GIGABIT,
    latency: float = 1 * MICROSECOND,
    uplink_latency: float = 5 * MICROSECOND,
) -> Network:
    """Join the hosts of each rack to a leaf switch, and every leaf to every spine (a folded Clos network).

    Parameters
    ----------
    hosts : Instance, iterable of str, or int
        Racks are filled in this order.
    hosts_per_rack, spines : int
    bandwidth, uplink_bandwidth : float
        Bit/s from host to leaf, and from leaf to each spine.
    latency, uplink_latency : float
        Seconds from host to leaf, and from leaf to spine.

    Examples
    --------
    >>> leaf_spine(80, hosts_per_rack=40, spines=2)
    Network(80 hosts, 4 switches, 84 links)
    """
    names = _names(hosts)
    per_rack, n_spines = _whole(hosts_per_rack, "hosts_per_rack"), _whole(spines, "spines", MOST_SPINES)
    n_hosts, n_racks = len(names), ceil(len(names) / per_rack)
    switches = [f"leaf-{r}" for r in range(n_racks)] + [f"spine-{s}" for s in range(n_spines)]
    down = [(i, n_hosts + i // per_rack) for i in range(n_hosts)]
    up = [(n_hosts + r, n_hosts + n_racks + s) for r in range(n_racks) for s in range(n_spines)]
    return _network(names, switches, [(down, bandwidth, latency), (up, uplink_bandwidth, uplink_latency)])


def fat_tree(
    k: int, hosts: Hosts | None = None, *, bandwidth: float = 10 * GIGABIT, latency: float = 5 * MICROSECOND
) -> Network:
    """Build a fat tree of k-port switches: k pods of k/2 edge and k/2 aggregation switches, and (k/2)^2 cores.

    Every edge switch has k/2 hosts, so that k^3/4 of them can talk at full rate (Al-Fares, Loukissas and Vahdat, "A
    scalable, commodity data center network architecture", SIGCOMM 2008).

    Parameters
    ----------
    k : int
        Ports of a switch, even.
    hosts : Instance, iterable of str, or int, optional
        At most k^3/4, pod by pod; default: all of them.
    bandwidth, latency : float
        Bit/s and seconds of every link.

    Examples
    --------
    >>> fat_tree(4)
    Network(16 hosts, 20 switches, 48 links)
    """
    if _whole(k, "k", MOST_PORTS) % 2:
        raise NetworkError(f"k is {k}: a fat tree needs switches with an even number of ports.")
    half = k // 2
    most = half * half * k
    names = _names(most if hosts is None else hosts)
    if len(names) > most:
        raise NetworkError(f"there are {len(names):,} hosts, but a fat tree of k = {k} has room for {most:,}: raise k.")
    pods = [(p, i) for p in range(k) for i in range(half)]
    switches = [f"edge-{p}-{i}" for p, i in pods] + [f"aggregation-{p}-{i}" for p, i in pods]
    switches += [f"core-{i}-{j}" for i in range(half) for j in range(half)]
    edge = len(names)
    middle = edge + k * half
    core = middle + k * half
    links = [(h, edge + h // half) for h in range(len(names))]
    links += [(edge + p * half + i, middle + p * half + j) for p, i in pods for j in range(half)]
    links += [(middle + p * half + i, core + i * half + j) for p, i in pods for j in range(half)]
    return _network(names, switches, [(links, bandwidth, latency)])


def from_networkx(
    graph: nx.Graph,
    *,
    hosts: Iterable[Hashable] | None = None,
    bandwidth: str = "bandwidth",
    latency: str = "latency",
) -> Network:
    """Take an undirected graph of hosts and switches.

    Parameters
    ----------
    graph : networkx.Graph
        Nodes are named by what ``str`` makes of them.
    hosts : iterable of nodes, optional
        Which nodes are hosts; default: those with the attribute ``kind="host"``.
    bandwidth, latency : str
        Attributes of the edges: bit/s in each direction, above 0; seconds, at least 0.

    Raises
    ------
    NetworkError
        If the graph is directed or has parallel edges, an attribute is missing, or as for `Network.from_arrays`.

    Examples
    --------
    >>> from_networkx(star(3).to_networkx()) == star(3)
    True
    """
    checks.require_graph(graph)
    if graph.is_directed() or graph.is_multigraph():
        raise NetworkError(
            "the graph is directed or has parallel edges: give an undirected networkx.Graph, whose edges carry their "
            "bandwidth in each direction."
        )
    nodes = list(graph)
    position = {node: i for i, node in enumerate(nodes)}
    chosen = {node for node, kind in graph.nodes(data="kind") if kind == "host"} if hosts is None else _nodes(hosts)
    asked = {"bandwidth": bandwidth, "latency": latency}
    for what, name in asked.items():
        text(name, f"{what}, the name of an attribute,", NetworkError)
    unknown = chosen - position.keys()
    if unknown:
        raise NetworkError(f"host {min(map(str, unknown))!r} is not in the graph: add it, or correct its name.")
    columns: dict[str, list[Any]] = {what: [] for what in asked}
    for one, other, data in graph.edges(data=True):
        for what, name in asked.items():
            if data.get(name) is None:
                edge = f"{one!r} - {other!r}"
                raise NetworkError(f"edge {edge} has no {name!r}, which is to be its {what}: give every edge one.")
            columns[what].append(data[name])
    ends = np.array([(position[a], position[b]) for a, b in graph.edges], dtype=np.int64).reshape(-1, 2)
    flags = [node in chosen for node in nodes]
    return Network.from_arrays([str(node) for node in nodes], flags, ends, columns["bandwidth"], columns["latency"])


def _network(hosts: list[str], switches: list[str], parts: list[tuple[list[tuple[int, int]], float, float]]) -> Network:
    """Make a network of hosts, then switches, from lists of links with one bandwidth and latency each."""
    if not hosts:
        raise NetworkError("there are no hosts: a network needs at least one.")
    taken = set(hosts).intersection(switches)
    if taken:
        raise NetworkError(f"host {min(taken)!r} has the name of a switch: rename it, or build the graph yourself.")
    ends = np.array([link for links, _, _ in parts for link in links], dtype=np.int64).reshape(-1, 2)
    count = [len(links) for links, _, _ in parts]
    for _, bandwidth, latency in parts:
        if not is_number(bandwidth) or not is_number(latency):
            wrong = latency if is_number(bandwidth) else bandwidth
            raise NetworkError(f"bandwidth or latency is {shown(wrong)}: give a number of bit/s, or of seconds.")
    flags = np.arange(len(hosts) + len(switches)) < len(hosts)
    rates, delays = [float(rate) for _, rate, _ in parts], [float(delay) for _, _, delay in parts]
    return Network.from_arrays([*hosts, *switches], flags, ends, np.repeat(rates, count), np.repeat(delays, count))


def _names(hosts: Hosts) -> list[str]:
    if isinstance(hosts, Instance):
        return list(hosts.host_names)
    if isinstance(hosts, str | bytes | type) or (not isinstance(hosts, Iterable) and not is_integer(hosts)):
        raise NetworkError(f"hosts is {hosts!r}: give an Instance, the names of hosts, or how many there are.")
    if not isinstance(hosts, Iterable):
        return list(Names.counted("host", _whole(hosts, "hosts", MOST_HOSTS)))
    names = list(hosts)
    if not all(isinstance(name, str) for name in names):
        raise NetworkError(f"hosts is {shown(hosts)}: give an Instance, the names of hosts, or how many there are.")
    return names


def _nodes(hosts: Any) -> set[Hashable]:
    try:
        return set(listed(hosts, "hosts", NetworkError, "the nodes of the graph that are hosts"))
    except TypeError:
        raise NetworkError(f"hosts is {shown(hosts)}: give the nodes of the graph that are hosts.") from None


def _whole(number: Any, what: str, most: float = inf) -> int:
    return integer(number, what, 1, most, NetworkError)
