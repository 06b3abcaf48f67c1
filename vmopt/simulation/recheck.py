"""Rechecking: who broke which rule when, told from the events alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from operator import itemgetter

import numpy as np

from vmopt.arrays import IntArray
from vmopt.rules import Breach
from vmopt.rules.breach import SHOWN
from vmopt.rules.broken import told
from vmopt.simulation.kinds import EventKind
from vmopt.simulation.lives import Table
from vmopt.simulation.workload import Workload

COMES = (EventKind.START, EventKind.MOVE)
LEAVES = (EventKind.END, EventKind.LOSE, EventKind.OUTGROW, EventKind.PREEMPT)


def breaches(workload: Workload, events: Table) -> Iterator[tuple[float, Breach]]:
    """Find where rules are broken once all that happens at a moment has happened.

    It looks at placements only, and shares nothing with what a simulation goes by: not who was allowed where.
    """
    vm_of = np.append(np.arange(workload.n_vms), workload.changed_vm)
    for time, host_index in placements(workload, events):
        for rule in workload.rules:
            for found in told(rule.rule, rule.breaches(host_index)):
                vms = vm_of[found.vms]
                names = tuple(workload.requests.vm_names[int(vm)] for vm in vms[:SHOWN])
                yield time, replace(found, vms=vms, names=names)


def placements(workload: Workload, events: Table) -> Iterator[tuple[float, IntArray]]:
    """Yield the moments at which anything happens, and the host of each row of the workload after each."""
    row = np.arange(workload.n_vms)
    host_of = np.full(workload.n_vms, -1, dtype=np.int64)
    changes = list(enumerate(workload.requests.changes))[::-1]
    for time, happened in groupby(events.tolist(), key=itemgetter(0)):
        while changes and changes[-1][1].time <= time:
            position, _ = changes.pop()
            row[workload.changed_vm[position]] = workload.n_vms + position
        for _, kind, vm, host in happened:
            if kind in COMES:
                host_of[vm] = host
            elif kind in LEAVES:
                host_of[vm] = -1
        host_index = np.full(len(workload.asked), -1, dtype=np.int64)
        host_index[row] = host_of
        yield time, host_index
