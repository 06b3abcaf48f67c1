"""A referee: replays the events of a timeline with plain Python numbers, and stops at whatever may not happen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.rules.meaning import holds
from vmopt.simulation import EventKind, Timeline, VMState

BACK = (EventKind.LOSE, EventKind.OUTGROW, EventKind.PREEMPT)


class Referee:
    """What must be true of every event, whatever the policy."""

    def __init__(self, timeline: Timeline, cost: float = 0.0) -> None:
        self.timeline, self.cost = timeline, cost
        self.workload = timeline.workload
        n_vms, n_hosts = self.workload.n_vms, self.workload.instance.n_hosts
        self.state = [VMState.FUTURE] * n_vms
        self.row = list(range(n_vms))
        self.left = self.workload.requests.duration.tolist()
        self.since = [0.0] * n_vms
        self.on: list[set[int]] = [set() for _ in range(n_hosts)]
        self.open = [True] * n_hosts
        self.lost: tuple[float, int] | None = None
        self.changes = list(enumerate(self.workload.requests.changes))
        self.ruled = self.workload.requests.on(self.workload.instance)

    def replay(self) -> None:
        """Go through all events, and compare the end with what the timeline says."""
        last = -float("inf")
        for time, kind, vm, host in self.timeline.events.tolist():
            assert time >= last, "time runs backwards"
            if time > last:
                self.moment_is_over()
            self.apply_changes(time)
            self.event(time, EventKind(kind), vm, host)
            last = time
        self.moment_is_over()
        assert [VMState(s) for s in self.timeline.vms["state"].tolist()] == self.state

    def event(self, time: float, kind: EventKind, vm: int, host: int) -> None:
        """Check one event and do it."""
        if kind is EventKind.ARRIVE:
            assert self.state[vm] is VMState.FUTURE
            assert time == self.workload.requests.arrival[vm]
            self.state[vm] = VMState.WAITING
        elif kind is EventKind.REJECT:
            assert self.state[vm] is VMState.WAITING
            assert not any(self.fits(vm, host) and self.keeps_rules({vm: host}) for host in range(len(self.on)))
            self.state[vm] = VMState.REJECTED
        elif kind is EventKind.START:
            self.start(time, vm, host)
        elif kind is EventKind.MOVE:
            self.move(vm, host)
        elif kind is EventKind.END or kind in BACK:
            self.leave(time, kind, vm, host)
        elif kind in (EventKind.FAIL, EventKind.DRAIN, EventKind.RETURN):
            self.open[host] = kind is EventKind.RETURN
            if kind is EventKind.FAIL:
                self.lost = (time, host)

    def start(self, time: float, vm: int, host: int) -> None:
        """A VM starts once, on an open host with room; nothing runs twice."""
        assert self.state[vm] is VMState.WAITING
        assert self.open[host], "a closed host takes nobody"
        assert not any(vm in there for there in self.on)
        self.on[host].add(vm)
        self.state[vm], self.since[vm] = VMState.RUNNING, time

    def move(self, vm: int, host: int) -> None:
        """A VM moves while it runs, to another open host, which has room for it before anybody else leaves."""
        assert self.state[vm] is VMState.RUNNING
        assert self.open[host], "a closed host takes nobody"
        (source,) = (there for there in self.on if vm in there)
        assert source is not self.on[host], "it is there already"
        source.remove(vm)
        self.on[host].add(vm)
        self.require_room(host)
        assert self.keeps_rules(self.where()), "a move breaks a rule"

    def leave(self, time: float, kind: EventKind, vm: int, host: int) -> None:
        """A VM leaves the host it is on; at its end it has done its work."""
        assert self.state[vm] is VMState.RUNNING
        assert vm in self.on[host]
        self.on[host].remove(vm)
        done = time - self.since[vm]
        if kind is EventKind.END:
            assert done == pytest.approx(self.left[vm])
            self.state[vm] = VMState.DONE
            return
        self.state[vm] = VMState.WAITING
        if kind is EventKind.LOSE:
            assert self.lost == (time, host), "work is lost only when the host fails"
            self.left[vm] = self.workload.requests.duration[vm]
        else:
            self.left[vm] += (self.cost if kind is EventKind.PREEMPT else 0.0) - done

    def apply_changes(self, time: float) -> None:
        """Let the changes up to now count."""
        while self.changes and self.changes[0][1].time <= time:
            position, _ = self.changes.pop(0)
            self.row[int(self.workload.changed_vm[position])] = self.workload.n_vms + position

    def moment_is_over(self) -> None:
        """No host is asked for more than it has, and a failed one is empty."""
        for host in range(len(self.on)):
            self.require_room(host)
        assert self.keeps_rules(self.where()), "a rule is broken"
        if self.lost is not None:
            assert not self.on[self.lost[1]], "a failed host is empty"
        self.lost = None

    def require_room(self, host: int) -> None:
        """What runs on a host asks for no more than it has."""
        load = [sum(amounts) for amounts in zip(*(self.asked(vm) for vm in self.on[host]), strict=True)]
        capacity = self.workload.instance.capacity[host].tolist()
        assert all(a <= c for a, c in zip(load, capacity, strict=False)), "capacity is exceeded"

    def asked(self, vm: int) -> Any:
        """What a VM must get now."""
        return self.workload.asked[self.row[vm]].tolist()

    def fits(self, vm: int, host: int) -> bool:
        """Whether a VM fits into an empty host."""
        capacity = self.workload.instance.capacity[host].tolist()
        return all(a <= c for a, c in zip(self.asked(vm), capacity, strict=True))

    def where(self) -> dict[int, int]:
        """Who runs where."""
        return {vm: host for host, there in enumerate(self.on) for vm in there}

    def keeps_rules(self, where: dict[int, int]) -> bool:
        """Whether a placement keeps the rules, for the VMs as they are now."""
        if not self.ruled.rules:
            return True
        whole = self.workload.instance
        now = replace(self.ruled, demand=whole.demand[self.row], scale=whole.scale)
        host_index = np.full(len(self.row), -1)
        for vm, host in where.items():
            host_index[vm] = host
        return all(holds(rule, now, host_index) for rule in self.ruled.rules)

    def could_start(self) -> list[tuple[int, int]]:
        """VMs that wait, though an open host has room and no rule forbids it."""
        where, found = self.where(), []
        for vm in (vm for vm, state in enumerate(self.state) if state is VMState.WAITING):
            for host in (host for host, is_open in enumerate(self.open) if is_open):
                asked = np.sum([self.asked(other) for other in (vm, *self.on[host])], axis=0)
                if (asked <= self.workload.instance.capacity[host]).all() and self.keeps_rules({**where, vm: host}):
                    found.append((vm, host))
        return found
