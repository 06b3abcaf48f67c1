"""Where pieces are in a simulation, told from the events: who runs keeps its parts, who comes goes beside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from vmopt.arrays import IntArray
from vmopt.rules import Breach
from vmopt.rules.inside import InsideInForce, Landing, TakenInPlace, check_landings, told
from vmopt.simulation.kinds import EventKind
from vmopt.simulation.lives import OFF_HOST, ON_HOST, Table
from vmopt.simulation.workload import Workload


class Landed(NamedTuple):
    """A moment.

    Attributes
    ----------
    time : float
    host_of : (n_vms,) int64 array
    parts : dict of VM to list of Landing
        Those that run and ask for pieces.
    touched : set of int
        Hosts that something has come to.
    """

    time: float
    host_of: IntArray
    parts: dict[int, tuple[Landing, ...]]
    touched: set[int]


def landed(workload: Workload, events: Table) -> Iterator[Landed]:
    """Yield every moment at which anything happens; the same objects again and again. None where no host has parts."""
    here = next((rule for rule in workload.rules if isinstance(rule, InsideInForce)), None)
    if here is None:
        return
    row, host_index = np.arange(workload.n_vms), np.full(len(workload.asked), -1, dtype=np.int64)
    taken, parts = TakenInPlace(here, host_index), dict[int, tuple[Landing, ...]]()
    host_of = np.full(workload.n_vms, -1, dtype=np.int64)
    changes = list(enumerate(workload.requests.changes))[::-1]
    for time, happened in groupby(events.tolist(), key=itemgetter(0)):
        while changes and changes[-1][1].time <= time:
            position, _ = changes.pop()
            row[workload.changed_vm[position]] = workload.n_vms + position
        touched = set[int]()
        for _, kind, vm, host in happened:
            comes = kind in ON_HOST or (kind == EventKind.CHANGE and host >= 0)
            if comes or kind in OFF_HOST:
                _leave(taken, host_index, workload, vm)
                parts.pop(vm, None)
                host_of[vm] = -1
            if comes:
                host_index[row[vm]] = host_of[vm] = host
                taken.add(row[[vm]])
                touched.add(host)
                if int(row[vm]) in taken.landed:
                    parts[vm] = told(here, host, vm, taken.landed[int(row[vm])])
        yield Landed(time, host_of, parts, touched)


def _leave(taken: TakenInPlace, host_index: IntArray, workload: Workload, vm: int) -> None:
    """Take a VM off, whichever of its versions runs."""
    versions = [vm, *(workload.n_vms + np.flatnonzero(workload.changed_vm == vm))]
    for running in (version for version in versions if host_index[version] >= 0):
        taken.add(np.array([running]), -1)
        host_index[running] = -1


def parts_at(workload: Workload, events: Table, time: float) -> dict[str, tuple[Landing, ...]]:
    """Return where the pieces of each VM are that runs at a time."""
    names, found = workload.requests.vm_names, dict[int, tuple[Landing, ...]]()
    for moment in landed(workload, events[events["time"] <= time]):
        found = moment.parts
    return {names[vm]: parts for vm, parts in sorted(found.items())}


def misplaced(workload: Workload, events: Table) -> Iterator[tuple[float, Breach]]:
    """Find pieces beyond what their parts have, by what hosts and VMs say of themselves (`check_landings`)."""
    if not any(isinstance(rule, InsideInForce) for rule in workload.rules):
        return
    instance, nobody = workload.requests.on(workload.instance), np.zeros(0, dtype=np.int64)
    names = workload.requests.vm_names
    for moment in landed(workload, events):
        there = np.where(np.isin(moment.host_of, list(moment.touched)), moment.host_of, -1)
        stated: Mapping[str, tuple[Landing, ...]] = {
            names[vm]: moment.parts[vm] for vm in np.flatnonzero(there >= 0).tolist() if vm in moment.parts
        }
        for fault in check_landings(instance, there, stated):
            yield moment.time, Breach(f"parts of hosts: {fault}", None, None, nobody, 1, ())
