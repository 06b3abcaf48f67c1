"""A good answer for clusters of any size: open VMs as the relaxation does, then place containers in them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.errors import InstanceError
from vmopt.goals import FewestHosts, Utilisation
from vmopt.model import Instance
from vmopt.model.amounts import as_table, in_user_units
from vmopt.model.objective import Objective
from vmopt.nesting.check import verify_nest
from vmopt.nesting.free import Answer
from vmopt.nesting.lifted import labels, lifted
from vmopt.nesting.nested import Nested, amounts_of
from vmopt.nesting.prices import most_open
from vmopt.nesting.relaxed import Relaxed
from vmopt.solving import solve
from vmopt.status import Limit, Status


def opened(nested: Nested, relaxed: Relaxed) -> list[tuple[int, int]]:
    """Open VMs on every host: the patterns of the relaxation, rounded, then whatever flavour still fits and pays most.

    Returns
    -------
    list of (flavor, host)
    """
    left, size, classes = most_open(nested), nested.size, nested.cluster.host_classes
    offered, vms = nested.inside / np.maximum(nested.capacity.sum(axis=0), 1), list[tuple[int, int]]()
    for c, members in enumerate(classes.members):
        worth = nested.inside @ relaxed.prices.inside[c] + 1e-6 * offered.sum(axis=1)
        order = np.argsort(-worth / np.maximum((size / np.maximum(nested.capacity.sum(axis=0), 1)).sum(axis=1), 1e-12))
        of = np.flatnonzero(relaxed.host_class == c)
        for host, pattern in zip(members.tolist(), _rounded(relaxed, of, len(members)), strict=True):
            room = nested.capacity[host].copy()
            for flavor in np.concatenate([np.repeat(np.arange(len(pattern)), pattern), np.repeat(order, left[order])]):
                if left[flavor] > 0 and (size[flavor] <= room).all() and worth[flavor] > 0:
                    room, left[flavor] = room - size[flavor], left[flavor] - 1
                    vms.append((int(flavor), host))
    return vms


def largest_first(nested: Nested) -> list[tuple[int, int]]:
    """Open VMs on every host: of the largest flavour that still fits, again and again.

    Returns
    -------
    list of (flavor, host)
    """
    left, total = most_open(nested), np.maximum(nested.capacity.sum(axis=0), 1)
    order, vms = np.argsort(-(nested.inside / total).sum(axis=1), kind="stable"), list[tuple[int, int]]()
    for host, capacity in enumerate(nested.capacity):
        room = capacity.copy()
        for flavor in order.tolist():
            while left[flavor] > 0 and (nested.size[flavor] <= room).all():
                room, left[flavor] = room - nested.size[flavor], left[flavor] - 1
                vms.append((flavor, host))
    return vms


def _rounded(relaxed: Relaxed, of: IntArray, n_hosts: int) -> IntArray:
    """Pattern of each host of a class: as many hosts of each as the fraction says, by largest remainders."""
    share = relaxed.hosts[of]
    if not share.sum() > 0:
        return np.zeros((n_hosts, relaxed.patterns.shape[1]), dtype=np.int64)
    share = share * (n_hosts / share.sum())
    number = np.floor(share + 1e-9).astype(np.int64)
    rest = np.argsort(number - share, kind="stable")[: max(n_hosts - int(number.sum()), 0)]
    number[rest] += 1
    return np.repeat(relaxed.patterns[of], number, axis=0)[:n_hosts]


def placed(
    nested: Nested, vms: Sequence[tuple[int, int]], seconds: float, seed: int, threads: int
) -> tuple[Answer | None, Limit | None]:
    """Place containers in VMs that are open; where all run, in the cheapest of them. No answer where none holds.

    Returns
    -------
    answer : Answer or None
    limit : Limit or None
        Why the search stopped early.
    """
    if not vms:
        return None, None
    flavor, host = np.array(vms, dtype=np.int64).T
    end = time.perf_counter() + seconds
    try:
        instance = _instance(nested, flavor, host)
    except InstanceError:  # a rule speaks of hosts by a label that none has with an open VM
        return None, None
    found = solve(instance, time_limit=seconds / 2, seed=seed, threads=threads, ties=None)
    if found.host_index is not None and not found.unplaced and found.limit is not Limit.INTERRUPTED:
        levels: list[Any] = [Utilisation(), FewestHosts(cost=nested.cost[flavor].tolist())]
        cheaper = instance.replace(objective=Objective(levels=levels))
        found = solve(cheaper, time_limit=clock(end), seed=seed, threads=threads, ties=None, warm_start=found)
    elif found.limit is Limit.TIME:
        found = solve(instance, time_limit=clock(end), seed=seed + 1, threads=threads, ties=None, warm_start=found)
    held = found.status in (Status.OPTIMAL, Status.FEASIBLE)
    return trimmed(nested, vms, found.host_index) if held else None, found.limit


def _instance(nested: Nested, flavor: IntArray, host: IntArray) -> Instance:
    """Open VMs as the hosts of an instance, with rules that ask for the hosts they are on."""
    cluster = nested.cluster
    return Instance.from_arrays(
        as_table(in_user_units(cluster.demand, cluster.scale)),
        amounts_of(nested.flavors, cluster.resources, overhead=False)[flavor],
        value=cluster.value,
        resources=cluster.resources,
        vm_names=cluster.vm_names,
        vm_labels=cluster.vm_labels,
        host_labels=labels(cluster.host_labels, cluster.host_names, host),
        rules=lifted(cluster.rules_in_force, host),
    )


def trimmed(nested: Nested, vms: Sequence[tuple[int, int]], vm_of: IntArray) -> Answer | None:
    """Leave out VMs that run nothing, and make each of the cheapest flavour that holds what runs in it."""
    vm_of = np.asarray(vm_of)
    used, where = np.unique(vm_of[vm_of >= 0], return_inverse=True)
    index = np.full(len(vm_of), -1, dtype=np.int64)
    index[vm_of >= 0] = where.ravel()
    inside = np.zeros((len(used), nested.demand.shape[1]), dtype=np.int64)
    np.add.at(inside, index[index >= 0], nested.demand[index >= 0])
    kept = _cheaper(nested, [vms[vm] for vm in used.tolist()], inside)
    return None if verify_nest(nested, kept, index) else (tuple(kept), index)


def _cheaper(nested: Nested, vms: list[tuple[int, int]], inside: IntArray) -> list[tuple[int, int]]:
    room, left = nested.capacity.copy(), most_open(nested)
    for flavor, host in vms:
        room[host], left[flavor] = room[host] - nested.size[flavor], left[flavor] - 1
    cheapest = np.argsort(nested.cost, kind="stable")
    for vm, (flavor, host) in enumerate(vms):
        free = room[host] + nested.size[flavor]
        holds = (nested.inside >= inside[vm]).all(axis=1) & (nested.size <= free).all(axis=1) & (left > 0)
        better = next((int(f) for f in cheapest if holds[f] and nested.cost[f] < nested.cost[flavor]), None)
        if better is not None:
            room[host], vms[vm] = free - nested.size[better], (better, host)
            left[flavor], left[better] = left[flavor] + 1, left[better] - 1
    return vms


def clock(end: float) -> float:
    """Seconds until then, at least 0."""
    return max(end - time.perf_counter(), 0.0)
