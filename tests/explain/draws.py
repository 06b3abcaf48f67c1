"""Random tiny instances of each sort of objective, and which of their placements are best."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

import numpy as np

import vmopt
from tests.goals.brute import by_tiers, climbed
from tests.goals.draws import instance as with_goals
from tests.rules.brute import Placement, worth
from tests.rules.draws import MAKERS
from tests.rules.draws import instance as with_rule
from tests.rules.fuzz import drawn
from vmopt.network import Latency, Traffic, leaf_spine

SORTS = ("rules", "elastic", "levels", "latency")
CLOSE = 1e-10


def draw(sort: str, seed: int, soft: float = 0.0) -> vmopt.Instance:
    """Draw an instance whose VMs are elastic, or with goals in levels, or with latency that costs, or rules alone."""
    if sort == "levels":
        return with_goals(seed)
    if sort == "elastic":
        name = random.Random(seed).choice(sorted(MAKERS))
        return with_rule(seed, name, soft=soft, elastic=True)
    return drawn(seed, soft) if sort == "rules" else with_latency(seed)


def with_latency(seed: int) -> vmopt.Instance:
    """Draw VMs that talk, on hosts in two racks, at a price of a second that makes some of them stay out."""
    rng = np.random.default_rng(seed)
    n_vms, n_hosts = int(rng.integers(2, 6)), int(rng.integers(2, 4))
    cluster = vmopt.Instance.from_arrays(
        rng.integers(1, 5, (n_vms, 1)), rng.integers(3, 7, (n_hosts, 1)), value=rng.integers(1, 10, n_vms)
    )
    network = leaf_spine(cluster, hosts_per_rack=2, spines=1, latency=1.0, uplink_latency=3.0)
    pairs = [(a, b) for a in cluster.vm_names for b in cluster.vm_names if a != b and rng.random() < 0.4]
    traffic = Traffic.from_edges(cluster, [(a, b, float(rng.integers(1, 5))) for a, b in pairs])
    price = float(rng.choice([0.5, 4.0]))
    return cluster.replace(objective=vmopt.Objective(latency=Latency(network, traffic, price)))


def best_of(instance: Any, every: Iterable[Placement]) -> list[Placement]:
    """The best placements, by the meaning of the objective: all that it ranks equally."""
    if instance.objective.goal_levels or by_tiers(instance):
        return climbed(instance)[1]
    worths = [(worth(instance, at) - seconds(instance, at), at) for at in every]
    best = max((value for value, _ in worths), default=0.0)
    return [at for value, at in worths if value >= best - CLOSE * max(1, abs(best))]


def seconds(instance: Any, at: Placement) -> float:
    """What the latency of a placement costs, pair by pair."""
    latency = instance.objective.latency
    if latency is None or not latency.traffic.n_pairs:
        return 0.0
    traffic, far = latency.traffic, instance.delays.table
    pairs = zip(traffic.source.tolist(), traffic.target.tolist(), traffic.rate.tolist(), strict=True)
    lost = sum(rate * far[at[a], at[b]] for a, b, rate in pairs if at[a] >= 0 and at[b] >= 0)
    return float(latency.weight * lost / traffic.rate.sum())
