"""Successors: where a VM changed or went, another of the same kind takes its place.

Patterns are what a good placement consists of: which kinds of VMs fill a host. A change of some VMs leaves most of them
as good as they were; only who is what has changed. So each host keeps its pattern as far as there are VMs for it.
"""

from __future__ import annotations

import numpy as np

from vmopt.arrays import IntArray
from vmopt.model.classes import merge_rows
from vmopt.model.instance import Instance


def in_their_places(instance: Instance, earlier: Instance, host_index: IntArray) -> IntArray | None:
    """Deal the VMs of an instance to the patterns of an earlier placement; VMs that did not change stay.

    Parameters
    ----------
    instance, earlier : Instance
        The data as they are, and those that the placement was made for.
    host_index : (n_vms of earlier,) int64 array

    Returns
    -------
    (n_vms,) int64 array or None
        What is not dealt is -1; it fits where hosts have what they had. None where kinds of VMs cannot be compared:
        under rules, with elastic VMs, or in other units.

    Examples
    --------
    >>> earlier = Instance.from_arrays([[4], [3], [3]], [[7]])
    >>> in_their_places(Instance.from_arrays([[3], [4], [3]], [[7]]), earlier, np.array([0, 0, -1])).tolist()
    [0, 0, -1]
    """
    units = instance.resources == earlier.resources and np.array_equal(instance.scale, earlier.scale)
    if not units or instance.rules or instance.elastic or earlier.elastic:
        return None
    ours, theirs = _kinds(instance, earlier)
    now = earlier.vm_names.positions_in(instance.vm_names)
    hosts = np.append(earlier.host_names.positions_in(instance.host_names), -1)[host_index]
    stays = (hosts >= 0) & (now >= 0) & (ours[now] == theirs)
    dealt = np.full(instance.n_vms, -1, dtype=np.int64)
    dealt[now[stays]] = hosts[stays]
    places, waiting = np.flatnonzero((hosts >= 0) & ~stays), np.flatnonzero(dealt < 0)
    taken, by = _pairs(theirs[places], ours[waiting])
    dealt[waiting[by]] = hosts[places[taken]]
    return dealt


def _kinds(instance: Instance, earlier: Instance) -> tuple[IntArray, IntArray]:
    """Number VMs of both alike: the same number for the same demand and the same priority or value of its own."""
    ours, theirs = instance.vm_classes, earlier.vm_classes
    kind = merge_rows(np.concatenate([_rows(instance), _rows(earlier)]))[1]
    return kind[: len(ours)][ours.of], kind[len(ours) :][theirs.of]


def _rows(instance: Instance) -> IntArray:
    """What the first VM of each class asks for, with its priority and value."""
    first = instance.vm_classes.first
    own = np.full(len(first), np.nan) if instance.own_value is None else instance.own_value[first]
    worth = np.column_stack([instance.priority[first], own]) + 0.0
    return np.column_stack([instance.demand[first], worth.view(np.int64)])


def _pairs(places: IntArray, waiting: IntArray) -> tuple[IntArray, IntArray]:
    """Pair positions of equal kinds, the first with the first.

    Examples
    --------
    >>> [found.tolist() for found in _pairs(np.array([7, 5, 7]), np.array([7, 7, 7, 4]))]
    [[0, 2], [0, 1]]
    """
    most = max(len(places), len(waiting), 1)
    ours, theirs = (kind * most + _rank(kind) for kind in (waiting, places))
    _, taken, by = np.intersect1d(theirs, ours, assume_unique=True, return_indices=True)
    return taken, by


def _rank(kind: IntArray) -> IntArray:
    """How many of the same kind come before."""
    order = np.argsort(kind, kind="stable")
    rank = np.empty(len(kind), dtype=np.int64)
    rank[order] = np.arange(len(kind)) - np.searchsorted(kind[order], kind[order])
    return rank
