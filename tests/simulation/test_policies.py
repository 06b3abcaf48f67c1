"""Tests of the policies, each on a queue worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt
from tests.simulation.builders import hosts, requests, run
from tests.simulation.referee import Referee
from vmopt.errors import OptionError, SolverError
from vmopt.simulation import EventKind, simulate
from vmopt.simulation.moment import Moment
from vmopt.simulation.scheduling.ageing import PriorityAgeing
from vmopt.simulation.scheduling.optimal import Optimal

ALL = [info.name for info in vmopt.policies()]
STRICT = [f"{info.name}:strict" for info in vmopt.policies() if "strict" in info.variants]
EVERY = [*ALL, *STRICT, "optimal:myopic"]


class TestOrder:
    """Who goes first when a host of 10 gets free at 100 s and four VMs wait."""

    arrival, cpu, duration = [0, 1, 2, 3, 4], [10, 6, 9, 3, 4], [100, 50, 50, 50, 50]
    priority = [1, 2, 1, 5, 3.5]

    @pytest.mark.parametrize(
        ("policy", "first"),
        [
            ("fcfs", {1, 3}),  # 6 goes first, 9 does not fit, 3 overtakes it, 4 comes too late
            ("fcfs:strict", {1}),  # 9 does not fit and stops the queue
            ("priority", {3, 4}),
            ("priority-ageing", {3, 4}),
            ("demand-largest", {2}),
            ("demand-largest:strict", {2}),
            ("demand-smallest", {3, 4}),
            ("backfill", {3, 4}),
            ("optimal", {3, 4}),
        ],
    )
    def test_first_to_start(self, policy, first):
        """Tests who starts in the moment in which there is room."""
        timeline = run([10], self.arrival, self.cpu, self.duration, policy, priority=self.priority)
        next_start = timeline.started[timeline.started > 4].min()
        assert set(np.flatnonzero(timeline.started == next_start).tolist()) == first

    def test_equals_by_arrival(self):
        """Tests that of two VMs of one priority the one that came first starts first."""
        timeline = run([10], [0, 2, 1], [10, 10, 10], [10, 10, 10], "priority")
        assert timeline.started.tolist() == [0, 20, 10]

    def test_best_fit(self):
        """Tests that a VM goes to the fullest host that has room for it."""
        timeline = run([10, 4], [0], [4], [10])
        assert timeline.events[timeline.events["kind"] == EventKind.START]["host"].tolist() == [1]


class TestBackfill:
    """A VM of 10 waits for a host of 10, where a VM of 6 runs until 100 s."""

    def test_short_one_passes(self):
        """Tests that a VM that ends before the promised time starts at once, and the promise is kept."""
        timeline = run([10], [0, 1, 2], [6, 10, 4], [100, 50, 90], "backfill", priority=[1, 3, 1])
        assert timeline.started.tolist() == [0, 100, 2]

    def test_long_one_does_not(self):
        """Tests that a VM that would delay the promise waits, though there is room for it."""
        timeline = run([10], [0, 1, 2], [6, 10, 4], [100, 50, 200], "backfill", priority=[1, 3, 1])
        assert timeline.started.tolist() == [0, 100, 150]
        assert run([10], [0, 1, 2], [6, 10, 4], [100, 50, 200], "priority", priority=[1, 3, 1]).started[1] > 100

    def test_long_one_fits_beside(self):
        """Tests that a VM that leaves room for the promised one starts at once."""
        timeline = run([10], [0, 1, 2], [6, 6, 4], [100, 50, 200], "backfill", priority=[1, 3, 1])
        assert timeline.started.tolist() == [0, 100, 2]

    def test_more_important_one_comes_later(self):
        """Tests that a promise gives way to a more important VM."""
        timeline = run([10], [0, 1, 2], [10, 10, 10], [100, 50, 50], "backfill", priority=[1, 2, 3])
        assert timeline.started.tolist() == [0, 150, 100]

    def test_host_fails(self):
        """Tests that a promise of a host that fails is given up, and another made."""
        timeline = run(
            [10, 10],
            [0, 0, 1],
            [8, 8, 5],
            [100, 200, 50],
            "backfill",
            host_events=[vmopt.HostEvent(50, "h0", "fail")],
        )
        Referee(timeline).replay()
        assert timeline.finished[2] >= 250


class TestAgeing:
    """With ageing nobody waits for ever."""

    def test_large_one_among_small_ones(self):
        """Tests that a VM as large as a host gets there, though more important small ones never leave a host empty."""
        arrival = np.concatenate([[1000.0], np.arange(400) * 25.0])
        cpu = np.concatenate([[10], np.full(400, 4)])
        duration = np.concatenate([[60.0], np.full(400, 90.0)])  # three or four of them run all the time
        priority = np.concatenate([[1.0], np.full(400, 3.0)])
        assert requests(arrival, cpu, duration).offered_load(hosts(10, 10)) < 1
        timeline = run([10, 10], arrival, cpu, duration, PriorityAgeing(seconds_per_level=300), priority=priority)
        Referee(timeline).replay()
        # it outranks all after 3 levels of 300 s, at the next event; then its host empties within 90 s
        assert timeline.vms["waited"][0] <= 3 * 300 + 25 + 90
        assert not np.isnan(timeline.finished).any()
        without = run([10, 10], arrival, cpu, duration, "priority", priority=priority)
        assert without.started[0] > arrival.max()

    def test_held_host_drains(self):
        """Tests that whoever a host is kept for gets another one when that is closed."""
        events = [vmopt.HostEvent(400, "h0", "drain"), vmopt.HostEvent(401, "h1", "return")]
        arrival = [0, 1, 2, *range(10, 1000, 10)]
        cpu = [5, 5, 10, *[1] * 99]
        timeline = run(
            [10, 10], arrival, cpu, [5000, 5000, 10, *[95] * 99], PriorityAgeing(50), host_events=events, until=9000
        )
        Referee(timeline).replay()
        assert not np.isnan(timeline.started[2])


class TestOptimal:
    """Decisions that solve the waiting set."""

    def test_better_than_every_order(self):
        """Tests that the best set starts, where every order starts a worse one."""
        cpu, priority = [10, 6, 5, 5], [1, 4, 4, 4]
        when = {}
        for policy in ("fcfs", "demand-largest", Optimal(window=1, depth=0)):
            timeline = run([10], [0, 1, 2, 3], cpu, [100, 50, 50, 50], policy, priority=priority)
            when[timeline.policy] = set(np.flatnonzero(timeline.started == 100).tolist())
        assert when == {"fcfs": {1}, "demand-largest": {1}, "optimal:myopic": {2, 3}}

    def test_decides_in_windows(self):
        """Tests that VMs start at multiples of the window only."""
        timeline = run([10], [0, 1, 2, 65], [3, 3, 3, 3], [10, 500, 500, 10], "optimal")
        assert timeline.started.tolist() == [0, 60, 60, 120]

    def test_promise(self):
        """Tests that a large VM of great value gets its turn, where the myopic policy lets small ones go on and on."""
        arrival = [0, 0, 5, *range(6, 906, 30)]
        cpu, duration = [5, 5, 10, *[5] * 30], [100, 130, 50, *[70] * 30]
        priority = [1, 1, 4, *[1] * 30]
        started = {}
        for policy in (Optimal(window=1), Optimal(window=1, depth=0)):
            timeline = run([10], arrival, cpu, duration, policy, priority=priority)
            Referee(timeline).replay()
            started[timeline.policy] = timeline.started[2]
        assert started["optimal"] == 130
        assert started["optimal:myopic"] > 900


class TestEvery:
    """What holds for every policy."""

    cluster, asked = vmopt.generate_requests(hosts=2, span=6_000, mean_duration=1200, arrivals="bursty", seed=5)

    @pytest.mark.parametrize("policy", EVERY)
    @pytest.mark.parametrize("preemption", [None, vmopt.Preemption(cost=30, cap=2)])
    def test_legal_and_verified(self, policy, preemption):
        """Tests that every event is legal, that verify finds nothing at sampled moments, and that nobody is lost."""
        timeline = simulate(self.cluster, self.asked, policy=policy, preemption=preemption)
        Referee(timeline, 30).replay()
        for time in np.linspace(0, timeline.end, 7):
            assert vmopt.verify(*timeline.snapshot(time)) == ()
        assert timeline.policy == policy
        assert not np.isnan(timeline.finished).any()
        assert (timeline.vms["preempted"] <= 2).all()

    @pytest.mark.parametrize("policy", EVERY)
    def test_deterministic(self, policy):
        """Tests that the same seed gives the same events."""
        some = self.asked.take(np.arange(60))
        first, second = (simulate(self.cluster, some, policy=policy, seed=7) for _ in range(2))
        assert (first.events == second.events).all()

    @pytest.mark.parametrize("policy", EVERY)
    def test_nothing_idle_where_all_fit(self, policy):
        """Tests that every VM starts at once, or at the next decision, where there is room for all."""
        timeline = run([100], [0, 3, 61], [5, 5, 5], [1000, 1000, 1000], policy)
        assert (timeline.started - [0, 3, 61] < (60 if policy.startswith("optimal") else 1e-9)).all()


class TestRegistry:
    """Policies by name."""

    def test_unknown(self):
        """Tests that an unknown policy is refused with a hint."""
        with pytest.raises(OptionError, match="did you mean 'priority'"):
            run([1], [0], [1], [1], "prioritty")

    def test_unknown_variant(self):
        """Tests that an unknown variant is refused."""
        with pytest.raises(OptionError, match="use strict"):
            run([1], [0], [1], [1], "fcfs:loose")
        with pytest.raises(OptionError, match="takes none"):
            run([1], [0], [1], [1], "backfill:strict")

    def test_own_policy(self):
        """Tests that an object with the method of a policy will do, and that a wrong one is caught."""

        class Crams:
            name, window = "crams", 0.0

            def decide(self, moment: Moment) -> None:
                for vm in moment.cluster.waiting.tolist():
                    moment.start(vm, 0)

        assert run([10], [0, 1], [4, 4], [10, 10], Crams()).policy == "crams"
        with pytest.raises(SolverError, match="has no room"):
            run([10], [0, 1], [6, 6], [10, 10], Crams())
