"""Pinned: VMs that rules leave a single host are put there first; what they leave is searched for all others.

Where volumes are local, many VMs have one host each. A placement without rules that is dealt says nothing of them, for
nobody of their size may change places with them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from vmopt.arrays import IntArray
from vmopt.errors import InstanceError
from vmopt.methods import greedy, knapsack_bound
from vmopt.methods.ruled.hasty import end_of
from vmopt.methods.ruled.mend import mend, urgent_vms
from vmopt.methods.ruled.parameters import DEFAULT, RuledParameters
from vmopt.methods.search import ROUNDING, Search
from vmopt.problem import Problem
from vmopt.problem.components import part_of
from vmopt.rules.eligible import eligible
from vmopt.status import Limit

METHOD = "pinned"
CLASSES_AT_ONCE = 1_000
"""VM classes whose hosts are looked up at once."""
Method = Callable[[Search], None]


def run(search: Search, inner: Method, ruled: Method, parameters: RuledParameters = DEFAULT) -> None:
    """Put who has one host there where it pays, search for all others, and offer what both make.

    Nothing where they are worth less than the gap that is asked for.

    Parameters
    ----------
    search : Search
    inner, ruled : callables
        What searches an instance without rules, and one with them.
    parameters : RuledParameters
    """
    instance, problem = search.instance, search.problem
    if problem.elastic or instance.tiers is not None:
        return
    host = only_host(problem)
    if problem.value[host >= 0].sum() <= search.options.gap * abs(search.bound):
        return
    with search.within(parameters.pinned):
        knapsack_bound.run(search)
        placed = seated(problem, host, search.prices)
        others = np.flatnonzero(host < 0)
        if others.size and not search.finished:
            placed[others] = _searched(search, placed, others, inner, ruled, parameters)
        _offer(search, placed, end_of(search, parameters))
    search.limit = search.limit if search.limit is Limit.INTERRUPTED else None


def only_host(problem: Problem) -> IntArray:
    """Host of each VM to which rules leave one alone, -1 for all others, ``(n_vms,)``.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.problem import compile
    >>> fences = [vmopt.Fence("vm-1", "host-1"), vmopt.Fence("vm-2", ["host-0", "host-1"])]
    >>> only_host(compile(vmopt.Instance.from_arrays([[1]] * 3, [[2]] * 3, rules=fences))).tolist()
    [-1, 1, -1]
    """
    of_class = np.full(len(problem.vms), -1, dtype=np.int64)
    one = np.array([members[0] for members in problem.hosts.members], dtype=np.int64)
    for begin in range(0, len(of_class), CLASSES_AT_ONCE):
        allowed = eligible(problem.instance, problem.members[begin : begin + CLASSES_AT_ONCE])
        if allowed is not None:
            alone = allowed @ problem.hosts.count == 1
            of_class[begin : begin + CLASSES_AT_ONCE][alone] = one[allowed[alone].argmax(axis=1)]
    return of_class[problem.vms.of]


def seated(problem: Problem, host: IntArray, prices: np.ndarray) -> IntArray:
    """Put VMs on their hosts, as far as they pay and fit: those that must run first, then those worth most of a share.

    Parameters
    ----------
    host : (n_vms,) int64 array
        The only host of each, -1 for VMs that are left out.
    prices : (n_host_classes, n_resources) array
        Who is worth less than what it asks for costs is left out.
    """
    vms = np.flatnonzero(host >= 0)
    least, urgent = problem.least[vms], urgent_vms(problem)[vms]
    pays = problem.value[vms] >= (least * prices[problem.hosts.of[host[vms]]]).sum(axis=1)
    vms = vms[pays | (urgent > 0)]
    order = np.lexsort((-problem.value[vms] / np.maximum(problem.share[vms], 1e-300), -urgent_vms(problem)[vms]))
    placed = np.full(problem.n_vms, -1, dtype=np.int64)
    free = problem.capacity.copy()
    for vm in vms[order].tolist():
        left = free[host[vm]] - problem.least[vm]
        if (left >= 0).all():
            free[host[vm]] = left
            placed[vm] = host[vm]
    return placed


def _searched(
    search: Search, placed: IntArray, others: IntArray, inner: Method, ruled: Method, parameters: RuledParameters
) -> IntArray:
    """Where others go beside those that are placed: what rules say of both is looked at afterwards."""
    problem = search.problem
    kinds, of = np.unique(problem.vms.of[others], return_inverse=True)
    allowed = eligible(problem.instance, problem.members[kinds])
    hosts = np.arange(problem.n_hosts)
    if allowed is None:
        allowed = np.ones((len(kinds), len(problem.hosts)), dtype=bool)
    try:
        part = part_of(problem, others, hosts, of.ravel(), allowed[:, problem.hosts.of])
    except InstanceError:  # a rule speaks of nobody of these
        return np.full(len(others), -1, dtype=np.int64)
    left = replace(part, capacity=problem.capacity - problem.loads(placed))
    gap = max(parameters.stricter * search.options.gap, ROUNDING)
    inside = Search(left, replace(search.options, time_limit=search.remaining, gap=gap, progress=None))
    (ruled if left.rules else inner)(inside)
    if inside.limit is Limit.INTERRUPTED:
        search.limit = Limit.INTERRUPTED
    return inside.host_index if inside.found else np.full(len(others), -1, dtype=np.int64)


def _offer(search: Search, placed: IntArray, end: float) -> None:
    """Mend what both make together, and add what fits."""
    kept = mend(search.problem, placed)
    if kept is not None:
        completed = mend(search.problem, greedy.complete(search.problem, kept, end))
        search.offer(kept if completed is None else completed, METHOD)
