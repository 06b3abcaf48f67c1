"""Lives: what became of each VM, told from the events."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.simulation.kinds import EventKind, VMState
from vmopt.simulation.workload import Workload

Table = np.ndarray[Any, np.dtype[np.void]]
SHORT = 10.0
"""Seconds: shorter durations count as this much in slowdowns (the bounded slowdown of Feitelson et al., 1997)."""
LIFE = np.dtype(
    [
        ("arrival", "f8"),
        ("duration", "f8"),
        ("priority", "f8"),
        ("started", "f8"),
        ("finished", "f8"),
        ("waited", "f8"),
        ("slowdown", "f8"),
        ("starts", "i8"),
        ("preempted", "i8"),
        ("moved", "i8"),
        ("state", "i1"),
    ]
)
"""A row of the VMs of a `Timeline`."""
TO_QUEUE = (EventKind.ARRIVE, EventKind.LOSE, EventKind.OUTGROW, EventKind.PREEMPT)
ON_HOST = (EventKind.START, EventKind.MOVE)
OFF_HOST = (EventKind.END, EventKind.LOSE, EventKind.OUTGROW, EventKind.PREEMPT)


def lives(workload: Workload, events: Table, end: float) -> Table:
    """Work out the life of each VM, up to `end`.

    Returns
    -------
    (n_vms,) array of type `LIFE`
        ``started``: the first start, NaN if there was none. ``waited``: seconds in the queue, up to `end` for those who
        are still there. ``slowdown``: ``max(1, time from arrival to end / max(duration, 10 s))``; where the VM has not
        ended, the time is what it waited plus its duration, and NaN where that is infinite.
    """
    requests = workload.requests
    table = np.zeros(workload.n_vms, dtype=LIFE)
    table["arrival"], table["duration"] = requests.arrival, requests.duration
    table["priority"] = requests.priority
    of_vm = events[events["vm"] >= 0]
    kind, vm = of_vm["kind"], of_vm["vm"]
    starts = kind == EventKind.START
    table["started"] = _first(of_vm[starts], workload.n_vms)
    table["finished"] = _first(of_vm[kind == EventKind.END], workload.n_vms)
    table["starts"] = np.bincount(vm[starts], minlength=workload.n_vms)
    table["preempted"] = np.bincount(vm[kind == EventKind.PREEMPT], minlength=workload.n_vms)
    table["moved"] = np.bincount(vm[kind == EventKind.MOVE], minlength=workload.n_vms)
    table["state"] = _states(of_vm, workload.n_vms)
    table["waited"] = _waited(of_vm, table, end)
    table["slowdown"] = _slowdown(table)
    return table


def host_index(events: Table, n_vms: int) -> IntArray:
    """Where each VM runs after these events, -1 where it does not run."""
    moves = events[np.isin(events["kind"], (*ON_HOST, *OFF_HOST))]
    host = np.full(n_vms, -1, dtype=np.int64)
    last = len(moves) - 1 - np.unique(moves["vm"][::-1], return_index=True)[1]
    final = moves[last]
    host[final["vm"]] = np.where(np.isin(final["kind"], ON_HOST), final["host"], -1)
    return host


def _first(events: Table, n_vms: int) -> FloatArray:
    column = np.full(n_vms, np.nan)
    column[events["vm"][::-1]] = events["time"][::-1]
    return column


def _states(events: Table, n_vms: int) -> np.ndarray[Any, np.dtype[np.int8]]:
    state = np.full(n_vms, VMState.FUTURE, dtype=np.int8)
    telling = events[events["kind"] != EventKind.CHANGE]
    last = len(telling) - 1 - np.unique(telling["vm"][::-1], return_index=True)[1]
    becomes = np.full(len(EventKind), VMState.WAITING, dtype=np.int8)
    becomes[EventKind.END], becomes[EventKind.REJECT] = VMState.DONE, VMState.REJECTED
    becomes[list(ON_HOST)] = VMState.RUNNING
    state[telling["vm"][last]] = becomes[telling["kind"][last]]
    return state


def _waited(events: Table, table: Table, end: float) -> FloatArray:
    """Seconds in the queue: every way out of it less every way in."""
    n_vms, kind = len(table), events["kind"]
    into, out = np.isin(kind, TO_QUEUE), np.isin(kind, (EventKind.START, EventKind.REJECT))
    waited = np.zeros(n_vms)
    waited += np.bincount(events["vm"][out], events["time"][out], minlength=n_vms)
    waited -= np.bincount(events["vm"][into], events["time"][into], minlength=n_vms)
    still = table["state"] == VMState.WAITING
    waited[still] += end
    cleaned: FloatArray = np.maximum(waited, 0.0)
    return cleaned


def _slowdown(table: Table) -> FloatArray:
    came = np.isin(table["state"], (VMState.WAITING, VMState.RUNNING, VMState.DONE))
    ended = table["state"] == VMState.DONE
    taken = np.where(ended, table["finished"] - table["arrival"], table["waited"] + table["duration"])
    known = came & (taken < inf)
    ratio = np.divide(taken, np.maximum(table["duration"], SHORT), out=np.full(len(table), np.nan), where=known)
    slowdown: FloatArray = np.where(known, np.maximum(ratio, 1.0), np.nan)
    return slowdown
