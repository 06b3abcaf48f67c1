"""Bounds of what hosts in use cost, and their check without any solver.

Let running a VM of class j be worth ``g[j]``, and a unit of a utilisation that has to be at least V be worth w. No
placement that keeps the rules and the holds costs less than

    w V + sum_j n[j] t[j] + sum_c m[c] min(0, cost[c] - z[c]),      t[j] = g[j] - w v[j]

where z[c] bounds what the VMs on a host of class c can be worth together, and VMs that need not run count with
``min(0, t[j])``. (Lagrangian duality; with patterns, Gilmore and Gomory 1961 with
a fixed charge for each host.) At prices of capacity, ``g[j]`` is what the VM pays where it is cheapest, and z[c]
what all capacity of the host costs; at prices of VM classes, z[c] is the optimum of a knapsack. Where a level above
holds how full the fullest host is, hosts have no more capacity than that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import ceil, fsum, inf
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.arrays import FloatArray, IntArray
from vmopt.bounds import HostPatterns, HostPrices
from vmopt.bounds.knapsack_proof import largest_profit
from vmopt.errors import PlacementError
from vmopt.goals.base import BaseGoal
from vmopt.goals.forced import room_left
from vmopt.goals.holds import Hold
from vmopt.goals.wanted import Wanted, wanted
from vmopt.model.shapes import HostsInUse, only
from vmopt.rules.eligible import eligible

ROUNDING = 1e-12
"""Part of the sum of all sizes of terms that rounding can add up to, and more."""


def verify_host_prices(instance: Any, goal: BaseGoal, holds: Sequence[Hold], proof: HostPrices) -> Fraction:
    """Lower bound of what hosts in use cost that prices prove, recomputed with numpy alone.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[3], [3], [3]], [[4]] * 4, rules=[vmopt.MustRun("vm-*")])
    >>> verify_host_prices(cluster, vmopt.FewestHosts(), (), HostPrices(np.array([[0.25]]), np.zeros(0)))
    Fraction(3, 1)

    Raises
    ------
    PlacementError
        If the proof has the wrong shape, is negative or not finite, or the goal is another than hosts in use.
    """
    asked, hosts = wanted(instance, holds), instance.host_classes
    _check("prices", proof.capacity, hosts.capacity.shape)
    _check("prices of utilisations", proof.per_floor, (len(asked.floors),))
    room = room_left(instance, holds)
    worth = cheapest(instance, proof.capacity, room)
    return _total(instance, goal, asked, worth, (proof.capacity * room).sum(axis=1), proof.per_floor)


def verify_host_patterns(
    instance: Any,
    goal: BaseGoal,
    holds: Sequence[Hold],
    proof: HostPatterns,
    *,
    recheck: bool = False,
    time_limit: float = 60.0,
) -> Fraction:
    """Lower bound of what hosts in use cost that prices of VM classes prove, recomputed with numpy alone.

    That `host_profit` bounds the knapsacks is believed unless `recheck` asks to prove it anew, by a search that shares
    nothing with the one that made it; what is not proven within the time limit is relaxed.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[3], [3], [3]], [[4]] * 4, rules=[vmopt.MustRun("vm-*")])
    >>> right, wrong = (HostPatterns(np.array([1.0]), np.array([z]), np.zeros(0)) for z in (1.0, 0.5))
    >>> verify_host_patterns(cluster, vmopt.FewestHosts(), (), right)
    Fraction(3, 1)
    >>> verify_host_patterns(cluster, vmopt.FewestHosts(), (), wrong, recheck=True)
    Fraction(3, 1)

    Raises
    ------
    PlacementError
        If the proof has the wrong shape, is negative or not finite, or the goal is another than hosts in use.
    """
    asked, hosts, vms = wanted(instance, holds), instance.host_classes, instance.vm_classes
    _check("prices", proof.prices, (len(vms),))
    _check("profit", proof.host_profit, (len(hosts),))
    _check("prices of utilisations", proof.per_floor, (len(asked.floors),))
    profit = proof.host_profit
    if checks.flag(recheck, "recheck"):
        limit = checks.between(time_limit, "time_limit", 0.0, inf, "seconds, at least 0")
        profit = _proven_profit(instance, proof, room_left(instance, holds), limit)
    return _total(instance, goal, asked, proof.prices, profit, proof.per_floor)


def cheapest(instance: Any, prices: FloatArray, room: IntArray) -> FloatArray:
    """What a VM of each class pays on the host class that is cheapest for it; 0 where none can take it.

    Parameters
    ----------
    prices, room : (n_host_classes, n_resources) arrays
        Of capacity, and how much there is of it.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[3], [9]], [[4], [10]])  # classes: what is larger comes first
    >>> cheapest(cluster, np.array([[2.0], [1.0]]), cluster.host_classes.capacity).tolist()
    [18.0, 3.0]
    """
    vms, allowed = instance.vm_classes, eligible(instance)
    pays = np.full(len(vms), np.inf)
    for c, capacity in enumerate(room):
        fits = (vms.least <= capacity).all(axis=1)
        if allowed is not None:
            fits &= allowed[:, c]
        pays = np.where(fits, np.minimum(pays, vms.least @ prices[c]), pays)
    return np.where(np.isfinite(pays), pays, 0.0)


def _total(
    instance: Any, goal: BaseGoal, asked: Wanted, worth: FloatArray, profit: FloatArray, per_floor: FloatArray
) -> Fraction:
    """Add up, leave out what rounding may have added, and go up to the next whole number of units."""
    in_use = only(instance, goal, HostsInUse)
    if in_use is None:
        raise PlacementError(f"a bound of hosts says nothing of {goal}.")
    hosts = instance.host_classes
    of_class = in_use.cost[hosts.first]
    held = [w * floor.value for w, floor in zip(per_floor, asked.floors, strict=True)]
    each = worth - sum(held, np.zeros(len(worth)))
    terms = [
        np.array([w * floor.limit for w, floor in zip(per_floor, asked.floors, strict=True)]),
        asked.required * each,
        (asked.count - asked.required) * np.minimum(0.0, each),
        hosts.count * np.minimum(0.0, of_class - profit),
    ]
    sizes = [terms[0], asked.count * worth, *(asked.count * value for value in held)]
    sizes.append(hosts.count * np.where(profit > of_class, profit + of_class, 0.0))
    least = fsum(np.concatenate(terms).tolist()) - ROUNDING * fsum(np.abs(np.concatenate(sizes)).tolist())
    return max(ceil(least), 0) * in_use.unit


def _proven_profit(instance: Any, proof: HostPatterns, room: IntArray, time_limit: float) -> FloatArray:
    """What the knapsacks of all host classes come to at most, by an independent search."""
    vms, hosts, allowed = instance.vm_classes, instance.host_classes, eligible(instance)
    most = vms.count if vms.most is None else np.minimum(vms.count, vms.most)
    end, found = time.perf_counter() + time_limit, []
    for c, (capacity, stated) in enumerate(zip(room, proof.host_profit.tolist(), strict=True)):
        now = time.perf_counter()
        here = most if allowed is None else np.where(allowed[:, c], most, 0)
        until = _until(now + max(end - now, 0.0) / (len(hosts) - c))
        found.append(largest_profit(vms.least, proof.prices, here, capacity, stated, until).bound)
    return np.array(found)


def _until(end: float) -> Callable[[], bool]:
    """Return whether it is later than a value of ``time.perf_counter()``."""
    return lambda: time.perf_counter() >= end


def _check(name: str, array: FloatArray, shape: tuple[int, ...]) -> None:
    if np.shape(array) != shape or not np.isfinite(array).all() or (array < 0).any():
        wanted_shape = " x ".join(map(str, shape))
        raise PlacementError(f"the {name} of a bound of hosts must be {wanted_shape} finite numbers of at least 0.")
