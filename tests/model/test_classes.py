"""VM classes and host classes: identical rows merged with a count."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import instances
from tests.thorough import few
from vmopt.model import Instance
from vmopt.model.classes import _hash, merge_rows

TABLES = st.lists(st.lists(st.integers(-3, 3), min_size=3, max_size=3), min_size=1, max_size=12)


@given(TABLES)
def test_merged_rows_are_those_of_the_input(rows: list[list[int]]) -> None:
    """Tests first, group and count against a dictionary of rows."""
    table = np.array(rows)
    first, of, count = merge_rows(table)
    distinct = sorted({tuple(row) for row in rows})
    assert [tuple(row) for row in table[first].tolist()] == distinct
    assert [distinct[c] for c in of.tolist()] == [tuple(row) for row in rows]
    assert count.tolist() == [rows.count(list(row)) for row in distinct]
    assert all(rows.index(rows[f]) == f for f in first.tolist())


@settings(max_examples=few(100), deadline=None)
@given(instances(), st.randoms(use_true_random=False))
def test_order_changes_no_class(instance: Instance, random: object) -> None:
    """Tests that shuffling VMs and hosts gives the same classes in the same order."""
    vms, hosts = list(range(instance.n_vms)), list(range(instance.n_hosts))
    random.shuffle(vms)  # type: ignore[attr-defined]
    random.shuffle(hosts)  # type: ignore[attr-defined]
    columns = instance.as_columns()
    value = None if instance.own_value is None else instance.own_value[vms]
    other = Instance.from_arrays(
        columns["demand"][vms],
        columns["capacity"][hosts],
        priority=instance.priority[vms],
        value=value,
        resources=instance.resources,
        objective=instance.objective,
    )
    for mine, theirs in ((instance.vm_classes, other.vm_classes), (instance.host_classes, other.host_classes)):
        assert len(mine) == len(theirs)
        assert np.array_equal(mine.count, theirs.count)
    assert np.array_equal(instance.vm_classes.demand, other.vm_classes.demand)
    assert np.array_equal(instance.vm_classes.value, other.vm_classes.value)
    assert np.array_equal(instance.host_classes.capacity, other.host_classes.capacity)
    assert np.array_equal(instance.vm_classes.of[vms], other.vm_classes.of)


@settings(max_examples=few(100), deadline=None)
@given(instances())
def test_classes_speak_of_their_members(instance: Instance) -> None:
    """Tests that members, counts, demand, value and capacity of each class are those of its VMs and hosts."""
    vms, hosts = instance.vm_classes, instance.host_classes
    for c, members in enumerate(vms.members):
        assert members.tolist() == np.flatnonzero(vms.of == c).tolist()
        assert len(members) == vms.count[c] > 0
        assert (instance.demand[members] == vms.demand[c]).all()
        assert (instance.value[members] == vms.value[c]).all()
    for c, members in enumerate(hosts.members):
        assert members.tolist() == np.flatnonzero(hosts.of == c).tolist()
        assert (instance.capacity[members] == hosts.capacity[c]).all()
    assert vms.count.sum() == instance.n_vms
    assert hosts.count.sum() == instance.n_hosts


def test_the_most_valuable_class_comes_first() -> None:
    """Tests that VM classes are ordered by value, then demand, from large to small."""
    instance = Instance.from_arrays([[1], [3], [3], [2]], [[9]], value=[5, 5, 5, 8])
    assert instance.vm_classes.value.tolist() == [8, 5, 5]
    assert instance.vm_classes.demand.ravel().tolist() == [2, 3, 1]


def test_priority_separates_classes() -> None:
    """Tests that VMs with equal demand and unequal value are not merged."""
    assert len(Instance.from_arrays([[1], [1], [1]], [[9]], priority=[1, 2, 1]).vm_classes) == 2


def test_colliding_hashes_merge_nothing_unequal() -> None:
    """Tests that two unequal rows of equal hash, made on purpose, stay apart."""
    first = _hash(np.array([[1], [2]])).view(np.int64)
    rows = np.array([[1, first[0]], [2, first[1]], [1, first[0]]])
    assert len(set(_hash(rows).tolist())) == 1
    assert merge_rows(rows)[2].tolist() == [2, 1]
