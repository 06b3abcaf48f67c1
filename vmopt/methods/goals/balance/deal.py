"""Deal: VMs placed anew, the largest first, each on the host that is least loaded with it."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.methods.ruled.partial_placement import PartialPlacement
from vmopt.problem import Problem


def deal(
    problem: Problem, order: IntArray, of: tuple[int, ...], may: BoolArray, room: IntArray, stop: float = np.inf
) -> IntArray:
    """Place VMs one by one where the fullest of some resources is then least full; who fits nowhere is left out.

    Known as longest processing time first where there is one resource (Graham 1969), as worst fit without the order.

    Parameters
    ----------
    order : (n,) int64 array
        The VMs to place.
    of : tuple of int
        Resources that count.
    may : (n_hosts,) bool array
        Hosts that may be used.
    room : (n_hosts, n_resources) int64 array
        What each may hold.
    stop : float
        Value of ``time.perf_counter()`` at which the rest is left out.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.problem import compile
    >>> cluster = compile(vmopt.Instance.from_arrays([[4], [3], [2]], [[9], [9]]))
    >>> deal(cluster, np.arange(3), (0,), np.ones(2, dtype=bool), cluster.capacity).tolist()
    [0, 1, 1]
    """
    places = PartialPlacement(problem, np.full(problem.n_vms, -1, dtype=np.int64)) if problem.rules else None
    host_index, columns = np.full(problem.n_vms, -1, dtype=np.int64), np.array(of)
    hosts = np.flatnonzero(may)
    left, load = room[hosts].copy(), np.zeros((len(hosts), len(of)))
    capacity = problem.capacity[np.ix_(hosts, columns)]
    per = np.divide(1.0, capacity, out=np.zeros(capacity.shape), where=capacity > 0)
    for step, vm in enumerate(order.tolist()):
        if step % 64 == 63 and time.perf_counter() > stop:
            break
        least = problem.least[vm]
        full = (load + least[columns] * per).max(axis=1)
        full[~(left >= least).all(axis=1)] = np.inf
        if places is not None:
            full[~places.allowed(vm)[hosts]] = np.inf
        chosen = int(full.argmin()) if len(full) else -1
        if chosen < 0 or not np.isfinite(full[chosen]):
            continue
        host_index[vm] = hosts[chosen]
        left[chosen] -= least
        load[chosen] += least[columns] * per[chosen]
        if places is not None:
            places.put(np.array([vm]), hosts[[chosen]])
    return host_index


def largest_first(problem: Problem, vms: IntArray, of: Any) -> IntArray:
    """Some VMs, by the largest part of the cluster that they ask for of any of some resources."""
    part: FloatArray = (problem.demand[vms] / np.maximum(problem.total, 1))[:, np.array(of)]
    keys = [problem.vms.of[vms], -part.sum(axis=1), -part.max(axis=1)]
    return np.asarray(vms[np.lexsort(keys)])
