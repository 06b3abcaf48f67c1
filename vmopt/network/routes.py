"""Routes: the shortest paths of a network, all of them and shared equally."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.network.topology import Topology

CHUNK = 1 << 23
"""Entries of a temporary table, at most."""


class Routes:
    """Shortest paths by number of links; where there are several, each carries the same part (ECMP, RFC 2992).

    A host with one link to a switch is *folded* into that switch: what it sends goes up its one link and from there
    the way of all its rack. What is left are the *terminals*, the switches with hosts at them and the hosts with
    several links; tables are over pairs of terminals, not of hosts.

    Paths are counted by breadth-first search from all terminals at once (Brandes 2001): with ``N[v,t]`` shortest paths
    from v to t, the arc (u, v) carries the part ``N[v,t] / N[u,t]`` of what u has for t.

    Attributes
    ----------
    terminal : (n_nodes,) int64 array
        Terminal of each host; -1 for other nodes.
    uplink : (n_nodes,) int64 array
        Arc from each folded host to its switch; -1 for other nodes.
    n_terminals : int
    node : (n_core,) int64 array
        The nodes that are not folded.
    arcs : (n_core_arcs,) int64 array
        The arcs between them.
    at : (n_terminals,) int64 array
        Position of each terminal in `node`.
    hops : (n_core, n_terminals) float64 array
        Links on the shortest path from each core node to each terminal; infinite where there is none.
    paths : (n_core, n_terminals) float64 array
        How many shortest paths there are.
    """

    def __init__(self, network: Topology) -> None:
        self.network = network
        self.terminal, self.uplink, stops = _fold(network)
        folded = self.uplink >= 0
        self.node = np.flatnonzero(~folded)
        core = np.cumsum(~folded) - 1
        arcs = np.flatnonzero(~folded[network.tail] & ~folded[network.head])
        self.arcs = arcs[np.argsort(network.tail[arcs], kind="stable")]
        self._tail, self._head = core[network.tail[self.arcs]], core[network.head[self.arcs]]
        self.at = core[stops]
        self.n_terminals = len(stops)
        self._search()

    def mean(self, values: FloatArray) -> FloatArray:
        """Sum of a value along the arcs of a path, in the mean over the shortest paths.

        Parameters
        ----------
        values : (2 * n_links,) float64 array
            Of each arc of the network, finite.

        Returns
        -------
        (n_terminals, n_terminals) float64 array
            From the terminal of the row to that of the column.
        """
        weighted = self._matrix(values[self.arcs])
        total = np.zeros_like(self.paths)
        for reached, before in self._levels():
            known = np.where(before, total, 0.0)
            added = self._joined @ known + weighted @ np.where(before, self.paths, 0.0)
            total[reached] = added[reached]
        return np.asarray((total / np.maximum(self.paths, 1.0))[self.at])

    def least(self, values: FloatArray) -> FloatArray:
        """Smallest value of an arc on any shortest path, ``(n_terminals, n_terminals)``; infinite without one."""
        found = np.full(self.paths.shape, np.inf)
        starts = np.flatnonzero(np.diff(self._tail, prepend=-1))
        own = values[self.arcs][:, None]
        for reached, before in self._levels():
            for part in self._parts():
                on = np.where(before[:, part], found[:, part], -np.inf)[self._head]
                smallest = np.where(on == -np.inf, np.inf, np.minimum(own, on))
                row = np.full(found[:, part].shape, np.inf)
                row[self._tail[starts]] = np.minimum.reduceat(smallest, starts, axis=0)
                found[:, part] = np.where(reached[:, part], row, found[:, part])
        return np.asarray(found[self.at])

    def spread(self, rates: FloatArray) -> FloatArray:
        """Load of each arc when every pair of terminals sends its rate over all its shortest paths, equally shared.

        Parameters
        ----------
        rates : (n_terminals, n_terminals) float64 array
            From the terminal of the row to that of the column.

        Returns
        -------
        (2 * n_links,) float64 array
            0 on the links of folded hosts.
        """
        waiting = np.zeros_like(self.paths)
        waiting[self.at] = rates
        load = np.zeros(len(self.arcs))
        for reached, before in reversed(list(self._levels())):
            per_path = np.where(reached, waiting / np.maximum(self.paths, 1.0), 0.0)
            onward = np.where(before, self.paths, 0.0)
            for part in self._parts():
                load += np.einsum("ij,ij->i", per_path[:, part][self._tail], onward[:, part][self._head])
            waiting += onward * (self._joined.T @ per_path)
        whole = np.zeros(len(self.network.tail))
        whole[self.arcs] = load
        return whole

    def _search(self) -> None:
        self._joined = self._matrix(np.ones(len(self.arcs)))
        shape = (len(self.node), self.n_terminals)
        self.hops, self.paths = np.full(shape, np.inf), np.zeros(shape)
        columns = np.arange(self.n_terminals)
        self.hops[self.at, columns], self.paths[self.at, columns] = 0.0, 1.0
        self.depth = 0
        while True:
            found = self._joined @ np.where(self._onward(self.depth), self.paths, 0.0)
            new = (found > 0) & np.isinf(self.hops)
            if not new.any():
                return
            self.depth += 1
            self.hops[new], self.paths[new] = self.depth, found[new]

    def _onward(self, hops: int) -> BoolArray:
        """Where paths go on from, so many links before their end: switches, and the end itself."""
        here = self.hops == hops
        return np.asarray(here if hops == 0 else here & ~self.network.is_host[self.node, None])

    def _levels(self) -> Iterator[tuple[BoolArray, BoolArray]]:
        """For 1, 2, ... links: who is so far from the terminal, and the next stops, one link nearer."""
        return ((self.hops == hops, self._onward(hops - 1)) for hops in range(1, self.depth + 1))

    def _parts(self) -> Iterator[slice]:
        """The terminals in parts, so that a table of arcs by terminals stays small."""
        step = max(1, CHUNK // max(1, len(self.arcs)))
        return (slice(begin, begin + step) for begin in range(0, self.n_terminals, step))

    def _matrix(self, values: FloatArray) -> sparse.csr_array:
        size = len(self.node)
        return sparse.csr_array((values, (self._tail, self._head)), shape=(size, size))


def _fold(network: Topology) -> tuple[IntArray, IntArray, IntArray]:
    """Terminal and uplink of each node, and the nodes that are terminals."""
    degree = np.bincount(network.tail, minlength=network.n_nodes)
    terminal = np.full(network.n_nodes, -1)
    uplink = np.full(network.n_nodes, -1)
    single = network.is_host[network.tail] & (degree[network.tail] == 1) & ~network.is_host[network.head]
    arcs = np.flatnonzero(single)
    uplink[network.tail[arcs]] = arcs
    stop = np.arange(network.n_nodes)
    stop[network.tail[arcs]] = network.head[arcs]
    stops, terminal[network.hosts] = np.unique(stop[network.hosts], return_inverse=True)
    return terminal, uplink, stops
