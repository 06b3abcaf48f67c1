"""Placements without rules, dealt as rules allow: the first of them, and the one that an interruption leaves."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt
from vmopt.interruption import Interruption
from vmopt.methods import greedy
from vmopt.methods.ruled import door
from vmopt.methods.ruled.blind import BlindSearch
from vmopt.methods.ruled.deal import deal, fill
from vmopt.methods.ruled.one_each import one_each
from vmopt.methods.search import Search
from vmopt.options import Options
from vmopt.problem import compile
from vmopt.rules.lowered import lowered


def cluster() -> vmopt.Instance:
    """Make a cluster that is no small one, of replicas that spread."""
    return vmopt.generate("flavor", hosts=150, seed=2, load=1.2, rules="spread,zones,fences,gangs")


@pytest.mark.parametrize("interrupted", [False, True])
def test_what_there_is_is_handed_on(interrupted: bool) -> None:
    """Tests that whoever interrupts a search before anything is dealt has what rules leave of the placement."""
    instance = cluster()
    search, call = Search(instance, Options(time_limit=60, gap=1e-3, threads=1)), Interruption()
    plain = compile(instance.without_rules)
    nothing = np.full(plain.n_vms, -1)
    placed = greedy.place(plain, greedy.order_by(plain, "priority"), "first-fit", nothing)

    def work() -> None:
        inside = BlindSearch(search, lowered(instance))
        inside.offer(placed, "test")
        assert not search.found
        if interrupted:
            call.request()
        inside.hand_on()

    call.serve(work)
    assert search.found
    assert vmopt.verify(instance, search.host_index) == ()
    assert search.objective > (0.1 if interrupted else 0.8) * search.bound


def test_greedy_placements_come_first_where_dealing_could_come_late() -> None:
    """Tests that a short time limit, or VMs that must run, are not left to dealing."""
    instance = cluster()
    must = instance.replace(rules=[*instance.rules, vmopt.MustRun(instance.vm_names[0])])
    for one, seconds, soon in ((instance, 60.0, True), (instance, 0.1, False), (must, 60.0, False)):
        search = Search(one, Options(time_limit=seconds, gap=1e-3, threads=1))
        assert door._is_dealt_soon(search, door.DEFAULT) is soon


@pytest.mark.parametrize("seed", range(5))
def test_groups_are_dealt_out_whenever_that_can_be_done(seed: int) -> None:
    """Tests that places of groups that were seated somehow are enough to seat all of them anew, one on each host."""
    rng = np.random.default_rng(seed)
    sizes = sorted(rng.integers(1, 9, 30).tolist(), reverse=True)
    there = np.zeros((30, 12), dtype=int)
    for group, size in enumerate(sizes):
        there[group, rng.choice(12, size, replace=False)] = 1
    left = there.sum(axis=0)
    chosen = one_each(left.copy(), sizes)
    assert [len(hosts) for hosts in chosen] == sizes
    assert all(len(set(hosts.tolist())) == len(hosts) for hosts in chosen)
    assert np.bincount(np.concatenate(chosen), minlength=12).tolist() == left.tolist()


def test_fewer_where_places_run_out() -> None:
    """Tests that a group gets no place twice, and no more than there are."""
    assert [hosts.tolist() for hosts in one_each(np.array([3, 0]), [2, 2, 1, 1])] == [[0], [0], [0], []]
    assert [hosts.tolist() for hosts in one_each(np.zeros(2, dtype=int), [1])] == [[]]


def test_who_needs_others_is_dealt_after_them() -> None:
    """Tests that VMs which may go nowhere by themselves are dealt beside those that they need, through two rules."""
    groups = [vmopt.Near("vm-0", "vm-1", over="rack"), vmopt.Near("vm-1", "vm-2", over="rack")]
    labels = [{"rack": "r"}, {"rack": "s"}]
    arrays = {"demand": [[1], [2], [3], [4]], "capacity": [[6], [9]], "host_labels": labels}
    instance = vmopt.Instance.from_arrays(**arrays, rules=groups)
    dealt = deal(compile(instance), instance.without_rules.vm_classes, np.array([0, 0, 0, 1]))
    assert dealt.tolist() == [0, 0, 0, 1]


def test_places_that_soft_rules_leave_empty_are_filled_where_that_costs_little() -> None:
    """Tests that all places of a placement without rules are taken, and those that dealing gave away stay so."""
    made = vmopt.generate("flavor", hosts=40, seed=2, load=1.2, rules="zones")
    group = np.arange(made.n_vms) // 8
    instance = made.replace(rules=[vmopt.Spread(group, over="zone", most=2, penalty=1e-9)])
    problem, plain = compile(instance), instance.without_rules.vm_classes
    bare = compile(instance.without_rules)
    wanted = greedy.place(bare, greedy.order_by(bare, "priority"), "first-fit", np.full(bare.n_vms, -1))
    dealt = deal(problem, plain, wanted)
    filled = fill(problem, plain, wanted, dealt, problem.rules)
    assert (dealt >= 0).sum() < (wanted >= 0).sum()
    assert (filled[dealt >= 0] == dealt[dealt >= 0]).all()
    places = [np.bincount(plain.of[at >= 0] * made.n_hosts + at[at >= 0]) for at in (wanted, filled)]
    assert np.array_equal(*places)
