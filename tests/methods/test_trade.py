"""Tests of the trade of objective against latency."""

from __future__ import annotations

from functools import partial
from itertools import product

import numpy as np
import pytest

import vmopt
from tests.patience import PATIENCE
from vmopt.errors import OptionError
from vmopt.methods.locality import priced as module
from vmopt.methods.locality.parameters import LocalityParameters
from vmopt.network import Network, Traffic, generate_traffic, leaf_spine, star
from vmopt.network.sites import sites_of


def case(seed: int) -> tuple[vmopt.Instance, Network, Traffic]:
    """6 VMs on 3 hosts in two racks, more wanted than there is; values around 1, seconds apart."""
    rng = np.random.default_rng(seed)
    cluster = vmopt.Instance.from_arrays(
        rng.integers(1, 5, (6, 1)), [[5], [4], [4]], value=rng.integers(1, 10, 6), host_names=["a", "b", "c"]
    )
    network = leaf_spine(cluster, hosts_per_rack=2, spines=1, latency=1.0, uplink_latency=3.0)
    return cluster, network, generate_traffic(cluster, pairs=8, community=(3, 6), seed=seed)


def brute_force(cluster: vmopt.Instance, network: Network, traffic: Traffic, weight: float) -> float:
    """Largest objective minus weighted latency of any placement that fits."""
    hosts = np.arange(cluster.n_hosts)
    far = [sites_of(cluster, network).latency(np.full(len(hosts), h), hosts).tolist() for h in hosts]
    pairs = list(
        zip(traffic.source.tolist(), traffic.target.tolist(), (traffic.rate / traffic.total).tolist(), strict=True)
    )
    best = 0.0
    for at in product(range(-1, cluster.n_hosts), repeat=cluster.n_vms):
        if vmopt.verify(cluster, np.array(at)) == ():
            delay = sum(part * far[at[a]][at[b]] for a, b, part in pairs if at[a] >= 0 and at[b] >= 0)
            best = max(best, sum(v for v, h in zip(cluster.value, at, strict=True) if h >= 0) - weight * delay)
    return best


@pytest.mark.parametrize("seed", range(3))
def test_small_trades_are_optimal(seed: int) -> None:
    """Tests value and bound of the trade against brute force, at a price that makes VMs stay out."""
    cluster, network, traffic = case(seed)
    best = brute_force(cluster, network, traffic, 4.0)
    solution = vmopt.solve(
        cluster, network=network, traffic=traffic, latency_weight=4.0, gap=1e-6, threads=1, time_limit=PATIENCE
    )
    assert solution.trade.value == pytest.approx(best, rel=1e-6)
    assert solution.trade.bound == pytest.approx(best, rel=1e-6)
    assert solution.trade.bound >= solution.trade.value
    assert solution.status is vmopt.Status.OPTIMAL
    assert (solution.objective, solution.bound) == (solution.trade.value, solution.trade.bound)
    value = cluster.value[solution.host_index >= 0].sum()
    assert value - 4.0 * solution.trade.latency == pytest.approx(solution.objective)
    last = solution.history[-1]
    assert (last.objective, last.bound) == (solution.objective, solution.bound)
    assert vmopt.verify(cluster, solution) == ()


def test_moves_where_the_program_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that exchanges, with nowhere as a place to be, reach the optimum of the linear program on a small case."""
    cluster, network, traffic = case(1)
    options = {"network": network, "traffic": traffic, "latency_weight": 4.0, "gap": 0, "threads": 1, "time_limit": 20}
    exact = vmopt.solve(cluster, **options)
    monkeypatch.setattr(module, "run", partial(module.run, parameters=LocalityParameters(most_columns=0)))
    moved = vmopt.solve(cluster, **options)
    assert moved.trade.value == pytest.approx(exact.trade.value)
    assert moved.bound >= exact.objective


def test_without_a_price_nothing_is_given_up() -> None:
    """Tests that traffic without a price localises: the objective is the optimum still."""
    cluster, network, traffic = case(2)
    plain = vmopt.solve(cluster, gap=0, threads=1)
    closer = vmopt.solve(cluster, gap=0, threads=1, network=network, traffic=traffic)
    assert closer.objective == plain.objective
    assert closer.status is vmopt.Status.OPTIMAL
    assert closer.trade is None


def test_refused_options() -> None:
    """Tests that options that lack each other, or make no sense, are refused."""
    cluster, network, traffic = case(0)
    with pytest.raises(OptionError, match="network and traffic belong together"):
        vmopt.solve(cluster, network=network)
    with pytest.raises(OptionError, match="latency_weight=2 needs a network"):
        vmopt.solve(cluster, latency_weight=2)
    with pytest.raises(OptionError, match="latency_weight is -1"):
        vmopt.solve(cluster, network=network, traffic=traffic, latency_weight=-1)
    with pytest.raises(vmopt.NetworkError, match="is not in the network"):
        vmopt.solve(cluster, network=star(3), traffic=traffic)


@pytest.mark.parametrize("seed", [4, 5])
def test_latency_beside_a_large_value_is_not_overlooked(seed: int) -> None:
    """Tests that at a gap of 0 nothing is called optimal that one VM of a large value only makes look near."""
    drawn = case(seed)[0]
    value = np.append(1e9, drawn.value[1:])
    cluster = vmopt.Instance.from_arrays(
        np.array(drawn.demand), np.array(drawn.capacity), value=value, host_names=["a", "b", "c"]
    )
    _, network, traffic = case(seed)
    best = brute_force(cluster, network, traffic, 4.0)
    solution = vmopt.solve(cluster, network=network, traffic=traffic, latency_weight=4.0, gap=0, threads=1)
    assert solution.bound >= best - 1e-5
    assert solution.status is not vmopt.Status.OPTIMAL or solution.objective >= best - 1e-5
