"""Agenda: what is going to happen, in order of time."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from math import inf

from vmopt.simulation.kinds import EventKind
from vmopt.simulation.workload import Workload

ACTIONS = {"return": EventKind.RETURN, "drain": EventKind.DRAIN, "fail": EventKind.FAIL}

Entry = tuple[float, int, int, int]
"""When, which `EventKind`, of whom (a VM, a host event or a change), and for an end: of which run of the VM."""


class Agenda:
    """Events to come: arrivals, changes and host events from the beginning, ends as VMs start.

    Events of one moment come in the order of `EventKind`, and then of who is concerned: nothing depends on chance.
    """

    def __init__(self, workload: Workload) -> None:
        requests = workload.requests
        self._heap: list[Entry] = [(time, EventKind.ARRIVE, vm, 0) for vm, time in enumerate(requests.arrival.tolist())]
        self._heap += [(float(change.time), EventKind.CHANGE, j, 0) for j, change in enumerate(requests.changes)]
        self._heap += [(float(event.time), ACTIONS[event.action], j, 0) for j, event in enumerate(requests.host_events)]
        heapify(self._heap)
        self._run = [0] * workload.n_vms

    @property
    def next_time(self) -> float:
        """When something happens next; infinite if nothing ever does."""
        heap = self._heap
        while heap and heap[0][1] == EventKind.END and heap[0][3] != self._run[heap[0][2]]:
            heappop(heap)
        return heap[0][0] if heap else inf

    def add_end(self, time: float, vm: int) -> None:
        """Note that what a VM has just begun will end."""
        heappush(self._heap, (time, EventKind.END, vm, self._run[vm]))

    def drop_end(self, vm: int) -> None:
        """Forget the end of what a VM is about: it stops before."""
        self._run[vm] += 1

    def pop(self) -> tuple[int, int]:
        """Take the next event off: its `EventKind`, and of whom."""
        _, kind, who, _ = heappop(self._heap)
        return kind, who
