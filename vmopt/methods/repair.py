"""Repair: a placement that overloads hosts, made one that fits."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import IntArray
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
    load = problem.loads(host_index)
    overloaded = np.flatnonzero((load > problem.capacity).any(axis=1))
    if not overloaded.size:
        return host_index
    repaired = host_index.copy()
    for host in overloaded:
        here = np.flatnonzero(host_index == host)
        for vm in here[np.argsort(problem.value[here], kind="stable")]:
            if (load[host] <= problem.capacity[host]).all():
                break
            if (problem.least[vm] * (load[host] > problem.capacity[host])).any():
                repaired[vm] = -1
                load[host] -= problem.least[vm]
    return repaired
