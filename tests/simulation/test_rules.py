"""Tests of rules in simulations, each on a few VMs worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import vmopt
from tests.simulation.builders import hosts, kinds, requests, run
from vmopt.errors import InstanceError, SolverError
from vmopt.simulation import read_timeline, simulate, write_timeline
from vmopt.simulation.scheduling.ageing import PriorityAgeing
from vmopt.simulation.scheduling.optimal import Optimal
from vmopt.simulation.workload import Workload

INF = np.inf
PAIR = vmopt.Spread(["vm-0", "vm-1"])


class TestStarts:
    """Who starts when somebody leaves, changes or comes."""

    def test_spread(self):
        """Tests that two replicas run one after the other on one host, with room for both."""
        assert run([10], [0, 1], [4, 4], [50, 50], rules=[PAIR]).started.tolist() == [0, 50]

    def test_gather_elsewhere(self):
        """Tests that a group goes to another host when the last of it has left."""
        together = vmopt.Gather(["vm-0", "vm-2"])
        timeline = run([10, 10], [0, 1, 2], [4, 6, 5], [50, INF, 10], rules=[together])
        assert timeline.started.tolist() == [0, 1, 50]
        assert timeline.table("events")["host"][-2] == "h1"

    def test_change_beyond_quota(self):
        """Tests that a VM that asks for more than the quota leaves goes back to the queue, and comes back later."""
        quota, change = vmopt.Quota(8, resource="cpu"), vmopt.Change(10, "vm-0", demand={"cpu": 5})
        timeline = run([10, 10], [0, 0], [4, 4], [100, 20], rules=[quota], changes=[change])
        assert kinds(timeline, 0) == ["arrive", "start", "outgrow", "change", "start", "end"]
        assert timeline.vms["waited"].tolist() == [10, 0]

    def test_change_within_quota(self):
        """Tests that a VM starts on another host at the moment at which a third leaves it the quota."""
        quota, change = vmopt.Quota(8, resource="cpu"), vmopt.Change(10, "vm-0", demand={"cpu": 4})
        timeline = run([6, 10], [0, 1], [6, 4], [100, 50], rules=[quota], changes=[change])
        assert timeline.started.tolist() == [0, 10]

    @pytest.mark.parametrize("rule", [vmopt.Fence("vm-0", "h0"), vmopt.Spread("vm-0", most=0), vmopt.Ban("vm-0", "h1")])
    def test_rejected(self, rule):
        """Tests that a VM whose only host is too small, or that none may run, is rejected at once."""
        assert run([4, 10], [0, 0], [6, 1], [50, 50], rules=[rule]).rejected.tolist() == [True, False]

    def test_rules_of_hosts(self):
        """Tests that a rule of the hosts' instance that speaks of hosts only holds."""
        cluster = vmopt.Instance.from_rows(hosts(10, 4), [vmopt.VM("other", {"cpu": 1})], rules=[vmopt.Empty("h0")])
        assert simulate(cluster, requests([0, 0], [4, 6], [5, 5]), policy="fcfs").rejected.tolist() == [False, True]

    def test_policy_against_rules(self):
        """Tests that a policy which starts a VM where a rule forbids it ends in an error."""

        class Blind:
            name, window = "blind", 0.0

            def decide(self, moment):
                for vm in moment.cluster.waiting.tolist():
                    moment.start(vm, 0)

        with pytest.raises(SolverError, match="'vm-1' was to start on host 'h0', where a rule forbids it"):
            run([10], [0, 1], [4, 4], [50, 50], Blind(), rules=[PAIR])


class TestPolicies:
    """What policies make of rules beyond keeping them."""

    def test_promise_under_alone(self):
        """Tests that a VM that wants a host alone is promised it, so that only short ones pass."""
        story = [10], [0, 1, 2, 3], [2, 2, 2, 2], [100, 50, 200, 60]
        more = {"priority": [1, 5, 1, 1], "rules": [vmopt.Alone("vm-1")]}
        assert run(*story, "backfill", **more).started.tolist() == [0, 100, 150, 3]
        assert run(*story, "priority", **more).started[1] == 202

    def test_promise_waits_for_rules(self):
        """Tests that the promised time is that at which the last of the company leaves, not the first with room."""
        more = {"priority": [1, 1, 5, 1], "rules": [vmopt.Alone("vm-2")]}
        timeline = run([10], [0, 0, 1, 2], [2, 2, 2, 2], [100, 200, 50, 180], "backfill", **more)
        assert timeline.started.tolist() == [0, 0, 200, 2]

    def test_protection_under_alone(self):
        """Tests that ageing empties a host for a VM that wants it alone, while others keep coming."""
        arrival = [1, *range(0, 600, 20)]
        more = {"rules": [vmopt.Alone("vm-0")]}
        n = len(arrival)
        aged = run([10], arrival, [1] * n, [50] * n, PriorityAgeing(seconds_per_level=50), **more)
        assert 100 <= aged.started[0] <= 200
        assert run([10], arrival, [1] * n, [50] * n, "fcfs", **more).started[0] > 600

    def test_optimal_solves_rules(self):
        """Tests that a decision places as many as rules allow beside what runs, the most valuable first."""
        spread, far = vmopt.Spread(["vm-0", "vm-1", "vm-2"]), vmopt.Fence("vm-0", "h0")
        more = {"priority": [1, 1, 2, 1], "rules": [spread, far]}
        timeline = run([10, 10], [0, 7, 7, 7], [6, 4, 4, 4], [100] * 4, Optimal(window=5), **more)
        assert timeline.started.tolist() == [0, 100, 10, 10]

    @pytest.mark.parametrize("rule", [vmopt.Alone("vm-2"), vmopt.Apart("vm-2", ["vm-0", "vm-1"])])
    def test_preemption_for_a_rule(self, rule):
        """Tests that a more important VM takes the place of those whom a rule keeps it from, and of nobody else."""
        more = {"priority": [1, 1, 5, 1], "preemption": True, "rules": [rule]}
        timeline = run([10, 10], [0, 0, 5, 0], [3, 3, 3, 8], [100] * 4, **more)
        assert timeline.started[2] == 5
        assert ["preempt" in kinds(timeline, vm) for vm in range(4)] == [True, True, False, False]

    def test_preemption_spares(self):
        """Tests that who runs on the same host without a rule between them stays."""
        more = {"priority": [1, 5, 1], "preemption": True, "rules": [PAIR]}
        timeline = run([10], [0, 5, 0], [3, 3, 3], [100] * 3, **more)
        assert ["preempt" in kinds(timeline, vm) for vm in range(3)] == [True, False, False]


class TestRefusals:
    """What is no rule of a simulation."""

    def test_rules_that_pass(self):
        """Tests that all rules that a VM which leaves can break are named in one error."""
        passing = [vmopt.Whole("vm-*"), PAIR, vmopt.MustRun("vm-0"), vmopt.Whole("vm-0")]
        with pytest.raises(InstanceError, match=r"^Whole, MustRun cannot be kept while VMs come and go"):
            run([10], [0, 1], [4, 4], [50, 50], rules=passing)

    def test_soft_rules(self):
        """Tests that penalties, which simulations do not weigh, are refused."""
        with pytest.raises(InstanceError, match="Spread may be broken at a penalty"):
            run([10], [0, 1], [4, 4], [50, 50], rules=[vmopt.Spread("vm-*", penalty=1)])

    def test_of_other_vms(self):
        """Tests that rules of the hosts' instance about its own VMs are refused, but for those of the requests."""
        asked = requests([0, 1], [4, 4], [50, 50], rules=[PAIR])
        cluster = asked.on(hosts(10))
        assert simulate(cluster, asked, policy="fcfs").started.tolist() == [0, 50]
        with pytest.raises(InstanceError, match="which speaks of their VMs"):
            simulate(cluster, replace(asked, rules=()), policy="fcfs")

    def test_unknown(self):
        """Tests that a rule about a host that is not there is refused when there are hosts."""
        with pytest.raises(InstanceError, match="speaks of host 'h7'"):
            run([10], [0], [4], [50], rules=[vmopt.Fence("vm-0", "h7")])


class TestTimelines:
    """What a timeline tells of rules."""

    @pytest.fixture
    def broken(self):
        """A timeline of requests without rules, taken for one of requests with them."""
        story = [0, 1], [4, 4], [50, 50]
        timeline = run([10], *story)
        return replace(timeline, workload=Workload.of(hosts(10), requests(*story, rules=[PAIR])))

    def test_breaches(self, broken):
        """Tests that the recheck finds who broke which rule, at every moment at which it was broken."""
        found = broken.breaches()
        assert [(time, breach.names) for time, breach in found] == [(1.0, ("vm-0", "vm-1"))]

    def test_snapshot(self, broken):
        """Tests that a snapshot has the rules, so that `verify` finds the same."""
        assert [str(breach) for breach in vmopt.verify(*broken.snapshot(5))] == [str(broken.breaches()[0][1])]
        assert vmopt.verify(*broken.snapshot(0.5)) == ()

    def test_files(self, broken, tmp_path):
        """Tests that a timeline keeps its rules on file."""
        write_timeline(broken, tmp_path / "t.jsonl")
        again = read_timeline(tmp_path / "t.jsonl")
        assert again.requests.rules == (PAIR,)
        assert [time for time, _ in again.breaches()] == [1.0]
