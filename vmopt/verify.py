"""Checks a placement, and a bound, from the data alone: no solver, no formulation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum, inf, isfinite
from typing import Any

import numpy as np

from vmopt import metrics
from vmopt.carried_over import carry_over, carry_over_allocation
from vmopt.errors import PlacementError
from vmopt.misallocation import Misallocation, misallocations, to_allocation
from vmopt.model.amounts import in_own_unit
from vmopt.model.instance import Instance, require_instance
from vmopt.model.named_table import NamedTable
from vmopt.model.objective import FloatArray, IntArray
from vmopt.model.row_labels import has_index
from vmopt.model.tables import read_table
from vmopt.reduced_value import best_reduced

EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Violation:
    """One host that is asked for more of one resource than it has.

    Attributes
    ----------
    host, resource : str
    load, capacity : int
        In the instance's integer units.
    scale : int
        How many of these one of the user's own units is.
    """

    host: str
    resource: str
    load: int
    capacity: int
    scale: int = 1

    def __str__(self) -> str:
        capacity, load = (in_own_unit(units, self.scale) for units in (self.capacity, self.load))
        return f"host {self.host!r} has {capacity} of {self.resource}, but {load} is placed on it"


def verify(instance: Instance, placement: Any, allocation: Any = None) -> tuple[Violation | Misallocation, ...]:
    """Check a placement against every capacity, and an allocation against what each VM must get and can use.

    A placement is feasible when ``sum_i d[i,k] x[i,h] <= C[h,k]`` for every host h and resource k. It is judged in
    exact integers, from the instance alone. Where VMs are elastic, what they get takes the place of their demand, or,
    if only a placement is given, their reservation.

    Parameters
    ----------
    instance : Instance
    placement : Solution, mapping (or Series) of VM name to host name, or (n_vms,) int array
        In an array, -1 means unplaced; in a mapping, a VM that is left out (or maps to None) is unplaced. A Solution of
        another instance is read by name, without the VMs and hosts that are no longer there.
    allocation : (n_vms, n_resources) int array, optional
        What each VM gets, in the instance's integer units; default: the solution's, if a Solution is given.

    Returns
    -------
    tuple of Violation and Misallocation
        Empty when nothing is violated.

    Raises
    ------
    PlacementError
        If the placement names a VM or host that does not exist, or has the wrong length.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[4], [5]], [[8]], resources=["cpu"], host_names=["h1"])
    >>> verify(cluster, [0, -1])
    ()
    >>> print(verify(cluster, [0, 0])[0])
    host 'h1' has 8 of cpu, but 9 is placed on it
    """
    host_index = to_host_index(require_instance(instance), placement)
    from_solution = allocation is None and hasattr(placement, "elastic_allocation")
    given = carry_over_allocation(instance, placement) if from_solution else allocation
    amounts = instance.reserved if given is None else to_allocation(instance, given)
    load = metrics.loads(instance, host_index, amounts)
    overloads = tuple(
        Violation(
            instance.host_names[h],
            instance.resources[k],
            int(load[h, k]),
            int(instance.capacity[h, k]),
            int(instance.scale[k]),
        )
        for h, k in np.argwhere(load > instance.capacity).tolist()
    )
    return overloads if given is None else (*overloads, *misallocations(instance, host_index, amounts))


def to_host_index(instance: Instance, placement: Any) -> IntArray:
    """Read any form of a placement as an array of host indices, -1 where a VM is unplaced.

    Raises
    ------
    PlacementError
        If a name is unknown, an index out of range, or the length is wrong.
    """
    if getattr(placement, "instance", instance) is not instance:
        return carry_over(instance, placement)[0]
    given = getattr(placement, "host_index", placement)
    if has_index(given) and all(isinstance(name, str) for name in given.index):
        given = given.to_dict()
    if isinstance(given, Mapping):
        return _from_mapping(instance, given)
    try:
        array = np.asarray(given)
    except ValueError as error:
        raise PlacementError(f"the placement is ragged: {error}; give one host index per VM.") from None
    if array.shape != (instance.n_vms,) or array.dtype.kind not in "iu":
        raise PlacementError(
            f"the placement has shape {array.shape} and type {array.dtype}, expected {instance.n_vms} integers: "
            "give one host index per VM (-1 = unplaced), or a mapping of VM name to host name."
        )
    wrong = (array >= instance.n_hosts) | (array < -1)
    if wrong.any():
        vm = int(np.argmax(wrong))
        raise PlacementError(
            f"VM {instance.vm_names[vm]!r} is placed on host {array[vm]}, but hosts are 0 to {instance.n_hosts - 1} "
            "(-1 = unplaced)."
        )
    return array.astype(np.int64)


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
    best, spent = best_reduced(vms, hosts.capacity, lam)
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


def _from_mapping(instance: Instance, placement: Mapping[Any, Any]) -> IntArray:
    host_index = np.full(instance.n_vms, -1, dtype=np.int64)
    vms, hosts = instance.vm_names.index_of, instance.host_names.index_of
    for vm, host in placement.items():
        if vm not in vms:
            raise PlacementError(f"the placement names VM {vm!r}, which the instance does not have.")
        if host is not None and not (isinstance(host, str) and host in hosts):
            raise PlacementError(f"the placement puts VM {vm!r} on host {host!r}, which the instance does not have.")
        host_index[vms[vm]] = -1 if host is None else hosts[host]
    return host_index
