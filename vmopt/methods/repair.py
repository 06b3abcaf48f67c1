"""Repair: a placement that overloads hosts, made one that fits."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import IntArray
from vmopt.model.classes import members_of
from vmopt.problem import Problem


def repair(problem: Problem, host_index: IntArray) -> IntArray:
    """Unplace the least valuable VMs of each overloaded host until the rest fits.

    Backends that compute in floats accept points that break a row by a tolerance.

    Examples
    --------
    >>> from vmopt.model import Instance
    >>> from vmopt.problem import compile
    >>> cluster = compile(Instance.from_arrays([[4], [5]], [[8]], value=[1, 2]))
    >>> repair(cluster, np.array([0, 0])).tolist()
    [-1, 0]
    """
    over = problem.loads(host_index) - problem.capacity
    overloaded = np.flatnonzero((over > 0).any(axis=1))
    if not overloaded.size:
        return host_index
    repaired = host_index.copy()
    number = np.full(problem.n_hosts + 1, -1)  # the last is that of no host
    number[overloaded] = np.arange(overloaded.size)
    for host, here in zip(overloaded, members_of(number[host_index], overloaded.size), strict=True):
        leaving = here[np.argsort(problem.value[here], kind="stable")]
        repaired[_leave(leaving, problem.least[leaving], over[host].tolist())] = -1
    return repaired


def _leave(vms: IntArray, least: IntArray, over: list[int]) -> list[int]:
    """Which VMs leave a host that has so much too much, the first first; who asks for none of it stays."""
    gone = []
    for vm, asked in zip(vms.tolist(), least.tolist(), strict=True):
        if max(over) <= 0:
            break
        if any(amount and more > 0 for amount, more in zip(asked, over, strict=True)):
            gone.append(vm)
            over = [more - amount for amount, more in zip(asked, over, strict=True)]
    return gone
