"""Tests of latency beside rules: exchanges that keep them, and what solve and localise make of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

import vmopt
from tests.rules.brute import feasible, worth
from tests.rules.draws import MAKERS, instance
from tests.rules.meaning import holds
from tests.thorough import few
from vmopt.indicators import indicators
from vmopt.methods.locality import localise as module
from vmopt.methods.locality.movable import traffic_of_all, traffic_of_placed
from vmopt.methods.locality.parameters import LocalityParameters
from vmopt.methods.locality.proposals import Proposals
from vmopt.methods.locality.seating import Seating
from vmopt.methods.locality.whole_hosts import exchange_hosts
from vmopt.network import Network, Traffic, generate_traffic, leaf_spine, localise
from vmopt.network.sites import sites_of

NAMES = sorted(MAKERS)


def drawn(seed: int, *names: str, vms: int = 10, hosts: int = 5) -> tuple[vmopt.Instance, vmopt.Solution] | None:
    """An instance with such rules and a placement of it, where there is one that runs a few VMs."""
    cluster = instance(seed, *names, vms=vms, hosts=hosts, elastic=False)
    solution = vmopt.solve(cluster, method="greedy-demand", time_limit=5)
    return (cluster, solution) if vmopt.verify(cluster, solution) == () and len(solution.placement) > 1 else None


def network_of(cluster: vmopt.Instance) -> tuple[Network, Traffic]:
    """Two racks, and traffic between all VMs, of different rates."""
    pairs = [(a, b) for a, b in product(range(cluster.n_vms), repeat=2) if a < b]
    rate = [1.0 + (7 * a + 3 * b) % 11 for a, b in pairs]
    traffic = Traffic.from_arrays(cluster, [a for a, _ in pairs], [b for _, b in pairs], rate)
    return leaf_spine(cluster, hosts_per_rack=2), traffic


def keeps_rules(cluster: vmopt.Instance, host_index: np.ndarray) -> bool:
    """Whether a placement does, as its definition has it."""
    at = tuple(host_index.tolist())
    return all(holds(rule, cluster, at) for rule in cluster.rules)


def seatings(cluster: vmopt.Instance, host_index: np.ndarray) -> list[tuple[Seating, object]]:
    """Seatings of the placed VMs, and of all, with a site for those that run nowhere."""
    network, traffic = network_of(cluster)
    sites = sites_of(cluster, network)
    placed, everyone = traffic_of_placed(cluster, host_index, traffic), traffic_of_all(cluster, traffic, 1.0)
    return [
        (placed.seating(sites, host_index), placed),
        (everyone.seating(sites.with_nowhere(), host_index), everyone),
    ]


@pytest.mark.parametrize("seed", range(few(25)))
@pytest.mark.parametrize("name", NAMES)
def test_exchanges_keep_rules(name: str, seed: int) -> None:
    """Tests, with a rule of each sort and one more, that exchanges made one by one, and many at a time, keep them."""
    dice = np.random.default_rng(seed)
    found = drawn(seed, name, NAMES[seed % len(NAMES)])
    if found is None:
        return
    cluster, solution = found
    for seating, talk in seatings(cluster, solution.host_index):
        if not len(seating.links.to):
            continue
        proposals = Proposals(seating, dice)
        for _ in range(12):
            at = seating.at.copy()
            swaps = proposals.draw(40)
            swaps = swaps.take(np.flatnonzero(seating.feasible(swaps)))
            for number in range(len(swaps.mover)):
                seating.apply(swaps.take([number]))
                assert keeps_rules(cluster, talk.host_index(seating.at))
                seating.seat(at)
            seating.apply(swaps.take(np.flatnonzero(seating.independent(swaps))))
            assert seating.fits
            assert keeps_rules(cluster, talk.host_index(seating.at))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", NAMES)
def test_localise_keeps_rules(name: str, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests both ways, that of small placements and that of large ones, against the definition of each rule."""
    found = drawn(50 + seed, name, NAMES[(seed * 5 + 1) % len(NAMES)])
    if found is None:
        return
    cluster, solution = found
    network, traffic = network_of(cluster)
    for small in (1024, 0):
        monkeypatch.setattr(module, "DEFAULT", LocalityParameters(small=small))
        closer = localise(solution, network, traffic, time_limit=0.3 if small else 0.1)
        assert keeps_rules(cluster, closer.host_index)
        assert closer.objective == solution.objective
    seating, talk = seatings(cluster, solution.host_index)[0]
    seating.seat(exchange_hosts(seating, rng=np.random.default_rng(seed), deadline=np.inf))
    assert keeps_rules(cluster, talk.host_index(seating.at))


RULES = {
    "spread": vmopt.Spread.by_label("app", most=2),
    "fence": vmopt.Fence(vmopt.Groups.labelled("app", "a3"), [f"host-{h}" for h in range(0, 20, 2)]),
    "quota": vmopt.Quota(9, over="rack", of=vmopt.Groups.labelled("app", "a1")),
    "alone": vmopt.Alone(vmopt.Groups.labelled("app", "a2")),
    "skew": vmopt.Skew.by_label("app", over="rack", most=3),
}


@pytest.mark.parametrize("name", sorted(RULES))
def test_localise_gathers_communities_under_rules(name: str) -> None:
    """Tests that there is much to gain under each sort of rule: at least a tenth, and the rule holds."""
    plain = vmopt.generate("flavor", hosts=20, vms=200, seed=5)
    ruled = replace(
        plain,
        vm_labels=tuple({"app": f"a{i % 30}"} for i in range(plain.n_vms)),
        host_labels=tuple({"rack": f"r{h // 5}"} for h in range(plain.n_hosts)),
        rules=(RULES[name],),
    )
    solution = vmopt.solve(ruled, method="greedy-demand", threads=1)
    network, traffic = leaf_spine(ruled, hosts_per_rack=5), generate_traffic(ruled, pairs=1000, seed=5)
    closer = localise(solution, network, traffic, time_limit=20)
    assert vmopt.verify(ruled, closer) == ()
    before, after = (indicators(s, network, traffic, time_limit=0).latency.mean for s in (solution, closer))
    assert after < 0.9 * before


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("weight", [0.0, 3.0, 3e4])
def test_latency_and_rules_against_brute_force(weight: float, seed: int) -> None:
    """Tests tiny instances: nothing is better than what is called optimal, bounds hold, and rules are kept."""
    names = (NAMES[seed % len(NAMES)], NAMES[(seed * 7 + 2) % len(NAMES)])
    cluster = instance(seed, *names, elastic=False)
    network, traffic = network_of(cluster)
    placements = feasible(cluster)
    if cluster.n_vms < 2:
        return
    solution = vmopt.solve(cluster, network=network, traffic=traffic, latency_weight=weight, time_limit=20, gap=0)
    if not placements:
        assert solution.status in (vmopt.Status.INFEASIBLE, vmopt.Status.NOT_FOUND)
        return
    assert keeps_rules(cluster, solution.host_index)
    folded = solution.instance
    best = max(worth(cluster, at) - folded.delays.cost(np.array(at)) for at in placements)
    assert solution.bound >= best - 1e-6 * max(1.0, abs(best))
    assert solution.objective <= best + 1e-6 * max(1.0, abs(best))
    if solution.status is vmopt.Status.OPTIMAL:
        assert solution.objective == pytest.approx(best, rel=1e-6, abs=1e-6)
