"""Tests of traffic, its generator, and what is refused."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from vmopt.errors import NetworkError, OptionError
from vmopt.model import Instance
from vmopt.network import Traffic, generate_traffic

VMS = ["a", "b", "c"]


def test_pairs_given_twice_are_summed() -> None:
    """Tests that equal pairs are summed, the two directions kept apart, and pairs of rate 0 left out."""
    traffic = Traffic.from_arrays(VMS, [0, 1, 0, 2], [1, 0, 1, 0], [1.0, 2.0, 4.0, 0.0])
    assert (traffic.source.tolist(), traffic.target.tolist(), traffic.rate.tolist()) == ([0, 1], [1, 0], [5.0, 2.0])
    assert Traffic.from_arrays(VMS, [], [], []).n_pairs == 0


def test_networkx_there_and_back() -> None:
    """Tests that traffic survives as a directed graph, and that an undirected edge is half its rate each way."""
    traffic = Traffic.from_edges(VMS, [("a", "b", 3), ("c", "a", 1)])
    assert Traffic.from_networkx(VMS, traffic.to_networkx()) == traffic
    graph = nx.Graph([("a", "b", {"bits": 4})])
    halves = Traffic.from_networkx(VMS, graph, rate="bits")
    assert halves == Traffic.from_edges(VMS, [("a", "b", 2), ("b", "a", 2)])
    with pytest.raises(NetworkError, match="edge 'a' - 'b' has no 'rate'"):
        Traffic.from_networkx(VMS, graph)


@pytest.mark.parametrize(
    ("edges", "message"),
    [
        ([("a", "x", 1)], "names VM 'x', which is unknown"),
        ([("a", "a", 1)], "VM 'a' is paired with itself"),
        ([("a", "b", -1)], "rate of pair 'a' - 'b' is -1"),
        ([("a", "b", float("nan"))], "rate of pair 'a' - 'b' is nan"),
        ([("a", "b", float("inf"))], "is inf"),
        ([("a", "b")], "no triples"),
    ],
)
def test_bad_edges(edges: list[tuple[object, ...]], message: str) -> None:
    """Tests that unknown VMs, self-pairs, and rates that make no sense are refused by name."""
    with pytest.raises(NetworkError, match=message):
        Traffic.from_edges(VMS, edges)


def test_bad_columns() -> None:
    """Tests that positions out of range, and columns of different length, are refused."""
    with pytest.raises(NetworkError, match="pair 0 names VM 3, but VMs are 0 to 2"):
        Traffic.from_arrays(VMS, [3], [0], [1])
    with pytest.raises(NetworkError, match="1 sources but 2 targets"):
        Traffic.from_arrays(VMS, [0], [0, 1], [1])
    with pytest.raises(NetworkError, match="the rate has shape"):
        Traffic.from_arrays(VMS, [0], [1], [1, 2])


def test_traffic_of_other_vms_is_refused() -> None:
    """Tests that traffic is checked against the VMs of an instance."""
    traffic = Traffic.from_edges(VMS, [("a", "b", 1)])
    traffic.require_of(Instance.from_arrays([[1]] * 3, [[1]], vm_names=VMS))
    with pytest.raises(NetworkError, match="between 3 VMs that are not the 3 of the instance"):
        traffic.require_of(Instance.from_arrays([[1]] * 3, [[1]], vm_names=["a", "c", "b"]))


def test_generated_traffic() -> None:
    """Tests that a seed repeats, that talk stays mostly in communities, and that few pairs carry much of it."""
    names = [f"vm-{i}" for i in range(400)]
    traffic = generate_traffic(names, pairs=2000, seed=3)
    assert traffic == generate_traffic(names, pairs=2000, seed=3)
    assert traffic != generate_traffic(names, pairs=2000, seed=4)
    assert 1980 <= traffic.n_pairs <= 2000
    assert np.isclose(traffic.total, 2000 * 10e6)
    heaviest = np.sort(traffic.rate)[::-1]
    assert heaviest[: len(heaviest) // 10].sum() > 0.25 * traffic.total
    within = generate_traffic(names, pairs=400, background=0.0, seed=3).to_networkx().to_undirected()
    assert max(map(len, nx.connected_components(within))) <= 12


@pytest.mark.parametrize("options", [{"pairs": -1}, {"community": (5, 4)}, {"background": 2}, {"mean_rate": 0}])
def test_bad_options(options: dict[str, object]) -> None:
    """Tests that the generator refuses options that make no sense, by name."""
    with pytest.raises(OptionError, match=next(iter(options))):
        generate_traffic(VMS, **options)
