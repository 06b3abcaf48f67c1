"""Arguments of rules: unknown ones, numbers of every kind, names and labels that there are not."""

from __future__ import annotations

import copy
import pickle
import warnings
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import vmopt
from vmopt import InstanceError

LABELS = [{"app": "web"}, {"app": "db", "tier": "gold"}, {}]
INTEGERS = [np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64, np.array, int]
FLOATS = [np.float16, np.float32, np.float64, np.longdouble, Fraction, Decimal, float]


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (
            lambda: vmopt.Spread("a", mots=1),
            r"no parameter 'mots' \(did you mean 'most'\?\): it takes groups, over, most",
        ),
        (lambda: vmopt.Spread.by_label("a", ovr="rack"), r"did you mean 'over'"),
        (lambda: vmopt.Fence("a", host="b"), r"did you mean 'hosts'"),
        (lambda: vmopt.Spread("a", "host", 1, 0.5), "given 4 arguments without a name"),
        (lambda: vmopt.Spread("a", groups="b"), "'groups' twice"),
        (lambda: vmopt.Spread(over="rack"), "lacks 'groups'"),
    ],
)
def test_arguments_that_there_are_not(make: Any, problem: str) -> None:
    """Tests that the error says which there are."""
    with pytest.raises(InstanceError, match=problem):
        make()


def test_copies_need_no_arguments() -> None:
    """Tests that the check of arguments does not stand in the way of copies."""
    rule = vmopt.Fence("a", ["b"], penalty=1)
    assert copy.deepcopy(rule) == pickle.loads(pickle.dumps(rule)) == rule


@pytest.mark.parametrize("kind", [*INTEGERS, *FLOATS])
def test_numbers_of_every_kind(kind: Any) -> None:
    """Tests that they are taken without a warning, and kept as plain ones."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rule, quota = vmopt.Spread("a", penalty=kind(1)), vmopt.Quota(kind(2))
    assert (type(rule.penalty), rule.penalty, type(quota.most) in (int, float), quota.most) == (float, 1.0, True, 2)


@pytest.mark.parametrize("kind", INTEGERS)
def test_integers_of_every_kind(kind: Any) -> None:
    """Tests limits of groups and of domains."""
    rules = [vmopt.Spread("a", most=kind(2)), vmopt.Reach("a", "host", kind(2)), vmopt.Whole("a", least=kind(2))]
    limits = [
        rules[0].most,
        rules[1].least,
        rules[2].least,
        vmopt.Skew("a", "rack", least_domains=kind(2)).least_domains,
    ]
    assert [(type(limit), limit) for limit in limits] == [(int, 2)] * 4


@pytest.mark.parametrize(
    "wrong",
    [True, np.True_, "1", 1j, np.timedelta64(1, "s"), float("nan"), np.float32("inf"), -1, Decimal("NaN"), [1.5]],
)
def test_what_is_no_number(wrong: Any) -> None:
    """Tests that one error says what to give."""
    for make in (
        lambda: vmopt.Spread("a", penalty=wrong),
        lambda: vmopt.Quota(wrong),
        lambda: vmopt.Spread("a", most=wrong),
    ):
        with pytest.raises(InstanceError, match="give a"):
            make()


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        (vmopt.Spread("bd-1"), r"no VM is called so \(did you mean 'db-1'\?\)"),
        (vmopt.Fence("db-1", "mars"), r"no host is called so \(there are h1\)"),
        (vmopt.Spread.by_label("ap"), r"VMs have app, tier \(did you mean 'app'\?\)"),
        (vmopt.Spread(vmopt.Groups.labelled("app", "wbe")), r"'app' is db, web \(did you mean 'web'\?\)"),
        (vmopt.Fence("db-1", vmopt.Groups.labelled("disk", "ssd")), "hosts have no labels at all"),
        (vmopt.Spread("db-1", over="rack"), "hosts have no labels at all"),
    ],
)
def test_names_and_labels_that_there_are_not(rule: Any, problem: str) -> None:
    """Tests that the error says what there is."""
    with pytest.raises(InstanceError, match=problem):
        vmopt.Instance.from_arrays(
            [[1]] * 3, [[4]], vm_names=["web-1", "db-1", "x"], host_names=["h1"], vm_labels=LABELS, rules=[rule]
        )


def test_a_relaxation_that_rules_leave_nothing_names_them() -> None:
    """Tests that whoever relaxes is told which rules cannot all be had."""
    rules = [vmopt.Fence("vm-0", []), vmopt.MustRun("vm-0")]
    with pytest.raises(vmopt.SolverError, match=r"fence.*must-run.*no host is left to vm-0"):
        vmopt.relax(vmopt.Instance.from_arrays([[1]], [[1]], rules=rules))
