"""Keeping a placement under rules that it does not know, and leaving off in time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import vmopt
from tests.rules.draws import MAKERS, instance
from vmopt.methods import greedy
from vmopt.methods.ruled import hasty
from vmopt.methods.ruled.deal import deal
from vmopt.methods.ruled.keep import keep
from vmopt.methods.ruled.mend import mend
from vmopt.methods.search import Search
from vmopt.options import Options
from vmopt.problem import compile

BEFORE = {f"vm-{k}": "host-0" for k in range(4)}


def solved(rules: list[Any], before: dict[str, str] = BEFORE) -> vmopt.Solution:
    cluster = vmopt.Instance.from_arrays([[1]] * 4, [[4], [4]], rules=rules)
    return vmopt.solve(cluster, warm_start=before, threads=1)


@pytest.mark.parametrize(
    ("rules", "kept"),
    [
        ([vmopt.Quota(1)], 1),
        ([vmopt.Quota(1), vmopt.Spread("vm-*"), vmopt.Quota(2)], 1),
        ([vmopt.Apart("vm-0", "vm-1"), vmopt.Apart("vm-1", "vm-2"), vmopt.Spread(["vm-2", "vm-3"])], 2),
        ([vmopt.Alone([["vm-0"], ["vm-1"]])], 2),
        ([vmopt.Whole("vm-*"), vmopt.Ban("vm-3", "host-0")], 0),
    ],
)
@pytest.mark.filterwarnings("ignore:nothing of the warm start")
def test_no_more_is_taken_off_than_rules_ask_for(rules: list[Any], kept: int) -> None:
    """Tests that what one rule takes off counts for the others."""
    carried = solved(rules).warm_start
    assert (carried.kept, carried.against_rules, carried.no_room) == (kept, 4 - kept, 0)


def test_large_vms_make_room_in_a_quota() -> None:
    """Tests that VMs come back which another that went made room for."""
    cluster = vmopt.Instance.from_arrays(
        [[1], [1], [1], [3]], [[8]], value=[2, 2, 2, 1], resources=["cpu"], rules=[vmopt.Quota(3, resource="cpu")]
    )
    assert keep(compile(cluster), np.zeros(4, dtype=np.int64)).tolist() == [0, 0, 0, -1]


def test_a_vm_that_must_run_is_added() -> None:
    """Tests that a warm start without it is kept, also where others have to make room."""
    assert solved([vmopt.MustRun("vm-3")], {"vm-0": "host-0", "vm-1": "host-0"}).warm_start.kept == 2
    cluster = vmopt.Instance.from_arrays([[2], [2], [3]], [[5]], rules=[vmopt.MustRun("vm-2")])
    assert keep(compile(cluster), np.array([0, 0, -1])).tolist() == [0, -1, 0]


def test_the_warning_says_that_rules_are_the_reason() -> None:
    """Tests that nobody is sent to look for another instance."""
    with pytest.warns(UserWarning, match=r"0 of 4 placed VMs kept: 4 against rules\): check its rules"):
        solved([vmopt.Empty("host-0")])


@pytest.mark.parametrize("name", MAKERS)
def test_what_is_kept_keeps_the_rules(name: str) -> None:
    """Tests that nothing is put back which a rule forbids, and that no less is kept than by taking off alone."""
    for seed in range(30):
        cluster = instance(seed, name, elastic=False)
        problem = compile(cluster)
        plain = compile(cluster.without_rules)
        wanted = greedy.place(plain, np.arange(plain.n_vms), "first-fit", np.full(plain.n_vms, -1))
        kept, mended = keep(problem, wanted), mend(problem, wanted)
        if kept is not None:
            assert not vmopt.verify(cluster, kept)
        if mended is not None:
            assert problem.value[kept >= 0].sum() >= problem.value[mended >= 0].sum()


def test_nothing_is_dealt_when_time_is_up() -> None:
    """Tests that dealing and completing leave off in time."""
    cluster = vmopt.Instance.from_arrays([[1]] * 4, [[2], [2]], rules=[vmopt.Spread(["vm-0", "vm-1"])])
    plain = cluster.without_rules.vm_classes
    assert (deal(compile(cluster), plain, np.array([0, 0, 1, 1]), stop=0.0) < 0).all()
    assert (greedy.complete(compile(cluster), np.full(4, -1), stop=0.0) < 0).all()


def test_a_hasty_placement_keeps_the_rules() -> None:
    """Tests that VMs are placed without rules, and that no rule is broken."""
    rules = [vmopt.Spread("vm-*", most=2), vmopt.MustRun("vm-3")]
    search = Search(vmopt.Instance.from_arrays([[1]] * 4, [[3], [3]], rules=rules), Options(time_limit=60.0))
    hasty.run(search)
    assert (search.host_index >= 0).all()
    assert not vmopt.verify(search.instance, search.host_index)
