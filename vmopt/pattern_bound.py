"""The bound over patterns: what proves it, and its check without any solver."""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum

import numpy as np

from vmopt.errors import PlacementError
from vmopt.model.instance import Instance
from vmopt.model.objective import FloatArray

EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, eq=False)
class PatternBound:
    """What proves a pattern bound: a price for each VM class, and the best that a host can then still earn.

    Attributes
    ----------
    prices : (n_vm_classes,) float64 array
        At least 0.
    host_profit : (n_host_classes,) float64 array
        No pattern of the class is worth more than this after paying the prices of its VMs.
    """

    prices: FloatArray
    host_profit: FloatArray


def verify_pattern_bound(instance: Instance, certificate: PatternBound) -> float:
    """Upper bound of the objective that a certificate proves, recomputed with numpy alone.

    For prices ``pi[j] >= 0`` of the VM classes, of which there are ``n_j``, and host classes of ``m_c`` hosts whose
    best pattern is worth at most ``z[c] >= max_a sum_j a[j] (value[j] - pi[j])``,

        sum_j n_j pi[j] + sum_c m_c z[c]

    is at least the value of every placement (Dantzig and Wolfe 1960). That z bounds the pricing optimum is what a
    checker has to prove: one small knapsack per host class.

    Raises
    ------
    PlacementError
        If the certificate has the wrong shape, or is negative or not finite.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[4], [5]], [[8]], value=[4, 5])
    >>> round(verify_pattern_bound(cluster, PatternBound(np.array([0.0, 0.0]), np.array([5.0]))), 6)
    5.0
    """
    vms, hosts = instance.vm_classes, instance.host_classes
    for name, array, length in (
        ("prices", certificate.prices, len(vms)),
        ("profit", certificate.host_profit, len(hosts)),
    ):
        if array.shape != (length,) or not np.isfinite(array).all() or (array < 0).any():
            raise PlacementError(f"the {name} of a pattern bound must be {length} finite numbers of at least 0.")
    terms = np.concatenate([vms.count * certificate.prices, hosts.count * certificate.host_profit])
    return fsum(terms.tolist()) * (1 + 4 * EPSILON)
