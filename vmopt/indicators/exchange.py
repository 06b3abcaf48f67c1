"""What a placement makes of traffic: rates between hosts, inside hosts, and to VMs that do not run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from vmopt.arrays import FloatArray, IntArray
from vmopt.network.network import Network, require_network
from vmopt.network.traffic import Traffic, require_traffic
from vmopt.solution import Solution, require_solution


@dataclass(frozen=True, eq=False)
class Exchange:
    """The traffic between hosts that a placement causes, host pairs merged.

    Attributes
    ----------
    network : Network
    source, target : (n,) int64 arrays
        Hosts, as nodes of the network; all pairs different, and no host with itself.
    rate : (n,) float64 array
        Bit/s.
    inside : float
        Bit/s between VMs on the same host.
    unplaced : float
        Bit/s of pairs with an end that runs nowhere.
    n_unplaced : int
        How many such pairs there are.
    vm_pair : (n,) int64 array
        One of the pairs of VMs behind each pair of hosts: the first in the traffic.
    """

    network: Network
    source: IntArray
    target: IntArray
    rate: FloatArray
    inside: float
    unplaced: float
    n_unplaced: int
    vm_pair: IntArray

    @property
    def offered(self) -> float:
        """Bit/s that the network is to carry."""
        return float(self.rate.sum())

    @cached_property
    def sent(self) -> FloatArray:
        """What each node sends, ``(n_nodes,)``."""
        return np.bincount(self.source, self.rate, self.network.n_nodes).astype(np.float64)

    @cached_property
    def received(self) -> FloatArray:
        """What each node receives, ``(n_nodes,)``."""
        return np.bincount(self.target, self.rate, self.network.n_nodes).astype(np.float64)

    @cached_property
    def between_racks(self) -> FloatArray:
        """Rates between terminals of the routes, ``(n_terminals, n_terminals)``; 0 from a terminal to itself."""
        routes = self.network.routes
        ends = (routes.terminal[self.source], routes.terminal[self.target])
        table = sparse.coo_array((self.rate, ends), shape=(routes.n_terminals,) * 2).toarray()
        np.fill_diagonal(table, 0.0)
        return np.asarray(table)

    @cached_property
    def load(self) -> FloatArray:
        """Load of each arc when shortest paths share equally, ``(2 * n_links,)`` bit/s, whatever the bandwidth."""
        network, routes = self.network, self.network.routes
        load = routes.spread(self.between_racks)
        folded = np.flatnonzero(routes.uplink >= 0)
        up = routes.uplink[folded]
        load[up] = self.sent[folded]
        load[opposite(network, up)] = self.received[folded]
        return load


def opposite(network: Network, arc: IntArray) -> IntArray:
    """The arcs of the same links in the other direction."""
    return (arc + network.n_links) % (2 * network.n_links)


def exchange_of(solution: Solution, network: Network, traffic: Traffic) -> Exchange:
    """Work out who sends how much to whom.

    Raises
    ------
    NetworkError
        If network or traffic are not those of the instance.
    """
    require_solution(solution)
    require_network(network)
    require_traffic(traffic).require_of(solution.instance)
    nodes = network.nodes_of(solution.instance)
    host = solution.host_index
    one, other = host[traffic.source], host[traffic.target]
    placed = (one >= 0) & (other >= 0)
    apart = np.flatnonzero(placed & (one != other))
    n_hosts = solution.instance.n_hosts
    key, first, of = np.unique(one[apart] * n_hosts + other[apart], return_index=True, return_inverse=True)
    return Exchange(
        network=network,
        source=nodes[key // n_hosts],
        target=nodes[key % n_hosts],
        rate=np.bincount(of, traffic.rate[apart], len(key)).astype(np.float64),
        inside=float(traffic.rate[placed & (one == other)].sum()),
        unplaced=float(traffic.rate[~placed].sum()),
        n_unplaced=int((~placed).sum()),
        vm_pair=apart[first],
    )
