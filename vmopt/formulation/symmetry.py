"""Identical hosts without permutations: of the placements that differ in the names of identical hosts, one is kept.

Number the VMs, the largest first, and name identical hosts in the order of the first VM that each of them runs. Then
the first VM can only be on the first host, the second on the first two, and so on: those columns can be left out
(orbitope fixing; Kaibel and Pfetsch 2008, Packing and partitioning orbitopes).
"""

from __future__ import annotations

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.model.classes import VMClasses
from vmopt.problem import Problem


def needed_pairs(problem: Problem, vm_class: IntArray, host: IntArray) -> BoolArray:
    """Which pairs of a VM class and a host are left when identical hosts are named in order.

    Examples
    --------
    >>> from vmopt.model import Instance
    >>> from vmopt.problem import compile
    >>> cluster = compile(Instance.from_arrays([[4], [3]], [[8], [8]]))
    >>> needed_pairs(cluster, np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])).tolist()
    [True, False, True, True]
    """
    rank_of_host = np.zeros(problem.n_hosts, dtype=np.int64)
    for members in problem.hosts.members:
        rank_of_host[members] = np.arange(len(members))
    last = np.empty(len(problem.vms), dtype=np.int64)
    order = _largest_first(problem.vms, problem.total)
    last[order] = np.cumsum(problem.vms.count[order]) - 1
    return np.asarray(rank_of_host[host] <= last[vm_class])


def in_order(problem: Problem, host_index: IntArray) -> IntArray:
    """Rename identical hosts in the order of the first VM that each of them runs, so that only `needed_pairs` remain.

    Examples
    --------
    >>> from vmopt.model import Instance
    >>> from vmopt.problem import compile
    >>> cluster = compile(Instance.from_arrays([[4], [3]], [[8], [8]]))
    >>> in_order(cluster, np.array([1, 0])).tolist()
    [0, 1]
    """
    position = np.empty(len(problem.vms), dtype=np.int64)
    position[_largest_first(problem.vms, problem.total)] = np.arange(len(position))
    first = np.full(problem.n_hosts, len(position))
    placed = np.flatnonzero(host_index >= 0)
    np.minimum.at(first, host_index[placed], position[problem.vms.of[placed]])
    renamed = np.arange(problem.n_hosts)
    for members in problem.hosts.members:
        renamed[members[np.argsort(first[members], kind="stable")]] = members
    return np.where(host_index >= 0, renamed[host_index], -1)


def _largest_first(vms: VMClasses, total: IntArray) -> IntArray:
    """VM classes by the largest part of the cluster that one VM asks for in any resource."""
    size = (vms.demand / np.maximum(total, 1)).max(axis=1)
    return np.argsort(-size, kind="stable")
