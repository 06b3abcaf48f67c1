"""Hosts that fail and come back in any order: nobody is lost, nobody runs twice."""

from __future__ import annotations

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

import vmopt
from tests.simulation.builders import hosts, requests
from tests.simulation.referee import Referee
from tests.thorough import few
from vmopt.simulation import Timeline, VMState, simulate

POLICIES = ["fcfs", "priority", "priority-ageing", "demand-largest:strict", "backfill", "rebalance"]
LATER = st.sampled_from([0, 1, 10, 50])


class Operations(RuleBasedStateMachine):
    """Someone runs a cluster: VMs come and change, hosts fail; after every step the whole story is checked anew."""

    vms = Bundle("vms")

    @initialize(
        target=vms,
        policy=st.sampled_from(POLICIES),
        capacities=st.lists(st.integers(4, 12), min_size=1, max_size=3),
        preemption=st.none() | st.builds(vmopt.Preemption, cost=st.sampled_from([0, 5]), cap=st.integers(1, 3)),
    )
    def begin(self, policy, capacities, preemption):
        """Set the cluster up, with a first VM."""
        self.policy, self.capacities, self.preemption = policy, capacities, preemption
        self.now = 0.0
        self.rows: list[tuple[float, int, float, float]] = []
        self.changes: list[vmopt.Change] = []
        self.host_events: list[vmopt.HostEvent] = []
        self.told: Timeline | None = None
        return multiple(self.come(3, 100.0, 1.0))

    def come(self, cpu: int, duration: float, priority: float) -> str:
        """Let a VM come now."""
        self.rows.append((self.now, cpu, duration, priority))
        return f"vm-{len(self.rows) - 1}"

    @rule(
        target=vms,
        wait=LATER,
        cpu=st.integers(0, 13),
        duration=st.sampled_from([1.0, 20.0, 50.0, 300.0, np.inf]),
        priority=st.sampled_from([1.0, 2.0, 5.0]),
    )
    def arrive(self, wait, cpu, duration, priority):
        """A VM comes a little later."""
        self.now += wait
        return self.come(cpu, duration, priority)

    @rule(vm=vms, wait=LATER, cpu=st.none() | st.integers(0, 13), priority=st.sampled_from([1.0, 3.0]))
    def change(self, vm, wait, cpu, priority):
        """A VM asks for something else."""
        self.now += wait
        demand = None if cpu is None else {"cpu": cpu}
        self.changes.append(vmopt.Change(self.now, vm, demand=demand, priority=priority))

    @rule(wait=LATER, host=st.integers(0, 2), action=st.sampled_from(["fail", "fail", "drain", "return"]))
    def host(self, wait, host, action):
        """A host fails, is drained or returns."""
        self.now += wait
        name = f"h{host % len(self.capacities)}"
        self.host_events.append(vmopt.HostEvent(self.now, name, action))

    @invariant()
    def holds(self):
        """The referee finds nothing; every VM is in one state; what has happened before has not changed since."""
        if not getattr(self, "rows", None):
            return
        timeline = self.story(until=self.now)
        Referee(timeline, 0 if self.preemption is None else self.preemption.cost).replay()
        assert not (timeline.vms["state"] == VMState.FUTURE).any()
        if self.told is not None:  # policies do not look ahead: what was told stays told
            past = self.told.events[self.told.events["time"] < self.told.end]
            assert (timeline.events[: len(past)] == past).all()
        self.told = timeline

    def teardown(self):
        """Let everything return and end: whoever was not rejected and can end has ended."""
        if not getattr(self, "rows", None):
            return
        self.now += 1
        self.host_events += [vmopt.HostEvent(self.now, f"h{i}", "return") for i in range(len(self.capacities))]
        timeline = self.story(until=None)
        Referee(timeline, 0 if self.preemption is None else self.preemption.cost).replay()
        state = timeline.vms["state"]
        if np.isfinite([row[2] for row in self.rows]).all():
            assert np.isin(state, (VMState.DONE, VMState.REJECTED)).all()

    def story(self, until: float | None) -> Timeline:
        """Simulate what has been asked for so far."""
        arrival, cpu, duration, priority = zip(*self.rows, strict=True)
        asked = requests(arrival, cpu, duration, priority=priority, changes=self.changes, host_events=self.host_events)
        return simulate(hosts(*self.capacities), asked, policy=self.policy, preemption=self.preemption, until=until)


Operations.TestCase.settings = settings(max_examples=few(30), stateful_step_count=12, deadline=None, derandomize=True)
TestOperations = Operations.TestCase
