"""What is reported of a placement: loads, utilisation, objective."""

from __future__ import annotations

from math import fsum

import numpy as np

from vmopt.allocation import best_allocation
from vmopt.model.instance import Instance
from vmopt.model.objective import FloatArray, IntArray

EXACT_FLOAT = 2**53


def objective_of(instance: Instance, host_index: IntArray, allocation: IntArray | None = None) -> float:
    """Sum of the values of the placed VMs; an elastic VM counts for the share that it gets of what it asks for.

    Parameters
    ----------
    host_index : (n_vms,) int array
        Host of each VM, -1 where it runs nowhere.
    allocation : (n_vms, n_resources) int array, optional
        What each VM gets; default: the best for this placement.
    """
    placed = host_index >= 0
    value = instance.value[placed].tolist()
    if instance.reservation is None:
        return fsum(value)
    if allocation is None:
        allocation = best_allocation(instance, host_index)
    missing = instance.demand[placed] - allocation[placed]
    return fsum([*value, *(-instance.unit_value[placed] * missing)[missing > 0].tolist()])


def value_step(instance: Instance) -> float:
    """Greatest common divisor of the values where all are integers, else 0: objectives differ by multiples of it.

    It is 0 where VMs are elastic.

    Examples
    --------
    >>> value_step(Instance.from_arrays([[4], [3]], [[8]], value=[6, 9]))
    3.0
    """
    value = instance.vm_classes.value
    if instance.reservation is not None:
        return 0.0
    if (value != np.rint(value)).any() or value.max(initial=0.0) * instance.n_vms >= EXACT_FLOAT:
        return 0.0
    return float(np.gcd.reduce(value.astype(np.int64)))


def loads(instance: Instance, host_index: IntArray, amounts: IntArray | None = None) -> IntArray:
    """Sum of the demands placed on each host, ``(n_hosts, n_resources)``, in the instance's integer units.

    Parameters
    ----------
    host_index : (n_vms,) int array
    amounts : (n_vms, n_resources) int array, optional
        What each VM takes; default: its demand.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[4], [3], [9]], [[8], [8]])
    >>> loads(cluster, np.array([1, 1, -1])).tolist()
    [[0], [7]]
    """
    placed = np.flatnonzero(host_index >= 0)
    order = placed[np.argsort(host_index[placed], kind="stable")]
    total = np.zeros((len(order) + 1, len(instance.resources)), dtype=np.int64)
    np.cumsum((instance.demand if amounts is None else amounts)[order], axis=0, out=total[1:])
    edges = np.searchsorted(host_index[order], np.arange(instance.n_hosts + 1))
    return np.asarray(np.diff(total[edges], axis=0))


def utilisation(load: IntArray, capacity: IntArray) -> FloatArray:
    """Load over capacity, elementwise; 0 where there is no capacity."""
    return np.divide(load, capacity, out=np.zeros(np.shape(load)), where=capacity > 0)
