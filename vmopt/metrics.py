"""What is reported of a placement: loads, utilisation, objective."""

from __future__ import annotations

from math import fsum

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.elastic.allocation import best_allocation, shares
from vmopt.model.instance import Instance
from vmopt.model.loads import loads as added_up

MANY = 8
"""VMs of a class, on average, from which they are counted, and not added up one by one."""
LOWER_HALF = 2**27 - 1
"""The last digits of a double: without them it is as short as a count, and what they say is too."""
MOST_COUNTED = 2**26
"""Up to this, counts are that short."""
MOST_STEPS = 2**32
"""Steps that a row of a program counts in short numbers, and a sum of doubles with room to spare."""


def objective_of(instance: Instance, host_index: IntArray, allocation: IntArray | None = None) -> float:
    """Sum of the values of the placed VMs, less what latency and broken soft rules cost, where the objective has them.

    Parameters
    ----------
    host_index : (n_vms,) int array
        Host of each VM, -1 where it runs nowhere.
    allocation : (n_vms, n_resources) int array, optional
        What each VM gets; default: the best for this placement.
    """
    value = value_of(instance, host_index, allocation)
    lost = penalty_of(instance, host_index) if instance.has_penalties else 0.0
    return value - lost if instance.delays is None else value - lost - instance.delays.cost(host_index)


def penalty_of(instance: Instance, host_index: IntArray) -> float:
    """What a placement loses by breaking soft rules: ``sum_r penalty[r] * violation[r]``.

    Examples
    --------
    >>> from vmopt.rules import Spread
    >>> cluster = Instance.from_arrays([[1]] * 3, [[9]], rules=[Spread("vm-*", penalty=2.5)])
    >>> penalty_of(cluster, np.array([0, 0, 0]))
    5.0
    """
    return fsum((rule.penalty or 0.0) * rule.violation(host_index) for rule in instance.soft_rules)


def value_of(instance: Instance, host_index: IntArray, allocation: IntArray | None = None) -> float:
    """Sum of the values of the placed VMs; an elastic VM counts for the share that it gets of what it asks for."""
    placed = host_index >= 0
    if not instance.elastic:
        return fsum(_summands(instance, placed))
    value = instance.value[placed].tolist()
    if allocation is None:
        allocation = best_allocation(instance, host_index)
    missing = instance.demand[placed] - allocation[placed]
    lost = (-instance.unit_value[placed] * missing)[missing > 0].tolist()
    return max(fsum([*value, *lost]), 0.0)  # a VM that gets nothing is worth nothing, but for rounding


def _summands(instance: Instance, placed: BoolArray) -> list[float]:
    """Doubles that add up to just what the placed VMs are worth: two a class, where VMs of a class are many.

    Each half of the digits of a value, times a count, is exact.
    """
    value, classes = instance.value, instance.vm_classes
    if len(classes) * MANY > len(value) or len(value) > MOST_COUNTED:
        return list(value[placed].tolist())
    count = np.bincount(classes.of[placed], minlength=len(classes))
    each = value[classes.first]
    upper = (each.view(np.int64) & ~LOWER_HALF).view(np.float64)
    return [*(count * upper).tolist(), *(count * (each - upper)).tolist()]


def value_added(instance: Instance, host_index: IntArray, vm: int) -> FloatArray:
    """What the value grows by when a VM, unplaced so far, is placed on each host, ``(n_hosts,)``.

    An elastic VM gets what is left of the host, and takes from others there where that is worth more; hosts without
    room for what it must get tell nothing.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[6], [6]], [[8], [4]], value=[6, 12], reservation=[[1], [1]])
    >>> value_added(cluster, np.array([0, -1]), 1).tolist()
    [8.0, 8.0]
    """
    n_hosts = instance.n_hosts
    if not instance.elastic:
        return np.full(n_hosts, float(instance.value[vm]))
    placed = np.flatnonzero(host_index >= 0)
    worth = []
    for vms, host in (
        (placed, host_index[placed]),
        (np.append(placed, np.full(n_hosts, vm)), np.append(host_index[placed], np.arange(n_hosts))),
    ):
        missing = instance.demand[vms] - shares(instance, vms, host)
        value = instance.value[vms] - (instance.unit_value[vms] * np.maximum(missing, 0)).sum(axis=1)
        worth.append(np.bincount(host, value, n_hosts))
    return np.asarray(worth[1] - worth[0])


def value_step(instance: Instance) -> float:
    """Greatest number that all values are multiples of: objectives differ by multiples of it.

    It is 0 where VMs are elastic, and where the values differ so much that all of them are too many steps.

    Examples
    --------
    >>> value_step(Instance.from_arrays([[4], [3]], [[8]], value=[6, 9]))
    3.0
    >>> value_step(Instance.from_arrays([[4], [3]], [[8]]))
    0.125
    """
    worth = instance.worth
    return 0.0 if worth is None or worth.total >= MOST_STEPS else float(worth.unit)


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
    return added_up(instance.demand if amounts is None else amounts, host_index, instance.n_hosts)


def utilisation(load: IntArray, capacity: IntArray) -> FloatArray:
    """Load over capacity, elementwise; 0 where there is no capacity."""
    return np.divide(load, capacity, out=np.zeros(np.shape(load)), where=capacity > 0)
