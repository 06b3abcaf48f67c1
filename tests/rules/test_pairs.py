"""Which groups are set against which, where a rule has two sides."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

import vmopt
from vmopt import Groups
from vmopt.methods.ruled.partial_placement import PartialPlacement
from vmopt.problem import compile
from vmopt.rules import Taken

LABELS = [{"needs": "db"}, {"needs": "cache"}, {"app": "db"}, {"app": "web"}]
MAKERS = [vmopt.Apart, lambda a, b: vmopt.Near(a, b, over="host")]


def cluster(rule: Any, labels: list[dict[str, str]] = LABELS) -> vmopt.Instance:
    return vmopt.Instance.from_arrays([[1]] * 4, [[9]] * 2, vm_labels=labels, rules=[rule])


@pytest.mark.parametrize("make", MAKERS)
def test_groups_by_value_need_the_same_values(make: Any) -> None:
    """Tests that cache is not set against db because both come first."""
    with pytest.raises(vmopt.InstanceError, match="sets group 'cache' against 'db'"):
        cluster(make(Groups.labelled("needs"), Groups.labelled("app")))
    with pytest.raises(vmopt.InstanceError, match="sets group '0' against '1'"):
        cluster(make(np.array([0, -1, -1, -1]), np.array([-1, 1, 1, -1])))


@pytest.mark.parametrize("make", MAKERS)
def test_one_group_against_one_needs_no_equal_names(make: Any) -> None:
    """Tests that single values, names and columns may be mixed, as long as there are as many groups."""
    cluster(make(Groups.labelled("needs", "db"), Groups.labelled("app", "web")))
    cluster(make("vm-0", Groups.labelled("app", "web")))
    cluster(make(["vm-0"], np.array([-1, -1, 7, 7])))
    with pytest.raises(vmopt.InstanceError, match="1 groups on one side and 2 on the other"):
        cluster(make("vm-0", Groups.labelled("app")))


def test_equal_values_are_pairs() -> None:
    """Tests that each value of a label is set against the same value of another."""
    labels = [{"needs": "db"}, {"needs": "web"}, {"app": "web"}, {"app": "db"}]
    rule = cluster(vmopt.Near(Groups.labelled("needs"), Groups.labelled("app"), over="host"), labels).rules_in_force[0]
    assert not rule.breaches(np.array([0, 1, 1, 0]))
    (breach, other) = rule.breaches(np.array([0, 1, 0, 1]))
    assert (breach.group, breach.domain, other.group, other.domain) == ("db", "host-0", "web", "host-1")


def test_a_group_may_be_in_any_number_of_pairs() -> None:
    """Tests rules of many pairs against a rule for each, on every placement of four applications."""
    of = np.array([0, 1, 1, 7, -1, 9])
    pairs, most = [(0, 1), (1, 0), (0, 7), (7, 9), (9, 1), (1, 9)], [1, 0, 2, 0, 1, 0]
    single = [
        vmopt.Apart(np.where(of == a, 0, -1), np.where(of == b, 0, -1), most=k)
        for (a, b), k in zip(pairs, most, strict=True)
    ]
    joined = vmopt.Apart.pairs(of, pairs, most)
    assert len(joined) < len(single)
    one, other = (vmopt.Instance.from_arrays([[1]] * 6, [[9]] * 2, rules=rules) for rules in (single, joined))
    broken = 0
    for placement in product((-1, 0, 1), repeat=6):
        expected = sum(breach.excess for rule in one.rules_in_force for breach in rule.breaches(np.array(placement)))
        found = sum(breach.excess for rule in other.rules_in_force for breach in rule.breaches(np.array(placement)))
        assert found == expected
        broken += expected > 0
    assert 0 < broken < 3**6


def test_pairs_are_told_by_name() -> None:
    """Tests names of applications, by place and by the names of the VMs, and that breaches say which pair it is."""
    for of in (["web", None, "db", "web"], {"vm-3": "web", "vm-2": "db", "vm-0": "web"}):
        (rule,) = vmopt.Apart.pairs(of, [("web", "db")])
        (breach,) = cluster(rule).rules_in_force[0].breaches(np.array([0, 0, 0, 1]))
        assert (breach.group, breach.vms.tolist()) == ("web and db", [2])
    assert vmopt.Apart.pairs(of, []) == ()


@pytest.mark.parametrize(
    ("pairs", "most", "word"),
    [
        ([("web", "wab")], 0, "speaks of group 'wab', which no VM is in: the column has db, web"),
        ([("web", "web")], 0, "against itself: use Spread"),
        ([("web",)], 0, "give two groups"),
        (["web"], 0, "give two groups"),
        ([("web", "db")], [1, 2], "2 limits for 1 pairs"),
        ([("web", ["db"])], 0, "which no VM is in"),
    ],
)
def test_odd_pairs_are_refused(pairs: Any, most: Any, word: str) -> None:
    """Tests one clear error for each."""
    with pytest.raises(vmopt.InstanceError, match=word):
        vmopt.Apart.pairs(["web", None, "db"], pairs, most)


@pytest.mark.parametrize("most", [0, 1, 2])
def test_vms_on_both_sides_of_other_pairs_are_placed_in_one_go(most: int) -> None:
    """Tests four VMs that are a of one pair and b of another: all at once go where they go one by one."""
    of = [0, 0, 0, 0, 1, 2]
    rules = vmopt.Apart.pairs(of, [(0, 1), (2, 0)], [0, most])
    problem = compile(vmopt.Instance.from_arrays([[1]] * 6, [[3]] * 4, rules=rules))
    there = np.array([-1, -1, -1, -1, 0, 1])
    at_once, one_by_one = PartialPlacement(problem, there), PartialPlacement(problem, there)
    vms, hosts = np.arange(4), np.arange(4)
    assert all(rule.room(0, Taken(rule, there)) is not None for rule in problem.rules)
    at_once.take(vms, hosts)
    for vm in vms:
        one_by_one.take(np.array([vm]), hosts)
    assert at_once.host_index.tolist() == one_by_one.host_index.tolist()
    assert np.bincount(at_once.host_index[:4], minlength=4).tolist() == [[0, 0, 3, 1], [0, 1, 3, 0], [0, 2, 2, 0]][most]
    assert not vmopt.verify(problem.instance, at_once.host_index)
