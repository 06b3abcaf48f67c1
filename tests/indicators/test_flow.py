"""Tests of the maximum concurrent flow, against networkx and known values."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from vmopt.errors import NetworkError
from vmopt.network import concurrent_flow, fat_tree, from_networkx, leaf_spine, star


def random_network(seed: int):
    """Two hosts at random switches of a random graph, with random bandwidths."""
    rng = np.random.default_rng(seed)
    graph = nx.gnm_random_graph(8, 14, seed=seed)
    graph = graph.subgraph(max(nx.connected_components(graph), key=len)).copy()
    for i, host in enumerate(("a", "b")):
        graph.add_edge(host, sorted(n for n in graph if isinstance(n, int))[-1 if i else 0])
    for edge in graph.edges:
        graph.edges[edge].update(bandwidth=float(rng.integers(1, 20)), latency=1.0)
    return graph


@pytest.mark.parametrize("seed", range(20))
def test_one_pair_is_a_maximum_flow(seed: int) -> None:
    """Tests that for a single pair share times rate is networkx's maximum flow, with several links at the hosts too."""
    graph = random_network(seed)
    if seed % 2:
        graph.add_edge("a", 1, bandwidth=3.0, latency=1.0) if 1 in graph else None
    network = from_networkx(graph, hosts=["a", "b"])
    expected = nx.maximum_flow_value(graph.to_directed(), "a", "b", capacity="bandwidth")
    assert 7.0 * concurrent_flow(network, ["a"], ["b"], [7.0]) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("backend", ["glop", "highs", "cbc"])
def test_uniform_traffic_on_leaf_spine(backend: str) -> None:
    """Tests uniform traffic on 3 racks of 4 hosts and 2 spines, on several backends.

    Every host sends 1 bit/s to each of the 11 others: 11 on its link of 20. Of a rack's 4 x 11, 4 x 8 = 32 bit/s leave
    it, over 2 uplinks of 8 bit/s: share 16 / 32.
    """
    network = leaf_spine(12, hosts_per_rack=4, spines=2, bandwidth=20.0, uplink_bandwidth=8.0)
    hosts = [f"host-{i}" for i in range(12)]
    pairs = [(a, b) for a in hosts for b in hosts if a != b]
    share = concurrent_flow(network, *zip(*pairs, strict=True), [1.0] * len(pairs), backend=backend)
    assert share == pytest.approx(0.5)


def test_uniform_traffic_on_a_fat_tree() -> None:
    """Tests that a fat tree does not block: every host can send all that its own link carries, 1 / 15 to each other."""
    network = fat_tree(4, bandwidth=1.0)
    hosts = [f"host-{i}" for i in range(16)]
    pairs = [(a, b) for a in hosts for b in hosts if a != b]
    assert concurrent_flow(network, *zip(*pairs, strict=True), [1 / 15] * len(pairs)) == pytest.approx(1.0)


def test_bad_pairs() -> None:
    """Tests that unknown hosts, switches and senseless rates are refused."""
    network = star(["a", "b"])
    with pytest.raises(NetworkError, match="'x' of target is no host"):
        concurrent_flow(network, ["a"], ["x"], [1])
    with pytest.raises(NetworkError, match="'switch' of target is no host"):
        concurrent_flow(network, ["a"], ["switch"], [1])
    with pytest.raises(NetworkError, match="rates above 0"):
        concurrent_flow(network, ["a"], ["b"], [0])
    with pytest.raises(NetworkError, match="two different hosts"):
        concurrent_flow(network, ["a"], ["a"], [1])
