"""Evict: valuable VMs that were left out take the places of others that are worth less."""

from __future__ import annotations

import time

import numpy as np

from vmopt.arrays import IntArray
from vmopt.methods.ruled.parameters import DEFAULT, RuledParameters
from vmopt.methods.ruled.partial_placement import PartialPlacement
from vmopt.methods.search import Search
from vmopt.problem import Problem


def until(search: Search, parameters: RuledParameters = DEFAULT) -> float:
    """Value of ``time.perf_counter()`` at which evicting is to end."""
    left = max(0.0, search.options.time_limit - search.seconds)
    return time.perf_counter() + max(parameters.evict_seconds, parameters.evict_share * left)


def evict(
    problem: Problem, host_index: IntArray, stop: float = np.inf, parameters: RuledParameters = DEFAULT
) -> IntArray:
    """Place VMs that were left out where they cost least, each at a gain; rules that ask for others may be broken.

    Parameters
    ----------
    problem : Problem
    host_index : (n_vms,) int64 array
    stop : float
        Value of ``time.perf_counter()`` at which to leave the rest out.
    parameters : RuledParameters

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.problem import compile
    >>> fence = vmopt.Fence("vm-0", "host-0")
    >>> cluster = compile(vmopt.Instance.from_arrays([[2], [2], [1]], [[3], [1]], value=[5, 3, 1], rules=[fence]))
    >>> evict(cluster, np.array([-1, 0, 0])).tolist()
    [0, -1, 0]
    """
    places = PartialPlacement(problem, host_index)
    out = np.flatnonzero((host_index < 0) & (problem.value > problem.value.min()))
    for vm in out[np.argsort(-problem.value[out], kind="stable")][: parameters.evict_vms].tolist():
        if time.perf_counter() > stop:
            break
        found = _cheapest(problem, places, vm, parameters.evict_hosts)
        if found is not None:
            host, leave = found
            places.take_off(leave)
            back = [vm] if places.allowed(vm)[host] else leave.tolist()
            for each in back:
                places.put(np.array([each]), np.array([host]))
    return places.host_index


def _cheapest(problem: Problem, places: PartialPlacement, vm: int, most: int) -> tuple[int, IntArray] | None:
    """The host where a VM costs least, and who has to leave it; None where it gains nothing."""
    lower = np.flatnonzero((places.host_index >= 0) & (problem.value < problem.value[vm]))
    at, room = places.host_index[lower], places.free.copy()
    np.add.at(room, at, problem.least[lower])
    hosts = np.flatnonzero(places.allowed(vm) & (room >= problem.least[vm]).all(axis=1))
    fullness = (places.free[hosts] / np.maximum(problem.capacity[hosts], 1)).min(axis=1, initial=1.0)
    best, loss = None, float(problem.value[vm])
    for host in hosts[np.argsort(-fullness, kind="stable")][:most].tolist():
        leave = _leaving(problem, lower[at == host], problem.least[vm] - places.free[host])
        lost = float(problem.value[leave].sum())
        if lost < loss:
            best, loss = (host, leave), lost
    return best


def _leaving(problem: Problem, vms: IntArray, short: IntArray) -> IntArray:
    """Some VMs that free what a host is short of: those that are worth least for what they free."""
    use = (problem.least[vms] * (short > 0) / np.maximum(short, 1)).sum(axis=1)
    price = np.divide(problem.value[vms], use, out=np.full(len(vms), np.inf), where=use > 0)
    order = vms[np.argsort(price, kind="stable")]
    freed = np.vstack([np.zeros_like(short), np.cumsum(problem.least[order], axis=0)])
    n_leaving = int(np.argmax((freed >= short).all(axis=1)))
    leaving, spare = order[:n_leaving], freed[n_leaving] - short
    kept = []
    for vm in leaving[np.argsort(-problem.value[leaving], kind="stable")].tolist():
        if (problem.least[vm] <= spare).all():
            kept.append(vm)
            spare = spare - problem.least[vm]
    return leaving[~np.isin(leaving, kept)]
