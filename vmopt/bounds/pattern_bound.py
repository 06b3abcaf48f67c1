"""The bound over patterns: what proves it, and its check without any solver."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import fsum, inf

import numpy as np

from vmopt import checks
from vmopt.arrays import BoolArray, FloatArray
from vmopt.bounds import PatternBound
from vmopt.bounds.knapsack_proof import largest_profit
from vmopt.bounds.landing_proof import LandingStates
from vmopt.errors import PlacementError
from vmopt.model.instance import Instance, require_instance
from vmopt.rules.lowered import lowered

EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, eq=False)
class Recheck:
    """What an independent search says of a certificate.

    Attributes
    ----------
    bound : float
        What the certificate proves with the host profits found here: no placement is worth more.
    host_profit : (n_host_classes,) float64 array
        No pattern earns more, by this search alone.
    proven : (n_host_classes,) bool array
        Where the search came to its end; elsewhere `host_profit` is what a relaxation proves.

    Examples
    --------
    >>> import numpy as np
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[5], [4]], [[7]], value=[5, 4])
    >>> too_low = vmopt.PatternBound(prices=np.array([0.0, 0.0]), host_profit=np.array([3.0]))
    >>> found = vmopt.recheck_pattern_bound(cluster, too_low)
    >>> round(found.bound, 6), found.host_profit.round(6).tolist(), found.proven.tolist()
    (5.0, [5.0], [True])
    """

    bound: float
    host_profit: FloatArray
    proven: BoolArray


def verify_pattern_bound(
    instance: Instance, certificate: PatternBound, *, recheck: bool = False, time_limit: float = 60.0
) -> float:
    """Upper bound of the objective that a certificate proves, recomputed with numpy alone.

    For prices ``pi[j] >= 0`` of the VM classes, of which there are ``n_j``, and host classes of ``m_c`` hosts whose
    best pattern is worth at most ``z[c] >= max_a sum_j a[j] (value[j] - pi[j])``,

        sum_j n_j pi[j] + sum_c m_c z[c]

    is at least the value of every placement (Dantzig and Wolfe 1960). That z bounds the pricing optimum, one small
    knapsack per host class, is believed unless `recheck` asks to prove it anew. Under rules the classes are those of
    `vmopt.rules.lowered`, which demands no more than they do.

    Parameters
    ----------
    instance : Instance
    certificate : PatternBound
    recheck : bool
        Prove the knapsacks by a search of its own (`recheck_pattern_bound`); the bound is then what that proves.
    time_limit : float
        Seconds for the recheck.

    Raises
    ------
    PlacementError
        If the certificate has the wrong shape, or is negative or not finite.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[4], [5]], [[8]], value=[4, 5])
    >>> right, wrong = (PatternBound(np.array([0.0, 0.0]), np.array([z])) for z in (5.0, 4.5))
    >>> round(verify_pattern_bound(cluster, right), 6), round(verify_pattern_bound(cluster, wrong), 6)
    (5.0, 4.5)
    >>> round(verify_pattern_bound(cluster, wrong, recheck=True), 6)
    5.0
    """
    instance = lowered(require_instance(instance))
    _check(instance, certificate)
    if checks.flag(recheck, "recheck"):
        return recheck_pattern_bound(instance, certificate, time_limit=time_limit).bound
    return _total(instance, certificate.prices, certificate.host_profit)


def recheck_pattern_bound(instance: Instance, certificate: PatternBound, *, time_limit: float = 60.0) -> Recheck:
    """Prove the knapsacks of a certificate anew, by a search that shares nothing with the one that made it.

    Parameters
    ----------
    instance : Instance
    certificate : PatternBound
    time_limit : float
        Seconds, shared out among the host classes; what is not proven by then is relaxed.

    Raises
    ------
    PlacementError
        If the certificate has the wrong shape, or is negative or not finite.

    Examples
    --------
    >>> import numpy as np
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[5], [4]], [[7]], value=[5, 4])
    >>> stated = vmopt.PatternBound(prices=np.array([0.0, 0.0]), host_profit=np.array([5.0]))
    >>> vmopt.recheck_pattern_bound(cluster, stated).proven.all().item()
    True
    """
    instance = lowered(require_instance(instance))
    _check(instance, certificate)
    time_limit = checks.between(time_limit, "time_limit", 0.0, inf, "seconds, at least 0")
    vms, hosts = instance.vm_classes, instance.host_classes
    profit, most = vms.value - certificate.prices, vms.count if vms.most is None else vms.most
    end, found, reach = time.perf_counter() + time_limit, [], LandingStates.of(instance)
    for c, (capacity, stated) in enumerate(zip(hosts.capacity, certificate.host_profit.tolist(), strict=True)):
        now = time.perf_counter()
        until = now + max(end - now, 0.0) / (len(hosts) - c)
        found.append(largest_profit(vms.demand, profit, most, capacity, stated, _until(until), reach[c]))
    host_profit = np.array([largest.bound for largest in found])
    bound = _total(instance, certificate.prices, host_profit)
    return Recheck(bound, host_profit, np.array([largest.proven for largest in found]))


def _until(end: float) -> Callable[[], bool]:
    """Return whether it is later than a value of ``time.perf_counter()``."""
    return lambda: time.perf_counter() >= end


def _total(instance: Instance, prices: FloatArray, host_profit: FloatArray) -> float:
    vms, hosts = instance.vm_classes, instance.host_classes
    terms = np.concatenate([vms.count * prices, hosts.count * host_profit])
    return fsum(terms.tolist()) * (1 + 4 * EPSILON)


def _check(instance: Instance, certificate: PatternBound) -> None:
    vms, hosts = instance.vm_classes, instance.host_classes
    checks.of_kind(certificate, PatternBound, "the certificate", "the pattern_bound of a Solution", PlacementError)
    for name, array, length in (
        ("prices", certificate.prices, len(vms)),
        ("profit", certificate.host_profit, len(hosts)),
    ):
        if np.shape(array) != (length,) or not np.isfinite(array).all() or (array < 0).any():
            raise PlacementError(f"the {name} of a pattern bound must be {length} finite numbers of at least 0.")
