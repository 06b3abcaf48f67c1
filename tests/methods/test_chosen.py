"""Whom limits over many hosts leave room: a placement without rules is made of these, and dealt to them alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import vmopt
from vmopt.bounds import RulePrices
from vmopt.methods.ruled.chosen import chosen
from vmopt.methods.ruled.deal import deal
from vmopt.problem import compile

LABELS = [{"zone": "a"}, {"zone": "b"}]


def costly(*rules: int) -> RulePrices:
    """Prices of the first limit of some rules."""
    nothing = np.zeros(len(rules), dtype=np.int64)
    return RulePrices(np.array(rules), nothing, nothing, np.ones(len(rules)))


def cluster(*rules: Any, labels: Any = LABELS) -> vmopt.Instance:
    value = [5, 4, 3, 2, 1, 9]
    return vmopt.Instance.from_arrays([[1]] * 6, [[4], [4]], value=value, rules=rules, host_labels=labels)


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        (vmopt.Quota(1, over="zone", of=["vm-0", "vm-1", "vm-2", "vm-3"]), [0, 1, 4, 5]),
        (vmopt.Quota(2, of=["vm-0", "vm-1", "vm-2", "vm-3"]), [0, 1, 4, 5]),
        (vmopt.Quota(2, over="host", of=["vm-0", "vm-1"]), [0, 1, 2, 3, 4, 5]),
        (vmopt.Quota(9, over="zone"), [0, 1, 2, 3, 4, 5]),
    ],
)
def test_those_worth_most_are_chosen(rule: Any, kept: list[int]) -> None:
    """Tests that as many are left as all domains have room for, and that limits of single hosts choose none."""
    problem = compile(cluster(rule))
    assert np.flatnonzero(chosen(problem, np.zeros((len(problem.hosts), 1)), costly(0))).tolist() == kept


def test_a_host_in_no_domain_takes_everybody() -> None:
    """Tests that nobody is left out where some hosts are in no domain, nor by a rule whose limits cost nothing."""
    quota = vmopt.Quota(1, over="zone", of="vm-*")
    some = cluster(quota, labels=[{"zone": "a"}, {}])
    assert chosen(compile(some), np.zeros((len(some.host_classes), 1)), costly(0)).all()
    both = cluster(quota, vmopt.Quota(1, of=["vm-5", "vm-4"]))
    prices = np.zeros((len(both.host_classes), 1))
    assert np.flatnonzero(~chosen(compile(both), prices, costly(1))).tolist() == [4]
    assert np.flatnonzero(~chosen(compile(both), prices, costly(0, 1))).tolist() == [1, 2, 3, 4]


def test_places_are_dealt_to_the_chosen_alone() -> None:
    """Tests that who is left out gets no place, though it is of the size."""
    problem = compile(cluster(vmopt.Quota(2, of=["vm-0", "vm-1", "vm-2"])))
    plain = vmopt.Instance.from_arrays([[1]] * 6, [[4], [4]]).vm_classes
    among = np.array([False, True, False, True, True, False])
    found = deal(problem, plain, np.array([0, 0, 1, -1, -1, -1]), among=among)
    assert (found >= 0).tolist() == among.tolist()


def test_a_quota_in_each_zone_is_filled() -> None:
    """Tests that where a quota leaves half of its group out, the others take the room: swaps would need far longer."""
    base = vmopt.generate("flavor", hosts=200, seed=4, load=1.2, rules="zones").replace(rules=())
    of = np.where(np.arange(base.n_vms) % 3 == 0, 0, -1)
    quota = vmopt.Quota(base.n_vms // 20, over="zone", of=of)
    found = vmopt.solve(base.replace(rules=[quota]), gap=1e-3, time_limit=60, threads=1)
    assert found.gap <= 1e-3
    assert [point.method for point in found.history][-2] == "deal", "nothing had to be filled anew"
