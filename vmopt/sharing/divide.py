"""share: divide one pool among the VMs that ask for parts of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.errors import OptionError
from vmopt.model.amounts import sums
from vmopt.model.columns import frozen
from vmopt.sharing import registry, utilization
from vmopt.sharing.pool import Pool
from vmopt.sharing.shares import Shares

ULPS = 2.0**-50


def share(
    capacity: Any,
    demand: Any,
    *,
    weights: Any = None,
    reservation: Any = None,
    policy: str = "utilization",
    backend: str | None = None,
) -> Shares:
    """Divide one pool, a host or a cluster seen as one, among VMs.

    What is divided is divisible: allocations are floats, and `Shares.whole_units` brings them to integers where the
    amounts are integers. Every allocation lies between reservation and demand, and what is given out of a resource
    never exceeds its capacity, whatever the rounding.

    Parameters
    ----------
    capacity : number, (n_resources,) array-like, or mapping of resource name to amount
    demand : (n_vms, n_resources) array-like
        What each VM would use, the most it gets; one column per resource, or a plain list where there is one resource.
    weights : (n_vms,) array-like or "demand", optional
        Positive, such as priorities; ``"demand"`` weighs a VM by the mean part of the pool that it asks for. Default:
        all alike.
    reservation : like `demand`, optional
        What each VM gets in any case; default nothing.
    policy : {"utilization", "proportional", "max-min", "dominant"}
        ``utilization``: the most weighted utilisation, ``sum_i weights[i] mean_k a[i,k] / C[k]``.
        ``proportional``: amounts in proportion to the weights, capped, each resource by itself.
        ``max-min``: the VM that is worst off, by satisfaction over weight, is as well off as can be; then the next one.
        ``dominant``: dominant resource fairness (Ghodsi et al. 2011).
    backend : str, optional
        Solve the linear program of ``utilization`` with one of `backends()` that return prices; by default it is solved
        by sorting, which gives the same utilisation.

    Returns
    -------
    Shares

    Raises
    ------
    InstanceError
        If an amount or weight makes no sense, or reservations ask for more than there is; the resource is named.
    OptionError
        If the policy is unknown, or uses no backend.

    Examples
    --------
    >>> share(40, [10, 20, 30], weights=[1, 2, 3]).allocation.ravel().tolist()
    [0.0, 10.0, 30.0]
    >>> fair = share({"cpu": 9, "memory": 18}, [[9, 36], [27, 9]], policy="dominant")
    >>> fair.allocation.tolist()
    [[3.0, 12.0], [6.0, 2.0]]
    """
    allocate = registry.get(policy)
    if backend is not None and policy != "utilization":
        raise OptionError(f"policy {policy!r} uses no backend: leave out backend={backend!r}.")
    pool = Pool.of(capacity, demand, weights, reservation)
    if backend is None:
        allocation, prices = allocate(pool), utilization.prices(pool)
    else:
        allocation, prices = utilization.allocate_with(pool, backend)
    return Shares(pool, policy, frozen(_within(pool, allocation)), frozen(prices), backend)


def _within(pool: Pool, allocation: FloatArray) -> FloatArray:
    """Take back what rounding, or a backend's tolerance, gave beyond a demand or a capacity."""
    kept = np.clip(allocation, pool.reservation, pool.demand)
    for k, capacity in enumerate(pool.capacity.tolist()):
        floor, factor = pool.reservation[:, k], ULPS
        while (excess := float(sums(kept[:, k])) - capacity) > 0:
            above = kept[:, k] - floor
            factor = max(2 * factor, excess / float(above.sum()))
            kept[:, k] = np.maximum(floor, floor + above * (1 - min(factor, 1.0)))
    return kept
