"""Where groups of one rule meet the limits of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from vmopt.arrays import BoolArray, IntArray
from vmopt.rules.base import InForce
from vmopt.rules.contradictions.limits import RunLimit


@dataclass(frozen=True, eq=False)
class Tight:
    """The groups that some rules limit, of all these rules together.

    Attributes
    ----------
    members : (n_vms, n) csr array
        Which VMs that can run are in which group.
    limit : (n,) int64 array
        Which of the limits.
    group : (n,) int64 array
        Which group of its rule.
    most, size : (n,) int64 arrays
        At most so many can run, of so many.
    """

    members: sparse.csr_array
    limit: IntArray
    group: IntArray
    most: IntArray
    size: IntArray


def tight_groups(rules: Sequence[InForce], limits: Sequence[RunLimit], can_run: BoolArray) -> Tight:
    """Gather the groups that have more VMs than their limit."""
    vms, columns, groups, which = list[IntArray](), list[IntArray](), list[IntArray](), list[IntArray]()
    start = 0
    for number, limit in enumerate(limits):
        of = rules[limit.rule].group.of
        size = np.bincount(of[(of >= 0) & can_run], minlength=len(limit.most))
        tight = np.flatnonzero(size > limit.most)
        column = np.full(len(size) + 1, -1)
        column[tight] = start + np.arange(len(tight))
        inside = np.flatnonzero((column[of] >= 0) & can_run)
        vms += [inside]
        columns += [column[of[inside]]]
        groups += [tight]
        which += [np.full(len(tight), number)]
        start += len(tight)
    members = incidence(_joined(vms), _joined(columns), (len(can_run), start))
    limit_of, group = _joined(which), _joined(groups)
    most = _joined([limit.most[tight] for limit, tight in zip(limits, groups, strict=True)])
    return Tight(members, limit_of, group, most, np.asarray(members.sum(axis=0), dtype=np.int64))


def shortfalls(groups: sparse.csr_array, tight: Tight, only_whole: BoolArray) -> tuple[IntArray, IntArray]:
    """How many of the VMs of each group cannot run for a limit, and for which of the limits; -1 for none.

    Parameters
    ----------
    groups : (n_vms, n_groups) csr array
    only_whole : (n_limits,) bool array
        Limits that count only where all of the limited group is in the group.
    """
    met = (groups.T @ tight.members).tocoo()
    over = met.data - tight.most[met.col]
    counts = (over > 0) & (~only_whole[tight.limit[met.col]] | (met.data == tight.size[met.col]))
    row, limit, over = met.row[counts].astype(np.int64), tight.limit[met.col[counts]], over[counts]
    n = max(int(limit.max(initial=0)) + 1, 1)
    pairs, back = np.unique(row * n + limit, return_inverse=True)
    off = np.bincount(back.ravel(), over, len(pairs)).astype(np.int64)
    order = np.argsort(off, kind="stable")
    worst, by = np.zeros(groups.shape[1], dtype=np.int64), np.full(groups.shape[1], -1)
    worst[pairs[order] // n], by[pairs[order] // n] = off[order], pairs[order] % n
    return worst, by


def members_of_rule(here: InForce, can_run: BoolArray) -> sparse.csr_array:
    """Which VMs that can run are in which group of a rule, ``(n_vms, n_groups)``."""
    vms = np.flatnonzero(here.group.inside & can_run)
    return incidence(vms, here.group.of[vms], (len(can_run), len(here.group)))


def incidence(row: IntArray, column: IntArray, shape: tuple[int, int]) -> sparse.csr_array:
    """Ones at these places."""
    return sparse.csr_array((np.ones(len(row), dtype=np.int64), (row, column)), shape=shape)


def _joined(parts: Sequence[IntArray]) -> IntArray:
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts]).astype(np.int64)
