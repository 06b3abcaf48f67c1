"""Identical VMs, and identical hosts, merged with a count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from vmopt.arrays import FloatArray, IntArray

LARGEST_FOLD = 2**62
"""Different rows that one column of integers may tell apart."""


@dataclass(frozen=True, eq=False)
class VMClasses:
    """The VM classes of an instance: VMs with the same demand and the same value.

    Attributes
    ----------
    of : (n_vms,) array
        Class of each VM.
    count : (n_classes,) array
        How many VMs each class has.
    demand : (n_classes, n_resources) array
        What one VM of the class asks for.
    value : (n_classes,) array
        What one placed VM of the class adds to the objective when it gets all it asks for.
    least : (n_classes, n_resources) array
        What one VM of the class must get: what it asks for, where nothing is elastic.
    unit_value : (n_classes, n_resources) array
        What a unit between the least and the demand adds to the objective; 0 where nothing is elastic.
    elastic : bool
        Whether any VM may get less than it asks for.
    most : (n_classes,) array or None
        How many of the class rules let one host run; None where that is any number.
    """

    of: IntArray
    count: IntArray
    demand: IntArray
    value: FloatArray
    least: IntArray
    unit_value: FloatArray
    elastic: bool = True
    most: IntArray | None = None

    @classmethod
    def inelastic(cls, of: IntArray, count: IntArray, demand: IntArray, value: FloatArray) -> VMClasses:
        """Make classes of VMs that get what they ask for, or nothing."""
        return cls(of, count, demand, value, demand, np.broadcast_to(0.0, demand.shape), elastic=False)

    def __len__(self) -> int:
        return len(self.count)

    @cached_property
    def first(self) -> IntArray:
        """The first VM of each class, ``(n_classes,)``."""
        return first_of(self.of, len(self))

    @cached_property
    def members(self) -> list[IntArray]:
        """VMs of each class, in the order of the instance."""
        return members_of(self.of, len(self))


@dataclass(frozen=True, eq=False)
class HostClasses:
    """The host classes of an instance: hosts with the same capacity.

    Attributes
    ----------
    of : (n_hosts,) array
        Class of each host.
    count : (n_classes,) array
        How many hosts each class has.
    capacity : (n_classes, n_resources) array
        What one host of the class offers.
    """

    of: IntArray
    count: IntArray
    capacity: IntArray

    def __len__(self) -> int:
        return len(self.count)

    @cached_property
    def first(self) -> IntArray:
        """The first host of each class, ``(n_classes,)``."""
        return first_of(self.of, len(self))

    @cached_property
    def members(self) -> list[IntArray]:
        """Hosts of each class, in the order of the instance."""
        return members_of(self.of, len(self))


def classify_vms(
    demand: IntArray,
    value: FloatArray,
    least: IntArray | None = None,
    unit_value: FloatArray | None = None,
    level: IntArray | None = None,
    told_apart: Sequence[IntArray] = (),
) -> VMClasses:
    """Merge VMs with equal level, demand, least and value; the first level and the most valuable come first.

    Parameters
    ----------
    told_apart : sequence of (n_vms,) int arrays
        VMs that differ in one of these columns are not merged: rules tell them apart.
    """
    keys = np.column_stack([-(value + 0.0).view(np.int64), -demand])
    if least is not None and unit_value is not None:
        keys = np.column_stack([keys, -least])
    if level is not None:
        keys = np.column_stack([level, keys])
    keys = np.column_stack([keys, *folded(told_apart)])
    first, of, count = merge_rows(keys)
    if least is None or unit_value is None:
        return VMClasses.inelastic(of, count, demand[first], value[first])
    return VMClasses(of, count, demand[first], value[first], least[first], unit_value[first])


def each_vm(demand: IntArray, value: FloatArray) -> VMClasses:
    """Make every VM a class of its own, in the order of the instance."""
    return VMClasses.inelastic(np.arange(len(demand)), np.ones(len(demand), dtype=np.int64), demand, value)


def classify_hosts(capacity: IntArray, told_apart: Sequence[IntArray] = ()) -> HostClasses:
    """Merge hosts with equal capacity, unless rules tell them apart; the largest (in the first resource) come first."""
    first, of, count = merge_rows(np.column_stack([-capacity, *folded(told_apart)]))
    return HostClasses(of, count, capacity[first])


def folded(columns: Sequence[IntArray]) -> list[IntArray]:
    """Make few columns of many, that tell the same rows apart and order them alike: many rules have small numbers.

    Examples
    --------
    >>> [column.tolist() for column in folded([np.array([0, -1, 0]), np.array([7, 7, 5])])]
    [[5, 2, 3]]
    """
    found: list[IntArray] = []
    size = 1
    for column in (column.astype(np.int64, copy=False) for column in columns):  # narrow ones would overflow
        if not len(column):
            return [column]
        least, span = int(column.min()), int(column.max()) - int(column.min()) + 1
        if not found or size > LARGEST_FOLD // span:
            found, size = [*found, column - least if span <= LARGEST_FOLD else column], span
        else:
            found[-1], size = found[-1] * span + (column - least), size * span
    return found


def merge_rows(rows: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Find equal rows: the first of each group, the group of each row, the size of each group.

    Groups are in lexicographic order of their rows, so that the order of the input does not matter. Rows are sorted by
    a hash, which costs one sort whatever the number of columns; equality is then checked on the rows themselves.

    Examples
    --------
    >>> first, of, count = merge_rows(np.array([[2, 1], [1, 5], [2, 1]]))
    >>> first.tolist(), of.tolist(), count.tolist()
    ([1, 0], [1, 0, 1], [1, 2])
    """
    _, first, of, count = np.unique(_hash(rows), return_index=True, return_inverse=True, return_counts=True)
    if not np.array_equal(rows[first][of], rows):
        _, first, of, count = np.unique(rows, axis=0, return_index=True, return_inverse=True, return_counts=True)
    order = _lexicographic(rows[first])
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return first[order].astype(np.int64), rank[of.ravel()], count[order].astype(np.int64)


def _lexicographic(rows: IntArray) -> IntArray:
    """Sort rows by the first column, and only where that is equal by the others."""
    if not rows.shape[1]:
        return np.arange(len(rows))
    order = np.argsort(rows[:, 0], kind="stable")
    same = np.diff(rows[order, 0], prepend=0) == 0
    same[:1] = False
    tied = np.flatnonzero(same | np.append(same[1:], False))
    order[tied] = order[tied][np.lexsort(rows[order[tied]].T[::-1])]
    return order


def _hash(rows: IntArray) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """Hash each row to 64 bits (multiply and shift, the finaliser of splitmix64)."""
    mixed = np.zeros(len(rows), dtype=np.uint64)
    for column in rows.T:
        mixed ^= column.astype(np.uint64)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return mixed


def members_of(of: IntArray, n_groups: int) -> list[IntArray]:
    """Members of each group, in order; who has the group -1 is in none.

    Examples
    --------
    >>> [members.tolist() for members in members_of(np.array([1, -1, 0, 1]), 2)]
    [[2], [0, 3]]
    """
    order = np.argsort(of, kind="stable")
    return np.split(order, np.searchsorted(of[order], np.arange(n_groups + 1)))[1:-1]


def first_of(of: IntArray, n_groups: int) -> IntArray:
    """First member of each group, of which each has one.

    Examples
    --------
    >>> first_of(np.array([1, 0, 1]), 2).tolist()
    [1, 0]
    """
    first = np.empty(n_groups, dtype=np.int64)
    first[of[::-1]] = np.arange(len(of))[::-1]  # of several, the last to be written stays
    first.setflags(write=False)
    return first
