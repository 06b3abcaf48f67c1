"""Skew beside rules that close hosts: only domains that a group may use count, for checkers and methods alike."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest

import vmopt
from tests.patience import PATIENCE
from tests.rules.brute import best, broken, placements
from tests.rules.cases.case import Case, case, h, v
from tests.rules.claims import faults
from tests.rules.draws import BARS, instance, softened
from tests.rules.meaning import holds, may_run
from tests.rules.test_allows import check_allowed
from tests.rules.test_eligible import check_limits
from tests.rules.test_soft_translation import PENALTY, differences
from tests.rules.test_translation import check_part, check_points
from tests.rules.violations import violation
from tests.rules.who import domains, vm_groups
from tests.thorough import few
from vmopt import Ban, Empty, Fence, Skew
from vmopt.methods.locality.ruled import guards_of
from vmopt.methods.locality.seating import Exchanges
from vmopt.rules.open_to import domains_open_to
from vmopt.rules.usable import usable_domains

SEEDS = range(few(60))
CASES = [
    case("a closed rack", 4, [Skew("vm-*", "rack"), Fence("vm-*", h("01"))], vms=4, hosts=3, racks="abc"),
    case("few usable ones", 2, [Skew("vm-*", "host", 1, 3), Fence("vm-*", h("01"))], vms=4, hosts=3),
    case("closed to all but one", 2, [Skew("vm-*", "host"), Ban(v("123"), "host-2")], vms=4, hosts=[9, 9, 0]),
    case("closed to all", 4, [Skew("vm-*", "host"), Empty("host-2")], vms=4, hosts=3),
]


def drawn(seed: int, *, soft: float = 0.0, elastic: bool = False) -> vmopt.Instance:
    """Draw an instance whose first rule is a hard Skew, with one or two rules beside that close hosts."""
    dice = random.Random(seed)
    cluster = instance(seed, "skew", *dice.choices(BARS, k=dice.randint(1, 2)), elastic=elastic, soft=soft)
    return cluster.replace(rules=[softened(cluster.rules[0], None), *cluster.rules[1:]])


def kept(cluster: vmopt.Instance) -> Iterator[tuple[int, ...]]:
    """The placements that keep all hard rules."""
    return (at for at in placements(cluster) if not broken(cluster, at))


def test_domains_are_usable_where_a_vm_may_run() -> None:
    """Tests that both ways to find them are right, for each group and domain; some are usable, others not."""
    met = set()
    for seed in range(few(200)):
        cluster = drawn(seed, soft=0.3)
        rule, here = cluster.rules[0], cluster.rules_in_force[0]
        for g, group in enumerate(vm_groups(rule.groups, cluster)):
            for d, (_, hosts) in enumerate(sorted(domains(rule.over, cluster).items())):
                expected = any(may_run(cluster, vm, host) for vm in group for host in hosts)
                assert here.once(domains_open_to).of(g)[d] == expected, (seed, g, d)
                assert here.once(usable_domains).of(g)[d] == expected or not group, (seed, g, d)
                met.add(expected)
    assert met == {True, False}


def test_checkers_are_right() -> None:
    """Tests breaches and the measure of every placement, of those that break the rules beside it too."""
    for seed in SEEDS:
        cluster = drawn(seed, soft=0.3)
        rule, here = cluster.rules[0], cluster.rules_in_force[0]
        for at in placements(cluster):
            host_index = np.array(at)
            assert (not here.breaches(host_index)) == holds(rule, cluster, at), (seed, at)
            assert here.violation(host_index) == violation(rule, cluster, at), (seed, at)


def test_points_are_the_placements_that_keep_the_rules() -> None:
    """Tests the translation, with and without identical hosts in order."""
    for seed in SEEDS:
        check_points(drawn(seed, elastic=True), plain=False)
        check_points(drawn(seed), plain=True)


def test_points_with_vms_outside() -> None:
    """Tests the translation for some hosts and VMs, while others stay where they are."""
    for seed in range(few(150)):
        cluster, dice = drawn(seed), random.Random(seed)
        base = np.array(dice.choice(list(kept(cluster))))
        stays = np.array([dice.random() < 0.5 for _ in base])
        outside = np.where(stays, base, -1)
        stays = outside >= 0
        together = [at for at in placements(cluster) if (np.array(at)[stays] == outside[stays]).all()]
        hosts = {h for h in range(cluster.n_hosts) if dice.random() < 0.7}
        check_part(cluster, outside, ~stays, hosts, together)


def test_a_soft_one_costs_what_it_breaks() -> None:
    """Tests that the translation of a soft Skew knows the rules beside it."""
    for seed in SEEDS:
        cluster = drawn(seed)
        soft = cluster.replace(rules=[softened(cluster.rules[0], PENALTY), *cluster.rules[1:]])
        nobody, hosts = np.full(cluster.n_vms, -1), set(range(cluster.n_hosts))
        assert all(abs(constant) < 1e-9 for constant in differences(soft, nobody, hosts)), seed


def test_greedy_and_bounds_are_right() -> None:
    """Tests which hosts are allowed to one more VM, and that no group has more in a domain than bounds believe."""
    for seed in SEEDS:
        cluster = drawn(seed, soft=0.3)
        for at in kept(cluster):
            for vm in np.flatnonzero(np.array(at) < 0).tolist():
                check_allowed(cluster, np.array(at), vm)
            check_limits(cluster, at)


@pytest.mark.parametrize("nowhere", [False, True])
def test_moves_are_permitted_that_keep_the_rules(nowhere: bool) -> None:
    """Tests that single VMs move wherever all rules stay kept, and nowhere else."""
    permitted = 0
    for seed in SEEDS:
        cluster = drawn(seed)
        for at in kept(cluster):
            vms = np.arange(cluster.n_vms) if nowhere else np.flatnonzero(np.array(at) >= 0)
            guards = guards_of(cluster, vms, nowhere=nowhere)
            seats = np.where(np.array(at)[vms] < 0, cluster.n_hosts, np.array(at)[vms])
            for item, to in np.ndindex(len(vms), cluster.n_hosts + nowhere):
                more = np.array(at)
                more[vms[item]] = to if to < cluster.n_hosts else -1
                move = Exchanges(np.array([item]), np.array([to]), np.array([-1]))
                expected = all(holds(rule, cluster, more) for rule in cluster.rules)
                found = bool(guards.permits(seats, move)[0])
                assert found == expected or to == seats[item], (seed, at, item, to)
                permitted += found
    assert permitted


@pytest.mark.parametrize("method", ["auto", "exact", "greedy-demand", "neighbourhood"])
@pytest.mark.parametrize("told", CASES, ids=str)
def test_methods_are_right(told: Case, method: str) -> None:
    """Tests that the case is right, and that methods keep its rules and make no wrong claim."""
    assert best(told.instance) == told.best
    solution = vmopt.solve(told.instance, method=method, gap=0, threads=1, time_limit=PATIENCE)
    assert not list(faults(solution, told.best, optimal=method in ("auto", "exact")))


def test_a_fence_to_two_of_three_zones() -> None:
    """Tests that a group which may not use a zone is even over the others, and runs as a whole."""
    zones = [{"zone": zone} for zone in "abc"]
    rules = [vmopt.Skew("vm-*", over="zone"), vmopt.Fence("vm-*", ["host-0", "host-1"])]
    cluster = vmopt.Instance.from_arrays([[1]] * 6, [[9]] * 3, host_labels=zones, rules=rules)
    assert cluster.rules_in_force[0].most_in_domain.tolist() == [1 + 6 // 2]
    assert sorted(vmopt.solve(cluster).host_index.tolist()) == [0, 0, 0, 1, 1, 1]
    assert vmopt.verify(cluster, [0, 0, 0, 1, 1, 1]) == ()
    assert [breach.excess for breach in vmopt.verify(cluster, [0, 0, 0, 1, -1, -1])] == [1]
    assert vmopt.contradictions(cluster) == ()


def test_what_closes_hosts_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that many rules share one look at the fences: each fence is found, and asked, once in all."""
    asked: list[str] = []
    banned, find = Fence.banned, Fence.find
    monkeypatch.setattr(Fence, "banned", lambda self, *given: asked.append("banned") or banned(self, *given))
    monkeypatch.setattr(Fence, "find", lambda self, *given: asked.append("find") or find(self, *given))
    even = [Skew([f"vm-{n}", f"vm-{n + 1}"], "host") for n in range(0, 8, 2)]
    rules = [*even, Fence("vm-0", ["host-0", "host-1"]), Fence("vm-[3-5]", "host-2")]
    cluster = vmopt.Instance.from_arrays([[1]] * 8, [[9]] * 3, rules=rules)
    found = [domains_open_to(here) for here in cluster.rules_in_force[:4]]
    assert sorted(asked) == ["banned", "banned", "find", "find"]
    assert [open_to.of(0).tolist() for open_to in found] == [[True] * 3, [True] * 3, [False, False, True], [True] * 3]


@pytest.mark.parametrize("stay", [vmopt.Quarantine("host-0"), vmopt.Keep("vm-0")])
def test_what_stays_closes_no_host(stay: vmopt.BaseRule) -> None:
    """Tests that only Fence, Ban and Empty say what a group may use: a host that nobody may enter now still counts."""
    cluster = vmopt.Instance.from_arrays([[1]] * 3, [[9]] * 2, current=[1, -1, -1], rules=[Skew("vm-*", "host"), stay])
    here = cluster.rules_in_force[0]
    assert domains_open_to(here).of(0).tolist() == usable_domains(here).of(0).tolist() == [True, True]
    assert [breach.excess for breach in vmopt.verify(cluster, [1, 1, -1]) if "Skew" in str(breach)] == [1]
