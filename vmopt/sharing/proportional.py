"""Shares in proportion to weights, with caps: each resource by itself."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.sharing.filling import water_level
from vmopt.sharing.pool import Pool


def allocate(pool: Pool) -> FloatArray:
    """Give ``clip(weights[i] * t[k], reservation[i,k], demand[i,k])``, with t[k] as high as the capacity allows.

    Where nobody is at the reservation or the demand that is ``C[k] * weights[i] / sum(weights)``. It is how VMware's
    shares, reservations and limits work on each resource, and weighted max-min fairness of the amounts themselves.
    """
    allocation = np.empty_like(pool.demand)
    for k, capacity in enumerate(pool.capacity.tolist()):
        floor, cap = pool.reservation[:, k], pool.demand[:, k]
        level = water_level(pool.weights, floor, cap, capacity)
        allocation[:, k] = np.clip(pool.weights * level, floor, cap)
    return allocation
