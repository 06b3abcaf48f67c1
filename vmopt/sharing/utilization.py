"""The most weighted utilisation: a linear program, solved by sorting, or by any backend."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from vmopt.arrays import FloatArray
from vmopt.errors import SolverError
from vmopt.formulation.linear_program import LinearProgram
from vmopt.model.amounts import sums
from vmopt.sharing.filling import water_level
from vmopt.sharing.pool import Pool


def allocate(pool: Pool) -> FloatArray:
    """Maximise ``sum_i weights[i] mean_k a[i,k] / C[k]`` within capacity, reservations and demands.

    Each resource by itself is a fractional knapsack (Dantzig 1957): the heaviest VMs get their demand first. Where VMs
    of one weight can not all have it they get the same amount, as far as they can use it; that is one of the optima.
    """
    order = np.argsort(-pool.weights, kind="stable")
    weights = pool.weights[order]
    first = np.flatnonzero(np.diff(weights, prepend=np.inf))
    allocation = pool.reservation.copy()
    for k, rest in enumerate(pool.rest.tolist()):
        wish = (pool.demand[:, k] - pool.reservation[:, k])[order]
        asked = np.concatenate([[0.0], np.cumsum(np.add.reduceat(wish, first))])
        group = min(int(np.searchsorted(asked, rest, side="right")) - 1, len(first) - 1)
        begin, end = first[group], np.append(first, len(order))[group + 1]
        allocation[order[:begin], k] = pool.demand[order[:begin], k]
        last = order[begin:end]
        floor, cap = pool.reservation[last, k], pool.demand[last, k]
        level = water_level(np.ones(len(last)), floor, cap, rest - float(asked[group]) + float(sums(floor)))
        allocation[last, k] = np.clip(level, floor, cap)
    return allocation


def prices(pool: Pool) -> FloatArray:
    """What one more unit of each resource would add to the weighted utilisation, ``(n_resources,)``.

    That is the dual value of its capacity: the weight of the heaviest VM that does not have all it asks for, times what
    a unit adds to the utilisation; 0 where all have it.
    """
    order = np.argsort(-pool.weights, kind="stable")
    asked = np.cumsum((pool.demand - pool.reservation)[order], axis=0)
    price = np.zeros(len(pool.resources))
    for k, rest in enumerate(pool.rest.tolist()):
        waiting = int(np.searchsorted(asked[:, k], rest, side="right"))
        if waiting < len(order):
            price[k] = pool.weights[order[waiting]] * pool.worth[k]
    return price


def linear_program(pool: Pool) -> LinearProgram:
    """State the program over what VMs get above their reservations, in parts of the capacity and of the top weight."""
    n_vms, n_resources = pool.demand.shape
    unit = np.where(pool.capacity > 0, pool.capacity, 1.0)
    value = (pool.weights / pool.weights.max())[:, None] * (pool.capacity > 0)
    columns = np.arange(n_vms * n_resources)
    matrix = sparse.csr_array((np.ones(len(columns)), (columns % n_resources, columns)))
    upper = np.where(pool.capacity > 0, (pool.demand - pool.reservation) / unit, 0.0)
    return LinearProgram.with_upper_rows(value.ravel(), matrix, pool.rest / unit, upper=upper.ravel())


def allocate_with(pool: Pool, backend: str) -> tuple[FloatArray, FloatArray]:
    """Solve the linear program with a backend; returns the allocation and the prices that the backend found.

    Raises
    ------
    SolverError
        If the backend does not solve it.
    """
    from vmopt.backends import registry
    from vmopt.backends.base import LPOptions
    from vmopt.status import Limit

    result = registry.get(backend).solve(linear_program(pool), LPOptions())
    if result.limit is Limit.INTERRUPTED:
        raise KeyboardInterrupt
    if result.x is None or result.prices is None:
        raise SolverError(f"{backend} ended the program of the pool as {result.status.value!r} without prices.")
    given = np.maximum(result.x.reshape(pool.demand.shape), 0.0) * pool.capacity
    offered = int((pool.capacity > 0).sum())
    per_unit = np.divide(result.prices, pool.capacity, out=np.zeros(len(pool.capacity)), where=pool.capacity > 0)
    return pool.reservation + given, per_unit * pool.weights.max() / max(offered, 1)
