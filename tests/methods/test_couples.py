"""Couples: VMs that need another on their host follow one of those that they need."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

import vmopt
from vmopt.methods.ruled.bundles import bundles, has_bundles
from vmopt.methods.ruled.couples import coupled, coupling
from vmopt.methods.ruled.deal import deal
from vmopt.problem import compile

NEAR = vmopt.Near(["vm-0", "vm-1", "vm-2"], ["vm-3", "vm-4"], over="host")


def cluster(*rules: Any, size: int = 2) -> vmopt.Instance:
    """Draw up five VMs on three hosts."""
    return vmopt.Instance.from_arrays([[size]] * 3 + [[1], [1]], [[5]] * 3, rules=rules, value=[2, 2, 2, 1, 1])


def test_followers_fit_beside_their_partner() -> None:
    """Tests that everybody follows a partner of its group, and that a host has room for all of a couple."""
    for size, n_following in ((2, 3), (4, 2), (5, 0)):
        problem = compile(cluster(NEAR, size=size))
        leader = bundles(problem, np.zeros((1, 1)))
        follows = np.flatnonzero((leader >= 0) & (leader != np.arange(5)))
        assert len(follows) == n_following
        assert set(leader[follows].tolist()) <= {3, 4}
        load = np.bincount(leader[leader >= 0], problem.least[leader >= 0, 0], 5)
        assert load.max() <= 5
        assert coupled(problem.rules, leader).tolist() == [*np.unique(leader[follows]).tolist(), *follows.tolist()]


def test_who_is_not_worth_its_price_is_left_out() -> None:
    """Tests that at a price above what they are worth nobody follows, and partners go alone."""
    assert bundles(compile(cluster(NEAR)), np.full((1, 1), 1.5)).tolist() == [-1, -1, -1, 3, 4]


@pytest.mark.parametrize(
    "rules",
    [
        (vmopt.Near(["vm-0"], ["vm-3"], over="host", penalty=1.0),),
        (NEAR, vmopt.Near(["vm-3"], ["vm-1"], over="host")),
        (NEAR, vmopt.Near(["vm-0"], ["vm-2"], over="host")),
        (vmopt.Near(["vm-0", "vm-1"], ["vm-1", "vm-2"], over="host"),),
        (vmopt.Spread("vm-*"),),
    ],
)
def test_what_is_no_couple(rules: Any) -> None:
    """Tests that soft needs, needs of partners, needs of two partners and of each other go by seeds as before."""
    problem = compile(cluster(*rules))
    assert coupling(problem.rules) == []
    assert not has_bundles(problem.rules)
    assert bundles(problem, np.zeros((1, 1))).tolist() == [0, 1, 2, 3, 4]


def test_couples_keep_their_places() -> None:
    """Tests that those who go first are where they were, and that others take the places left of their size."""
    problem = compile(cluster(NEAR, size=1))
    plain = cluster(size=1).vm_classes
    wanted = np.array([2, 0, 1, 2, 1])
    first = np.array([3, 4, 0, 2])
    found = deal(problem, plain, wanted, first=first)
    assert found[first].tolist() == wanted[first].tolist()
    assert found[1] == -1, "the place left is beside no partner"


def test_what_is_left_out_takes_its_followers_along() -> None:
    """Tests that with quotas on partners nothing is lost: the optimum is that of all placements."""
    rules = (NEAR, vmopt.Quota(1, of=["vm-3", "vm-4"]))
    instance = cluster(*rules)
    best = 0.0
    for at in product(range(-1, 3), repeat=5):
        if not vmopt.verify(instance, np.array(at)):
            best = max(best, float(instance.value[np.array(at) >= 0].sum()))
    found = vmopt.solve(instance, time_limit=10, threads=1)
    assert found.objective == pytest.approx(best)


def test_a_tenth_of_all_vms_need_another() -> None:
    """Tests that with as many hosts as few VMs share one by chance, nearly all that need another run beside one."""
    base = vmopt.generate("flavor", hosts=300, seed=3, load=1.2)
    group = np.arange(base.n_vms) // 5
    group[group // 10 == group.max() // 10] = 9
    a, b = (np.where((group % 2 == side) & (group % 10 < 2), group // 2, -1) for side in (0, 1))
    instance = base.replace(rules=[vmopt.Near(a, b, over="host")])
    found = vmopt.solve(instance, gap=1e-2, time_limit=60, threads=1)
    assert found.gap <= 1e-2
    assert [point.method for point in found.history][-2] in ("deal", "rounds"), "nothing had to be filled anew"
