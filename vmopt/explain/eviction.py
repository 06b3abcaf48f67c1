"""Eviction: what the VMs that would have to leave a host are worth at least."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.rules.eligible import must_run

if TYPE_CHECKING:
    from vmopt.explain.scene import Scene


def least_worth(scene: Scene, short: IntArray, hosts: IntArray) -> FloatArray:
    """Bound from below what must leave each host so that nothing is short there, ``(len(hosts),)``.

    For each resource by itself VMs leave in the order of their value per unit, the last of them in part; the greatest
    of these sums is a bound. VMs that must run do not leave: the bound is infinite where it takes one of them.

    Parameters
    ----------
    short : (n_hosts, n_resources) int64 array
    hosts : (n,) int64 array
        Where something is short.

    Examples
    --------
    >>> from vmopt.explain.scene import Scene
    >>> from vmopt.model import Instance
    >>> cluster = Instance.from_arrays([[4], [4], [6]], [[8]], value=[3, 1, 2])
    >>> scene = Scene(cluster, np.array([0, 0, -1]))
    >>> least_worth(scene, np.array([[6]]), np.array([0])).round(6).tolist()
    [2.5]
    """
    instance = scene.instance
    wanted = np.zeros(instance.n_hosts, dtype=bool)
    wanted[hosts] = True
    vms = np.flatnonzero((scene.host_index >= 0) & wanted[scene.host_index])
    value = instance.value[vms].copy()
    must = must_run(instance)
    if must is not None:
        value[must[vms]] = np.inf
    bound = np.zeros(len(hosts))
    for k in np.flatnonzero(short[hosts].any(axis=0)).tolist():
        size, where = instance.reserved[vms, k], scene.host_index[vms]
        taking = size > 0
        bound = np.maximum(bound, _one(where[taking], size[taking], value[taking], short[hosts, k], hosts))
    return bound


def _one(where: IntArray, size: IntArray, value: FloatArray, short: IntArray, hosts: IntArray) -> FloatArray:
    """The bound by one resource: a fractional knapsack on each host."""
    order = np.lexsort((value / size, where))
    where, size, value = where[order], size[order], value[order]
    finite = np.isfinite(value)
    sizes = np.concatenate([[0], np.cumsum(size)])
    values = np.concatenate([[0.0], np.cumsum(np.where(finite, value, 0.0))])
    start, end = np.searchsorted(where, hosts, "left"), np.searchsorted(where, hosts, "right")
    last = np.searchsorted(sizes, sizes[start] + short, "left") - 1
    last = np.maximum(last, start)
    enough = (last < end) & (short > 0)
    at = np.minimum(last, max(len(value) - 1, 0))
    if not len(value):
        return np.where(short > 0, np.inf, 0.0)
    part = (sizes[start] + short - sizes[at]) / size[at]
    lost = values[at] - values[start] + np.where(finite[at], value[at], 0.0) * part
    lost = np.where(finite[at], lost, np.inf)
    return np.where(short > 0, np.where(enough, lost * (1 - 1e-12), np.inf), 0.0)
