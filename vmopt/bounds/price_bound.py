"""The bound that prices of capacity prove, from the data alone: no solver."""

from __future__ import annotations

from math import fsum, inf, isfinite
from typing import Any

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.bounds.best_profit import best_profit
from vmopt.errors import PlacementError
from vmopt.model.instance import Instance, require_instance
from vmopt.model.named_table import NamedTable
from vmopt.model.tables import read_table

EPSILON = float(np.finfo(np.float64).eps)


def verify_bound(instance: Instance, prices: Any) -> float:
    """Upper bound of the objective that prices prove, recomputed with numpy alone.

    For prices ``lam[c,k] >= 0`` of resource k in host class c, with ``m_c`` hosts of capacity ``C[c,k]``,

        sum_c m_c sum_k C[c,k] lam[c,k] + sum_i max(0, max_c (value[i] - sum_k d[i,k] lam[c,k]))

    is at least the value of every placement (Lagrangian duality; Geoffrion 1974); the inner maximum is over the classes
    whose hosts the VM fits, and for elastic VMs over what they could get there as well. Rounding of the arithmetic is
    bounded and added.

    Parameters
    ----------
    instance : Instance
    prices : (n_host_classes, n_resources) array-like
        One row per class of ``instance.host_classes``.

    Raises
    ------
    PlacementError
        If the prices have the wrong shape, or are negative or not finite.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[4], [5]], [[8]], value=[4, 5])
    >>> round(verify_bound(cluster, [[1.0]]), 6)
    8.0
    """
    instance = require_instance(instance)
    lam = _checked_prices(instance, prices)
    with np.errstate(over="ignore"):
        return _weak_dual(instance, lam)


def _weak_dual(instance: Instance, lam: FloatArray) -> float:
    hosts, vms = instance.host_classes, instance.vm_classes
    paid = hosts.count[:, None] * hosts.capacity * lam
    best, spent = best_profit(vms, hosts.capacity, lam)
    profit = np.maximum(best, 0.0)
    magnitude = float(paid.sum() + (vms.count * (spent + profit)).sum())
    if not isfinite(magnitude):
        return inf
    total = fsum(paid.ravel().tolist()) + fsum((vms.count * profit).tolist())
    return total + EPSILON * (len(instance.resources) + 3) * magnitude


def _checked_prices(instance: Instance, prices: Any) -> FloatArray:
    expected = instance.host_classes.capacity.shape
    try:
        prices = read_table(prices)
        if isinstance(prices, NamedTable):
            prices = np.column_stack(prices.in_order(instance.resources, expected[0], "price"))
        lam = np.asarray(prices, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise PlacementError(f"prices are not a table of numbers: {error}") from None
    if lam.shape != expected:
        raise PlacementError(f"prices have shape {lam.shape}, expected {expected}: one row per host class.")
    if not np.isfinite(lam).all() or (lam < 0).any():
        raise PlacementError("prices must be finite and at least 0.")
    return lam
