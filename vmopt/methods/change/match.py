"""Match: hosts that are alike exchange all that they run, where fewer VMs then move."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.methods.change.parameters import DEFAULT
from vmopt.problem import Problem


def matched(problem: Problem, host_index: IntArray, cost: FloatArray, most: int = DEFAULT.most_matched) -> IntArray:
    """Exchange what identical hosts run so that the VMs that stay are worth most (a linear assignment a host class).

    Parameters
    ----------
    cost : (n_vms,) array
        What moving each VM costs.
    most : int
        Hosts of a class up to which that is worked out.
    """
    current = problem.current
    if current is None:
        return host_index
    renamed = np.arange(problem.n_hosts)
    for members in problem.hosts.members:
        if 1 < len(members) <= most:
            renamed[members] = _best(problem, members, host_index, current, cost)
    return problem.stay(np.where(host_index >= 0, renamed[host_index], -1))


def _best(problem: Problem, members: IntArray, host_index: IntArray, current: IntArray, cost: FloatArray) -> IntArray:
    """The new name of each of these hosts."""
    from scipy.optimize import linear_sum_assignment  # slow to load, and not all that is loaded with this needs it

    place = np.full(problem.n_hosts, -1, dtype=np.int64)
    place[members] = np.arange(len(members))
    stay = np.zeros((len(members), len(members)))
    was, now = _counts(problem, place, current), _counts(problem, place, host_index)
    for j in np.intersect1d(was[0], now[0]).tolist():
        each = float(cost[problem.vms.of == j].max(initial=0.0))
        before, after = (part[1:, part[0] == j] for part in (was, now))
        stay[np.ix_(after[0], before[0])] += each * np.minimum(after[1][:, None], before[1][None, :])
    rows, columns = linear_sum_assignment(stay, maximize=True)
    if stay[rows, columns].sum() <= np.trace(stay):
        return members
    named = np.empty(len(members), dtype=np.int64)
    named[rows] = members[columns]
    return named


def _counts(problem: Problem, place: IntArray, host_index: IntArray) -> IntArray:
    """Class, place of the host, and number of VMs, for hosts with a place: three rows."""
    counts = problem.dealer.count(host_index)
    table = np.array([counts.vm_class, place[counts.host], counts.number])
    return table[:, table[1] >= 0]
