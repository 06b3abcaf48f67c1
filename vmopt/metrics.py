"""What is reported of a placement: loads, utilisation, objective."""

from __future__ import annotations

from math import fsum

import numpy as np

from vmopt.model.instance import Instance
from vmopt.model.objective import FloatArray, IntArray

EXACT_FLOAT = 2**53


def objective_of(instance: Instance, host_index: IntArray) -> float:
    """Sum of the values of the placed VMs, correctly rounded.

    Parameters
    ----------
    host_index : (n_vms,) int array
        Host of each VM, -1 where it runs nowhere.
    """
    return fsum(instance.value[host_index >= 0].tolist())


def value_step(instance: Instance) -> float:
    """Greatest common divisor of the values where all are integers, else 0: objectives differ by multiples of it.

    Examples
    --------
    >>> value_step(Instance.from_arrays([[4], [3]], [[8]], value=[6, 9]))
    3.0
    """
    value = instance.vm_classes.value
    if (value != np.rint(value)).any() or value.max(initial=0.0) * instance.n_vms >= EXACT_FLOAT:
        return 0.0
    return float(np.gcd.reduce(value.astype(np.int64)))


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
