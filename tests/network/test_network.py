"""Tests of networks, their builders, and what they refuse."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from vmopt.errors import NetworkError
from vmopt.model import Instance
from vmopt.network import Network, fat_tree, from_networkx, leaf_spine, star

GOOD = {"node_names": ["a", "b", "s"], "is_host": [1, 1, 0], "ends": [[0, 2], [1, 2]]}


def test_fat_tree_of_4() -> None:
    """Tests the figures of the fat tree of 4-port switches: 16 hosts, 8 + 8 + 4 switches, 3 x 16 links."""
    network = fat_tree(4)
    assert (len(network.hosts), network.n_nodes, network.n_links) == (16, 36, 48)
    degree = dict(network.to_networkx().degree())
    assert all(degree[name] == (1 if name.startswith("host") else 4) for name in degree)
    assert nx.diameter(network.to_networkx()) == 6


def test_leaf_spine_takes_the_names_of_the_hosts() -> None:
    """Tests that hosts are matched by name, whatever their order."""
    network = leaf_spine(["x", "y", "z"], hosts_per_rack=2, spines=3)
    assert (network.n_nodes, network.n_links) == (3 + 2 + 3, 3 + 2 * 3)
    cluster = Instance.from_arrays([[1]], [[1], [1]], host_names=["z", "x"])
    assert network.nodes_of(cluster).tolist() == [2, 0]


def test_networkx_there_and_back() -> None:
    """Tests that a network survives as a networkx graph, with attributes of other names too."""
    network = leaf_spine(5, hosts_per_rack=2)
    assert from_networkx(network.to_networkx()) == network
    graph = nx.Graph()
    graph.add_edge("h", 1, bits=5, delay=2)
    other = from_networkx(graph, hosts=["h"], bandwidth="bits", latency="delay")
    assert list(other.node_names) == ["h", "1"]
    assert (other.bandwidth.tolist(), other.latency.tolist()) == ([5.0], [2.0])


def test_hosts_that_the_network_lacks_are_named() -> None:
    """Tests that a host that is missing, or a switch in the network, is refused by name."""
    cluster = Instance.from_arrays([[1]], [[1], [1]], host_names=["host-0", "other"])
    with pytest.raises(NetworkError, match="host 'other' is not in the network \\(1 of 2"):
        star(2).nodes_of(cluster)
    with pytest.raises(NetworkError, match="host 'switch' is a switch in the network"):
        star(2).nodes_of(cluster.replace(host_names=["host-0", "switch"]))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"bandwidth": [1, 0]}, "bandwidth of link 'b' - 's' is 0: give a finite number above 0"),
        ({"bandwidth": [1, -1]}, "bandwidth of link 'b' - 's' is -1"),
        ({"bandwidth": [np.nan, 1]}, "bandwidth of link 'a' - 's' is nan"),
        ({"latency": [np.inf, 1]}, "latency of link 'a' - 's' is inf: give a finite number at least 0"),
        ({"latency": [-1, 1]}, "latency of link 'a' - 's' is -1"),
        ({"latency": [1]}, "the latency has shape"),
        ({"ends": [[0, 2], [2, 2]]}, "a link joins 's' to itself"),
        ({"ends": [[0, 2], [2, 0]]}, "'s' - 'a' is given twice"),
        ({"ends": [[0, 2], [1, 3]]}, "link 1 names node 3, but nodes are 0 to 2"),
        ({"ends": [[0, 2]], "bandwidth": [1], "latency": [0]}, "host 'b' cannot reach host 'a'"),
        ({"node_names": ["a", "a", "s"]}, "node name 'a' is given twice"),
        ({"is_host": [0, 0, 0]}, "the network has no host"),
    ],
)
def test_bad_networks(changes: dict[str, object], message: str) -> None:
    """Tests that every sort of bad network is refused, with the link or node named."""
    columns = {**GOOD, "bandwidth": [1, 1], "latency": [0, 0], **changes}
    with pytest.raises(NetworkError, match=message):
        Network.from_arrays(**columns)


def test_hosts_do_not_forward() -> None:
    """Tests that two hosts that only a third host joins cannot reach each other."""
    with pytest.raises(NetworkError, match="cannot reach"):
        Network.from_arrays(
            ["a", "b", "c", "s", "t"], [1, 1, 1, 0, 0], [[0, 3], [1, 3], [1, 4], [2, 4]], [1] * 4, [0] * 4
        )


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: fat_tree(3), "k is 3: a fat tree needs switches with an even number of ports"),
        (lambda: fat_tree(2, hosts=3), "there are 3 hosts, but a fat tree of k = 2 has room for 2"),
        (lambda: star(0), "hosts is 0"),
        (lambda: star([]), "there are no hosts"),
        (lambda: star("abc"), "hosts is 'abc'"),
        (lambda: star(["switch"]), "host 'switch' has the name of a switch"),
        (lambda: leaf_spine(4, spines=0), "spines is 0"),
        (lambda: from_networkx(nx.DiGraph()), "the graph is directed"),
        (lambda: from_networkx(nx.path_graph(2), hosts=[0]), "has no 'bandwidth'"),
        (lambda: from_networkx(nx.path_graph(2), hosts=[7]), "host '7' is not in the graph"),
    ],
)
def test_bad_builds(build: object, message: str) -> None:
    """Tests that builders refuse what makes no network."""
    with pytest.raises(NetworkError, match=message):
        build()


def test_paths_are_those_of_networkx() -> None:
    """Tests hops and numbers of shortest paths on a fat tree against networkx's enumeration."""
    network = fat_tree(4)
    graph, routes = network.to_networkx(), network.routes
    stop = [network.node_names[int(routes.node[i])] for i in routes.at]
    for target in (0, 5):
        for source in range(routes.n_terminals):
            paths = list(nx.all_shortest_paths(graph, stop[source], stop[target]))
            assert routes.hops[routes.at[source], target] == len(paths[0]) - 1
            assert routes.paths[routes.at[source], target] == len(paths)
