"""`verify_plan`: prove that a plan works, whatever order its actions end in."""

from __future__ import annotations

from collections.abc import Iterator

import networkx as nx
import numpy as np

from vmopt import checks
from vmopt.change.action import NOWHERE
from vmopt.change.checking.before import Before
from vmopt.change.checking.capacity import most_excess
from vmopt.change.checking.fault import Fault
from vmopt.change.checking.rehearsal import rehearse
from vmopt.change.checking.rules import rule_faults
from vmopt.change.plans import Plan

MOST_RUNS = 10**6
"""Rehearsals that end within a day, of plans of a few moves."""


def verify_plan(plan: Plan, *, runs: int = 3, seed: int = 0) -> tuple[Fault, ...]:
    """Check a plan from its actions and its graph alone, with no code of what made it.

    Every state is covered: for each host and resource the most that it can be asked for is worked out exactly, over all
    sets of actions that the graph lets be done and under way, whatever the limits on what runs at once. Rules that
    always hold are proven by actions that cannot overlap. The plan is rehearsed besides, with random durations.

    Parameters
    ----------
    plan : Plan
    runs : int
        How many rehearsals.
    seed : int

    Returns
    -------
    tuple of Fault
        Empty when the plan is right.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[6], [5]], [[8], [8], [8]], current=[0, 1], rules=[vmopt.Empty("host-0")])
    >>> verify_plan(vmopt.plan(vmopt.solve(cluster)))
    ()
    """
    checks.integer(runs, "runs", most=MOST_RUNS)
    checks.integer(seed, "seed")
    checks.of_kind(plan, Plan, "plan", "what vmopt.plan returned")
    faults = list(_graph_faults(plan))
    if faults:
        return tuple(faults)
    before = Before(plan.graph)
    faults += [*_path_faults(plan, before), *_capacity_faults(plan, before), *rule_faults(plan, before)]
    faults += _limit_faults(plan)
    rng = np.random.default_rng(seed)
    for _ in range(runs):
        faults += rehearse(plan, rng)
    return tuple(faults)


def _graph_faults(plan: Plan) -> Iterator[Fault]:
    if set(plan.graph) != set(range(len(plan.actions))):
        yield Fault("graph", "its nodes are not the actions")
    elif not nx.is_directed_acyclic_graph(plan.graph):
        yield Fault("graph", "actions wait for each other in a circle")


def _path_faults(plan: Plan, before: Before) -> Iterator[Fault]:
    """Each VM goes from where it is to where it is to be, one action after the other."""
    now, last = plan.current.copy(), dict[int, int]()
    for number in before.order:
        action = plan.actions[number]
        if action.source == action.target or action.source != now[action.vm]:
            yield Fault("path", f"action {number} takes VM {action.vm} from where it is not, or nowhere")
        if action.vm in last and not before.surely(last[action.vm], number):
            yield Fault("path", f"actions {last[action.vm]} and {number} of VM {action.vm} may overlap")
        now[action.vm], last[action.vm] = action.target, number
    for vm in np.flatnonzero(now != plan.target).tolist():
        yield Fault("path", f"VM {vm} ends on host {now[vm]}, not on {plan.target[vm]}")


def _capacity_faults(plan: Plan, before: Before) -> Iterator[Fault]:
    """The most that each host can be asked for."""
    instance = plan.instance
    load = np.zeros_like(instance.capacity)
    running = plan.current >= 0
    np.add.at(load, plan.current[running], instance.reserved[running])
    arrivals, departures = dict[int, list[int]](), dict[int, list[int]]()
    for number in before.order:
        action = plan.actions[number]
        if action.target != NOWHERE:
            arrivals.setdefault(action.target, []).append(number)
        if action.source != NOWHERE:
            departures.setdefault(action.source, []).append(number)
    for host, coming in arrivals.items():
        leaving = departures.get(host, [])
        waits = {number: before.among(number, leaving) for number in coming}
        there = load[host].tolist()
        for k, resource in enumerate(instance.resources):
            asked = {number: int(instance.reserved[plan.actions[number].vm, k]) for number in (*coming, *leaving)}
            come, gone = {n: asked[n] for n in coming}, {n: asked[n] for n in leaving}
            over = most_excess(there[k], int(instance.capacity[host, k]), come, gone, waits)
            if over > 0:
                yield Fault("capacity", f"host {instance.host_names[host]!r} may have {over} too much of {resource}")


def _limit_faults(plan: Plan) -> Iterator[Fault]:
    """The times at which actions begin keep the graph and the limits."""
    begin, end = plan.begins, plan.ends
    for earlier, later in plan.graph.edges:
        if begin[later] < end[earlier]:
            yield Fault("limit", f"action {later} begins before action {earlier} is done")
    events = sorted(
        (when, sign, number)
        for sign, times in ((1, begin), (-1, end))
        for number, when in enumerate(times.tolist())
        if end[number] > begin[number]
    )
    busy: dict[int, int] = {}
    under_way = 0
    for _, sign, number in sorted(events, key=lambda event: (event[0], event[1])):
        under_way += sign
        for host in plan.actions[number].hosts:
            busy[host] = busy.get(host, 0) + sign
        crowded = any(busy[host] > plan.settings.per_host for host in plan.actions[number].hosts)
        if under_way > plan.settings.at_once or crowded:
            yield Fault("limit", f"too much is under way when action {number} begins")
