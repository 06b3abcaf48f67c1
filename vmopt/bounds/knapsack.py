"""Prices of one resource without any solver: the cluster as one knapsack."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.model.classes import VMClasses
from vmopt.problem import Problem


def knapsack_prices(problem: Problem, resource: int) -> FloatArray:
    """Prices that are best when only one resource is scarce and all hosts are one.

    That is the fractional knapsack of Dantzig (1957): take VMs by value per unit of the resource until it is used up;
    the ratio of the first VM that does not fit any more is the price of a unit.

    Returns
    -------
    (n_host_classes, n_resources) array
        The same price in every host class, 0 for the other resources.

    Examples
    --------
    >>> from vmopt.model import Instance
    >>> from vmopt.problem import compile
    >>> cluster = compile(Instance.from_arrays([[4], [4], [4]], [[8]], value=[12, 8, 4]))
    >>> knapsack_prices(cluster, 0).tolist()
    [[1.0]]
    """
    prices = np.zeros(problem.hosts.capacity.shape)
    demand, value, count = _items(problem.vms, resource)
    asks = np.flatnonzero(demand)
    ratio = value[asks] / demand[asks]
    order = asks[np.argsort(-ratio, kind="stable")]
    used = np.cumsum(count[order].astype(np.float64) * demand[order])
    critical = int(np.searchsorted(used, problem.total[resource], side="right"))
    if critical < len(order):
        prices[:, resource] = value[order[critical]] / demand[order[critical]]
    return prices


def _items(vms: VMClasses, resource: int) -> tuple[IntArray, FloatArray, IntArray]:
    """Demand, value and count of what goes into the knapsack.

    An elastic VM is two items, its reservation and what it would take beyond; the first is worth more per unit.
    """
    demand = vms.demand[:, resource]
    if not vms.elastic:
        return demand, vms.value, vms.count
    beyond = demand - vms.least[:, resource]
    more = vms.unit_value[:, resource] * beyond
    return (
        np.concatenate([demand - beyond, beyond]),
        np.concatenate([vms.value - more, more]),
        np.concatenate([vms.count, vms.count]),
    )
