"""Moves: one VM that goes to another host, so that there is room for one more."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vmopt.arrays import IntArray
from vmopt.explain.hosts import Hosts
from vmopt.explain.least_change import Step
from vmopt.explain.scene import Scene
from vmopt.rules.inside import Inside
from vmopt.verify import verify

EVERYTHING = 3_000
"""Placements up to which all that one move leads to are tried."""
HOSTS, VMS_EACH, TRIED = 50, 10, 12
"""How many hosts, those where least is short, how many VMs on each, and how many placements are tried beyond."""

Try = tuple[int, int, int]
"""A VM that moves, where to, and where the other VM then goes."""


def one_move(hosts: Hosts) -> tuple[Step | None, bool]:
    """Find a VM that goes elsewhere so that the other one runs; the smallest that was found.

    Returns
    -------
    step : Step or None
    complete : bool
        Whether all moves were tried.

    Examples
    --------
    >>> from vmopt.model import Instance
    >>> cluster = Instance.from_arrays([[4], [6]], [[8], [4]])
    >>> step, complete = one_move(Hosts(Scene(cluster, np.array([0, -1])), 1))
    >>> step.vm, step.source, step.target, step.host, complete
    ('vm-0', 'host-0', 'host-1', 'host-0', True)
    """
    scene = hosts.scene
    runs = np.flatnonzero(scene.host_index >= 0)
    n_hosts = scene.instance.n_hosts
    complete = len(runs) * n_hosts * n_hosts <= EVERYTHING
    tries = _all(hosts, runs) if complete else _likely(hosts)
    for number, (vm, target, host) in enumerate(tries):
        if not complete and number >= TRIED:
            break
        changed = scene.with_vm(hosts.vm, host)
        changed[vm] = target
        if not verify(scene.instance, changed):
            names = scene.instance.host_names
            source = names[int(scene.host_index[vm])]
            mover = scene.instance.vm_names[vm]
            return Step("move", names[host], vm=mover, source=source, target=names[target], least=complete), complete
    return None, complete


def _all(hosts: Hosts, runs: IntArray) -> Iterator[Try]:
    """Every move, the smallest VM first."""
    scene = hosts.scene
    for vm in runs[np.argsort(scene.instance.share[runs], kind="stable")].tolist():
        room = scene.free.copy()
        room[scene.host_index[vm]] += scene.instance.reserved[vm]
        for target in np.flatnonzero((scene.instance.reserved[vm] <= room).all(axis=1)).tolist():
            if target != scene.host_index[vm]:
                yield from ((vm, target, host) for host in range(scene.instance.n_hosts))


def _likely(hosts: Hosts) -> Iterator[Try]:
    """Moves off the hosts where least is short, to hosts with room that rules allow."""
    scene = hosts.scene
    near = np.flatnonzero(hosts.possible & hosts.short.any(axis=1) & (hosts.now < 0))
    near = near[np.argsort(hosts.distance[near], kind="stable")][:HOSTS]
    for host in near.tolist():
        there = scene.residents[host]
        enough = there[(scene.instance.reserved[there] >= hosts.short[host]).all(axis=1)]
        for vm in enough[np.argsort(scene.instance.share[enough], kind="stable")][:VMS_EACH].tolist():
            target = _target(scene, hosts.vm, vm, host)
            if target >= 0:
                yield vm, target, host


def _target(scene: Scene, new: int, vm: int, host: int) -> int:
    """A host that takes a VM, once the new one is where it was; -1 for none."""
    roomy = (scene.instance.reserved[vm] <= scene.free).all(axis=1)
    roomy[host] = False
    if not roomy.any():
        return -1
    changed = scene.with_vm(new, host)
    changed[vm] = -1
    for _, here in scene.hard:
        if here.concerns[vm]:
            of_hosts = isinstance(here.rule, Inside)  # it counts each host by itself, and that of both is left out
            roomy &= here.allows(vm, scene.counted(here) if of_hosts else here.counting(changed))
    return int(np.argmax(roomy)) if roomy.any() else -1
