"""Pattern bounds of hosts with parts, proven anew: against every multiset of VMs that brute force lands."""

from __future__ import annotations

import random
from itertools import product

import numpy as np
import pytest

import vmopt
from tests.inside.brute import lands
from tests.inside.draws import cluster
from vmopt import VM, Host, Instance, Pieces
from vmopt.bounds import PatternBound, landing_proof
from vmopt.bounds.pattern_bound import recheck_pattern_bound, verify_pattern_bound
from vmopt.rules.eligible import class_members

SEEDS = range(60)


def best_patterns(instance: Instance, hosts: list[Host], vms: list[VM], profit: np.ndarray) -> list[float]:
    """For each host class the best multiset of VMs that fits one host and lands on its parts."""
    members, of_host = class_members(instance)
    found = []
    for h in of_host.tolist():
        best = 0.0
        for counts in product(*(range(count + 1) for count in instance.vm_classes.count.tolist())):
            chosen = [vms[i] for i, n in zip(members.tolist(), counts, strict=True) for _ in range(n)]
            worth = float(np.dot(counts, profit))
            if worth <= best or sum(vm.demand["cpu"] for vm in chosen) > hosts[h].capacity["cpu"]:
                continue
            best = worth if lands(hosts[h], chosen) else best
        found.append(best)
    return found


def drawn(seed: int) -> tuple[Instance, list[float], np.ndarray]:
    """An instance with parts, the truth for prices that are drawn, and these."""
    hosts, vms = cluster(7000 + seed)
    instance, draw = Instance.from_rows(hosts, vms), random.Random(seed)
    prices = np.array([draw.choice([0.0, 0.3, 0.7]) for _ in range(len(instance.vm_classes))])
    return instance, best_patterns(instance, hosts, vms, instance.vm_classes.value - prices), prices


@pytest.mark.parametrize("seed", SEEDS)
def test_the_best_pattern_that_lands_is_found(seed: int) -> None:
    instance, best, prices = drawn(seed)
    nothing = PatternBound(prices, np.zeros(len(best)))
    found = recheck_pattern_bound(instance, nothing)
    assert found.proven.all()
    assert found.host_profit == pytest.approx(best)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_true_is_proven_and_what_is_not_is_not(seed: int) -> None:
    instance, best, prices = drawn(seed)
    right = PatternBound(prices, np.array(best))
    assert verify_pattern_bound(instance, right, recheck=True) == pytest.approx(verify_pattern_bound(instance, right))
    if max(best) > 0:
        wrong = PatternBound(prices, 0.9 * np.array(best))
        assert verify_pattern_bound(instance, wrong, recheck=True) > verify_pattern_bound(instance, wrong) + 1e-6


@pytest.mark.parametrize("seed", SEEDS)
def test_where_fills_are_too_many_nothing_false_is_claimed(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landing_proof, "MOST_FILLS", 1)
    instance, best, prices = drawn(seed)
    found = recheck_pattern_bound(instance, PatternBound(prices, np.zeros(len(best))))
    assert (found.host_profit >= np.array(best) - 1e-9).all()


def test_a_bound_of_a_search_is_proven() -> None:
    """Tests shares of 0.6, of which a host takes one for each GPU: by amounts alone three would go on two."""
    hosts = [Host(f"h{n}", {"cpu": 64}, parts={"gpu": [{"milli": 1000}] * 2}) for n in range(30)]
    vms = [VM(f"a{n}", {"cpu": 3}, value=2, pieces=[Pieces("gpu", 1, {"milli": 600})]) for n in range(100)]
    vms += [VM(f"b{n}", {"cpu": 7}, value=1) for n in range(300)]
    instance = Instance.from_rows(hosts, vms)
    solution = vmopt.solve(instance, method="column-generation", time_limit=20, threads=1, gap=0)
    certificate = solution.pattern_bound
    assert certificate is not None
    found = recheck_pattern_bound(instance, certificate)
    assert found.proven.all()
    assert found.bound == pytest.approx(30 * 2 * 2 + 30 * 8)
