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
    mended = host_index.copy()
    urgent = urgent_vms(problem)
    while True:
        breaches = [breach for rule in problem.rules for breach in rule.breaches(mended)]
        for breach in breaches:
            there = breach.vms[mended[breach.vms] >= 0]
            cheapest = np.lexsort((problem.value[there], urgent[there]))
            mended[there[cheapest[: breach.excess]]] = -1
        if not any(breach.excess for breach in breaches):
            return None if breaches else mended


def urgent_vms(problem: Problem) -> IntArray:
    """Which VMs have to run, ``(n_vms,)``, as 0 and 1."""
    urgent = np.zeros(problem.n_vms, dtype=np.int64)
    for rule in problem.rules:
        if rule.urgent is not None:
            urgent[rule.urgent] = 1
    return urgent
