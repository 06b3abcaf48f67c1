"""Agenda: what is going to happen, in order of time."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from math import inf

from vmopt.simulation.kinds import Kind
from vmopt.simulation.workload import Workload

ACTIONS = {"return": Kind.RETURN, "drain": Kind.DRAIN, "fail": Kind.FAIL}

Entry = tuple[float, int, int, int]
"""When, which `Kind`, of whom (a VM, a host event or a change), and the run that it belongs to."""


class Agenda:
    """Events to come: arrivals, changes and host events from the beginning, ends as VMs start.

    Events of one moment come in the order of `Kind`, and then of who is concerned: nothing depends on chance.
    """

    def __init__(self, workload: Workload) -> None:
        requests = workload.requests
        self._heap: list[Entry] = [(time, Kind.ARRIVE, vm, 0) for vm, time in enumerate(requests.arrival.tolist())]
        self._heap += [(float(change.time), Kind.CHANGE, j, 0) for j, change in enumerate(requests.changes)]
        self._heap += [(float(event.time), ACTIONS[event.action], j, 0) for j, event in enumerate(requests.host_events)]
        heapify(self._heap)

    @property
    def next_time(self) -> float:
        """When something happens next; infinite if nothing ever does."""
        return self._heap[0][0] if self._heap else inf

    def add_end(self, time: float, vm: int, run: int) -> None:
        """Note that a run of a VM will end."""
        heappush(self._heap, (time, Kind.END, vm, run))

    def pop(self) -> Entry:
        """Take the next event off."""
        return heappop(self._heap)
