"""The best allocation of a placement: how elastic VMs share the hosts that they are on."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.model.instance import Instance


def best_allocation(instance: Instance, host_index: IntArray) -> IntArray:
    """Give every placed VM its reservation, then what is left on each host to the VMs where a unit is worth most.

    With the placement fixed, the objective is linear and every host and resource stands by itself: a fractional
    knapsack of one row (Dantzig 1957), whose greedy solution is optimal and, all amounts being integers, whole. Where
    priorities are tiers, a level gets all it can use before the next.

    Parameters
    ----------
    host_index : (n_vms,) int array
        Host of each VM, -1 where it runs nowhere; the reservations must fit.

    Returns
    -------
    (n_vms, n_resources) int64 array
        ``reservation <= a <= demand`` for placed VMs, 0 for the others.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[6], [6]], [[8]], priority=[1, 2], reservation=[[1], [1]])
    >>> best_allocation(cluster, np.array([0, 0])).tolist()
    [[2], [6]]
    """
    placed = np.flatnonzero(host_index >= 0)
    allocation = np.zeros_like(instance.demand)
    allocation[placed] = shares(instance, placed, host_index[placed])
    return allocation


def shares(instance: Instance, vms: IntArray, host: IntArray) -> IntArray:
    """What each of these VMs gets on its host, ``(n, n_resources)``; a VM may be there several times."""
    allocation = instance.reserved[vms]
    for k in range(len(instance.resources)) if instance.elastic else ():
        used = np.zeros(instance.n_hosts, dtype=np.int64)
        np.add.at(used, host, instance.reserved[vms, k])
        wish = instance.demand[vms, k] - instance.reserved[vms, k]
        allocation[:, k] += _in_turn(host, wish, _turn(instance, vms, k), instance.capacity[:, k] - used)
    return allocation


def _turn(instance: Instance, vms: IntArray, resource: int) -> IntArray:
    """Whose turn it is: the VM where a unit is worth most comes first, with tiers among those of the same level."""
    keys: list[IntArray | FloatArray] = [-instance.unit_value[vms, resource]]
    if instance.tiers is not None:
        keys.append(instance.tiers.of[vms])
    turn = np.empty(len(vms), dtype=np.int64)
    turn[np.lexsort(keys)] = np.arange(len(vms))
    return turn


def _in_turn(host: IntArray, wish: IntArray, turn: IntArray, rest: IntArray) -> IntArray:
    """Hand out the rest of each host, one VM after the other."""
    order = np.lexsort((turn, host))
    before = np.cumsum(wish[order]) - wish[order]
    starts = np.searchsorted(host[order], np.arange(len(rest)))
    base = np.append(before, 0)[starts]
    given = np.empty_like(wish)
    given[order] = np.clip(rest[host[order]] - (before - base[host[order]]), 0, wish[order])
    return given
