"""What is reported of a placement: loads, utilisation, objective."""

from __future__ import annotations

from math import fsum

import numpy as np

from vmopt.model.instance import Instance
from vmopt.model.objective import FloatArray, IntArray


def objective_of(instance: Instance, host_index: IntArray) -> float:
    """Sum of the values of the placed VMs, correctly rounded.

    Parameters
    ----------
    host_index : (n_vms,) int array
        Host of each VM, -1 where it runs nowhere.
    """
    return fsum(instance.value[host_index >= 0].tolist())


def loads(instance: Instance, host_index: IntArray) -> IntArray:
    """Sum of the demands placed on each host, ``(n_hosts, n_resources)``, in the instance's integer units.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[4], [3], [9]], [[8], [8]])
    >>> loads(cluster, np.array([1, 1, -1])).tolist()
    [[0], [7]]
    """
    placed = np.flatnonzero(host_index >= 0)
    order = placed[np.argsort(host_index[placed], kind="stable")]
    total = np.zeros((len(order) + 1, len(instance.resources)), dtype=np.int64)
    np.cumsum(instance.demand[order], axis=0, out=total[1:])
    edges = np.searchsorted(host_index[order], np.arange(instance.n_hosts + 1))
    return np.asarray(np.diff(total[edges], axis=0))


def utilisation(load: IntArray, capacity: IntArray) -> FloatArray:
    """Load over capacity, elementwise; 0 where there is no capacity."""
    return np.divide(load, capacity, out=np.zeros(np.shape(load)), where=capacity > 0)
