"""Water-filling: raise what everybody gets, each at its own rate, until a resource is used up.

Bertsekas and Gallager, Data Networks, 1992, section 6.5.
"""

from __future__ import annotations

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.model.amounts import sums
from vmopt.sharing.pool import Pool


def water_level(rate: FloatArray, floor: FloatArray, cap: FloatArray, capacity: float) -> float:
    """Find the level t at which the amounts ``clip(rate * t, floor, cap)`` add up to the capacity.

    The sum grows with t and is linear between the levels at which somebody leaves the floor or reaches the cap. It is
    followed over these levels in order, then solved for t on the piece where it meets the capacity.

    Parameters
    ----------
    rate, floor, cap : (n,) arrays
        With ``0 <= floor <= cap``; where the rate is 0 the amount stays at the floor.
    capacity : float
        At least the sum of the floors.

    Returns
    -------
    float
        Infinite when all can have their cap.

    Examples
    --------
    >>> water_level(np.array([1.0, 2.0, 3.0]), np.zeros(3), np.array([10.0, 20.0, 15.0]), 36.0)
    7.0
    """
    rises = np.flatnonzero((rate > 0) & (cap > floor))
    fixed = np.delete(floor, rises)
    rate, floor, cap = rate[rises], floor[rises], cap[rises]
    rest = capacity - float(sums(fixed))
    if float(sums(cap)) <= rest:
        return np.inf
    leaves, stops = floor / rate, cap / rate
    levels = np.concatenate([leaves, stops])
    order = np.argsort(levels, kind="stable")
    levels, slope = levels[order], np.cumsum(np.concatenate([rate, -rate])[order])
    used = float(sums(floor)) + np.concatenate([[0.0], np.cumsum(slope[:-1] * np.diff(levels))])
    piece = min(max(int(np.searchsorted(used, rest, side="right")) - 1, 0), len(levels) - 2)
    low, high = levels[piece], levels[piece + 1]
    moving = (leaves <= low) & (stops >= high)
    still = np.where(stops <= low, cap, floor)[~moving]
    total_rate = float(sums(rate[moving]))
    level = (rest - float(sums(still))) / total_rate if total_rate > 0 else low
    return float(np.clip(level, low, high))


def fill_in_step(pool: Pool, speed: FloatArray) -> FloatArray:
    """Progressive filling: every VM gets the same part of its demand in all resources, raised until one is used up.

    At level t VM i has ``max(reservation[i,k], min(cap[i], speed[i] t) demand[i,k])`` of resource k. When a resource is
    used up, the VMs that ask for it stop where they are (one that still lives on its reservation there, at the end of
    it), and the others go on. Each resource is used up once at most, so there are at most as many rounds as resources.

    Parameters
    ----------
    speed : (n_vms,) array
        How fast the part that a VM gets of its demand grows; 0 for VMs that can get nothing.

    Returns
    -------
    (n_vms, n_resources) array
        The allocation.
    """
    demand, reservation = pool.demand, pool.reservation
    cap = np.ones(len(demand))
    reserved = np.divide(reservation, demand, out=np.ones_like(demand), where=demand > 0)
    left = list(range(len(pool.resources)))
    while left:
        most = np.maximum(reservation, cap[:, None] * demand)
        levels = [water_level(speed * demand[:, k], reservation[:, k], most[:, k], pool.capacity[k]) for k in left]
        level, k = min(zip(levels, left, strict=True))
        if level == np.inf:
            break
        asks = demand[:, k] > 0
        stop = np.maximum(speed * level, reserved[:, k])
        cap[asks] = np.minimum(cap, stop)[asks]
        left.remove(k)
    return np.maximum(reservation, cap[:, None] * demand)
