"""Home: VMs go back to where they run now, as long as they fit there."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.model.rule import RuleInForce
from vmopt.problem import Problem


def gone_home(problem: Problem, host_index: IntArray, cost: FloatArray, stop: float = np.inf) -> IntArray:
    """Let VMs that moved go back, the costliest first, where there is room and no rule forbids it, till it is time.

    Rules that look at others beside them, at pairs or whole groups, are left to whoever checks the placement.

    Examples
    --------
    >>> from vmopt.model import Instance
    >>> from vmopt.problem import compile
    >>> cluster = compile(Instance.from_arrays([[4], [3]], [[8], [8]], current=[0, 1]))
    >>> gone_home(cluster, np.array([1, 1]), np.ones(2)).tolist()
    [0, 1]
    """
    current = problem.current
    if current is None:
        return host_index
    from_, host_index = host_index, host_index.copy()
    free = problem.capacity - problem.loads(host_index)
    away = np.flatnonzero((current >= 0) & (host_index >= 0) & (host_index != current))
    rules = [(rule, rule.counting(host_index)) for rule in problem.rules]
    for vm in away[np.argsort(-cost[away], kind="stable")].tolist():
        if time.perf_counter() >= stop:
            break
        home, least = int(current[vm]), problem.least[vm]
        if (least <= free[home]).all() and _moved(rules, host_index, vm, home):
            free[from_[vm]] += least
            free[home] -= least
    return host_index


def _moved(rules: list[tuple[RuleInForce, Any]], host_index: IntArray, vm: int, home: int) -> bool:
    """Move a VM if no rule forbids it; tell whether it was moved."""
    here, only = int(host_index[vm]), np.array([vm])
    for _, taken in rules:
        taken.add(only, -1)
    host_index[vm] = -1
    free_to = all(rule.allows(vm, taken)[home] for rule, taken in rules)
    host_index[vm] = home if free_to else here
    for _, taken in rules:
        taken.add(only)
    return free_to
