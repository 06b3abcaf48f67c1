"""Spread: the fullest hosts give VMs to the emptiest, many pairs at a time."""

from __future__ import annotations

import numpy as np

from vmopt import metrics
from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.methods.ties.may_go import MayGo
from vmopt.methods.ties.parameters import DEFAULT, TieParameters
from vmopt.model.instance import Instance

NOTICEABLE = 1e-9
"""What evenness has to gain: less is rounding."""


def spread(instance: Instance, host_index: IntArray, parameters: TieParameters = DEFAULT) -> IntArray:
    """Move VMs so that hosts are filled more evenly: lower ``sum_h max_k (load[h,k] / C[h,k])^2``, while that is easy.

    In a round the host that is i-th fullest, above the mean, is paired with the one that is i-th emptiest (of equally
    empty ones the larger), and gives it its smallest VMs, as many as serve the two best. Every round lowers the sum, or
    pairs otherwise. VMs that rules let go nowhere else stay. No optimum is claimed.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[2]] * 4, [[8]] * 4)
    >>> sorted(spread(cluster, np.zeros(4, dtype=np.int64)).tolist())
    [0, 1, 2, 3]
    """
    now = host_index.copy()
    load = metrics.loads(instance, now)
    placed = np.flatnonzero(now >= 0)
    placed = placed[np.argsort(instance.share[placed], kind="stable")]
    may_go = MayGo(instance, placed)
    in_vain = parameters.spread_in_vain_of_ruled if instance.rules else parameters.spread_in_vain
    most_vain = min(in_vain, instance.n_hosts - 1)
    vain = work = 0
    for _ in range(parameters.spread_rounds):
        looks, moved = _round(instance, now, load, may_go, vain, parameters.uneven)
        vain, work = 0 if moved else vain + 1, work + looks
        if vain >= most_vain or work > parameters.spread_work:
            break
    return now


def _round(
    instance: Instance, now: IntArray, load: IntArray, may_go: MayGo, shift: int, uneven: float
) -> tuple[int, bool]:
    """Move VMs between pairs of hosts, in place; tell how many were looked at, and whether any moved."""
    capacity = instance.capacity
    partner = _partners(instance, load, may_go.open, shift, uneven)
    vms = may_go.chosen(now, partner)
    vms = vms[np.argsort(now[vms], kind="stable")]
    if not vms.size:
        return 0, False
    giver = now[vms]
    taker = partner[giver]
    first = np.flatnonzero(np.diff(giver, prepend=-1))
    group = np.cumsum(np.diff(giver, prepend=-1) != 0) - 1
    given = np.cumsum(instance.demand[vms], axis=0)
    given -= (given[first] - instance.demand[vms[first]])[group]
    after = load[taker] + given
    fits = (after <= capacity[taker]).all(axis=1)
    pair = _fullness(load[giver] - given, capacity[giver]) ** 2 + _fullness(after, capacity[taker]) ** 2
    pair = np.where(fits, pair, np.inf)
    best = np.minimum.reduceat(pair, first)
    before = _fullness(load[giver[first]], capacity[giver[first]]) ** 2
    before += _fullness(load[taker[first]], capacity[taker[first]]) ** 2
    better = best < before - NOTICEABLE
    last = _last_equal(pair, best, first, group)
    moving = better[group] & (np.arange(len(vms)) <= last[group])
    now[vms[moving]] = taker[moving]
    np.add.at(load, taker[moving], instance.demand[vms[moving]])
    np.subtract.at(load, giver[moving], instance.demand[vms[moving]])
    return len(vms), bool(moving.any())


def _partners(instance: Instance, load: IntArray, open_hosts: BoolArray, shift: int, uneven: float) -> IntArray:
    """To whom each host gives VMs, -1 for none."""
    fullness = _fullness(load, instance.capacity)
    order = np.lexsort((instance.capacity @ (1 / np.maximum(instance.total, 1)), -fullness))
    order = order[open_hosts[order]]
    half = min(len(order) // 2, int((fullness > fullness.mean()).sum()))
    givers, takers = order[:half], np.roll(order[half:][::-1], -shift)[:half]
    partner = np.full(instance.n_hosts, -1, dtype=np.int64)
    partner[givers] = np.where(fullness[givers] - fullness[takers] > uneven, takers, -1)
    return partner


def _last_equal(values: FloatArray, best: FloatArray, first: IntArray, group: IntArray) -> IntArray:
    """Position of the first entry of each group that is its best."""
    position = np.where(values == best[group], np.arange(len(values)), len(values))
    return np.asarray(np.minimum.reduceat(position, first))


def _fullness(load: IntArray, capacity: IntArray) -> FloatArray:
    """Utilisation of the fullest resource."""
    return np.asarray(metrics.utilisation(load, capacity).max(axis=1))
