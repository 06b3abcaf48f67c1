"""Indicators worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tests.network.builders import placed, two_racks
from vmopt.indicators import indicators
from vmopt.network import Traffic, fat_tree, star


def test_star() -> None:
    """Tests a star of three hosts at 10 bit/s and 2 s, with VMs a, b on host 0, c on 1, d on 2, e unplaced.

    a -> c 6 and b -> c 6 bit/s: the link down to host 1 is asked for 12, host 0 sends 12. d -> a 3 bit/s goes the other
    way. a -> b 5 bit/s stays inside. e -> a 7 bit/s has an unplaced end. Offered: 6 + 6 + 3 + 5 = 20, over the network
    15. Two directions are full (host 0 up, host 1 down); through each comes 10/12, so that 10 + 3 bit/s are carried and
    5 inside: 18, and no routing carries more, there is only one. All can send 10/12 of their rates.
    Latency: 4 s for 15 bit/s, 0 s for 5: mean 3 s, the median 4 s (5 of 20 at 0). Queueing: 1-bit packets; the full
    links make a -> c wait for ever. d -> a: 3 of 10 bit/s on both links, 1/7 s each.
    """
    solution = placed([0, 0, 1, 2, -1], 3)
    traffic = Traffic.from_arrays(solution.instance, [0, 1, 3, 0, 4], [2, 2, 0, 1, 0], [6, 6, 3, 5, 7])
    found = indicators(solution, star(3, bandwidth=10, latency=2), traffic, packet_bits=1)
    through = found.throughput
    assert (through.offered, through.inside, through.over_network, through.unplaced) == (20, 5, 15, 7)
    assert through.carried == pytest.approx(18)
    assert through.most == pytest.approx(18)
    assert through.share == pytest.approx(10 / 12)
    assert through.best_share == pytest.approx(10 / 12)
    assert {(link.tail, link.head, link.load, link.bandwidth) for link in through.full_links} == {
        ("host-0", "switch", 12.0, 10.0),
        ("switch", "host-1", 12.0, 10.0),
    }
    assert (found.latency.mean, found.latency.p50, found.latency.p99, found.latency.worst) == (3, 4, 4, 4)
    assert found.unplaced_pairs == 1
    assert found.queueing.mean == found.queueing.worst == np.inf
    assert found.queueing.worst_pair == (0, 2)
    alone = indicators(
        solution, star(3, bandwidth=10, latency=2), Traffic.from_arrays(solution.instance, [3], [0], [3]), packet_bits=1
    )
    assert alone.queueing.mean == pytest.approx(4 + 2 / 7)


def test_two_racks() -> None:
    """Tests two racks of two hosts and two spines, 10 bit/s a link, 1 s to the leaf and 5 s to a spine.

    VM i on host i; hosts 0, 1 in one rack. 0 -> 1 with 4 bit/s: 2 s. 0 -> 2 with 6 and 1 -> 2 with 9 bit/s: 12 s; they
    share both spines, 7.5 bit/s on each uplink, and come down to host 2 with 15 on 10. Host 0 sends 10 of 10: full, but
    lets all through. So the two get 10/15: 4 + 10 = 14 of 19 are carried, and best routing cannot do better.
    Mean latency (4 * 2 + 15 * 12) / 19.
    """
    solution = placed([0, 1, 2, 3], 4)
    traffic = Traffic.from_arrays(solution.instance, [0, 0, 1], [1, 2, 2], [4, 6, 9])
    found = indicators(solution, two_racks(), traffic)
    through = found.throughput
    assert through.carried == pytest.approx(14)
    assert through.most == pytest.approx(14)
    assert through.share == pytest.approx(2 / 3)
    assert through.best_share == pytest.approx(2 / 3)
    assert [(link.tail, link.head) for link in through.full_links] == [("leaf-1", "host-2"), ("host-0", "leaf-0")]
    assert found.latency.mean == pytest.approx(188 / 19)
    assert (found.latency.p50, found.latency.worst, found.latency.worst_pair) == (12, 12, (0, 2))


def test_fat_tree() -> None:
    """Tests a fat tree of k = 4, 1 bit/s and 1 s a link, hosts 0, 1 | 2, 3 in the first pod, 4 to 7 in the second.

    0 -> 1 (one edge switch) takes 2 s, 0 -> 2 (one pod) 4 s, 0 -> 4 (two pods) 6 s: mean 4 s at equal rates. With 0.5
    bit/s each, host 0 sends 1.5 on 1 bit/s: 2/3 of everything comes through. 0 -> 4 has four paths over four cores, so
    that each core link carries 0.125 bit/s.
    """
    solution = placed(list(range(16)), 16)
    network = fat_tree(4, bandwidth=1.0, latency=1.0)
    traffic = Traffic.from_arrays(solution.instance, [0, 0, 0], [1, 2, 4], [0.5, 0.5, 0.5])
    found = indicators(solution, network, traffic)
    assert (found.latency.mean, found.latency.p50, found.latency.worst) == (4, 4, 6)
    assert found.throughput.share == pytest.approx(2 / 3)
    assert found.throughput.best_share == pytest.approx(2 / 3)
    assert found.throughput.carried == pytest.approx(1.0)
    routes = network.routes
    rates = np.zeros((8, 8))
    rates[0, 2] = 0.5
    load = routes.spread(rates)
    core = [name.startswith("core") for name in network.node_names]
    onto_core = np.array(core)[network.head] & (load > 0)
    assert load[onto_core].tolist() == [0.125] * 4


def test_best_routing_beats_equal_sharing() -> None:
    """Tests a detour: hosts a and b at two switches joined directly (1 bit/s) and over a third switch (1 bit/s).

    Shortest paths use the direct link only: 1 of 2 bit/s. The best routing uses both ways: all of it.
    """
    from vmopt.network import Network

    network = Network.from_arrays(
        ["a", "b", "s", "t", "u"],
        [1, 1, 0, 0, 0],
        [[0, 2], [1, 3], [2, 3], [2, 4], [4, 3]],
        [10, 10, 1, 1, 1],
        [1, 1, 1, 1, 1],
    )
    solution = placed([0, 1], 2, host_names=["a", "b"])
    through = indicators(solution, network, Traffic.from_arrays(solution.instance, [0], [1], [2])).throughput
    assert (through.carried, through.share) == (1, 0.5)
    assert through.most == pytest.approx(2)
    assert through.best_share == pytest.approx(1)


def test_without_a_network() -> None:
    """Tests that utilisation is all there is without a network, and that half of the input is refused."""
    from vmopt.errors import OptionError

    solution = placed([0, 1], 2)
    found = indicators(solution)
    assert found.utilisation == solution.utilisation
    assert found.throughput is None
    with pytest.raises(OptionError, match="network and traffic belong together"):
        indicators(solution, star(2))
    with pytest.raises(OptionError, match="packet_bits is 0"):
        indicators(solution, packet_bits=0)


def test_no_traffic_over_the_network() -> None:
    """Tests that without pairs everything is 0, and the shares without limit."""
    solution = placed([0, 1], 2)
    found = indicators(solution, star(2), Traffic.from_arrays(solution.instance, [], [], []))
    assert found.throughput.offered == found.throughput.carried == found.throughput.most == 0
    assert found.throughput.share == found.throughput.best_share == np.inf
    assert found.latency.mean == found.latency.worst == 0
    assert found.latency.worst_pair is None
