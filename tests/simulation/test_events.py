"""Tests of what happens to VMs and hosts: drains, failures, changes, preemption, rejection."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt
from tests.simulation.builders import hosts, kinds, requests, run
from tests.simulation.referee import Referee
from vmopt.errors import InstanceError, OptionError
from vmopt.simulation import VMState, simulate


class TestHosts:
    """Hosts that are drained, fail and return."""

    def test_drained_host_keeps_what_runs(self):
        """Tests that a drained host takes nobody, and what runs there runs to its end."""
        events = [vmopt.HostEvent(5, "h0", "drain"), vmopt.HostEvent(200, "h0", "return")]
        timeline = run([10], [0, 10], [5, 5], [100, 100], host_events=events)
        Referee(timeline).replay()
        assert timeline.finished.tolist() == [100, 300]

    def test_failed_host_starts_anew(self):
        """Tests that the VMs of a failed host are back in the queue and lose what they did."""
        events = [vmopt.HostEvent(60, "h0", "fail"), vmopt.HostEvent(100, "h0", "return")]
        timeline = run([10], [0, 0], [5, 5], [100, 50], host_events=events)
        Referee(timeline).replay()
        assert kinds(timeline, 0) == ["arrive", "start", "lose", "start", "end"]
        assert timeline.finished.tolist() == [200, 50]
        assert timeline.vms["waited"].tolist() == [40, 0]

    def test_no_return(self):
        """Tests that a VM whose only host has failed waits until the end, without being lost."""
        timeline = run([10], [0], [5], [100], host_events=[vmopt.HostEvent(60, "h0", "fail")])
        assert timeline.vms["state"].tolist() == [VMState.WAITING]
        assert not timeline.starved[0]  # it has run for a while
        assert timeline.end == 60

    def test_end_and_failure_at_once(self):
        """Tests that a VM that ends in the moment of the failure has ended."""
        timeline = run([10], [0], [5], [60], host_events=[vmopt.HostEvent(60, "h0", "fail")])
        assert kinds(timeline, 0) == ["arrive", "start", "end"]

    def test_unknown_host(self):
        """Tests that an event of an unknown host is refused, and so is an unknown action."""
        with pytest.raises(InstanceError, match="no such host"):
            run([10], [0], [5], [60], host_events=[vmopt.HostEvent(60, "h9", "fail")])
        with pytest.raises(InstanceError, match="use drain, fail, return"):
            run([10], [0], [5], [60], host_events=[vmopt.HostEvent(60, "h0", "explode")])


class TestChanges:
    """VMs that ask for something else."""

    def test_smaller_makes_room(self):
        """Tests that a VM that asks for less lets another one in."""
        changes = [vmopt.Change(50, "vm-0", demand={"cpu": 4})]
        timeline = run([10], [0, 1], [8, 6], [100, 10], changes=changes)
        Referee(timeline).replay()
        assert timeline.started.tolist() == [0, 50]

    def test_larger_where_there_is_room(self):
        """Tests that a VM that asks for more stays where it is if there is room for it."""
        changes = [vmopt.Change(50, "vm-0", demand={"cpu": 9})]
        timeline = run([10], [0, 60], [4, 6], [100, 10], changes=changes)
        assert kinds(timeline, 0) == ["arrive", "start", "change", "end"]
        assert timeline.started.tolist() == [0, 100]

    def test_outgrows_its_host(self):
        """Tests that a VM that finds no room goes back to the queue and keeps what it did."""
        changes = [vmopt.Change(50, "vm-0", demand={"cpu": 9})]
        timeline = run([10], [0, 0], [4, 6], [100, 80], changes=changes)
        Referee(timeline).replay()
        assert kinds(timeline, 0) == ["arrive", "start", "outgrow", "change", "start", "end"]
        assert timeline.finished.tolist() == [130, 80]

    def test_outgrows_every_host(self):
        """Tests that a VM that no host can hold any more is rejected."""
        changes = [vmopt.Change(50, "vm-0", demand={"cpu": 11})]
        timeline = run([10], [0], [4], [100], changes=changes)
        Referee(timeline).replay()
        assert timeline.rejected.tolist() == [True]

    def test_priority_counts_from_then_on(self):
        """Tests that a new priority decides who is next, and what the objective counts."""
        changes = [vmopt.Change(50, "vm-2", priority=9)]
        timeline = run([10], [0, 1, 2], [10, 10, 10], [100, 10, 10], "priority", priority=[1, 2, 1], changes=changes)
        assert timeline.started.tolist() == [0, 110, 100]
        at = np.searchsorted(timeline.series["time"], 100)
        assert timeline.series["weighted"][at] == pytest.approx(9)

    def test_before_it_comes(self):
        """Tests that a change before the arrival counts when the VM comes."""
        timeline = run([10], [20, 0], [10, 5], [10, 100], changes=[vmopt.Change(5, "vm-0", demand={"cpu": 5})])
        assert timeline.started.tolist() == [20, 0]

    def test_amounts_are_exact(self):
        """Tests that changed amounts are brought to integers with all others."""
        changes = [vmopt.Change(5, "vm-0", demand={"cpu": 0.25})]
        workload = simulate(hosts(1), requests([0], [0.5], [10], changes=changes), policy="fcfs").workload
        assert workload.asked.ravel().tolist() == [2, 1]

    def test_refused(self):
        """Tests that a change of nobody, of nothing, or of an unknown resource is refused."""
        for change, problem in (
            (vmopt.Change(5, "vm-9", priority=2), "not requested"),
            (vmopt.Change(5, "vm-0"), "changes nothing"),
            (vmopt.Change(5, "vm-0", demand={"gpu": 1}), "names resource 'gpu'"),
            (vmopt.Change(5, "vm-0", demand={"cpu": -1}), "negative"),
            (vmopt.Change(5, "vm-0", priority=0), "above 0"),
            (vmopt.Change(float("nan"), "vm-0", priority=2), "no finite time"),
        ):
            with pytest.raises(InstanceError, match=problem):
                run([10], [0], [5], [60], changes=[change])


class TestRejection:
    """VMs that no host can hold."""

    def test_too_large(self):
        """Tests that a VM larger than every host is rejected, one that fits a closed host is not."""
        events = [vmopt.HostEvent(0, "h1", "drain"), vmopt.HostEvent(50, "h1", "return")]
        timeline = run([10, 20], [1, 1], [21, 15], [10, 10], host_events=events)
        assert timeline.rejected.tolist() == [True, False]
        assert timeline.started[1] == 50

    def test_never_ends(self):
        """Tests that a VM without a duration runs until the end, and others starve."""
        timeline = run([10], [0, 1], [10, 10], [np.inf, 5])
        assert timeline.vms["state"].tolist() == [VMState.RUNNING, VMState.WAITING]
        assert timeline.starved.tolist() == [False, True]


class TestPreemption:
    """More important VMs take the place of others."""

    def test_takes_place(self):
        """Tests that a VM of strictly higher priority runs at once, and the other one pays the cost."""
        preemption = vmopt.Preemption(cost=7, cap=1)
        timeline = run([10], [0, 20], [10, 10], [100, 50], priority=[1, 2], preemption=preemption)
        Referee(timeline, 7).replay()
        assert timeline.started.tolist() == [0, 20]
        assert timeline.finished.tolist() == [50 + 100 + 7, 70]
        assert timeline.n_preemptions == 1

    def test_equals_wait(self):
        """Tests that nobody has to go for a VM of the same priority."""
        timeline = run([10], [0, 20], [10, 10], [100, 50], priority=[2, 2], preemption=True)
        assert timeline.started.tolist() == [0, 100]

    def test_cap(self):
        """Tests that a VM that had to go as often as allowed stays."""
        preemption = vmopt.Preemption(cost=0, cap=1)
        timeline = run([10], [0, 20, 100], [10] * 3, [100, 50, 50], priority=[1, 2, 2], preemption=preemption)
        assert timeline.vms["preempted"].tolist() == [1, 0, 0]
        assert timeline.finished[0] == 150

    def test_least_important_and_no_more_than_needed(self):
        """Tests that those go who are worth least, and only as many as must."""
        timeline = run(
            [10], [0, 0, 0, 20], [4, 3, 3, 3], [100] * 4, priority=[2, 1, 2, 3], preemption=vmopt.Preemption(0, 1)
        )
        assert timeline.vms["preempted"].tolist() == [0, 1, 0, 0]

    def test_bad_options(self):
        """Tests that nonsense is refused."""
        with pytest.raises(OptionError, match="cost"):
            vmopt.Preemption(cost=-1)
        with pytest.raises(OptionError, match="cap"):
            vmopt.Preemption(cap=0)
        with pytest.raises(OptionError, match="Preemption"):
            run([10], [0], [1], [1], preemption="please")


class TestOptions:
    """Options of simulate."""

    def test_until(self):
        """Tests that a simulation stops in time, and counts who waits until then."""
        timeline = run([10], [0, 10, 500], [10, 10, 1], [100, 100, 1], until=50)
        assert timeline.end == 50
        assert timeline.vms["waited"].tolist() == [0, 40, 0]
        assert timeline.vms["state"].tolist() == [VMState.RUNNING, VMState.WAITING, VMState.FUTURE]

    @pytest.mark.parametrize(
        ("bad", "problem"),
        [({"until": "noon"}, "until"), ({"until": -5}, "end later"), ({"seed": -1}, "seed"), ({"seed": True}, "seed")],
    )
    def test_nonsense(self, bad, problem):
        """Tests that options that make no sense are refused."""
        with pytest.raises(OptionError, match=problem):
            run([10], [0], [1], [1], **bad)

    def test_wrong_resources(self):
        """Tests that hosts without a resource of the requests are refused."""
        with pytest.raises(InstanceError, match="names resource 'cpu'"):
            simulate(hosts(10), vmopt.Requests.from_arrays([0], [[1]], resources=["gpu"]), policy="fcfs")
        with pytest.raises(InstanceError, match="expected Requests"):
            simulate(hosts(10), [1, 2], policy="fcfs")
