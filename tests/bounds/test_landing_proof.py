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
from vmopt.bounds.knapsack_proof import largest_profit
from vmopt.bounds.landing_proof import ANYTHING, EMPTY, LandingStates
from vmopt.bounds.pattern_bound import recheck_pattern_bound, verify_pattern_bound
from vmopt.rules.eligible import class_members
from vmopt.rules.inside.layout import Need, Seat

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


class Clock:
    """Time that is up once it was looked at so often."""

    def __init__(self, looks: int) -> None:
        self.left = looks

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


def crowded() -> LandingStates:
    """A host of sixteen parts, of which a VM takes eight, in more ways than anyone can look at."""
    seats = [Seat("gpu", n, (10 + n,), 0, ()) for n in range(16)]
    return LandingStates(seats, [((Need("gpu", 8, (n,), None),),) for n in (1, 2)], np.array([0, 1]))


def test_fills_are_left_when_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that no more ways are looked at than there is time for, and that nothing is claimed of what was not."""
    looked = []
    ways = LandingStates._ways
    monkeypatch.setattr(LandingStates, "_ways", lambda *given: (looked.append(1) or one for one in ways(*given)))
    reach, clock, nothing = crowded(), Clock(20), np.array([EMPTY, EMPTY])
    assert reach.grown(nothing, np.array([0, 1]), clock).tolist() == [ANYTHING, ANYTHING]
    assert len(looked) <= 20
    monkeypatch.setattr(landing_proof, "MOST_FILLS", 20_000)
    assert ANYTHING not in reach.grown(nothing[:1], np.array([0])), "with more time it is looked at again"


@pytest.mark.parametrize("looks", [0, 1, 3, 10, 40, 100])
@pytest.mark.parametrize("seed", range(12))
def test_a_search_that_ends_early_claims_nothing_false(seed: int, looks: int) -> None:
    """Tests bounds of searches whose time is up anywhere in them, and that only what is true is called proven."""
    instance, best, prices = drawn(seed)
    profit, vms = instance.vm_classes.value - prices, instance.vm_classes
    for c, reach in enumerate(LandingStates.of(instance)):
        room = instance.host_classes.capacity[c]
        found = largest_profit(vms.demand, profit, vms.count, room, 0.0, Clock(looks), reach)
        assert found.bound >= best[c] - 1e-9
        assert not found.proven or found.bound == pytest.approx(best[c])


def test_what_may_not_land_disproves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a right statement is not called wrong for VMs of which it is not known that they land."""
    monkeypatch.setattr(landing_proof, "MOST_FILLS", 1)
    seats = [Seat("gpu", n, (10 + n,), 0, ()) for n in range(2)]
    reach = LandingStates(seats, [((Need("gpu", 1, (6,), None),),)], np.array([0]))
    vms = np.array([[1]]), np.array([2.0]), np.array([3])
    found = largest_profit(*vms, np.array([9]), 4.0, lambda: False, reach)
    assert (found.bound, found.proven) == (pytest.approx(6.0), False)


def test_what_is_asked_of_all_parts_together() -> None:
    """Tests least amounts of each kind by hand: of alternatives the smaller, pieces added up, nothing for the first."""
    seats = [Seat("gpu", 0, (10, 5), 0, ()), Seat("gpu", 1, (10, 7), 0, ()), Seat("disk", 0, (3,), 0, ())]
    two_or_one = ((Need("gpu", 2, (3, 2), None),), (Need("gpu", 1, (7, 1), None), Need("disk", 1, (2,), None)))
    disk_only = ((Need("disk", 1, (3,), None),),)
    asked, offered = LandingStates(seats, [two_or_one, disk_only], np.array([-1, 0, 1])).totals()
    assert offered.tolist() == [20, 12, 3]
    assert asked.tolist() == [[0, 0, 0], [6, 1, 0], [0, 0, 3]]


@pytest.mark.parametrize(
    "other", [Seat("gpu", 1, (9,), 0, ()), Seat("gpu", 1, (10,), 0, ()), Seat("disk", 0, (10,), 0, ())]
)
def test_parts_that_are_alike_are_told_apart_by_their_fill_alone(other: Seat) -> None:
    """Tests that a piece on either of two parts is one fill where these are alike, and two where they are not."""
    seats = [Seat("gpu", 0, (10,), 0, ()), other]
    reach = LandingStates(seats, [((Need("gpu", 1, (4,), None),),)], np.array([0]))
    one = reach.grown(np.array([EMPTY]), np.array([0]))
    alike = other.kind == "disk" or other.capacity == (10,)
    assert len(reach._fills[one[0]]) == (1 if alike else 2)


@pytest.mark.parametrize(("most", "claimed"), [(1, False), (2, True)])
def test_as_many_fills_as_are_kept_are_still_claimed(most: int, claimed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that nothing is claimed from one fill more on."""
    monkeypatch.setattr(landing_proof, "MOST_FILLS", most)
    seats = [Seat("gpu", 0, (10,), 0, ()), Seat("gpu", 1, (9,), 0, ())]
    reach = LandingStates(seats, [((Need("gpu", 1, (4,), None),),)], np.array([0]))
    assert (reach.grown(np.array([EMPTY]), np.array([0]))[0] != ANYTHING) == claimed


def test_nothing_is_claimed_of_some_of_the_fills(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a second VM makes three fills of two different parts, of which two are not taken for all."""
    monkeypatch.setattr(landing_proof, "MOST_FILLS", 2)
    seats = [Seat("gpu", 0, (10,), 0, ()), Seat("gpu", 1, (9,), 0, ())]
    reach, first = LandingStates(seats, [((Need("gpu", 1, (4,), None),),)], np.array([0])), np.array([0])
    one = reach.grown(np.array([EMPTY]), first)
    assert one[0] != ANYTHING
    assert reach.grown(one, first).tolist() == [ANYTHING]


def test_a_piece_without_a_profile_leaves_all_slots() -> None:
    """Tests that amounts and slots of one part are taken apart from each other."""
    whole = Seat("gpu", 0, (10,), 4, (("whole", (4, (0,))),))
    asks = [((Need("gpu", 1, (4,), None),),), ((Need("gpu", 1, (4,), "whole"),),)]
    reach = LandingStates([whole], asks, np.array([0, 1]))
    one = reach.grown(np.array([EMPTY]), np.array([0]))
    two = reach.grown(one, np.array([1]))
    assert two[0] > ANYTHING
    assert reach.grown(two, np.array([1])).tolist() == [landing_proof.NEVER]
