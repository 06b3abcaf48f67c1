"""Tests of exchanges and rematches where rules look at the VMs."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt
from vmopt import metrics
from vmopt.bounds import dual
from vmopt.generate import generate
from vmopt.methods import greedy
from vmopt.methods.neighbourhood import improve
from vmopt.methods.packing.guarded import Guard, breaks_rules, guarded_classes, one_of_each
from vmopt.methods.packing.losses import Losses
from vmopt.methods.packing.matching import rematch
from vmopt.methods.packing.mobile import mobile_classes
from vmopt.methods.packing.occupancy import Occupancy
from vmopt.methods.packing.pairs import exchange
from vmopt.methods.search import Search
from vmopt.model.instance import Instance
from vmopt.options import Options
from vmopt.problem import compile

RULES = "spread,zones,fences,gangs"


def greedily(instance: Instance) -> tuple[Occupancy, Losses]:
    problem = compile(instance)
    placed = vmopt.solve(instance, method="greedy-priority", threads=1).host_index
    return Occupancy(problem, placed), Losses(problem, dual.prices(problem))


def check_books(instance: Instance, occupancy: Occupancy) -> None:
    """Check that the placement keeps rules and capacity, and that the books are those of it."""
    placement = occupancy.placement()
    assert not vmopt.verify(instance, placement)
    anew = Occupancy(compile(instance), placement)
    np.testing.assert_array_equal(occupancy.free, anew.free)
    np.testing.assert_array_equal(occupancy.left, anew.left)


@pytest.mark.parametrize("kind", ["flavor", "large"])
def test_those_of_no_rule_move_without_a_question(kind: str) -> None:
    """Tests that rules are kept, with nobody asking them, where only those move that no rule looks at."""
    plain = generate(kind, hosts=12, seed=3)
    some = np.arange(plain.n_vms) % 3
    rules = [
        vmopt.Gather(np.where(some == 0, np.arange(plain.n_vms) // 9, -1)),
        vmopt.Spread(np.where(some == 1, np.arange(plain.n_vms) // 20, -1)),
    ]
    instance = plain.replace(rules=rules)
    occupancy, losses = greedily(instance)
    before, rng = metrics.objective_of(instance, occupancy.placement()), np.random.default_rng(0)
    assert 0 < mobile_classes(occupancy.problem).sum() < len(occupancy.mobile)
    gain = sum(rematch(occupancy, losses, rng.permutation(12)[:8], rng) for _ in range(100))
    gain += sum(exchange(occupancy, losses, rng.permutation(12)[:4].reshape(-1, 2), rng) for _ in range(100))
    check_books(instance, occupancy)
    assert gain > 0
    assert metrics.objective_of(instance, occupancy.placement()) == pytest.approx(before + gain)


def test_nobody_moves_whom_rules_look_at() -> None:
    """Tests that a VM that a rule keeps with another stays where it is, though another host is better for it."""
    cluster = Instance.from_arrays([[2], [2], [5]], [[4], [5]], value=[1, 1, 9], rules=[vmopt.Gather(["vm-0", "vm-1"])])
    occupancy, losses = greedily(cluster)
    occupancy = Occupancy(occupancy.problem, np.array([1, 1, -1]))
    rng = np.random.default_rng(0)
    assert sum(rematch(occupancy, losses, np.arange(2), rng) for _ in range(20)) == 0
    assert sum(exchange(occupancy, losses, np.array([[0, 1]]), rng) for _ in range(20)) == 0
    assert occupancy.placement().tolist() == [1, 1, -1]


def test_a_limit_for_a_class_is_said_by_most() -> None:
    """Tests that VMs that spread over hosts are mobile where their group is a class, and guarded where it is not."""
    groups = [["vm-0", "vm-1"], ["vm-2", "vm-3"]]
    cluster = Instance.from_arrays([[1], [1], [2], [3]], [[8]] * 3, rules=[vmopt.Spread(groups)])
    problem = compile(cluster)
    of = problem.vms.of
    assert mobile_classes(problem)[of].tolist() == [True, True, False, False]
    assert guarded_classes(problem)[of].tolist() == [True] * 4


def test_a_soft_limit_is_not_said_by_most() -> None:
    """Tests that VMs with a soft rule are not mobile: what it costs has to be looked at."""
    cluster = Instance.from_arrays([[1]] * 2, [[8]] * 2, rules=[vmopt.Spread("vm-*", penalty=1)])
    assert not mobile_classes(compile(cluster)).any()


@pytest.mark.parametrize(("kind", "seed"), [("flavor", 1), ("flavor", 2), ("distinct", 1)])
def test_guarded_vms_keep_rules(kind: str, seed: int) -> None:
    """Tests that rematches of whom rules look at are better, and that what breaks none is a placement as before."""
    instance = generate(kind, hosts=20, seed=seed, rules=RULES)
    occupancy, losses = greedily(instance)
    before, gain, rng = metrics.objective_of(instance, occupancy.placement()), 0.0, np.random.default_rng(0)
    guarded, kept = guarded_classes(occupancy.problem), 0
    for _ in range(60):
        hosts = rng.permutation(20)[:12]
        on, left = [occupancy.on[h] for h in hosts.tolist()], occupancy.left.copy()
        more = rematch(occupancy, losses, hosts, rng, guarded=guarded)
        broken = breaks_rules(occupancy, hosts)
        assert broken == bool(vmopt.verify(instance, occupancy.placement()))
        if broken:
            occupancy.left = left
            for host, rows in zip(hosts.tolist(), on, strict=True):
                occupancy.refill(host, rows)
        else:
            gain, kept = gain + more, kept + 1
        check_books(instance, occupancy)
    assert gain > 0
    assert kept > 50
    assert metrics.objective_of(instance, occupancy.placement()) == pytest.approx(before + gain)


def test_a_guard_says_what_rules_say() -> None:
    """Tests that a guard allows a host exactly where a placement with the VM there keeps the rules."""
    instance = generate("flavor", hosts=12, seed=4, rules=RULES)
    occupancy, _ = greedily(instance)
    problem, hosts = occupancy.problem, np.arange(12)
    half = np.where(np.arange(instance.n_vms) % 2 == 0, occupancy.placement(), -1)
    occupancy = Occupancy(problem, half)
    half = occupancy.placement()
    lasting = [rule for rule in problem.rules if rule.lasts]
    classes = np.flatnonzero(guarded_classes(problem) & (occupancy.left > 0))
    allowed = Guard(occupancy, hosts).allowed(classes)
    assert 0 < allowed.sum() < allowed.size
    for column, j in enumerate(classes.tolist()):
        vm = np.flatnonzero((problem.vms.of == j) & (half < 0))[0]
        for host in hosts.tolist():
            tried = half.copy()
            tried[vm] = host
            assert allowed[host, column] == (not any(rule.breaches(tried) for rule in lasting))


def test_two_of_a_group_do_not_move_at_once() -> None:
    """Tests that of those who share a host, wherever it is, one takes part; all where hosts count by themselves."""
    vms = np.array([0, 1, 2])
    together = Instance.from_arrays([[1], [2], [3]], [[8]] * 2, rules=[vmopt.Gather(["vm-0", "vm-1"])])
    assert one_of_each(compile(together), vms).sum() == 2
    apart = Instance.from_arrays([[1], [2], [3]], [[8]] * 2, rules=[vmopt.Spread(["vm-0", "vm-1"])])
    assert one_of_each(compile(apart), vms).all()


def test_penalties_count() -> None:
    """Tests that the search reckons with what rematches break of soft rules: its value is that of the placement."""
    instance = generate("flavor", hosts=10, seed=2).replace(rules=[vmopt.Spread("vm-*", most=8, penalty=1e-3)])
    search = Search(instance, Options(threads=1, time_limit=60))
    greedy.run_best(search)
    before = search.objective
    improve(search, steps=60)
    assert search.objective > before
    assert search.objective == pytest.approx(metrics.objective_of(instance, search.host_index))
