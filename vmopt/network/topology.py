"""Nodes, links, and the arcs that links are: what routes are found in."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.model.names import Names

if TYPE_CHECKING:
    from scipy.sparse import csr_array


class Topology:
    """Which nodes are joined, whatever their links carry."""

    node_names: Names
    is_host: BoolArray
    ends: IntArray

    @property
    def n_nodes(self) -> int:
        """Number of hosts and switches."""
        return len(self.is_host)

    @property
    def n_links(self) -> int:
        """Number of links."""
        return len(self.ends)

    @cached_property
    def hosts(self) -> IntArray:
        """Nodes that are hosts."""
        return np.flatnonzero(self.is_host)

    @cached_property
    def tail(self) -> IntArray:
        """Where each of the ``2 * n_links`` arcs begins: every link forth, then every link back."""
        return np.concatenate([self.ends[:, 0], self.ends[:, 1]])

    @cached_property
    def head(self) -> IntArray:
        """Where each arc ends."""
        return np.concatenate([self.ends[:, 1], self.ends[:, 0]])

    @cached_property
    def adjacency(self) -> csr_array:
        """Which nodes are joined, ``(n_nodes, n_nodes)``; an entry is the arc from row to column, counted from 1."""
        from scipy import sparse

        arcs = np.arange(1, len(self.tail) + 1)
        return sparse.csr_array((arcs, (self.tail, self.head)), shape=(self.n_nodes, self.n_nodes))
