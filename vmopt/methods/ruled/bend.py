"""Bending: VMs that soft rules keep out are placed all the same, where they are worth more than that costs."""

from __future__ import annotations

import time

import numpy as np

from vmopt.arrays import IntArray
from vmopt.methods.ruled.mend import urgent_vms
from vmopt.methods.ruled.parameters import DEFAULT, RuledParameters
from vmopt.methods.ruled.partial_placement import PartialPlacement
from vmopt.metrics import penalty_of
from vmopt.problem import Problem


def bend(
    problem: Problem, host_index: IntArray, stop: float = np.inf, parameters: RuledParameters = DEFAULT
) -> IntArray:
    """Place VMs that run nowhere where only soft rules are in the way, and they are worth what that costs.

    VMs that must run come first, whatever they cost; then the most valuable ones.

    Parameters
    ----------
    host_index : (n_vms,) int64 array
        A placement that keeps the hard rules, but for `MustRun`.
    stop : float
        Value of ``time.perf_counter()`` at which to leave the rest unplaced.
    parameters : RuledParameters

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.problem import compile
    >>> apart = vmopt.Spread("vm-*", penalty=2)
    >>> cluster = compile(vmopt.Instance.from_arrays([[1]] * 3, [[4]], value=[5, 3, 1], rules=[apart]))
    >>> bend(cluster, np.array([0, -1, -1])).tolist()
    [0, 0, -1]
    """
    if not problem.soft_rules:
        return host_index
    places, urgent = PartialPlacement(problem, host_index, hard_only=True), urgent_vms(problem)
    waiting = np.flatnonzero(host_index < 0)
    left, penalty = _trials(problem, parameters), penalty_of(problem.instance, host_index)
    in_vain = np.zeros(len(problem.vms), dtype=bool)
    for vm in waiting[np.lexsort((-problem.value[waiting], -urgent[waiting]))].tolist():
        if left <= 0 or time.perf_counter() > stop:
            break
        if in_vain[problem.vms.of[vm]]:
            continue
        hosts = _open_to(places, vm, parameters.bent_hosts)
        left -= len(hosts)
        costs = [_cost_on(problem, places.host_index, vm, host) for host in hosts]
        if costs and (urgent[vm] or problem.value[vm] > min(costs) - penalty):
            penalty = min(costs)
            places.put(np.array([vm]), hosts[costs.index(penalty)][None])
        else:
            in_vain[problem.vms.of[vm]] = True
    return places.host_index


def _trials(problem: Problem, parameters: RuledParameters) -> int:
    """How many hosts of VMs may be tried."""
    return min(parameters.bent, parameters.bent_looks // (problem.n_vms * len(problem.soft_rules)))


def _open_to(places: PartialPlacement, vm: int, most: int) -> IntArray:
    """Hosts with room for a VM that hard rules allow, the emptiest of them."""
    fits = (places.free >= places.problem.least[vm]).all(axis=1)
    hosts = np.flatnonzero(fits & places.allowed(vm))
    size = places.problem.total.astype(np.float64)
    emptiest = np.argsort(-(places.free[hosts] / np.maximum(size, 1.0)).sum(axis=1), kind="stable")
    return np.asarray(hosts[emptiest[:most]])


def _cost_on(problem: Problem, host_index: IntArray, vm: int, host: int) -> float:
    """What the placement loses by broken rules with one VM more."""
    more = host_index.copy()
    more[vm] = host
    return penalty_of(problem.instance, more)
