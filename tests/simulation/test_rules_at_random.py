"""Rules hold at every moment, whatever the policy: random simulations before a referee that reads sets."""

from __future__ import annotations

from dataclasses import replace

import pytest

import vmopt
from tests.simulation import ruled
from tests.simulation.referee import Referee
from tests.thorough import few
from vmopt.simulation import Timeline, simulate
from vmopt.simulation.scheduling.optimal import Optimal

LISTS = ["fcfs", "priority", "demand-largest", "demand-smallest"]
OTHERS = ["fcfs:strict", "priority-ageing", "backfill"]
SEEDS = range(few(40))


def names_of(seed: int) -> list[str]:
    """One rule, or two different ones, by turns."""
    first, second = seed % len(ruled.LASTING), (seed // len(ruled.LASTING) + 1 + seed) % len(ruled.LASTING)
    return [ruled.LASTING[first]] if seed % 3 == 0 or first == second else [ruled.LASTING[k] for k in (first, second)]


def judged(timeline: Timeline, cost: float = 0.0) -> Referee:
    """Replay a timeline, and ask its own recheck."""
    referee = Referee(timeline, cost)
    referee.replay()
    assert timeline.breaches() == ()
    return referee


@pytest.mark.parametrize("policy", [*LISTS, *OTHERS])
@pytest.mark.parametrize("preemption", [None, vmopt.Preemption(cost=5, cap=2)], ids=["", "preemption"])
def test_rules_hold(policy, preemption):
    """Tests that no rule is broken at any moment, and that in the end nobody waits who could run."""
    for seed in SEEDS:
        hosts, requests = ruled.requests(seed, *names_of(seed))
        timeline = simulate(hosts, requests, policy=policy, preemption=preemption)
        referee = judged(timeline, 5.0)
        assert "strict" in policy or not referee.could_start(), f"seed {seed}"


@pytest.mark.parametrize("depth", [0, 64])
def test_rules_hold_with_optimal(depth):
    """Tests the same where every decision solves what the rules leave beside what runs."""
    for seed in SEEDS:
        hosts, requests = ruled.requests(seed, *names_of(seed))
        timeline = simulate(hosts, requests, policy=Optimal(depth=depth, window=7.0, gap=0.0))
        assert not judged(timeline).could_start(), f"seed {seed}"


@pytest.mark.parametrize("policy", LISTS)
def test_who_may_start_does(policy):
    """Tests that at no moment anybody waits whom a host has room for and no rule forbids."""
    for seed in SEEDS:
        hosts, requests = ruled.requests(seed, *names_of(seed))
        for time in sorted({*requests.arrival.tolist(), 5.0, 10.0, 31.0, 60.0, 75.0, 110.0}):
            if time >= requests.arrival.min():
                until = simulate(hosts, requests, policy=policy, until=time)
                assert not judged(until).could_start(), f"seed {seed} at {time} s"


@pytest.mark.parametrize("policy", ["priority", "backfill", "optimal"])
@pytest.mark.parametrize("reallocate", [None, "utilization"])
def test_elastic(policy, reallocate):
    """Tests that rules hold where VMs share hosts anew, and quotas count what they ask for."""
    for seed in range(few(12)):
        hosts, requests = ruled.requests(seed, "quota", "spread", elastic=True)
        judged(simulate(hosts, requests, policy=policy, reallocate=reallocate))


@pytest.mark.parametrize("policy", ["priority-ageing", "backfill", "optimal"])
def test_tiers(policy):
    """Tests that rules hold where priorities are ranks, with which no solve knows rules."""
    for seed in range(few(16)):
        hosts, requests = ruled.requests(seed, *names_of(seed))
        columns = {key: value for key, value in vars(requests).items() if key not in ("objective", "vm_names")}
        tiers = vmopt.Requests.from_arrays(**columns, objective=vmopt.Objective("tiers"))
        assert not judged(simulate(hosts, tiers, policy=policy)).could_start(), f"seed {seed}"


@pytest.mark.parametrize("policy", [*LISTS, "fcfs:strict", "priority-ageing"])
@pytest.mark.parametrize("preemption", [None, True])
def test_rules_that_never_bind(policy, preemption):
    """Tests that rules which forbid nothing change nothing."""
    idle = [vmopt.Quota(10**6, resource="cpu"), vmopt.Spread("vm-*", most=100), vmopt.Fence("vm-*", "host-*")]
    for seed in range(few(10)):
        hosts, requests = ruled.requests(seed, "spread")
        told = [
            simulate(hosts.without_rules, replace(requests, rules=rules), policy=policy, preemption=preemption).events
            for rules in ((), tuple(idle))
        ]
        assert told[0].tolist() == told[1].tolist(), f"seed {seed}"
