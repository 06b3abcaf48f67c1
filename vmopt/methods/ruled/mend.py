"""Mending: a placement that breaks rules, made one that keeps them."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import IntArray
from vmopt.problem import Problem


def mend(problem: Problem, host_index: IntArray) -> IntArray | None:
    """Take off the least valuable VMs of every broken rule until none is; None where a VM that must run does not.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.problem import compile
    >>> apart = vmopt.Spread(["vm-0", "vm-1"])
    >>> cluster = compile(vmopt.Instance.from_arrays([[1], [2]], [[4]], rules=[apart]))
    >>> mend(cluster, np.array([0, 0])).tolist()
    [-1, 0]
    """
    mended = lightened(problem, host_index)
    return None if any(rule.breaches(mended) for rule in problem.rules) else mended


def lightened(problem: Problem, host_index: IntArray) -> IntArray:
    """Return what `mend` does, also where VMs that must run do not.

    Rule by rule, so that what one takes off counts for the next: no rule takes off more for what another did already.
    """
    mended, urgent = host_index.copy(), urgent_vms(problem)
    again = True
    while again:
        again = False
        for rule in problem.rules:
            for breach in rule.breaches(mended):
                there = breach.vms[mended[breach.vms] >= 0]
                excess = breach.excess - (len(breach.vms) - len(there))
                if excess > 0:
                    cheapest = np.lexsort((problem.value[there], urgent[there]))
                    mended[there[cheapest[:excess]]] = -1
                    again = True
    return mended


def urgent_vms(problem: Problem) -> IntArray:
    """Which VMs have to run, ``(n_vms,)``, as 0 and 1."""
    urgent = np.zeros(problem.n_vms, dtype=np.int64)
    for rule in problem.rules:
        if rule.urgent is not None:
            urgent[rule.urgent] = 1
    return urgent
