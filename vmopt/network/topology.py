"""Nodes, links, and the arcs that links are: what routes are found in."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.model.names import Names


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
