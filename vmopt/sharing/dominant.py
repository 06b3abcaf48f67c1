"""Dominant resource fairness (Ghodsi, Zaharia, Hindman, Konwinski, Shenker and Stoica 2011), with weights and caps."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.sharing.filling import fill_in_step
from vmopt.sharing.pool import Pool


def allocate(pool: Pool) -> FloatArray:
    """Raise all dominant shares together, each in proportion to its weight, until a resource is used up.

    The dominant share of a VM is the largest part of any resource that it has, ``max_k a[i,k] / C[k]``; every VM gets
    its resources in the proportions of its demand. Without reservations nobody would rather have what another VM has
    (scaled by their weights), nobody is better off with ``weights[i] / sum(weights)`` of the pool to itself, and
    nothing that somebody could use is left over.
    """
    offered = pool.capacity > 0
    part = np.divide(pool.demand, pool.capacity, out=np.zeros_like(pool.demand), where=offered)
    dominant = part.max(axis=1)
    speed = np.divide(pool.weights, dominant, out=np.zeros_like(dominant), where=dominant > 0)
    return fill_in_step(pool, speed)
