"""Prices of limits that a simpler instance has as resources, as prices of the rules that set them."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.bounds import RulePrices
from vmopt.model.instance import Instance
from vmopt.rules.host_limits import host_limits


def split(instance: Instance, prices: FloatArray) -> tuple[FloatArray, RulePrices | None]:
    """Tell prices of capacity from those of limits.

    Parameters
    ----------
    instance : Instance
        With its rules.
    prices : (n_host_classes, n) array
        Of the resources of `lowered`, for the host classes of the instance: limits of hosts come last.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[1]] * 6, [[4], [4]], rules=[vmopt.Quota(2, over="host")])
    >>> of_capacity, of_limits = split(cluster, np.array([[0.0, 0.1]]))
    >>> round(vmopt.verify_bound(cluster, of_capacity), 9)
    0.75
    >>> round(vmopt.verify_bound(cluster, of_capacity, of_limits), 9)
    0.55
    """
    n = len(instance.resources)
    extra = np.maximum(np.nan_to_num(prices[:, n:], nan=0.0, posinf=0.0, neginf=0.0), 0.0)
    host_class, column = np.nonzero(extra)
    if not len(column):
        return prices[:, :n], None
    limits = host_limits(instance)
    of_limits = RulePrices(limits.rule[column], limits.group[column], host_class, extra[host_class, column])
    return prices[:, :n], of_limits
