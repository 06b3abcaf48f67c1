"""Clusters that are too large for one program: what is found holds, and what prices prove is no less than the best."""

from __future__ import annotations

import os
import signal
import time

import numpy as np
import pytest

import vmopt
from tests.nesting.fuzz import brute, draw
from tests.thorough import few
from vmopt.nesting import search
from vmopt.nesting.parameters import NestParameters
from vmopt.nesting.prices import NestPrices, price_bound
from vmopt.nesting.solve import nest_of
from vmopt.status import Limit, Status


def cluster(n, m, seed=1):
    rng = np.random.default_rng(seed)
    containers = [
        vmopt.VM(f"c{i}", {"cpu": float(cpu), "memory": float(memory)}, priority=float(priority))
        for i, (cpu, memory, priority) in enumerate(
            zip(rng.choice([0.5, 1, 2, 4], n), rng.choice([1, 2, 4, 8], n), rng.integers(1, 6, n), strict=True)
        )
    ]
    flavors = [
        vmopt.Flavor("small", {"cpu": 4, "memory": 16}, {"cpu": 0.25, "memory": 0.5}),
        vmopt.Flavor("large", {"cpu": 16, "memory": 48}, {"cpu": 0.5, "memory": 1}, cost=3.5),
    ]
    return containers, flavors, [vmopt.Host(f"h{i}", {"cpu": 32, "memory": 128}) for i in range(m)]


@pytest.mark.parametrize("seed", range(few(24)))
def test_without_the_one_program_claims_enclose_the_best(seed):
    containers, flavors, hosts, rules = draw(seed)
    nested = vmopt.Nested.of(containers, flavors, hosts, rules=rules)
    found = nest_of(nested, time_limit=2, threads=1, parameters=NestParameters(most_pairs=-1))
    worth, cost = brute(found.nested)
    first, second = found.levels
    assert first.value - 1e-9 <= worth <= first.bound + 1e-9
    if first.value >= worth - 1e-9:
        assert second.bound - 1e-9 <= cost <= second.value + 1e-9


@pytest.mark.parametrize("seed", range(few(20)))
def test_any_prices_prove_a_bound(seed):
    containers, flavors, hosts, rules = draw(seed)
    nested = vmopt.Nested.of(containers, flavors, hosts, rules=rules)
    worth, cost = brute(nested)
    rng, shape = np.random.default_rng(seed), (len(nested.cluster.host_classes), 2)
    for scale in (0.0, 0.05, 1.0):
        inside, vms = scale * rng.random(shape), scale * rng.random(len(flavors))
        assert price_bound(nested, NestPrices(inside, vms)) >= worth - 1e-8
        assert price_bound(nested, NestPrices(inside, vms, 9.0, costs=True)) >= 9 * worth - cost - 1e-7


@pytest.mark.parametrize("rules", [[], [vmopt.Spread([f"c{i}" for i in range(9)]), vmopt.Fence("c*", ["h0", "h1"])]])
def test_prices_of_an_answer_prove_its_bound_again(rules):
    nested = vmopt.Nested.of(*cluster(120, 4), rules=rules)
    found = nest_of(nested, time_limit=6, threads=1, parameters=NestParameters(most_pairs=-1))
    proven, first = price_bound(found.nested, found.prices[0]), found.levels[0]
    assert 0 < first.value <= proven < found.nested.cluster.value.sum()
    assert vmopt.verify_nest(found.nested, found.vms, found.vm_of) == ()


def test_nothing_found_in_time_is_no_cheapest_answer(monkeypatch):
    monkeypatch.setattr(search, "placed", lambda *_: (None, None))
    nested = vmopt.Nested.of(*cluster(6, 2))
    found = nest_of(nested, time_limit=0, parameters=NestParameters(most_pairs=-1))
    assert found.vms == ()
    assert [level.status for level in found.levels] == [Status.FEASIBLE] * 2


def test_an_interrupt_keeps_what_was_found(monkeypatch):
    """Ctrl-C after the start: the answer is there, and it says why it stopped."""

    def interrupted(*_):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(1)

    monkeypatch.setattr(search.NestSearch, "_as_one_program", interrupted)
    nested = vmopt.Nested.of(*cluster(40, 2))
    found = nest_of(nested, time_limit=8, threads=1, parameters=NestParameters(most_pairs=10**9))
    assert found.limit is Limit.INTERRUPTED
    assert len(found.placement) > 0
    assert vmopt.verify_nest(found.nested, found.vms, found.vm_of) == ()
