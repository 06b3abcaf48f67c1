"""One each: places of one size dealt to groups that may have one VM on a host, all of them in one go.

Each group in turn goes where most places are left. Hosts are kept by how many they have, so that a group costs as much
as it has VMs, however many hosts there are.
"""

from __future__ import annotations

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.problem import Problem

MOST_PLACES = 256
"""Places on one host up to which hosts are kept by their number."""


def one_each(left: IntArray, sizes: list[int]) -> list[IntArray]:
    """Choose hosts for each group in turn, those with most places left; fewer where too few have any.

    Parameters
    ----------
    left : (n_hosts,) int64 array
        Places on each host, at most `MOST_PLACES`.
    sizes : list of int
        VMs of each group.

    Examples
    --------
    >>> [sorted(hosts.tolist()) for hosts in one_each(np.array([1, 2, 0, 1]), [2, 1, 2])]
    [[1, 3], [1], [0]]
    """
    having: list[list[int]] = [
        np.flatnonzero(left == number).tolist() for number in range(int(left.max(initial=0)) + 1)
    ]
    chosen = []
    for size in sizes:
        while len(having) > 1 and not having[-1]:
            having.pop()
        chosen.append(np.array(_taken(having, size), dtype=np.int64))
    return chosen


def _taken(having: list[list[int]], size: int) -> list[int]:
    """Take a place on each of so many hosts, those with most of them first."""
    hosts: list[int] = []
    fewer: list[list[int]] = []
    number = len(having) - 1
    while number and size > len(hosts):
        some = having[number][len(hosts) - size :]
        del having[number][len(hosts) - size :]
        hosts += some
        fewer.append(some)
        number -= 1
    for step, some in enumerate(fewer):
        having[len(having) - 2 - step] += some
    return hosts


def alone_on_hosts(problem: Problem) -> BoolArray:
    """Which VM classes are a group of a rule by which one of them may be on a host, and in no other rule.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.problem import compile
    >>> rules = [vmopt.Spread([["vm-0", "vm-1"], ["vm-2", "vm-3"]]), vmopt.Ban("vm-2", "host-0")]
    >>> alone_on_hosts(compile(vmopt.Instance.from_arrays([[1]] * 4, [[4], [4]], rules=rules))).tolist()
    [True, False, False]
    """
    first, count = problem.members, problem.vms.count
    n_rules, alone = np.zeros(len(first), dtype=np.int64), np.zeros(len(first), dtype=bool)
    for rule in problem.rules:
        n_rules += rule.counts_vm[first]
        if rule.by_host and rule.room_says_all and rule.most_alike is not None and rule.gangs is None:
            group = rule.group.of[first]
            sizes = np.append(np.bincount(rule.group.of + 1, minlength=len(rule.group) + 1)[1:], 0)
            alone |= (group >= 0) & (rule.most_alike[first] == 1) & (sizes[group] == count)
    return np.asarray(alone & (n_rules == 1))
