"""Network: hosts and switches, and the links between them, as columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from vmopt import checks
from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.errors import InstanceError, NetworkError
from vmopt.model.instance import Instance
from vmopt.model.names import Names
from vmopt.network.topology import Topology
from vmopt.plurals import count

if TYPE_CHECKING:
    import networkx as nx

    from vmopt.network.routes import Routes


@dataclass(frozen=True, eq=False, repr=False)
class Network(Topology):
    """Hosts and switches joined by links. Frozen; make one with a builder, `from_networkx` or `from_arrays`.

    Every link carries its bandwidth in each direction at the same time (full duplex). Hosts send and receive, switches
    forward; a host never forwards what is not its own.

    Attributes
    ----------
    node_names : Names
    is_host : (n_nodes,) bool array
        Which nodes are hosts; the others are switches.
    ends : (n_links, 2) int64 array
        The two nodes of each link.
    bandwidth : (n_links,) float64 array
        Bit/s in each direction.
    latency : (n_links,) float64 array
        Seconds from one end to the other.

    Examples
    --------
    >>> network = Network.from_arrays(["h1", "h2", "switch"], [1, 1, 0], [[0, 2], [1, 2]], [10e9, 10e9], [1e-5, 1e-5])
    >>> network
    Network(2 hosts, 1 switch, 2 links)
    """

    node_names: Names
    is_host: BoolArray
    ends: IntArray
    bandwidth: FloatArray
    latency: FloatArray

    @classmethod
    def from_arrays(cls, node_names: Iterable[str], is_host: Any, ends: Any, bandwidth: Any, latency: Any) -> Network:
        """Make a network from columns.

        Parameters
        ----------
        node_names : iterable of str
        is_host : (n_nodes,) bool array-like
        ends : (n_links, 2) int array-like
            Positions in `node_names`.
        bandwidth, latency : (n_links,) array-likes
            Bit/s, above 0; seconds, at least 0.

        Raises
        ------
        NetworkError
            If a name is given twice, a link ends nowhere or where it begins, is given twice, or has a bandwidth or
            latency that makes no sense; and if two hosts cannot reach each other.
        """
        from vmopt.network import checks as columns

        node_names, is_host = columns.aligned({"node_names": node_names, "is_host": is_host})
        ends, bandwidth, latency = columns.aligned({"ends": ends, "bandwidth": bandwidth, "latency": latency})
        names = _named(node_names)
        hosts = columns.flags(is_host, len(names))
        pairs = columns.links(ends, names)
        network = cls(
            node_names=names,
            is_host=hosts,
            ends=pairs,
            bandwidth=columns.amounts(bandwidth, pairs, names, "bandwidth", positive=True),
            latency=columns.amounts(latency, pairs, names, "latency", positive=False),
        )
        columns.connected(network, network.routes)
        return network

    @cached_property
    def routes(self) -> Routes:
        """The shortest paths between hosts; found at the first use."""
        from vmopt.network.routes import Routes

        return Routes(self)

    def nodes_of(self, instance: Instance) -> IntArray:
        """Node of each host of an instance, matched by name, ``(n_hosts,)``.

        Raises
        ------
        NetworkError
            If the network lacks a host, or knows it as a switch.
        """
        position = self.node_names.index_of
        nodes = np.array([position.get(name, -1) for name in instance.host_names], dtype=np.int64)
        if (nodes < 0).any():
            missing = int(np.argmax(nodes < 0))
            raise NetworkError(
                f"host {instance.host_names[missing]!r} is not in the network ({int((nodes < 0).sum()):,} of "
                f"{instance.n_hosts:,} hosts are missing): hosts are matched by name; add it, or correct its name."
            )
        switch = ~self.is_host[nodes]
        if switch.any():
            name = instance.host_names[int(np.argmax(switch))]
            raise NetworkError(f"host {name!r} is a switch in the network: say that it is a host.")
        return nodes

    def to_networkx(self) -> nx.Graph:
        """Return a graph with `kind` ("host", "switch") on nodes, `bandwidth` and `latency` on edges."""
        import networkx as nx

        graph = nx.Graph()
        kinds = np.where(self.is_host, "host", "switch").tolist()
        names = list(self.node_names)
        graph.add_nodes_from((name, {"kind": kind}) for name, kind in zip(names, kinds, strict=True))
        columns = zip(self.ends.tolist(), self.bandwidth.tolist(), self.latency.tolist(), strict=True)
        graph.add_edges_from((names[a], names[b], {"bandwidth": bits, "latency": s}) for (a, b), bits, s in columns)
        return graph

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Network):
            return NotImplemented
        columns = ("is_host", "ends", "bandwidth", "latency")
        same = all(np.array_equal(getattr(self, name), getattr(other, name)) for name in columns)
        return same and self.node_names == other.node_names

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        n_hosts = len(self.hosts)
        parts = ((n_hosts, "host", "hosts"), (self.n_nodes - n_hosts, "switch", "switches"))
        told = [count(*part) for part in (*parts, (self.n_links, "link", "links"))]
        return f"Network({', '.join(told)})"


def require_network(network: object, name: str = "network") -> Network:
    """Return `network`, or say clearly that it is something else; `name` is the argument's."""
    give = "a Network, as vmopt.network.leaf_spine, star, fat_tree, from_networkx and vmopt.io.read_network make one"
    return checks.of_kind(network, Network, name, give, NetworkError)


def _named(given: Iterable[str]) -> Names:
    if isinstance(given, Names):
        return given
    kept = tuple(checks.listed(given, "node_names", NetworkError, "a list of names"))
    try:
        return Names.given(kept, len(kept), "node")
    except InstanceError as error:
        raise NetworkError(str(error)) from None
