"""Columns of groups: whose row is which, what strings and missing entries mean, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import vmopt
from vmopt import InstanceError
from vmopt.rules import BaseRule, Groups

NAMES = ["vm-1", "vm-2", "vm-0"]


def cluster(*rules: BaseRule) -> vmopt.Instance:
    return vmopt.Instance.from_arrays([[1]] * 3, [[4]] * 2, rules=rules)


def found(given: Any) -> tuple[list[int], tuple[str, ...]]:
    """The groups of three VMs, and what they are called."""
    group = cluster(vmopt.Spread(given)).rules_in_force[0].group
    return group.of.tolist(), group.names


@pytest.mark.parametrize("entries", [[0, 0, -1], ["web", "web", None]])
@pytest.mark.parametrize("form", [pd.Series, lambda entries, index: dict(zip(index, entries, strict=True))])
def test_rows_are_matched_by_name(form: Any, entries: list[Any]) -> None:
    """Tests that an index of names says whose row each is, whatever its order."""
    assert found(form(entries, index=NAMES))[0] == [-1, 0, 0]


def test_an_index_that_only_counts_says_nothing() -> None:
    """Tests that rows without names are in the order of the instance."""
    assert found(pd.Series([0, 0, -1]))[0] == found(pl.Series([0, 0, -1]))[0] == [0, 0, -1]


def test_who_is_not_named_is_in_no_group() -> None:
    """Tests that a column need not speak of all."""
    assert found(pd.Series([3], index=["vm-2"])) == ([-1, -1, 0], ("3",))


def test_both_sides_and_hosts_are_matched_by_name() -> None:
    """Tests rules that take more than one column."""
    apart = vmopt.Apart(pd.Series(["x"], index=["vm-2"]), pd.Series(["x"], index=["vm-0"]))
    mask = pd.Series([True, False], index=["host-1", "host-0"])
    one, fence = cluster(apart, vmopt.Fence({"vm-1": True}, mask)).rules_in_force
    assert (one.group.of.tolist(), one.other.of.tolist()) == ([-1, -1, 0], [0, -1, -1])
    assert (fence.group.of.tolist(), fence.domain.of.tolist()) == ([-1, 0, -1], [-1, 0])


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(["web", None, "db"]),
        pd.Series(["web", None, "db"], dtype="category"),
        pd.Categorical(["web", None, "db"]),
        pl.Series(["web", None, "db"]),
        pl.Series(["web", None, "db"], dtype=pl.Categorical),
        pa.array(["web", None, "db"]),
        pa.chunked_array([["web", None], ["db"]]),
    ],
)
def test_each_string_is_a_group(column: Any) -> None:
    """Tests that groups are called like the strings, in their order, and that none is missing for those without."""
    assert found(column) == ([1, -1, 0], ("db", "web"))


@pytest.mark.parametrize(
    "column", [pd.Series([4, None, 4], dtype="Int64"), pl.Series([4, None, 4]), pa.array([4, None, 4])]
)
def test_missing_integers_are_no_group(column: Any) -> None:
    """Tests columns that know missing entries."""
    assert found(column)[0] == [0, -1, 0]


def test_names_in_lists_arrays_and_an_index_are_names() -> None:
    """Tests that no list of names is taken for a column."""
    for given in (["vm-0", "vm-2"], np.array(["vm-0", "vm-2"]), pd.Index(["vm-0", "vm-2"]), {"vm-2", "vm-0"}):
        assert Groups.of(given).names == (("vm-0", "vm-2"),)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (pd.Series([0, 0, -1], index=["vm-1", "vm-2", "vm-7"]), "row labelled 'vm-7', but no VM is called so"),
        (pd.Series([0, 0, -1], index=["vm-1", "vm-2", "vm-1"]), "two rows labelled 'vm-1'"),
        (pd.Series([0, 0, -1], index=[2, 0, 1]), "labels a row 2"),
        (pd.Series([0.0, 0.0, np.nan]), r"integers, -1 for none; where missing entries made floats"),
        (np.array([0.0, 1.0, 2.0]), "give integers, -1 for none"),
        (np.array([0, 1, 2**64 - 1], dtype=np.uint64), "give integers"),
        (pd.Series([[1], [2], [3]]), "give integers"),
        (pd.DataFrame({"app": [0, 1, 2]}), "a table: give one column"),
        (pl.DataFrame({"app": [0, 1, 2]}), "a table: give one column"),
        (pa.table({"app": [0, 1, 2]}), "a table: give one column"),
        (pd.Series(["vm-0", "vm-1", "vm-2"]), r"names of VMs: to speak of these, give a list"),
        (pd.Series(["vm-0", "vm-1"]), "column of 2 for 3 VMs"),
        (np.array([0, -2, 1]), "at least -1"),
    ],
)
def test_what_is_refused(given: Any, problem: str) -> None:
    """Tests that no column is read in a way that was not meant, and that the error says how to mend it."""
    with pytest.raises(InstanceError, match=problem):
        cluster(vmopt.Spread(given))


def test_limits_come_in_the_order_of_the_groups() -> None:
    """Tests that a Series of limits is read by its order, and refused where it is labelled."""
    assert vmopt.Spread("a", most=pd.Series([1, 2])).most.tolist() == [1, 2]
    assert vmopt.Spread("a", most=pl.Series([1, 2])).most.tolist() == [1, 2]
    for most in (pd.Series([1, 2], index=["web", "db"]), {"web": 1, "db": 2}):
        with pytest.raises(InstanceError, match="limits come in the order of the groups"):
            vmopt.Spread("a", most=most)


def test_names_of_rows_and_groups_come_back(tmp_path: Path) -> None:
    """Tests that JSON holds whose row each is, and what groups are called."""
    rule = vmopt.Spread(pd.Series(["web", "web", None], index=NAMES), most=[2])
    vmopt.io.write(cluster(rule), tmp_path / "cluster.json")
    assert vmopt.io.read(tmp_path / "cluster.json").rules == (rule,)
    assert rule != vmopt.Spread(pd.Series(["web", "web", None]), most=[2])


def test_narrowed_columns_keep_the_names_of_their_groups() -> None:
    """Tests that a rule for some of the VMs speaks of the groups that they are in."""
    rule = vmopt.Spread(pd.Series(["web", "web", "db"], index=NAMES))
    requests = vmopt.Requests.from_arrays([0, 0, 0], [[1]] * 3, rules=[rule]).take([1, 2])
    here = requests.on(vmopt.Instance.from_arrays([[1]], [[4], [4]])).rules_in_force[0]
    assert (here.group.of.tolist(), here.group.names) == ([0, 0], ("web",))


@pytest.mark.parametrize("rule", [vmopt.Fence("vm-1", "host-0"), vmopt.Ban("vm-1", "host-0"), vmopt.MustRun("vm-1")])
def test_a_group_is_held_in_a_byte_for_each_vm(rule: BaseRule) -> None:
    """Tests rules of which clusters have thousands, each about a few VMs of a hundred thousand."""
    assert cluster(rule).rules_in_force[0].group.of.itemsize == 1
