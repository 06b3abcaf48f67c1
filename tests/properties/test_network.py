"""What must hold of traffic in any network, on random ones."""

from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.network.builders import placed
from tests.thorough import few
from vmopt import metrics
from vmopt.indicators import indicators
from vmopt.indicators.exchange import exchange_of
from vmopt.indicators.throughput import fair_rates
from vmopt.model import Instance
from vmopt.network import Network, Traffic, from_networkx, localise
from vmopt.solution import Solution
from vmopt.verify import verify

Case = tuple[Solution, Network, Traffic]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw a connected graph of switches, hosts with one or two links to it, a placement and traffic."""
    seed, n_hosts, n_vms = draw(st.integers(0, 10**6)), draw(st.integers(2, 6)), draw(st.integers(2, 10))
    rng = np.random.default_rng(seed)
    n_switches = int(rng.integers(1, 6))
    graph = nx.Graph(nx.random_labeled_tree(n_switches, seed=seed)) if n_switches > 1 else nx.empty_graph(1)
    graph.add_edges_from((a, b) for a in range(n_switches) for b in range(a) if rng.random() < 0.4)
    for host in range(n_hosts):
        for switch in rng.permutation(n_switches)[: 1 + int(rng.random() < 0.3)].tolist():
            graph.add_edge(f"host-{host}", switch)
    for edge in graph.edges:
        graph.edges[edge].update(bandwidth=float(rng.integers(1, 30)), latency=float(rng.integers(0, 5)))
    network = from_networkx(graph, hosts=[f"host-{host}" for host in range(n_hosts)])
    solution = placed(rng.integers(-1, n_hosts, n_vms).tolist(), n_hosts)
    source = rng.integers(0, n_vms, 12)
    target = (source + rng.integers(1, n_vms, 12)) % n_vms
    return solution, network, Traffic.from_arrays(solution.instance, source, target, rng.integers(1, 20, 12))


@settings(max_examples=few(60), deadline=None)
@given(cases())
def test_nothing_is_carried_that_was_not_offered(case: Case) -> None:
    """Tests carried by equal sharing <= the most of any routing <= offered, and the same of the shares."""
    through = indicators(*case).throughput
    assert through.carried <= through.most * (1 + 1e-9) <= through.offered * (1 + 2e-9)
    assert through.share <= through.best_share
    assert through.carried - through.inside >= min(1.0, through.share) * through.over_network * (1 - 1e-9)
    assert np.isclose(through.offered, through.inside + through.over_network)
    assert np.isclose(case[2].total, through.offered + through.unplaced)


@settings(max_examples=few(60), deadline=None)
@given(cases())
def test_no_link_carries_more_than_its_bandwidth(case: Case) -> None:
    """Tests that the fair rates, sent over shortest paths, load no direction of a link above its bandwidth."""
    solution, network, traffic = case
    exchange = exchange_of(solution, network, traffic)
    if not len(exchange.rate):
        return
    back = {int(node): i for i, node in enumerate(network.nodes_of(solution.instance))}
    hosts = placed(list(range(solution.instance.n_hosts)), solution.instance.n_hosts)
    ends = [[back[int(node)] for node in nodes] for nodes in (exchange.source, exchange.target)]
    sent = Traffic.from_arrays(hosts.instance, *ends, fair_rates(exchange))
    load = exchange_of(hosts, network, sent).load
    assert (load <= np.concatenate([network.bandwidth, network.bandwidth]) * (1 + 1e-9)).all()


@settings(max_examples=few(40), deadline=None)
@given(cases())
def test_twice_the_bandwidth_carries_no_less(case: Case) -> None:
    """Tests that under best routing twice the bandwidth carries at least as much, and doubles the share."""
    solution, network, traffic = case
    wider = Network.from_arrays(
        network.node_names, network.is_host, network.ends, 2 * network.bandwidth, network.latency
    )
    one, two = (indicators(solution, links, traffic).throughput for links in (network, wider))
    assert two.most >= one.most * (1 - 1e-9)
    assert np.isclose(two.best_share, 2 * one.best_share) or np.isinf(one.best_share)


@settings(max_examples=few(40), deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_names_and_order_change_nothing(case: Case, random) -> None:
    """Tests that indicators are the same when nodes, links, hosts and VMs come in another order under other names."""
    solution, network, traffic = case
    nodes, hosts, vms = list(range(network.n_nodes)), list(range(solution.instance.n_hosts)), list(range(10))
    vms = vms[: solution.instance.n_vms]
    for order in (nodes, hosts, vms):
        random.shuffle(order)
    at, vm_at = np.argsort(nodes), np.argsort(vms)
    other_network = Network.from_arrays(
        [f"other {network.node_names[i]}" for i in nodes],
        network.is_host[nodes],
        at[network.ends[::-1, ::-1]],
        network.bandwidth[::-1],
        network.latency[::-1],
    )
    host_at = np.append(np.argsort(hosts), -1)
    names = [f"other host-{h}" for h in hosts]
    other = placed(host_at[solution.host_index[vms]].tolist(), len(hosts), host_names=names)
    moved = Traffic.from_arrays(other.instance, vm_at[traffic.source], vm_at[traffic.target], traffic.rate)
    mine, theirs = indicators(solution, network, traffic), indicators(other, other_network, moved)
    for name in ("offered", "inside", "unplaced", "carried", "share", "most", "best_share"):
        assert np.isclose(getattr(mine.throughput, name), getattr(theirs.throughput, name), rtol=1e-6), name
    for name in ("mean", "p50", "p95", "p99", "worst"):
        assert np.isclose(getattr(mine.latency, name), getattr(theirs.latency, name)), name
        assert np.isclose(getattr(mine.queueing, name), getattr(theirs.queueing, name)), name


@settings(max_examples=few(15), deadline=None)
@given(cases(), st.integers(0, 3))
def test_localise_keeps_all_but_latency(case: Case, demand: int) -> None:
    """Tests that objective, bound and the set of placed VMs are untouched, capacity holds, and latency never rises."""
    solution, network, traffic = case
    closer = localise(solution, network, traffic, time_limit=0.2, seed=demand)
    assert (closer.objective, closer.bound) == (solution.objective, solution.bound)
    assert metrics.objective_of(closer.instance, closer.host_index) == solution.objective
    assert ((closer.host_index < 0) == (solution.host_index < 0)).all()
    assert verify(closer.instance, closer) == ()
    before, after = (indicators(s, network, traffic).latency.mean for s in (solution, closer))
    assert after <= before * (1 + 1e-12)
    assert isinstance(closer.instance, Instance)
