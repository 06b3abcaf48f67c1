"""The bound that prices of capacity prove, from the data alone: no solver."""

from __future__ import annotations

from math import fsum, inf, isfinite
from typing import Any

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.bounds.best_profit import best_profit, gain
from vmopt.bounds.rule_prices import RulePrices
from vmopt.bounds.tolls import Tolls
from vmopt.errors import PlacementError
from vmopt.model.index_labels import by_place
from vmopt.model.instance import Instance, require_instance
from vmopt.model.named_table import NamedTable
from vmopt.model.tables import read_table
from vmopt.rules.eligible import must_run

EPSILON = float(np.finfo(np.float64).eps)


def verify_bound(instance: Instance, prices: Any, rule_prices: RulePrices | None = None) -> float:
    """Upper bound of the objective that prices prove, recomputed with numpy alone.

    For prices ``lam[c,k] >= 0`` of resource k in host class c, with ``m_c`` hosts of capacity ``C[c,k]``,

        sum_c m_c sum_k C[c,k] lam[c,k] + sum_i max(0, max_c (value[i] - sum_k d[i,k] lam[c,k]))

    is at least the value of every placement (Lagrangian duality; Geoffrion 1974); the inner maximum is over the classes
    whose hosts the VM fits and where rules let it run, and for elastic VMs over what they could get there as well.
    Prices ``nu[r] >= 0`` of limits ``sum_i a[r,i] x[i,c] <= b[r]`` that rules set add ``b @ nu``, and a VM pays
    ``sum_r a[r,i] nu[r]`` where they count it; VMs that must run do so where it pays them least ill. Rounding of the
    arithmetic is bounded and added.

    Parameters
    ----------
    instance : Instance
    prices : (n_host_classes, n_resources) array-like
        One row per class of ``instance.host_classes``.
    rule_prices : RulePrices, optional
        Such as those of a `Relaxation` or a `Solution`; default: limits of rules cost nothing.

    Raises
    ------
    PlacementError
        If the prices have the wrong shape, are negative or not finite, or of limits that are not there.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[4], [5]], [[8]], value=[4, 5])
    >>> round(verify_bound(cluster, [[1.0]]), 6)
    8.0
    """
    instance = require_instance(instance)
    lam, tolls = _checked_prices(instance, prices), Tolls.of(instance, rule_prices)
    with np.errstate(over="ignore"):
        return _weak_dual(instance, lam, tolls)


def _weak_dual(instance: Instance, lam: FloatArray, tolls: Tolls | None) -> float:
    hosts, vms = instance.host_classes, instance.vm_classes
    paid = (hosts.count[:, None] * hosts.capacity * lam).ravel()
    n_terms = len(instance.resources) + 3
    if tolls is not None:
        paid, n_terms = np.concatenate([paid, tolls.earned]), n_terms + tolls.n_terms
    best, spent = best_profit(vms, hosts.capacity, lam, tolls)
    profit = gain(vms, best, must_run(instance))
    magnitude = float(paid.sum() + (vms.count * (spent + np.abs(profit))).sum())
    if not isfinite(magnitude):
        return inf
    total = fsum(paid.tolist()) + fsum((vms.count * profit).tolist())
    return max(total + EPSILON * n_terms * magnitude, 0.0)


def _checked_prices(instance: Instance, prices: Any) -> FloatArray:
    expected = instance.host_classes.capacity.shape
    try:
        by_place(prices, "prices", "the host classes", PlacementError, axes=("index",))
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
