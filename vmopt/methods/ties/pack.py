"""Pack: fewest hosts, by dealing all VMs anew, and by emptying one host after the other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vmopt import metrics
from vmopt.arrays import IntArray
from vmopt.methods import greedy
from vmopt.methods.ruled import place as ruled
from vmopt.methods.ties.parameters import DEFAULT, TieParameters
from vmopt.methods.ties.ways import Ways, keeps_rules
from vmopt.model.columns import frozen
from vmopt.model.instance import Instance
from vmopt.problem import compile


def pack(instance: Instance, host_index: IntArray, parameters: TieParameters = DEFAULT) -> IntArray:
    """Move VMs so that fewer hosts run any, while that is easy and rules allow it; no optimum is claimed.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[2]] * 4, [[8]] * 4)
    >>> pack(cluster, np.arange(4)).tolist()
    [0, 0, 0, 0]
    """
    dealt = _dealt_anew(instance, host_index, parameters.pack_work)
    return _emptied(instance, host_index if dealt is None else dealt, parameters)


def n_touched(host_index: IntArray) -> int:
    """Number of hosts that run a VM."""
    return len(np.unique(host_index[host_index >= 0]))


def _dealt_anew(instance: Instance, host_index: IntArray, most_work: int) -> IntArray | None:
    """First-fit, the largest VMs and the largest hosts first; None where it is no better, or much work."""
    problem = compile(instance)
    if greedy.work(problem, "first-fit") > most_work:
        return None
    roomy = np.argsort(-(instance.capacity / np.maximum(instance.total, 1)).sum(axis=1), kind="stable")
    order = greedy.order_by(problem, "demand")
    order = order[host_index[order] >= 0]
    nothing = np.full(instance.n_vms, -1, dtype=np.int64)
    rigid = replace(instance, reservation=None)
    if instance.rules:
        found = ruled.place(compile(rigid), order, "first-fit", nothing, hosts=roomy)
    else:
        found = greedy.place(
            compile(replace(rigid, capacity=frozen(instance.capacity[roomy]))), order, "first-fit", nothing
        )
        found[order] = np.where(found[order] >= 0, roomy[found[order]], -1)
    complete = (found[order] >= 0).all() and n_touched(found) < n_touched(host_index)
    return found if complete and keeps_rules(instance, found) else None


def _emptied(instance: Instance, host_index: IntArray, parameters: TieParameters) -> IntArray:
    """Empty hosts, the least filled first, wherever all of their VMs fit on the others in use."""
    now = host_index.copy()
    load = metrics.loads(instance, now)
    free = instance.capacity - load
    in_use = np.bincount(now[now >= 0], minlength=instance.n_hosts) > 0
    free[~in_use] = -1
    fullness = metrics.utilisation(load, instance.capacity).max(axis=1)
    hosts = np.flatnonzero(in_use)
    members = _members(instance, now)
    ways = Ways(instance, now, parameters.work_of_check)
    vain = work = 0
    for host in hosts[np.argsort(fullness[hosts], kind="stable")]:
        vms = members[host]
        work += len(vms) * (parameters.work_of_vm + instance.n_hosts) + ways.work
        if vain >= parameters.pack_in_vain or work > parameters.pack_work:
            break
        moved = _seats(instance, free, vms, int(host), ways)
        if moved is None:
            vain += 1
            continue
        vain = 0
        now[vms] = moved
        np.subtract.at(free, moved, instance.demand[vms])
        free[host] = -1
        for seat in np.unique(moved).tolist():
            members[seat] = np.append(members[seat], vms[moved == seat])
    return now


def _members(instance: Instance, host_index: IntArray) -> dict[int, IntArray]:
    """VMs of each host."""
    order = np.argsort(host_index, kind="stable")
    edges = np.searchsorted(host_index[order], np.arange(instance.n_hosts + 1))
    return {host: order[edges[host] : edges[host + 1]] for host in range(instance.n_hosts)}


def _seats(instance: Instance, free: IntArray, vms: IntArray, host: int, ways: Ways) -> IntArray | None:
    """A host for each of the VMs that leave a host, the fullest that may take it; None where one finds none."""
    room = free.copy()
    room[host] = -1
    if (instance.demand[vms].sum(axis=0) > np.maximum(room, 0).sum(axis=0)).any():
        return None
    seats = np.empty(len(vms), dtype=np.int64)
    weight = 1.0 / np.maximum(instance.total, 1)
    ways.leave(vms)
    for position in np.argsort(-instance.share[vms], kind="stable"):
        demand = instance.demand[vms[position]]
        fits = np.flatnonzero((room >= demand).all(axis=1) & ways.open_to(vms[position]))
        if not fits.size:
            ways.back(vms, host)
            return None
        seat = fits[(room[fits] @ weight).argmin()]
        seats[position] = seat
        room[seat] -= demand
        ways.enter(vms[position], seat)
    if not ways.lawful:
        ways.back(vms, host)
        return None
    return seats
