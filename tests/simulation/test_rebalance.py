"""Tests of moves: what one does, who may move where and how often, and that waiting VMs get in by it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import vmopt
from tests.simulation import ruled
from tests.simulation.builders import hosts, kinds, requests, run
from tests.simulation.referee import Referee
from tests.thorough import few
from vmopt.errors import OptionError, SolverError
from vmopt.simulation import EventKind, Rebalance, read_timeline, simulate, write_timeline
from vmopt.simulation.scheduling.clearing import Clearings

HALVES = [8, 8], [0, 1, 2, 3], [5, 3, 3, 8], [10, 90, 90, 50]
"""At 10 s there are 3 on each host, and one of 8 waits."""


def moves_of(timeline):
    """Events of moves."""
    return timeline.events[timeline.events["kind"] == EventKind.MOVE]


class Mover:
    """Starts what fits where it fits first, and makes given moves once, at the second decision."""

    name, window = "mover", 0.0

    def __init__(self, *moves):
        self.moves, self.decided = moves, 0

    def decide(self, moment):
        """Move, then start."""
        self.decided += 1
        for vm, host in self.moves if self.decided == 2 else ():
            moment.move(vm, host)
        for vm in moment.cluster.waiting.tolist():
            if (host := moment.best_fit(vm)) >= 0:
                moment.start(vm, host)


class TestMoves:
    """One move, by a policy that makes it."""

    def test_runs_on(self):
        """Tests that a VM that moves ends when it would have, without another start or a wait."""
        timeline = run([10, 10], [0, 5], [4, 4], [100, 20], Mover((0, 1)))
        Referee(timeline).replay()
        assert kinds(timeline, 0) == ["arrive", "start", "move", "end"]
        assert timeline.finished.tolist() == [100, 25]
        assert timeline.vms["moved"].tolist() == [1, 0]
        assert timeline.vms["waited"].tolist() == [0, 0]
        assert timeline.vms["starts"].tolist() == [1, 1]

    def test_where_it_runs(self):
        """Tests that a snapshot has a VM where it went, from then on until it ends, and it fails with that host."""
        fail = vmopt.HostEvent(50, "h1", "fail")
        timeline = run([10, 10], [0, 5], [4, 4], [100, 200], Mover((0, 1)), host_events=[fail])
        Referee(timeline).replay()
        where = [timeline.snapshot(time)[1][0] for time in (4, 5, 49)]
        assert where == [0, 1, 1]
        assert "lose" in kinds(timeline, 0)

    @pytest.mark.parametrize(
        ("move", "why"),
        [
            ((0, 0), "it is there already"),
            ((1, 1), "it does not run"),
            ((0, 2), "host 'h2', which has no room"),
            ((0, 3), "host 'h3', where a rule forbids it"),
        ],
    )
    def test_refused(self, move, why):
        """Tests that a policy that moves a VM where it cannot go ends in an error that says why."""
        rules = [vmopt.Ban("vm-0", "h3")]
        with pytest.raises(SolverError, match=f"'vm-{move[0]}' was to move.*{why}"):
            run([4, 10, 2, 20], [0, 5], [4, 4], [100, 20], Mover(move), rules=rules)

    def test_rule_with_itself(self):
        """Tests that a VM does not stand in its own way: it may go on within the rack that is full with it."""
        cluster = [vmopt.Host(name, {"cpu": cpu}, labels={"rack": "r"}) for name, cpu in (("h0", 4), ("h1", 8))]
        asked = requests([0, 5], [4, 2], [90, 9], rules=[vmopt.Spread(["vm-0"], over="rack")])
        timeline = simulate(cluster, asked, policy=Mover((0, 1)))
        Referee(timeline).replay()
        assert moves_of(timeline)["host"].tolist() == [1]

    @pytest.mark.parametrize(("reallocate", "given"), [(None, 10), ("utilization", 16), ("max-min", 16)])
    def test_elastic(self, reallocate, given):
        """Tests that who stays gets what the mover leaves where hosts are shared anew; else both keep what they got."""
        events = [vmopt.HostEvent(0, host, "drain") for host in ("h1", "h2")]
        events.append(vmopt.HostEvent(5, "h1", "return"))
        more = {"reservation": [[2], [2], [11]], "host_events": events, "reallocate": reallocate, "until": 9}
        timeline = run([10, 10, 11], [0, 0, 0], [8, 8, 11], [100, 100, 100], Mover((0, 1)), **more)
        Referee(timeline).replay()
        assert timeline.series["time"].tolist() == [0, 5]
        assert (timeline.series["utilisation"] * 31).tolist() == pytest.approx([10, given])


class TestRebalance:
    """The policy on small cases, worked out by hand."""

    def test_joins_fragments(self):
        """Tests that one VM moves, once, for the one that waits, which starts at that moment."""
        timeline = run(*HALVES, "rebalance:fcfs")
        Referee(timeline).replay()
        assert timeline.started.tolist() == [0, 1, 2, 10]
        assert moves_of(timeline)["time"].tolist() == [10]
        assert run(*HALVES, "fcfs").started[3] == 91

    def test_smallest(self):
        """Tests that of the VMs that make enough room the smallest moves."""
        timeline = run([10, 10], [0, 0, 0, 1], [4, 3, 5, 6], [99] * 4, "rebalance:fcfs")
        Referee(timeline).replay()
        assert timeline.vms["moved"].tolist() == [0, 1, 0, 0]
        assert timeline.started[3] == 1

    def test_several(self):
        """Tests that two VMs move where one is not enough, and none where only one may."""
        closed = [vmopt.HostEvent(0, host, "drain") for host in ("h1", "h2")]
        closed += [vmopt.HostEvent(5, host, "return") for host in ("h1", "h2")]
        story = [6, 3, 3], [0, 0, 1], [2, 2, 6], [99, 99, 50]
        two = run(*story, Rebalance("fcfs", most=2), host_events=closed)
        Referee(two).replay()
        one = run(*story, Rebalance("fcfs", most=1), host_events=closed)
        assert (two.n_moves, two.started[2]) == (2, 5)
        assert (one.n_moves, one.started[2]) == (0, 99)

    def test_no_move_that_helps_nobody(self):
        """Tests that where no move lets anybody in, and where all run, nobody moves."""
        assert run([8, 8], [0, 0, 1], [6, 6, 8], [90, 90, 50], "rebalance").n_moves == 0
        assert run([8, 8], [0, 0], [3, 3], [90, 90], "rebalance").n_moves == 0

    def test_rules(self):
        """Tests that nobody moves to a host that a rule forbids it."""
        apart = vmopt.Spread(["vm-1", "vm-2"])
        timeline = run(*HALVES, "rebalance:fcfs", rules=[apart])
        Referee(timeline).replay()
        assert (timeline.n_moves, timeline.started[3]) == (0, 91)

    def test_closed_hosts(self):
        """Tests that nobody moves to a host that is drained, and nobody is let in there."""
        drained = vmopt.HostEvent(5, "h1", "drain")
        timeline = run(*HALVES, "rebalance:fcfs", host_events=[drained])
        Referee(timeline).replay()
        assert timeline.n_moves == 0

    def test_no_budget(self):
        """Tests that without a budget it is the policy of its order, event by event."""
        cluster, asked = vmopt.generate_requests(hosts=3, span=8000, load=1.2, seed=3)
        for order in ("priority", "fcfs", "demand-largest", "demand-smallest"):
            still = simulate(cluster, asked, policy=Rebalance(order, moves_per_hour=0))
            assert (still.events == simulate(cluster, asked, policy=order).events).all()

    @pytest.mark.parametrize("budget", [1, 4])
    def test_budget(self, budget):
        """Tests that in no hour there are more moves than the budget, which is used up."""
        cluster, asked = vmopt.generate_requests(hosts=5, span=20_000, load=1.0, seed=1)
        timeline = simulate(cluster, asked, policy=Rebalance(moves_per_hour=budget))
        Referee(timeline).replay()
        times = moves_of(timeline)["time"]
        within = [int(((times >= time) & (times < time + 3600)).sum()) for time in times]
        assert max(within) == budget

    def test_every(self):
        """Tests that moments with moves are so far apart."""
        cluster, asked = vmopt.generate_requests(hosts=5, span=20_000, load=1.0, seed=1)
        timeline = simulate(cluster, asked, policy=Rebalance(moves_per_hour=1000, every=600))
        moments = np.unique(moves_of(timeline)["time"])
        assert len(moments) > 5
        assert all(later - earlier >= 600 for earlier, later in pairwise(moments.tolist()))

    @pytest.mark.parametrize(
        ("options", "problem"),
        [
            ({"order": "backfill"}, "order"),
            ({"moves_per_hour": -1}, "moves_per_hour"),
            ({"every": -1}, "every"),
            ({"every": np.inf}, "every"),
            ({"most": 0}, "most"),
        ],
    )
    def test_bad_options(self, options, problem):
        """Tests that options that make no sense are refused by name."""
        with pytest.raises(OptionError, match=problem):
            Rebalance(**options)


class TestAtRandom:
    """Moves in random simulations with rules, changes and failures."""

    def test_every_clearing_can_be_made(self):
        """Tests that moves happen under rules, with preemption too, and that the referee finds nothing."""
        moved = 0
        for seed in range(few(60)):
            rule = ruled.LASTING[seed % len(ruled.LASTING)]
            cluster, asked = ruled.requests(seed, rule, elastic=seed % 2 == 1)
            preemption = vmopt.Preemption(cost=5, cap=2) if seed % 3 == 0 else None
            reallocate = "max-min" if seed % 4 == 1 else None
            timeline = simulate(cluster, asked, policy="rebalance", preemption=preemption, reallocate=reallocate)
            referee = Referee(timeline, 5.0)
            referee.replay()
            assert timeline.breaches() == ()
            assert not referee.could_start(), f"seed {seed}"
            moved += timeline.n_moves
        assert moved > 0

    def test_one_move_is_found(self):
        """Tests that a VM waits only where no single move would let it in, whichever VM moves, by trying all."""
        for seed in range(few(40)):
            dice = np.random.default_rng(seed)
            capacity = dice.integers(4, 13, 3).tolist()
            n = 12
            asked = dice.integers(1, 8, n).tolist()
            lasting = dice.integers(20, 90, n).tolist()
            timeline = run(capacity, np.sort(dice.integers(0, 60, n)), asked, lasting, Rebalance("fcfs"), until=60)
            instance, where = timeline.snapshot(60)
            waiting = np.flatnonzero(timeline.vms["state"] == vmopt.simulation.VMState.WAITING)
            assert not any(let_in_by_one(instance, where, vm) for vm in waiting.tolist()), f"seed {seed}"


def let_in_by_one(instance, where, vm):
    """Whether one VM can move so that another one fits where it was."""
    demand, capacity = instance.demand[:, 0], instance.capacity[:, 0]
    free = capacity - np.bincount(where[where >= 0], demand[where >= 0], minlength=len(capacity))
    return any(
        free[where[mover]] + demand[mover] >= demand[vm] and free[host] >= demand[mover]
        for mover in np.flatnonzero(where >= 0)
        for host in range(len(capacity))
        if host != where[mover]
    )


class TestAcceptance:
    """What moves are good for."""

    @pytest.mark.parametrize("order", ["priority", "fcfs"])
    @pytest.mark.parametrize("seed", range(3))
    def test_more_get_in(self, seed, order):
        """Tests that waits are shorter, that no fewer VMs have started, and that no less of the cluster's worth ran."""
        cluster, asked = vmopt.generate_requests(hosts=10, span=20_000, load=0.9, seed=seed)
        without, moving = (
            simulate(cluster, asked, policy=policy, until=20_000) for policy in (order, Rebalance(order))
        )
        Referee(moving).replay()
        assert moving.vms["waited"].mean() < 0.9 * without.vms["waited"].mean()
        assert np.isfinite(moving.started).sum() >= np.isfinite(without.started).sum()
        assert moving.mean_weighted() >= without.mean_weighted()


class TestTold:
    """Moves in reports and files."""

    def test_files(self, tmp_path):
        """Tests that a timeline with moves is read as it was written."""
        written = run(*HALVES, "rebalance")
        write_timeline(written, tmp_path / "t.jsonl")
        read = read_timeline(tmp_path / "t.jsonl")
        assert (read.events == written.events).all()
        assert read.vms["moved"].tolist() == written.vms["moved"].tolist()
        assert read.n_moves == 1

    def test_text(self):
        """Tests that summaries and comparisons count moves, and that nothing is said where there are none."""
        timeline = run(*HALVES, "rebalance")
        assert [line.split() for line in timeline.summary().splitlines() if "moves" in line] == [["moves", "1"]]
        assert "moves" not in run(*HALVES, "fcfs").summary()
        table = vmopt.PolicyComparison([timeline, run(*HALVES, "priority")])
        assert [row.moved for row in table] == [1, 0]
        assert "moved" in str(table).splitlines()[0]

    def test_recheck(self):
        """Tests that the recheck sees rules that moves break: the move is in the events, the rule came afterwards."""
        timeline = run(*HALVES, "rebalance:fcfs")
        asked = requests(*HALVES[1:], rules=[vmopt.Spread(["vm-1", "vm-2"])])
        workload = vmopt.simulation.workload.Workload.of(hosts(*HALVES[0]), asked)
        told = vmopt.Timeline(workload, "", None, 0, np.inf, timeline.events, timeline.series)
        assert told.breaches()[0][0] == 10.0


def test_limits_of_clearings():
    """Tests that a VM on a host that takes nobody, or that fits nowhere else, is none that moves."""

    class Looks:
        name, window = "looks", 0.0
        seen = None

        def decide(self, moment):
            if moment.now == 10:
                self.seen = Clearings(moment.cluster, 3).best(3)
            for vm in moment.cluster.waiting.tolist():
                if (host := moment.best_fit(vm)) >= 0:
                    moment.start(vm, host)

    policy = Looks()
    run(*HALVES, policy)
    assert policy.seen is not None
    assert len(policy.seen.moves) == 1
    policy = Looks()
    run(*HALVES, policy, host_events=[vmopt.HostEvent(4, "h0", "drain")])
    assert policy.seen is None
