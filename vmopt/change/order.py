"""An order of moves, for clusters of any size: what goes at once goes, what is stuck is helped by parking others.

A move is safe when its host has room for all that is still to come there: it takes nothing from others, so it is made
at once. Of the others those go first whose room somebody waits for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np

from vmopt.arrays import IntArray
from vmopt.change.state import ClusterState

MOST_PARKED = 2
"""How often one VM is parked at most."""


def go(state: ClusterState, vms: Sequence[int]) -> list[int]:
    """Let VMs move to where they are to run, as far as they can; return those that are stuck."""
    waiting = list(vms)
    while waiting:
        stuck = _once(state, waiting)
        moved = len(stuck) < len(waiting)
        waiting = stuck
        if not moved:
            break
    return waiting


def _once(state: ClusterState, vms: Sequence[int]) -> list[int]:
    """Go through the VMs, and again through those who wait for a host that is left."""
    target, waits, crowd = state.target, dict[int, list[int]](), deque(vms)
    eager = deque[int]()
    for vm in vms:
        waits.setdefault(int(target[vm]), [])
    unsafe = deque[int]()
    while crowd or eager or unsafe:
        first = bool(crowd or eager)
        vm = eager.popleft() if eager else crowd.popleft() if crowd else _wanted(state, unsafe, waits)
        host, source = int(target[vm]), int(state.now[vm])
        if not state.fits(vm, host):
            waits[host].append(vm)
        elif first and not state.is_safe(vm):
            unsafe.append(vm)
        else:
            state.put(vm, host)
            eager.extend(waits.get(source, ()))
            if source in waits:
                waits[source] = []
    return [vm for held in waits.values() for vm in held]


def _wanted(state: ClusterState, unsafe: deque[int], waits: dict[int, list[int]]) -> int:
    """Take off the first VM whose room somebody waits for, else the first."""
    for place, vm in enumerate(unsafe):
        if waits.get(int(state.now[vm])):
            del unsafe[place]
            return vm
    return unsafe.popleft()


def go_with_parking(state: ClusterState, vms: Sequence[int]) -> list[int]:
    """The same, where VMs that are in the way are parked on a third host until nothing helps any more."""
    stuck, parked = go(state, vms), np.zeros(len(state.now), dtype=np.int64)
    while stuck:
        choice = _to_park(state, stuck, parked)
        if choice is None:
            return stuck
        vm, host = choice
        parked[vm] += 1
        state.put(vm, host)
        stuck = go(state, state.movers.tolist())
    return stuck


def _to_park(state: ClusterState, stuck: Sequence[int], parked: IntArray) -> tuple[int, int] | None:
    """Choose whom to park, and where: one that lets another in, the smallest, where it is in nobody's way."""
    here: dict[int, list[int]] = {}
    for vm in state.movers.tolist():
        if parked[vm] < MOST_PARKED:
            here.setdefault(int(state.now[vm]), []).append(vm)
    ranked: list[tuple[bool, float, int]] = []
    for vm in stuck:
        lack = np.maximum(state.demand[vm] - state.free[state.target[vm]], 0)
        for other in here.get(int(state.target[vm]), ()):
            enough = bool((state.demand[other] >= lack).all())
            ranked.append((not enough, float(state.instance.share[other]), other))
    seen = set[int]()
    for careful in (True, False):
        seen.clear()
        for _, _, vm in sorted(ranked):
            if vm not in seen:
                seen.add(vm)
                host = _third_host(state, vm, careful)
                if host is not None:
                    return vm, host
    return None


def _third_host(state: ClusterState, vm: int, careful: bool) -> int | None:
    """A host with room for a VM, the fullest such; a careful choice takes none that others are to come to."""
    left = state.free - state.due if careful else state.free
    open_ = ((left >= state.demand[vm]) | (state.demand[vm] == 0)).all(axis=1)
    open_[[state.now[vm], state.target[vm]]] = False
    hosts = np.flatnonzero(open_)
    room = (left[hosts] / np.maximum(state.instance.total, 1)).sum(axis=1)
    for host in hosts[np.argsort(room, kind="stable")].tolist():
        if state.fits(vm, host):
            return int(host)
    return None
