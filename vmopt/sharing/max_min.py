"""Weighted max-min fairness of satisfaction: nobody can have more but at the cost of somebody worse off."""

from __future__ import annotations

from vmopt.arrays import FloatArray
from vmopt.sharing.filling import fill_in_step
from vmopt.sharing.pool import Pool


def allocate(pool: Pool) -> FloatArray:
    """Make the sorted list of ``satisfaction[i] / weights[i]`` as large as it can be, from its lowest entry on.

    Satisfaction is the part of its demand that a VM gets in every resource it asks for, ``min_k a[i,k] / d[i,k]``. All
    rise together, each in proportion to its weight, until a resource is used up (Bertsekas and Gallager 1992, 6.5).
    """
    return fill_in_step(pool, pool.weights)
