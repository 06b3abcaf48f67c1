"""Engine: the loop over events, and the rules of what they do."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil, inf

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.simulation.agenda import Agenda
from vmopt.simulation.cluster import Cluster
from vmopt.simulation.journal import Journal
from vmopt.simulation.kinds import EventKind, VMState
from vmopt.simulation.moment import Moment
from vmopt.simulation.preemption import Preemption, next_takeover
from vmopt.simulation.reallocation import Allocations
from vmopt.simulation.scheduling.base import Policy
from vmopt.simulation.workload import Workload

Progress = Callable[[float, int, int], object]
"""Told (seconds of the simulation, VMs that have come, VMs that wait), now and then."""


class Engine:
    """One simulation: what happens, happens in order of time; then the policy decides; then the books are checked.

    Parameters
    ----------
    workload : Workload
    policy : Policy
    preemption : Preemption or None
    reallocate : str or None
        Sharing policy by which each host is shared anew at every event; None: VMs keep what they get at their start.
    """

    def __init__(
        self, workload: Workload, policy: Policy, preemption: Preemption | None, reallocate: str | None
    ) -> None:
        requests = workload.requests
        self.workload = workload
        self.cluster = Cluster(workload)
        self.journal = Journal()
        self._policy = policy
        self._preemption = preemption
        self._allocations = Allocations(self.cluster, reallocate)
        self._agenda = Agenda(workload)
        self._decide_at = inf
        self._now = -inf
        self._surprises = 0
        self._n_come = 0
        self._work_left: FloatArray = requests.duration.copy()
        self._started: FloatArray = np.full(workload.n_vms, np.nan)
        self._ends: FloatArray = np.full(workload.n_vms, np.inf)
        self._joined: FloatArray = requests.arrival.copy()
        self._waited: FloatArray = np.zeros(workload.n_vms)
        self._times_preempted: IntArray = np.zeros(workload.n_vms, dtype=np.int64)

    def run(self, until: float, progress: Progress | None = None) -> None:
        """Go on until nothing is left to happen, or the given time."""
        while (now := min(self._agenda.next_time, self._decide_at)) <= until and now < inf:
            self._now = now
            while self._agenda.next_time == now:
                self._happen()
            spent = self._decide() if self._decision_due() else 0.0
            self._close_books(spent)
            if progress is not None:
                progress(now, self._n_come, int(self.cluster.waiting.size))

    def _happen(self) -> None:
        kind, who = self._agenda.pop()
        if kind == EventKind.END:
            self._end(who)
        elif kind == EventKind.ARRIVE:
            self._n_come += 1
            self._log(EventKind.ARRIVE, who)
            self._ask(who)
        elif kind == EventKind.CHANGE:
            self._change(int(self.workload.changed_vm[who]), self.workload.n_vms + who)
        else:
            self._host(EventKind(kind), int(self.workload.event_host[who]))

    def _end(self, vm: int) -> None:
        self._log(EventKind.END, vm, self.cluster.release(vm, VMState.DONE))
        self._work_left[vm] = 0.0

    def _ask(self, vm: int) -> None:
        """Let a VM join the queue, unless no host will ever have room for it."""
        if self.cluster.fits_somewhere(vm):
            self.cluster.enqueue(vm)
            self._joined[vm] = self._now
        else:
            self.cluster.state[vm] = VMState.REJECTED
            self._log(EventKind.REJECT, vm)

    def _change(self, vm: int, row: int) -> None:
        cluster, before = self.cluster, int(self.cluster.state[vm])
        if before in (VMState.DONE, VMState.REJECTED):
            return
        self._surprises += 1
        if not cluster.change(vm, row):
            self._back_to_queue(vm, EventKind.OUTGROW)
            cluster.change(vm, row)
        if before != VMState.FUTURE:
            self._log(EventKind.CHANGE, vm, int(cluster.host_of[vm]))
        if cluster.state[vm] == VMState.WAITING and not cluster.fits_somewhere(vm):
            self._waited[vm] += self._now - self._joined[vm]
            cluster.state[vm] = VMState.REJECTED
            cluster.fresh.discard(vm)
            self._log(EventKind.REJECT, vm)

    def _host(self, kind: EventKind, host: int) -> None:
        self._surprises += 1
        self._log(kind, -1, host)
        self.cluster.set_open(host, kind is EventKind.RETURN)
        if kind is EventKind.FAIL:
            for vm in self.cluster.on(host).tolist():
                self._back_to_queue(vm, EventKind.LOSE)

    def _back_to_queue(self, vm: int, why: EventKind) -> None:
        """Stop a VM: who is preempted or outgrows its host keeps what it did, less the cost; a failure loses it all."""
        self._log(why, vm, self.cluster.release(vm, VMState.WAITING))
        self._agenda.drop_end(vm)
        self._joined[vm] = self._now
        if why is EventKind.LOSE:
            self._work_left[vm] = self.workload.requests.duration[vm]
        else:
            self._work_left[vm] -= self._now - self._started[vm]
        if why is EventKind.PREEMPT and self._preemption is not None:
            self._work_left[vm] += self._preemption.cost
            self._times_preempted[vm] += 1

    def _start(self, vm: int, host: int) -> None:
        self.cluster.place(vm, host)
        self._waited[vm] += self._now - self._joined[vm]
        self._started[vm] = self._now
        self._ends[vm] = self._now + self._work_left[vm]
        if self._ends[vm] < inf:
            self._agenda.add_end(float(self._ends[vm]), vm)
        self._log(EventKind.START, vm, host)

    def _move(self, vm: int, host: int) -> None:
        self.cluster.move(vm, host)
        self._log(EventKind.MOVE, vm, host)

    def _decision_due(self) -> bool:
        """Whether the policy decides now; if it shall decide later, note when."""
        cluster = self.cluster
        if not cluster.waiting.size:
            cluster.dirty.clear()
            self._decide_at = inf
            return False
        if cluster.fresh or cluster.dirty:
            self._decide_at = min(self._decide_at, self._next_window(self._now))
        return self._decide_at <= self._now

    def _decide(self) -> float:
        """Let the policy decide, and VMs take over where they may; return the seconds of wall clock."""
        begun = time.perf_counter()
        while True:
            self._policy.decide(self._moment())
            self.cluster.fresh.clear()
            self.cluster.dirty.clear()
            if not self._take_over():
                self._decide_at = inf
                return time.perf_counter() - begun

    def _next_window(self, time: float) -> float:
        """When the policy may decide next, from a time on."""
        window = self._policy.window
        return ceil(time / window) * window if window > 0 else time

    def _take_over(self) -> bool:
        """Let one waiting VM take the place of others, if preemption is on and one can; tell whether it did."""
        if self._preemption is None:
            return False
        priority = self.workload.instance.priority[self.cluster.row_of]
        taken = next_takeover(self.cluster, priority, self._times_preempted, self._preemption.cap)
        if taken is None:
            return False
        self._surprises += 1
        for vm in taken.victims.tolist():
            self._back_to_queue(vm, EventKind.PREEMPT)
        self._start(taken.vm, taken.host)
        return True

    def _moment(self) -> Moment:
        queued = self._joined, self._waited
        acts = self._start, self._move
        return Moment(self._now, self.cluster, self._work_left, self._ends, queued, self._surprises, *acts)

    def _close_books(self, decision_seconds: float) -> None:
        """Check that capacity holds, and note where things stand."""
        self._allocations.update(self.journal.since_last_books())
        load = self.cluster.check()
        used, weighted = self._allocations.worth(load)
        waiting, running = self.cluster.waiting.size, self.cluster.running.size
        self.journal.close_books(self._now, used, weighted, waiting, running, decision_seconds)

    def _log(self, kind: EventKind, vm: int, host: int = -1) -> None:
        self.journal.log(self._now, kind, vm, host)
